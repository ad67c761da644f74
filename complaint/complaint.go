// Package complaint hears who says that something shown here isn't right, and sees to it that a human answers in time.
//
// Anybody reports a badge, without an account; its holder contests their own status under a mechanism. Both make a
// complaint, which goes one way:
//
//	received ── looked at ──▶ looked-at ── decided ──▶ founded or unfounded ── 180 days ──▶ forgotten
//	    ├── decided at once ──▶ founded or unfounded
//	    └── the member is erased ──▶ gone
//
// Nothing else follows from one: what is to change, the operator changes. An answer is due within 14 days for a
// report and 30 for a contest; what is overdue says so to everybody who may see it. Whoever reported reads the answer
// at a secret address, the receipt, of which only the hash is kept, as the complaint's id. What a holder wrote goes when they
// take it back.
//
// Faults are another matter: package court hears members about those, with arbiters and by the mechanism's rules.
package complaint

import (
	"embed"
	"log/slog"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says what can be complained of and what the desk needs. Badge, Cases, Now and Log may be left out.
type Config struct {
	Origin     bonafide.Origin
	Name       string                // what pages call the site
	Mechanisms []*bonafide.Mechanism // under which members have a status here, which they can contest
	// Badge returns whose the published badge with that code is; it fails with [bonafide.NotFound] if there is none.
	// nil: the site publishes no badges.
	Badge  func(r store.Reader, code string) (Badge, error)
	Cases  string      // the page where members contest faults; "": there is none
	Store  store.Store // keys used: those that begin with "complaint"
	SignIn bonafide.SignIn
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default
}

// Badge is a published badge that can be reported.
type Badge struct {
	Mechanism string // slug
	Member    string // the holder: the site's own id
	Name      string // what the badge's page calls them
}

// Desk takes complaints and shows what became of them. It is safe for concurrent use.
type Desk struct {
	Config
	pages *web.Pages
}

// New returns the desk.
func New(config Config) (*Desk, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	pages, err := web.NewPages(config.Name, config.Log, files)
	if err != nil {
		return nil, err
	}
	return &Desk{config, pages}, nil
}

// now returns the instant.
func (d *Desk) now() bonafide.Seconds { return bonafide.SecondsOf(d.Now()) }

// mechanism returns one of the site's, [bonafide.NotFound] if there is no such.
func (d *Desk) mechanism(slug string) (*bonafide.Mechanism, error) {
	for _, m := range d.Mechanisms {
		if m.Slug() == slug {
			return m, nil
		}
	}
	return nil, bonafide.Errorf(bonafide.NotFound, "mechanism", "%q is none of %s", slug, d.Origin)
}
