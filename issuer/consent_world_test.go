package issuer

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

const (
	here   = bonafide.Origin("https://bazar.example")
	outils = bonafide.Origin("https://outils.example")
	livres = bonafide.Origin("https://livres.example")
	back   = "/import/back"
	nonce  = "nonce-of-the-request"
)

// consenting is an issuer with members, and the verifiers that ask it.
type consenting struct {
	*testing.T
	*Issuer
	handler   http.Handler
	keys      seal.KeySet // that open what the issuer signs
	mu        sync.Mutex
	clock     time.Time
	published map[bonafide.Origin]*bonafide.EntityConfiguration
	tables    map[string]*bonafide.Table // nil: the site doesn't answer
	lookups   int
}

// Entity stands for the network.
func (c *consenting) Entity(_ context.Context, origin bonafide.Origin) (*bonafide.EntityConfiguration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookups++
	if entity, ok := c.published[origin]; ok {
		return entity, nil
	}
	return nil, bonafide.Errorf(bonafide.Unreachable, string(origin), "is not there")
}

// Table stands for the network, too.
func (c *consenting) Table(_ context.Context, address string) (*bonafide.Table, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.tables[address]
	switch {
	case !ok:
		return nil, bonafide.Errorf(bonafide.NotFound, address, "is not there")
	case t == nil:
		return nil, bonafide.Errorf(bonafide.Unreachable, address, "is not there for now")
	}
	return t, nil
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func sellers() bonafide.Mechanism {
	return bonafide.Mechanism{
		ID: string(here) + "/mechanisms/seller", Version: 1, Date: "2026-01-01", Context: "selling", Scale: bonafide.Percent,
		Name: both("Seller"), Meaning: both("Buyers were content."),
		Levels: []bonafide.Level{
			{ID: "silver", Name: both("Silver"), Sentence: both("Four of five.")},
			{ID: "gold", Name: both("Gold"), Sentence: both("Nineteen of twenty.")},
		},
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: both("Ratings")}},
		Rule: bonafide.Rule{Share: &bonafide.ShareRule{
			Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 10, Levels: []bonafide.Decimal{"0.80", "0.95"},
		}},
		WhoRates: both("Buyers."), Falls: both("By bad ratings."), Recovers: both("By good ones."), NotSaid: both("Prices."),
	}
}

// consented starts an issuer on which Alice has 412 of 417 and Bob 9 of 10.
func consented(t *testing.T, admission Admission) *consenting {
	c := &consenting{T: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), published: map[bonafide.Origin]*bonafide.EntityConfiguration{}, tables: map[string]*bonafide.Table{}}
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	signer, err := seal.GenerateKey()
	require.NoError(t, err)
	c.Issuer, err = New(Config{
		Origin: here, Name: "Bazar", Store: kept, Signer: signer, Mechanisms: []bonafide.Mechanism{sellers()}, Admission: admission,
		SignIn: bonafide.SignIn{
			Account: func(r *http.Request) (bonafide.Account, bool) {
				id := r.Header.Get("Test-Member")
				return bonafide.Account{ID: id}, id != ""
			},
			Address: func(returnTo string) string { return "/sign-in?" + url.Values{"to": {returnTo}}.Encode() },
		},
		Now: func() time.Time { return c.clock }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	require.NoError(t, err)
	c.consents.peers = c
	c.handler = c.Handler()

	document, err := seal.DIDDocument(here, signer.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	c.keys, err = seal.ParseDIDDocument(data, here)
	require.NoError(t, err)
	c.rate("alice", 412, 5)
	c.rate("bob", 9, 1)
	return c
}

// rate adds ratings of a member.
func (c *consenting) rate(member string, good, bad int) {
	var events []Event
	for n := range good + bad {
		positive := n < good
		events = append(events, Event{
			ID: fmt.Sprintf("%s-%d-%d-%d-%d", member, c.clock.Unix(), good, bad, n), Member: member, Mechanism: "seller",
			Kind: "rating", Positive: &positive, At: c.clock.Add(-time.Hour),
		})
	}
	_, err := c.Record(c.Context(), events...)
	require.NoError(c, err)
}

// request sends a request to the issuer, signed in as the member if any.
func (c *consenting) request(method, address, member string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "text/html")
	if member != "" {
		r.Header.Set("Test-Member", member)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// verifier is a site that asks, by the half of this project.
type verifier struct {
	*consenting
	origin bonafide.Origin
	client *oauth.Client
	change func(url.Values) // changes the next form before it is sent
	answer *httptest.ResponseRecorder
}

func (c *consenting) verifier(origin bonafide.Origin) *verifier {
	key, err := seal.GenerateKey()
	require.NoError(c, err)
	jwk, err := seal.PublicJWK(key.Public())
	require.NoError(c, err)
	sealer, err := seal.NewSealer(key, jwk.Kid)
	require.NoError(c, err)
	c.published[origin] = &bonafide.EntityConfiguration{
		Issuer: origin, Subject: origin,
		Metadata: bonafide.Metadata{
			Verifier: &bonafide.VerifierMetadata{InitiateImport: string(origin) + "/import"},
			OAuthClient: &bonafide.OAuthClient{
				ClientName: "Outils <b>& co", RedirectURIs: []string{string(origin) + back}, AuthMethod: oauth.AuthMethod,
				JWKS: bonafide.JWKS{Keys: []bonafide.JWK{jwk}},
			},
		},
	}
	v := &verifier{consenting: c, origin: origin}
	v.client = &oauth.Client{Origin: origin, Sealer: sealer, Fetch: v, Now: func() time.Time { return c.clock }}
	return v
}

// PostForm stands for the network.
func (v *verifier) PostForm(_ context.Context, address string, form url.Values) (*fetch.Answer, error) {
	if v.change != nil {
		v.change(form)
	}
	w := v.request("POST", address, "", form)
	v.mu.Lock()
	v.answer = w
	v.mu.Unlock()
	return &fetch.Answer{Status: w.Code, Body: w.Body.Bytes(), Header: w.Header()}, nil
}

// asking is one query under way.
type asking struct {
	*verifier
	oauth.Request
	pkce string
	page string // the address of the consent page
}

func details() bonafide.AuthorizationDetails {
	return bonafide.AuthorizationDetails{
		Type: bonafide.DetailsType, Mechanism: string(here) + "/mechanisms/seller",
		Claims:  []bonafide.Claim{bonafide.ClaimLevel, bonafide.ClaimMeasures, bonafide.ClaimAccountSince},
		Purpose: both("To set your <i>level</i>."), RetentionDays: 90, Nonce: nonce,
	}
}

// push pushes a request.
func (v *verifier) push(change func(*bonafide.AuthorizationDetails)) *asking {
	a := &asking{verifier: v, Request: oauth.Request{RedirectURI: string(v.origin) + back, State: "state-of-the-browser", Details: details()}}
	if change != nil {
		change(&a.Details)
	}
	a.pkce, a.Challenge = oauth.NewPKCE()
	var err error
	a.page, err = v.client.Push(v.Context(), v.AuthorizationServer(), a.Request)
	require.NoError(v, err)
	require.Equal(v, http.StatusCreated, v.answer.Code)
	require.Equal(v, "no-store", v.answer.Header().Get("Cache-Control"))
	return a
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)

// form returns the fields of the consent page as the member sees it.
func (a *asking) form(member string) url.Values {
	w := a.request("GET", a.page, member, nil)
	require.Equal(a, "no-store", w.Header().Get("Cache-Control")) // BF-CONSENT-19, as below
	form := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(w.Body.String(), -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	return form
}

// decide sends the member's decision and returns the parameters that the verifier gets.
func (a *asking) decide(member, decision string) url.Values {
	form := a.form(member)
	form.Set("decision", decision)
	w := a.request("POST", authorizePath, member, form)
	require.Equal(a, http.StatusSeeOther, w.Code, w.Body)
	require.Equal(a, "no-store", w.Header().Get("Cache-Control"))
	require.Equal(a, "no-referrer", w.Header().Get("Referrer-Policy"))
	address, err := url.Parse(w.Header().Get("Location"))
	require.NoError(a, err)
	require.True(a, strings.HasPrefix(w.Header().Get("Location"), a.RedirectURI+"?"))
	require.Equal(a, a.State, address.Query().Get("state"))
	return address.Query()
}

// allow has the member allow the request and returns the code.
func (a *asking) allow(member string) string {
	code, err := oauth.ReadAnswer(a.decide(member, "allow"), here)
	require.NoError(a, err)
	return code
}

func (a *asking) exchange(code string) (*oauth.TokenResponse, error) {
	return a.client.Exchange(a.Context(), a.AuthorizationServer(), code, a.pkce, a.RedirectURI)
}

// told exchanges the code and returns the whole of what came.
func (a *asking) told(code string) (*oauth.TokenResponse, *bonafide.ConsentedStatus) {
	response, err := a.exchange(code)
	require.NoError(a, err)
	return response, a.open(response, a.Details.Nonce)
}

// open opens and checks the statement of a response.
func (v *verifier) open(response *oauth.TokenResponse, nonce string) *bonafide.ConsentedStatus {
	token, err := seal.Parse(response.Status, bonafide.TypeStatus)
	require.NoError(v, err)
	stated, err := seal.OpenAs[bonafide.ConsentedStatus](token, v.keys)
	require.NoError(v, err)
	require.NoError(v, stated.Check(v.origin, nonce, v.clock))
	return &stated
}

func (v *verifier) refresh(response *oauth.TokenResponse, nonce string) (*oauth.TokenResponse, error) {
	d := response.Details[0]
	d.Nonce = nonce
	return v.client.Refresh(v.Context(), v.AuthorizationServer(), response.RefreshToken, &d)
}

// refused tells that the issuer refused with this status, name and code.
func (v *verifier) refused(err error, status int, name oauth.Name, code bonafide.Code) {
	v.Helper()
	require.Error(v, err)
	require.Equal(v, status, v.answer.Code, "%v", err)
	require.Equal(v, "no-store", v.answer.Header().Get("Cache-Control"))
	body, err := bonafide.Parse[oauth.ErrorBody](v.answer.Body.Bytes())
	require.NoError(v, err)
	require.Equal(v, name, body.Error)
	require.Equal(v, code, body.Code, body.Description)
}

// revoked tells whether the statement's bit is set, and that it is in the list of statements.
func (c *consenting) revoked(s *bonafide.ConsentedStatus) (set bool) {
	index, err := s.CredentialStatus.Position()
	require.NoError(c, err)
	var number int
	_, err = fmt.Sscanf(s.CredentialStatus.Credential, string(here)+"/status/%d", &number)
	require.NoError(c, err)
	require.NoError(c, c.Store.View(c.Context(), func(r store.Reader) error {
		list, found, err := store.GetJSON[listRecord](r, listKey(number))
		require.True(c, found)
		require.Equal(c, statementList, list.Purpose)
		if err != nil {
			return err
		}
		values, err := r.Get(bitKey(number, index))
		set = values[0] != nil
		return err
	}))
	return set
}

// kept returns every record whose key begins with the parts.
func (c *consenting) kept(parts ...string) map[string]string {
	all := map[string]string{}
	require.NoError(c, c.Store.View(c.Context(), func(r store.Reader) error {
		return r.Scan(store.Prefix(store.Key(parts...)), func(key, value []byte) (bool, error) {
			all[string(key)] = string(value)
			return true, nil
		})
	}))
	return all
}

// untouched runs act and requires that it wrote nothing.
func (c *consenting) untouched(act func()) {
	c.Helper()
	before := c.kept()
	act()
	require.Equal(c, before, c.kept())
}

func (c *consenting) consentsOf(member string) (all []consent) {
	require.NoError(c, c.Store.View(c.Context(), func(r store.Reader) (err error) {
		all, err = consentsOf(r, member)
		return err
	}))
	return all
}
