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
	"sync/atomic"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/recent"
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
	Origin      bonafide.Origin
	Name        string                // what pages call the site
	Store       store.Store           // keys used: those that begin with "i" or "vouching", or with "published" and "mechanisms"
	Signer      bonafide.Signer       // the credential key: it signs badges, lists, mechanisms and consented statuses
	Mechanisms  []bonafide.Mechanism  // each published by [New] if it is new; all on Origin
	Standing    StandingFunc          // needed if a mechanism leaves its rule to the host
	SignIn      bonafide.SignIn       // needed for the pages of members
	Admission   Admission             // which verifiers are answered
	Converted   ConvertedFunc         // what members' statuses from elsewhere count for here; nil: nothing
	Referred    ReferredFunc          // who stands behind members from elsewhere; nil: nobody
	Erasing     ErasingFunc           // told of who is erased; nil: nobody else holds anything on members
	Withdrawing WithdrawingFunc       // told whose badge is withdrawn; nil: nobody is
	Hiding      HidingFunc            // told what is taken off a public CV; nil: nobody is
	Removed     func(context.Context) // called once an erasure, withdrawal or hiding is committed, before anybody is told; nil: nobody is
	Exporting   ExportingFunc         // what others hold on a member, for their export; nil: nothing
	Logged      LoggedFunc            // told what is published; nil: the site keeps no public log
	Fetched     func(outcome string)  // told in a word how each request to a peer went; nil: nobody is
	Complaints  bool                  // pages of badges lead to /b/CODE/report, which package complaint answers
	Contest     func(string) string   // where a holder contests what they are under a mechanism, by its slug; nil: nowhere
	OpenLists   int                   // status lists that entries for one purpose are spread over; 0: one
	Local       bool                  // the demo switch: sites under .localhost may be visited, over http
	Now         func() time.Time      // nil: time.Now
	Log         *slog.Logger          // nil: slog.Default
}

// Issuer issues. It is safe for concurrent use.
type Issuer struct {
	Config
	sealer     *seal.Sealer
	packer     seal.Packer
	shelf      *publish.Shelf[*bonafide.Mechanism]
	mechanisms map[string]*bonafide.Mechanism // the newest version of each, by slug; fixed once New returns
	forms      map[string]*bonafide.Form      // those of their badges, by slug
	ledgers    map[string]*ledger.Ledger      // of those under which members can vouch, or be at fault, by slug
	pages      *web.Pages
	pictures   *recent.Memory[drawn, ready]
	seen       *recent.Memory[string, remembered] // by the badge's code
	began      time.Time
	lists      *lists
	consents   *consents
	proofs     proofs
	wake       chan struct{} // tells Run that there are orders

	badgesIssued, listsSigned atomic.Int64              // see [Issuer.Done]
	dated                     atomic.Pointer[time.Time] // what this server knows of datedKey
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
	TellClients(pages)
	i := &Issuer{
		Config: config, sealer: sealer, pages: pages,
		mechanisms: map[string]*bonafide.Mechanism{}, forms: map[string]*bonafide.Form{}, lists: newLists(), wake: make(chan struct{}, 1),
		pictures: recent.New[drawn, ready](picturesKept), seen: recent.New[string, remembered](shownKept),
	}
	i.began = i.now()
	i.shelf = publish.New(publish.Config[*bonafide.Mechanism]{
		Kind: "mechanisms", Type: bonafide.TypeMechanism, Store: config.Store, Sealer: sealer, Now: config.Now, Pages: pages,
		Payload: func(m *bonafide.Mechanism, issued, expires bonafide.Seconds) any {
			return &bonafide.SignedMechanism{Issuer: config.Origin, IssuedAt: issued, Expires: expires, Mechanism: *m}
		},
		Page: i.mechanismPage, Logged: config.Logged,
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
	if i.proofs, err = newProofs(i); err != nil {
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
	if err := i.shelf.LogAll(ctx); err != nil {
		return err
	}
	return i.Store.View(ctx, func(r store.Reader) error {
		all, err := i.shelf.All(r)
		if err != nil {
			return err
		}
		for _, m := range all {
			i.mechanisms[m.Slug()] = m
			if i.forms[m.Slug()], err = bonafide.NewForm(m); err != nil {
				return err
			}
		}
		return nil
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

// Handler answers what anyone may ask, and what members ask of their own: /b/, /oembed, /cv/, /status/, /mechanisms/,
// /badges and the routes of consent. It refuses changes that pages of other sites send.
func (i *Issuer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /mechanisms/", i.shelf)
	mux.HandleFunc("GET /b/{badge}", i.pages.Answer(i.serveBadge))
	mux.HandleFunc("GET "+oembedPath, i.pages.Answer(i.serveOEmbed))
	mux.HandleFunc("GET "+cvPath+"{code}", i.pages.Answer(i.serveCV))
	mux.HandleFunc("GET "+listPath+"{list}", i.pages.Answer(i.serveList))
	i.memberRoutes(mux)
	i.consentRoutes(mux)
	return i.pages.Harden(mux)
}
