// Package site joins the two roles on one origin: an issuer that says what it knows of its members, and
// a verifier that counts what others say. It holds what both share: the keys, the documents under
// /.well-known, the sign-in hook, and the status shown, the best of a member's own, vouched and converted
// levels.
//
// A site that knows its members and counts badges from elsewhere is one value and one handler:
//
//	shop, err := site.New(site.Config{ … })
//	http.Handle("/", shop.Handler())
//	go shop.Run(ctx)
package site

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/refer"
	"golang.org/x/sync/errgroup"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says what a site is.
type Config struct {
	Origin bonafide.Origin // where the site is reached, such as https://shop.example
	Name   string          // what people call it, at most 80 characters; "": its host
	Keys   Keys            // see [OpenKeys]
	Store  store.Store     // the site's alone; whoever opened it closes it, once Run has returned

	Issues     bool                 // the site publishes badges and answers consented queries
	Verifies   bool                 // the site imports badges from elsewhere
	Mechanisms []bonafide.Mechanism // the site's own
	Tables     []bonafide.Table     // what statuses from elsewhere count for here; each a version published before, or the next

	// Standing tells what the host knows of a member, for mechanisms whose rule is host.
	Standing issuer.StandingFunc
	// SignIn is how the host signs its members in.
	SignIn bonafide.SignIn
	// Admission says which verifiers the issuer answers; the zero value answers all.
	Admission issuer.Admission
	// Believes names the sites whose word is taken on faults of people whom members referred there.
	Believes []bonafide.Origin
	// Purpose is what members read at the issuer's when this site asks for their status; zero: a general one.
	Purpose bonafide.Text
	// Contest is the address where a member disputes what a level counts for here; "": none is told.
	Contest string
	// OpenLists is how many status lists the entries for one purpose are spread over; 0: one.
	OpenLists int
	// Local admits sites under .localhost, over http. It is for demonstrations and tests.
	Local bool
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: slog.Default
}

// Site is one origin with one role or both.
type Site struct {
	Config
	Issuer   *issuer.Issuer     // nil if it doesn't issue
	Verifier *verifier.Verifier // nil if it doesn't verify
	Desk     *desk.Desk         // this and the next two: nil if no mechanism has, or had, terms for vouching or classes of fault
	Court    *court.Court
	Refer    *refer.Desk

	pages  *web.Pages
	spec   *specification
	entity *entity
}

// New makes the site and publishes its mechanisms and tables.
func New(config Config) (*Site, error) {
	if config.Name == "" {
		config.Name = config.Origin.Host()
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	s := &Site{Config: config}
	var err error
	if s.pages, err = web.NewPages(config.Name, config.Log, files); err != nil {
		return nil, err
	}
	if s.spec, err = newSpecification(s.pages); err != nil {
		return nil, err
	}
	if config.Verifies {
		if err := s.newVerifier(); err != nil {
			return nil, err
		}
	}
	if config.Issues {
		if err := s.newIssuer(); err != nil {
			return nil, err
		}
	}
	s.entity, err = newEntity(s)
	return s, err
}

// check tells whether the Config names what a site can't do without, and only its own mechanisms.
func (c *Config) check() error {
	if _, err := bonafide.ParseOrigin(string(c.Origin)); err != nil {
		return err
	}
	if isLocal(c.Origin) && !c.Local {
		return bonafide.Errorf(bonafide.BadOrigin, string(c.Origin), "is for demonstrations; a site is https")
	}
	switch {
	case !c.Issues && !c.Verifies:
		return errors.New("a site issues, verifies or does both; its Config names neither")
	case c.Store == nil:
		return errors.New("a site needs a Store")
	case c.Keys.Credential == nil || c.Keys.Client == nil || c.Keys.Federation == nil:
		return errors.New("a site needs its three Keys; OpenKeys makes them")
	case c.SignIn.Account == nil || c.SignIn.Address == nil:
		return errors.New("a site needs to know how its members sign in: SignIn")
	}
	if err := bonafide.CheckName("Name", c.Name); err != nil { // peers refuse metadata with such a name
		return err
	}
	for _, m := range c.Mechanisms {
		if err := m.Validate(); err != nil {
			return err
		}
		if m.Origin() != c.Origin {
			return bonafide.Errorf(bonafide.BadMechanism, m.ID, "is not on %s", c.Origin)
		}
	}
	return nil
}

// Fail answers with what went wrong as the site's handlers do: with a page to who asks for one, otherwise with a
// problem document.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) { s.pages.Fail(w, r, err) }

// isLocal tells whether the origin is under .localhost: plain http stands before no other name.
func isLocal(origin bonafide.Origin) bool { return strings.HasPrefix(string(origin), "http://") }

func (s *Site) newIssuer() error {
	config := issuer.Config{
		Origin: s.Origin, Name: s.Name, Store: s.Store, Signer: s.Keys.Credential, Mechanisms: s.Mechanisms,
		Standing: s.Standing, SignIn: s.SignIn, Admission: s.Admission, OpenLists: s.OpenLists, Local: s.Local, Now: s.Now, Log: s.Log,
	}
	config.Erasing, config.Exporting = s.erasing, s.exporting
	if s.Verifier != nil {
		config.Converted, config.Referred = s.Verifier.ConvertedIn, s.referred
	}
	var err error
	if s.Issuer, err = issuer.New(config); err != nil {
		return err
	}
	return s.newVouching()
}

func (s *Site) newVerifier() error {
	var err error
	s.Verifier, err = verifier.New(verifier.Config{
		Origin: s.Origin, Name: s.Name, Store: s.Store, Signer: s.Keys.Credential, ClientSigner: s.Keys.Client,
		Mechanisms: s.Mechanisms, Tables: s.Tables, Purpose: s.Purpose, SignIn: s.SignIn, Contest: s.Contest,
		Changed: s.converted, Local: s.Local, Now: s.Now, Log: s.Log,
	})
	return err
}

// converted follows a change of what an account's imported statuses count for: the badges that show it
// are issued again.
func (s *Site) converted(ctx context.Context, account string) error {
	if s.Issuer == nil {
		return nil
	}
	return s.Issuer.Reissue(ctx, account)
}

// Handler serves everything public: both roles, the documents under /.well-known, the spec of what it speaks, a home
// page, and /livez and /readyz for who watches over the server.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routes(mux)
	if s.Verifier != nil {
		mount(mux, s.Verifier.Handler(), verifier.Paths())
	}
	if s.Issuer != nil {
		mount(mux, s.Issuer.Handler(), issuer.Paths())
	}
	if s.Desk != nil {
		mount(mux, s.Desk.Handler(), desk.Paths())
		mount(mux, s.Court.Handler(), court.Paths())
		mount(mux, s.Refer.Handler(), refer.Paths())
	}
	return s.pages.Harden(mux)
}

// Admin serves the administration of both roles. Whoever listens for it must let nobody else in.
func (s *Site) Admin() http.Handler {
	mux := http.NewServeMux()
	if s.Verifier != nil {
		mount(mux, s.Verifier.Admin(), verifier.AdminPaths())
	}
	if s.Issuer != nil {
		mount(mux, s.Issuer.Admin(), issuer.AdminPaths())
	}
	if s.Desk != nil {
		mount(mux, s.Desk.Admin(), desk.AdminPaths())
		mount(mux, s.Court.Admin(), court.AdminPaths())
		mount(mux, s.Refer.Admin(), refer.AdminPaths())
	}
	return s.pages.Harden(mux)
}

func mount(mux *http.ServeMux, handler http.Handler, paths []string) {
	for _, path := range paths {
		mux.Handle(path, handler)
	}
}

// lookAgain is how often it is looked what has fallen due in cases, referrals and vouches.
const lookAgain = 15 * time.Second

// Run does in the background what follows from events and from time, until ctx is done.
func (s *Site) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if s.Issuer != nil {
		group.Go(func() error { return s.Issuer.Run(ctx) })
	}
	if s.Verifier != nil {
		group.Go(func() error { return s.Verifier.Run(ctx) })
	}
	if s.Desk != nil {
		group.Go(func() error { return s.runVouching(ctx) })
	}
	return group.Wait()
}

func (s *Site) runVouching(ctx context.Context) error {
	ticks := time.NewTicker(lookAgain)
	defer ticks.Stop()
	for {
		if err := s.runVouchingDue(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("what is due is done later", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// runVouchingDue does what is due in cases, referrals and vouches. One that fails holds up no other.
func (s *Site) runVouchingDue(ctx context.Context) error {
	return errors.Join(s.Court.RunDue(ctx), s.Refer.RunDue(ctx), s.Desk.RunDue(ctx))
}

// RunDue does at once everything that is due now.
func (s *Site) RunDue(ctx context.Context) error {
	if s.Desk != nil {
		if err := s.runVouchingDue(ctx); err != nil {
			return err
		}
	}
	if s.Issuer != nil {
		if err := s.Issuer.RunDue(ctx); err != nil {
			return err
		}
	}
	if s.Verifier != nil {
		return s.Verifier.RunDue(ctx)
	}
	return nil
}
