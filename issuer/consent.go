package issuer

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"golang.org/x/time/rate"
)

// Admission says which verifiers are answered.
type Admission struct {
	Policy string            // [AdmitOpen] or [AdmitListed]; "" is open
	Listed []bonafide.Origin // those answered when only listed ones are
}

// The policies of admission.
const (
	AdmitOpen   = "open"   // any verifier; one unknown so far is looked up at its first request
	AdmitListed = "listed" // those listed; no other is even looked up
)

// policy returns the policy in force.
func (a Admission) policy() string {
	if a.Policy == "" {
		return AdmitOpen
	}
	return a.Policy
}

// How often verifiers unknown so far may be looked up, all together.
const (
	strangersPerSecond = 5
	strangersAtOnce    = 20
)

// How often one verifier may push, and how often it may ask for a status: as often as a client of package fetch asks.
// Each pushed request is kept until it is decided or too old, and each status told until it has run out.
const (
	asksPerSecond = 20
	pushesAtOnce  = 100
	tokensAtOnce  = 2 * maxStatements
)

// The addresses of the consented query.
const (
	pushPath      = "/oauth/par"
	authorizePath = "/oauth/authorize"
	tokenPath     = "/oauth/token"
	consentsPath  = "/consents"
	referPath     = "/refer"
)

// consents is what answering consented queries needs beside the store.
type consents struct {
	peers     peers
	strangers *rate.Limiter
	pushes    *web.Quotas // how often each verifier may push
	tokens    *web.Quotas // how often each may ask for a status
}

// peers looks up what verifiers publish about themselves: a [*fetch.Client].
type peers interface {
	Entity(ctx context.Context, origin bonafide.Origin) (*bonafide.EntityConfiguration, error)
	Table(ctx context.Context, address string) (*bonafide.Table, error)
}

func newConsents(i *Issuer) (*consents, error) {
	if policy := i.Admission.policy(); policy != AdmitOpen && policy != AdmitListed {
		return nil, fmt.Errorf("admission policy %q is not %s or %s", policy, AdmitOpen, AdmitListed)
	}
	client, err := fetch.New(fetch.Config{Local: i.Local, Now: i.Now, Told: i.Fetched})
	if err != nil {
		return nil, err
	}
	return &consents{
		peers: client, strangers: rate.NewLimiter(strangersPerSecond, strangersAtOnce),
		pushes: web.NewQuotas(asksPerSecond, pushesAtOnce),
		tokens: web.NewQuotas(asksPerSecond, tokensAtOnce),
	}, nil
}

// AuthorizationServer describes the issuer to OAuth clients (RFC 8414): for its entity configuration and
// for /.well-known/oauth-authorization-server.
func (i *Issuer) AuthorizationServer() *bonafide.AuthorizationServer {
	origin := string(i.Origin)
	return &bonafide.AuthorizationServer{
		Issuer:                i.Origin,
		AuthorizationEndpoint: origin + authorizePath,
		TokenEndpoint:         origin + tokenPath,
		PushedRequestEndpoint: origin + pushPath,
		RequirePushed:         true,
		ResponseTypes:         []string{"code"},
		GrantTypes:            []string{oauth.GrantCode, oauth.GrantRefresh},
		ChallengeMethods:      []string{"S256"},
		AuthMethods:           []string{oauth.AuthMethod},
		AuthAlgorithms:        []string{"ES256", "EdDSA"},
		IssInResponse:         true,
		DetailsTypes:          []string{bonafide.DetailsType},
	}
}

// consentRoutes adds what verifiers ask, and the pages on which members decide.
func (i *Issuer) consentRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+pushPath, i.toClient(i.push))
	mux.HandleFunc("POST "+tokenPath, i.toClient(i.token))
	mux.HandleFunc("GET "+authorizePath, i.toMember(i.askConsent))
	mux.HandleFunc("POST "+authorizePath, i.toMember(i.decideConsent))
	mux.HandleFunc("GET "+consentsPath, i.toMember(i.listConsents))
	mux.HandleFunc("POST "+consentsPath+"/{id}/withdraw", i.toMember(i.withdrawConsent))
	mux.HandleFunc("POST "+referPath, i.toMember(i.refer))
}

// toClient makes a handler of what answers OAuth clients with JSON; see [TellClients] for errors.
func (i *Issuer) toClient(answer func(r *http.Request) (status int, body any, err error)) http.HandlerFunc {
	return i.pages.Answer(func(w http.ResponseWriter, r *http.Request) error {
		status, body, err := answer(r)
		if err == nil {
			web.JSON(w, status, body)
		}
		return err
	})
}

// TellClients has pages tell what goes wrong at the endpoints of OAuth clients as these read it (RFC 6749, section
// 5.2): also when the server is busy, or a client is refused before anybody looks at what it sent.
func TellClients(pages *web.Pages) {
	for _, path := range []string{pushPath, tokenPath} {
		pages.FailAs(path, func(err error) (int, any) { return oauth.BodyOf(err) })
	}
}

// toMember makes a handler of what answers a signed-in member; see [web.Pages.ToMember].
func (i *Issuer) toMember(answer func(w http.ResponseWriter, r *http.Request, member string) error) http.HandlerFunc {
	return i.pages.ToMember(i.SignIn, func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
		return answer(w, r, member.ID)
	})
}

// admit returns what a verifier publishes about itself, if the policy lets it be answered.
func (i *Issuer) admit(ctx context.Context, verifier bonafide.Origin) (*bonafide.EntityConfiguration, error) {
	if i.Admission.policy() != AdmitOpen && !slices.Contains(i.Admission.Listed, verifier) {
		return nil, bonafide.Errorf(bonafide.NotAdmitted, string(verifier), "is not on the list of %s", i.Origin)
	}
	var known bool
	err := i.Store.View(ctx, func(r store.Reader) (err error) {
		_, known, err = store.GetJSON[bonafide.Seconds](r, verifierKey(verifier))
		return err
	})
	if err != nil {
		return nil, err
	}
	if !known && !i.consents.strangers.AllowN(i.now(), 1) {
		return nil, bonafide.Errorf(bonafide.RateLimited, string(verifier), "is unknown so far, as are too many others just now")
	}
	return i.consents.peers.Entity(ctx, verifier)
}
