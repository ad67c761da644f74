// Package refer is the voucher's side of referrals: a member stands behind somebody at another site.
//
// A member makes a link (make.go), after this site has looked up on which terms the other site takes
// referrals (terms.go), and gives it to whomever they mean. That person redeems it at the other site, which
// tells so here; the member then says whether that is whom they meant (decide.go). From then on the stake is
// locked, and the other site may tell of faults, in which it must be believed, of their reversal, and that
// the referral counts no more there (outcome.go). Faults become cases of package court, which hears the
// member first; what becomes final charges the member through the ledger, at hop 1 alone.
//
// Nothing is locked before the member confirms: to lock the stakes of links that nobody may ever redeem would
// tie up members' points, and until then nobody knows for whom they would answer.
package refer

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching/court"
	"golang.org/x/time/rate"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says whose referrals are kept and what that needs. Everything is needed but Believes, Admission,
// Local, Now and Log.
type Config struct {
	Origin    bonafide.Origin
	Name      string // what pages call the site
	Issuer    *issuer.Issuer
	Court     *court.Court // hears the member about faults told by other sites
	Store     store.Store  // the issuer's; keys used: those that begin with "refer"
	Signer    bonafide.Signer
	SignIn    bonafide.SignIn
	Believes  []bonafide.Origin    // the sites whose word on faults is taken
	Admission issuer.Admission     // to which sites members may refer people
	Local     bool                 // the demo switch: sites under .localhost may be visited, over http
	Fetched   func(outcome string) // told in a word how each request to a peer went; nil: nobody is
	Now       func() time.Time     // nil: time.Now
	Log       *slog.Logger         // nil: slog.Default
}

// Desk makes referrals and takes what becomes of them. It is safe for concurrent use.
type Desk struct {
	Config
	sealer    *seal.Sealer
	fetch     *fetch.Client
	pages     *web.Pages
	strangers *rate.Limiter // looking up sites that aren't listed
	outcomes  *web.Quotas   // outcomes of each site
}

// How often sites that aren't listed may be looked up for members, all together.
const (
	strangersPerSecond = 5
	strangersAtOnce    = 20
)

// How often one site may tell outcomes: as often as a client of package fetch asks.
const (
	outcomesPerSecond = 20
	outcomesAtOnce    = 100
)

// New returns the desk.
func New(config Config) (*Desk, error) {
	if config.Issuer == nil || config.Court == nil || config.Store == nil || config.Signer == nil || config.SignIn.Account == nil || config.SignIn.Address == nil {
		return nil, errors.New("referrals need an issuer, a court, a store, a signer and a sign-in hook")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	d := &Desk{Config: config, strangers: rate.NewLimiter(strangersPerSecond, strangersAtOnce), outcomes: web.NewQuotas(outcomesPerSecond, outcomesAtOnce)}
	var err error
	if d.sealer, err = seal.ForOrigin(config.Origin, config.Signer); err != nil {
		return nil, err
	}
	if d.fetch, err = fetch.New(fetch.Config{Local: config.Local, Now: config.Now, Told: config.Fetched}); err != nil {
		return nil, err
	}
	d.pages, err = web.NewPages(config.Name, config.Log, files)
	return d, err
}

// now returns the instant, in UTC and whole seconds as tokens have it.
func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Second) }

// instant returns the same as the model has it.
func (d *Desk) instant() bonafide.Seconds { return bonafide.SecondsOf(d.now()) }

// change runs a transaction, and has what follows from it done.
func (d *Desk) change(ctx context.Context, fn func(store.Tx) error) error {
	err := d.Store.Update(ctx, fn)
	if err == nil {
		d.Issuer.WakeUp()
	}
	return err
}

const (
	elsewherePath = "/vouches/elsewhere"
	outcomesPath  = "/outcomes"
)

// Paths returns the patterns under which [Desk.Handler] is to be mounted beside other handlers.
func Paths() []string { return []string{elsewherePath, elsewherePath + "/", outcomesPath} }

// AdminPaths returns the same for [Desk.Admin].
func AdminPaths() []string { return []string{"/admin/referrals"} }

// OutcomeEndpoint returns the address for the issuer's metadata ([bonafide.IssuerMetadata].Outcomes).
func (d *Desk) OutcomeEndpoint() string { return string(d.Origin) + outcomesPath }

// Handler answers members, under /vouches/elsewhere, and the sites that they referred somebody to, at
// /outcomes. It refuses changes that pages of other sites send.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request, bonafide.Account) error{
		"GET " + elsewherePath:                     d.listPage,
		"POST " + elsewherePath + "/terms":         d.termsPage,
		"POST " + elsewherePath + "/risk":          d.riskPage,
		"POST " + elsewherePath:                    d.makeLink,
		"GET " + elsewherePath + "/{id}":           d.onePage,
		"POST " + elsewherePath + "/{id}/confirm":  d.decide(d.Confirm),
		"POST " + elsewherePath + "/{id}/decline":  d.decide(d.Decline),
		"POST " + elsewherePath + "/{id}/withdraw": d.decide(d.Withdraw),
	} {
		mux.HandleFunc(pattern, d.toMember(serve))
	}
	mux.HandleFunc("POST "+outcomesPath, d.pages.Answer(d.takeOutcome))
	return d.pages.Harden(mux)
}

// Admin answers the administrator: GET /admin/referrals lists all that is kept, without the links. It asks
// for no authentication, which is for the owner of the listener to do.
func (d *Desk) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/referrals", func(w http.ResponseWriter, r *http.Request) {
		all, err := d.all(r.Context())
		if err != nil {
			d.pages.Fail(w, r, err)
			return
		}
		web.JSON(w, http.StatusOK, all)
	})
	return mux
}

// toMember makes a handler for members alone; see [web.Pages.ToMember].
func (d *Desk) toMember(serve func(http.ResponseWriter, *http.Request, bonafide.Account) error) http.HandlerFunc {
	return d.pages.ToMember(d.SignIn, serve)
}
