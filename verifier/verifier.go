// Package verifier recognises what other sites say of people: it publishes conversion tables, imports
// statuses with their holders' consent, follows them, and tells what they count for here.
//
// A badge's address proves nothing about whoever shows it, so it only leads to a [Preview]. What counts
// is a consented status, which its issuer makes for this site alone after the holder signed in there.
// Inputs are kept, not results: what they count for is computed from the tables whenever it is read.
//
// A referral is the other way in: a member of such a site stands behind somebody, who redeems it here. It
// counts as one supporter ([Verifier.Referred]), and its issuer is told what becomes of it. The files
// referral*.go hold that: redeem, weigh, follow, fault, outbox and pages.
//
// The way of the data: a flow begins an import (flow.go, import.go), the issuer's answer is checked
// (statement.go) and kept as an input (input.go), RunDue follows it (follow.go), and Converted reads it
// (converted.go).
package verifier

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says who the verifier is and what it recognises. Everything from Mechanisms on, but SignIn, may
// be left out.
type Config struct {
	Origin       bonafide.Origin
	Name         string          // what pages and issuers call the site
	Store        store.Store     // keys used: those that begin with "verifier", or with "published" and "conversions"
	Signer       bonafide.Signer // the key of the site's DID document; signs conversion tables and outcomes of referrals
	ClientSigner bonafide.Signer // signs client assertions and nothing else

	Mechanisms []bonafide.Mechanism // the site's own mechanisms whose levels tables give
	Tables     []bonafide.Table     // published by [New]: each a version published before, or the next

	Purpose bonafide.Text   // what imports are for, told when consent is asked; zero: a general one
	SignIn  bonafide.SignIn // how people sign in here
	// Logged enters in the site's public log that a table is published at the path, by its hash, within the transaction
	// that publishes it; nil: the site keeps no log.
	Logged  func(tx store.Tx, path, hash string) error
	Contest string      // the address where a conversion can be contested
	Changed ChangedFunc // told when what an account's inputs or referrals count for may have changed; nil: nobody is

	Erasing   ErasingFunc           // told whose account is erased; nil: nobody else holds anything on accounts
	Removing  RemovingFunc          // told which import is removed; nil: nobody is
	Removed   func(context.Context) // called once an erasure or removal is committed, before anybody is told; nil: nobody is
	Exporting ExportingFunc         // what others hold on an account, for its export; nil: nothing

	Fetched func(outcome string) // told in a word how each request to a peer went; nil: nobody is
	Local   bool                 // the demo switch: sites under .localhost may be visited, over http
	Now     func() time.Time     // nil: time.Now
	Log     *slog.Logger         // nil: slog.Default
}

// Verifier is one site in its role of relying on others. It is safe for concurrent use.
type Verifier struct {
	config Config
	log    *slog.Logger
	now    func() time.Time
	fetch  *fetch.Client
	client *oauth.Client
	sealer *seal.Sealer // signs with the key of the DID document
	shelf  *publish.Shelf[*bonafide.Table]
	pages  *web.Pages
	secret []byte        // behind the hashes under which something outlives an erased account
	wake   chan struct{} // tells Run that there is something to tell
}

// New returns the verifier, after publishing the tables of the config that aren't published yet. A table
// that doesn't hold together, isn't this site's or doesn't fit the site's own mechanism is refused with
// bad-table, one that is neither a published version nor the next with version-conflict.
func New(config Config) (*Verifier, error) {
	if config.Store == nil || config.Signer == nil || config.ClientSigner == nil || config.SignIn.Account == nil || config.SignIn.Address == nil {
		return nil, errors.New("a verifier needs a store, two signers and a sign-in hook")
	}
	v := &Verifier{config: config, log: config.Log, now: config.Now, wake: make(chan struct{}, 1)}
	if v.now == nil {
		v.now = time.Now
	}
	if v.log == nil {
		v.log = slog.Default()
	}
	var err error
	if v.pages, err = web.NewPages(config.Name, v.log, files); err != nil {
		return nil, err
	}
	if config.Purpose == (bonafide.Text{}) {
		v.config.Purpose = v.pages.Both("purpose", "Host", config.Origin.Host())
	}
	if v.fetch, err = fetch.New(fetch.Config{Local: config.Local, Now: v.now, Told: config.Fetched, Judge: v.judge}); err != nil {
		return nil, err
	}
	if err := v.openKeys(); err != nil {
		return nil, err
	}
	if err := v.openSecret(context.Background()); err != nil {
		return nil, err
	}
	for i := range config.Tables {
		if err := v.publishConfigured(context.Background(), &config.Tables[i]); err != nil {
			return nil, err
		}
	}
	return v, v.shelf.LogAll(context.Background())
}

// openKeys sets up what signs: the sealer of tables and outcomes, and the OAuth client.
func (v *Verifier) openKeys() error {
	var err error
	if v.sealer, err = seal.ForOrigin(v.config.Origin, v.config.Signer); err != nil {
		return err
	}
	v.shelf = v.newShelf(v.sealer)
	assertions, err := seal.ForKeySet(v.config.ClientSigner)
	if err != nil {
		return err
	}
	v.client = &oauth.Client{Origin: v.config.Origin, Sealer: assertions, Fetch: v.fetch, Now: v.now}
	return nil
}

// Metadata returns the verifier's parts of the site's entity configuration. The addresses in them are
// answered by [Verifier.Handler], mounted at the root of the origin.
func (v *Verifier) Metadata(ctx context.Context) (*bonafide.VerifierMetadata, *bonafide.OAuthClient, error) {
	tables, err := v.tables(ctx)
	if err != nil {
		return nil, nil, err
	}
	keys, err := v.client.Sealer.JWKS()
	if err != nil {
		return nil, nil, err
	}
	addresses := []string{}
	for _, t := range tables {
		addresses = append(addresses, t.ID)
	}
	redeem := ""
	if len(tables.referring()) > 0 {
		redeem = string(v.config.Origin) + "/referrals"
	}
	return &bonafide.VerifierMetadata{
			Name:           v.config.Name,
			Versions:       []string{bonafide.Version},
			Conversions:    addresses,
			InitiateImport: string(v.config.Origin) + "/import/begin",
			RedeemReferral: redeem,
		}, &bonafide.OAuthClient{
			ClientName:   v.config.Name,
			RedirectURIs: []string{v.redirectURI()},
			AuthMethod:   oauth.AuthMethod,
			GrantTypes:   []string{oauth.GrantCode, oauth.GrantRefresh},
			JWKS:         keys,
		}, nil
}

func (v *Verifier) redirectURI() string { return string(v.config.Origin) + "/import/callback" }

// Handler answers what anyone may ask, and what people ask of their own: /conversions/, /import,
// /imports/, /referrals and /standing. It refuses changes that pages of other sites send.
func (v *Verifier) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /import":                v.importPage,
		"POST /import":               v.importBare,
		"POST /import/preview":       v.previewPage,
		"GET /import/begin":          v.beginPage,
		"POST /import/start":         v.start,
		"GET /import/callback":       v.callback,
		"GET /standing":              v.standingPage,
		"GET /standing.json":         v.standingJSON,
		"GET /standing/export":       v.export,
		"POST /standing/erase":       v.erase,
		"POST /imports/{id}/refresh": v.refreshOne,
		"POST /imports/{id}/remove":  v.removeOne,
		"GET /referrals":             v.referralsPage,
		"POST /referrals/redeem":     v.redeemPosted,
		"POST /referrals/{id}/ask":   v.askOne,
		"POST /referrals/{id}/end":   v.endOne,
	} {
		v.route(mux, pattern, handle)
	}
	mux.Handle("GET /conversions/{name...}", v.shelf)
	return v.pages.Harden(mux)
}

// Paths returns the patterns under which [Verifier.Handler] is to be mounted beside other handlers.
func Paths() []string {
	return []string{"/conversions/", "/import", "/import/", "/imports/", "/referrals", "/referrals/", "/standing", "/standing.json", "/standing/"}
}

// Admin answers the administrator: a JSON API under /admin/. It asks for no authentication, which is
// for the owner of the listener to do.
func (v *Verifier) Admin() http.Handler {
	mux := http.NewServeMux()
	v.route(mux, "GET /admin/conversions", v.listTables)
	v.route(mux, "PUT /admin/conversions/{name}", v.putTable)
	v.route(mux, "POST /admin/conversions/{name}/check", v.checkTable)
	v.route(mux, "GET /admin/imports", v.countImports)
	v.route(mux, "GET /admin/logs", v.adminLogs)
	v.route(mux, "POST /admin/logs/approve", v.adminApproveLog)
	v.route(mux, "GET /admin/identities", v.adminIdentities)
	v.route(mux, "POST /admin/identities", v.adminApprove)
	return mux
}

// AdminPaths returns the same as [Paths] for [Verifier.Admin].
func AdminPaths() []string {
	return []string{"/admin/conversions", "/admin/conversions/", "/admin/imports", "/admin/identities", "/admin/logs", "/admin/logs/"}
}

// route mounts a handler whose error becomes the answer.
func (v *Verifier) route(mux *http.ServeMux, pattern string, handle func(http.ResponseWriter, *http.Request) error) {
	mux.HandleFunc(pattern, v.pages.Answer(handle))
}

// Run follows inputs and referrals until ctx is done: it looks every minute what is due, and at once when a
// referral was redeemed.
func (v *Verifier) Run(ctx context.Context) error {
	ticks := time.NewTicker(time.Minute)
	defer ticks.Stop()
	for {
		if err := v.RunDue(ctx); err != nil && ctx.Err() == nil {
			v.log.Error("following imported statuses", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-v.wake:
		case <-ticks.C:
		}
	}
}

// WakeUp tells [Verifier.Run] that there is something to tell.
func (v *Verifier) WakeUp() {
	select {
	case v.wake <- struct{}{}:
	default: // it has been told already
	}
}
