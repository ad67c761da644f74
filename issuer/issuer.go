// Package issuer says what a site knows of its members: it takes events, computes statuses under the
// site's published mechanisms, and issues them as badges that anyone may read and as statuses told to
// one verifier with the member's consent.
//
// The way of the data: an event enters by [Issuer.Record] and goes through one transaction, which keeps
// it, what it adds up to and, where a published badge no longer says what holds, an order to issue that
// badge anew. Where the new status is lower, the same transaction revokes what was issued before. Orders
// are signed and served right after, and by [Issuer.Run] should the process have died in between.
//
// Rules are pure functions (rule.go). Who may call [Issuer.Admin], and how members sign in, is for the
// embedding site to say.
package issuer

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching/ledger"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says who the issuer is and what it needs. Now and Log may be nil; everything else without a
// remark is needed.
type Config struct {
	Origin     bonafide.Origin
	Name       string               // what pages call the site
	Store      store.Store          // keys used: those that begin with "i" or "vouching", or with "published" and "mechanisms"
	Signer     bonafide.Signer      // the credential key: it signs badges, lists, mechanisms and consented statuses
	Mechanisms []bonafide.Mechanism // each published by [New] if it is new; all on Origin
	Standing   StandingFunc         // needed if a mechanism leaves its rule to the host
	SignIn     bonafide.SignIn      // needed for the pages of members
	Admission  Admission            // which verifiers are answered
	Converted  ConvertedFunc        // what members' statuses from elsewhere count for here; nil: nothing
	Referred   ReferredFunc         // who stands behind members from elsewhere; nil: nobody
	Erasing    ErasingFunc          // told of who is erased; nil: nobody else holds anything on members
	Exporting  ExportingFunc        // what others hold on a member, for their export; nil: nothing
	OpenLists  int                  // status lists that entries for one purpose are spread over; 0: one
	Local      bool                 // the demo switch: sites under .localhost may be visited, over http
	Now        func() time.Time     // nil: time.Now
	Log        *slog.Logger         // nil: slog.Default
}

// Issuer issues. It is safe for concurrent use.
type Issuer struct {
	Config
	sealer     *seal.Sealer
	shelf      *publish.Shelf[*bonafide.Mechanism]
	mechanisms map[string]*bonafide.Mechanism // the newest version of each, by slug; fixed once New returns
	ledgers    map[string]*ledger.Ledger      // of those under which members can vouch, or be at fault, by slug
	pages      *web.Pages
	lists      *lists
	consents   *consents
	wake       chan struct{} // tells Run that there are orders
}

// New returns the issuer, and publishes the mechanisms that aren't published yet. What a new version of
// one changes for members is done before New returns.
func New(config Config) (*Issuer, error) {
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
	pages, err := web.NewPages(config.Name, config.Log, files)
	if err != nil {
		return nil, err
	}
	i := &Issuer{
		Config: config, sealer: sealer, pages: pages,
		mechanisms: map[string]*bonafide.Mechanism{}, lists: newLists(), wake: make(chan struct{}, 1),
	}
	i.shelf = publish.New(publish.Config[*bonafide.Mechanism]{
		Kind: "mechanisms", Type: bonafide.TypeMechanism, Store: config.Store, Sealer: sealer, Now: config.Now, Pages: pages,
		Payload: func(m *bonafide.Mechanism, issued, expires bonafide.Seconds) any {
			return &bonafide.SignedMechanism{Issuer: config.Origin, IssuedAt: issued, Expires: expires, Mechanism: *m}
		},
		Page: i.mechanismPage,
	})
	ctx := context.Background()
	if err := i.publishMechanisms(ctx); err != nil {
		return nil, err
	}
	if err := i.openLedgers(); err != nil {
		return nil, err
	}
	if i.consents, err = newConsents(i); err != nil {
		return nil, err
	}
	return i, i.followVersions(ctx)
}

func (i *Issuer) publishMechanisms(ctx context.Context) error {
	for _, m := range i.Config.Mechanisms {
		if m.Origin() != i.Origin {
			return bonafide.Errorf(bonafide.BadMechanism, m.ID, "is not on %s", i.Origin)
		}
		if err := m.Validate(); err != nil {
			return err
		}
		if m.Rule.Host != nil && i.Standing == nil {
			return bonafide.Errorf(bonafide.BadMechanism, m.ID, "leaves its rule to the host, whom nothing says how to ask")
		}
		if err := i.shelf.Publish(ctx, &m); err != nil {
			return fmt.Errorf("publishing %s: %w", m.ID, err)
		}
	}
	return i.Store.View(ctx, func(r store.Reader) error {
		all, err := i.shelf.All(r)
		for _, m := range all {
			i.mechanisms[m.Slug()] = m
		}
		return err
	})
}

// Mechanism returns the newest version of the mechanism, or [bonafide.NotFound].
func (i *Issuer) Mechanism(slug string) (*bonafide.Mechanism, error) {
	if m, ok := i.mechanisms[slug]; ok {
		return m, nil
	}
	return nil, bonafide.Errorf(bonafide.NotFound, slug, "is no mechanism of %s", i.Origin)
}

// Slugs returns the names of the mechanisms, sorted.
func (i *Issuer) Slugs() []string { return slices.Sorted(maps.Keys(i.mechanisms)) }

// now returns the instant, in UTC and whole seconds as tokens have it.
func (i *Issuer) now() time.Time { return i.Now().UTC().Truncate(time.Second) }

// Handler answers what anyone may ask, and what members ask of their own: /b/, /status/, /mechanisms/,
// /badges and the routes of consent. It refuses changes that pages of other sites send.
func (i *Issuer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /mechanisms/", i.shelf)
	mux.HandleFunc("GET /b/{badge}", i.pages.Answer(i.serveBadge))
	mux.HandleFunc("GET "+listPath+"{list}", i.pages.Answer(i.serveList))
	i.memberRoutes(mux)
	i.consentRoutes(mux)
	return i.pages.Harden(mux)
}
