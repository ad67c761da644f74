// Package court sees to faults: they are reported, the member is told and may contest, an arbiter rules,
// and what becomes final goes into the ledger of its mechanism.
//
// A case goes one way (case.go, pure functions):
//
//	reported ── contested in 14 days ──▶ contested ── upheld or lowered in 60 days ──▶ final ── reversed ──▶ reversed
//	    │                                   ├── reversed ──▶ dismissed
//	    ├── accepted, or 14 days over       ├── accepted ──▶ final
//	    │         ──▶ final                 └── 60 days over ──▶ void
//	    └── reversed ──▶ dismissed
//
// A deadline works at its own instant, however late [Court.RunDue] runs: whoever asks in between is answered
// as if it had. What a step means for others (final.go) is kept in its transaction: the event in the
// ledger, whose statuses follow, and what [Config] has told. So no crash comes between, and each has one
// effect, however often it is asked for.
//
// Where another site found somebody at fault whom a member referred there, the case is about what it costs
// that member: notice, appeal and ruling are the same.
package court

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says whose court it is and what it needs. Local, Final, Reversed, Now and Log may be left out.
type Config struct {
	Origin  bonafide.Origin
	Name    string // what pages call the site
	Issuer  *issuer.Issuer
	Store   store.Store     // the issuer's; keys used: those that begin with "court"
	Signer  bonafide.Signer // the credential key: it signs the site's own rulings
	SignIn  bonafide.SignIn
	Local   bool                 // the demo switch: arbiters under .localhost may be visited, over http
	Fetched func(outcome string) // told in a word how each request to a peer went; nil: nobody is

	Final    func(tx store.Tx, f Final) error // told of a fault that becomes final, in its transaction
	Reversed func(tx store.Tx, f Final) error // told likewise if it is reversed after that

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default
}

// Final is a fault of a member that became final.
type Final struct {
	Mechanism string // slug
	Member    string // the site's own id; of who was erased meanwhile, the pseudonym
	Fault     string // the case's id
	Class     string // as found, which may be lower than reported
	Occurred  bonafide.Seconds
	Reported  bonafide.Seconds
}

// Court sees to the cases of one site. It is safe for concurrent use.
type Court struct {
	Config
	sealer *seal.Sealer
	fetch  *fetch.Client
	pages  *web.Pages
}

// New returns the court.
func New(config Config) (*Court, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	sealer, err := seal.ForOrigin(config.Origin, config.Signer)
	if err != nil {
		return nil, err
	}
	client, err := fetch.New(fetch.Config{Local: config.Local, Now: config.Now, Told: config.Fetched})
	if err != nil {
		return nil, err
	}
	pages, err := web.NewPages(config.Name, config.Log, files)
	if err != nil {
		return nil, err
	}
	return &Court{Config: config, sealer: sealer, fetch: client, pages: pages}, nil
}

// now returns the instant.
func (c *Court) now() bonafide.Seconds { return bonafide.SecondsOf(c.Now()) }

// RunDue does at once what the deadlines that are over bring about. A case that fails holds up no other.
func (c *Court) RunDue(ctx context.Context) error {
	var due []string
	err := c.Store.View(ctx, func(r store.Reader) (err error) {
		due, err = dueBy(r, c.now())
		return err
	})
	if err != nil {
		return err
	}
	failed := make([]error, len(due))
	for n, id := range due {
		_, failed[n] = c.change(ctx, id, func(_ store.Tx, k Case, _ bonafide.Seconds) (Case, error) { return k, nil })
	}
	return errors.Join(failed...)
}
