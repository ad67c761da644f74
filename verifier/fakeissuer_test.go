package verifier_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// clock is the time of a test, the same for both sites.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fakeIssuer is an issuer that does what a test tells it, lies included.
type fakeIssuer struct {
	t      *testing.T
	clock  *clock
	origin bonafide.Origin
	key    *seal.PrivateKey
	sealer *seal.Sealer

	mu       sync.Mutex
	requests map[string]int                  // by path
	asked    map[string]oauth.Request        // by code, from when it was pushed
	consents map[string]*oauth.TokenResponse // by refresh token
	index    int                             // of the last statement's entry
	bits     bonafide.Bits

	// What it says, and how it lies.
	subject  string
	status   bonafide.Status
	silent   bool                            // answers nothing at all
	noTokens bool                            // and nothing at the token endpoint
	putOff   string                          // Retry-After, when it answers nothing there
	lie      func(*bonafide.ConsentedStatus) // about a statement
	signer   *seal.Sealer                    // of statements, if it isn't sealer
	listLie  func(*bonafide.StatusList)      // about the list
	typ      bonafide.Type                   // of statements
	granted  func(*oauth.TokenResponse)      // about what was granted
	refusal  *oauth.ErrorBody                // of every refresh
	meet     func(*http.Request)             // before a list is answered

	history   []bonafide.HistoricalKey // nil: it has no key history
	keeper    *seal.PrivateKey         // signs the history
	noHistory bool                     // the history can't be had just now
	log       *bonafide.LogMetadata    // nil: it keeps no public log
	logFiles  http.Handler

	// What it is told of referrals, and how it answers.
	keys     seal.KeySet // of the site that tells it
	outcomes []bonafide.Outcome
	standing bonafide.ReferralAnswer
	problem  bonafide.Code // instead
	heard    func()        // before an outcome is answered
}

const seller = "/mechanisms/seller"

func newFakeIssuer(t *testing.T, clock *clock) *fakeIssuer {
	f := &fakeIssuer{
		t: t, clock: clock, requests: map[string]int{}, asked: map[string]oauth.Request{}, consents: map[string]*oauth.TokenResponse{},
		bits: make(bonafide.Bits, bonafide.MinListSize/8), subject: "pseudonym-of-alice", typ: bonafide.TypeStatus,
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	f.origin = bonafide.Origin("http://bazar.localhost:" + port)
	f.key, f.sealer = newSealer(t, f.origin)
	f.signer = f.sealer
	f.status = f.stating(405)
	return f
}

func newSealer(t *testing.T, origin bonafide.Origin) (*seal.PrivateKey, *seal.Sealer) {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	kid, err := seal.DIDKeyID(origin, key.Public())
	require.NoError(t, err)
	sealer, err := seal.NewSealer(key, kid)
	require.NoError(t, err)
	return key, sealer
}

// stating returns Alice's status with so many of 410 ratings positive.
func (f *fakeIssuer) stating(positive int64) bonafide.Status {
	return bonafide.Status{
		Mechanism: string(f.origin) + seller, Version: 1, Context: "selling", Level: "four", Kind: bonafide.Earned, EarnedLevel: "four",
		Measures:     []bonafide.Measure{{ID: "ratings", Positive: positive, Total: 410}},
		AccountSince: "2020-01", Since: "2024-05", AsOf: bonafide.DateOf(f.clock.Now()),
		Sources: []bonafide.Origin{f.origin}, State: bonafide.Current,
	}
}

// tell runs fn, which changes what the issuer says.
func (f *fakeIssuer) tell(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}

func (f *fakeIssuer) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if path != "" {
		return f.requests[path]
	}
	all := 0
	for _, n := range f.requests {
		all += n
	}
	return all
}

func text(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s} }

func mechanism(address, context string, levels ...string) bonafide.Mechanism {
	m := bonafide.Mechanism{
		ID: address, Version: 1, Date: "2026-01-01", Context: context, Scale: bonafide.Ordinal, Name: text(context), Meaning: text("meaning"),
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: text("ratings")}},
		Rule:     bonafide.Rule{Host: &bonafide.HostRule{Described: text("described")}},
		WhoRates: text("buyers"), Falls: text("falls"), Recovers: text("recovers"), NotSaid: text("not said"),
	}
	for _, id := range levels {
		m.Levels = append(m.Levels, bonafide.Level{ID: id, Name: text("level " + id), Sentence: text("sentence")})
	}
	return m
}

func (f *fakeIssuer) mechanism() bonafide.Mechanism {
	m := mechanism(string(f.origin)+seller, "selling", "one", "two", "three", "four", "five")
	m.Faults = []bonafide.FaultClass{{ID: "fraud", Name: text("fraud"), Severity: "0.5", Points: 10}}
	return m
}

func (f *fakeIssuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests[r.URL.Path]++
	if f.silent {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if f.logFiles != nil && strings.HasPrefix(r.URL.Path, "/log/") {
		f.logFiles.ServeHTTP(w, r)
		return
	}
	now := bonafide.SecondsOf(f.clock.Now())
	switch r.URL.Path {
	case "/.well-known/did.json":
		document, err := seal.DIDDocument(f.origin, f.key.Public())
		require.NoError(f.t, err)
		f.json(w, http.StatusOK, document)
	case "/.well-known/openid-federation":
		f.token(w, f.entity(now))
	case seller + ".jwt", seller + "/v/1.jwt":
		m := f.mechanism()
		f.sealed(w, bonafide.TypeMechanism, &bonafide.SignedMechanism{Issuer: f.origin, IssuedAt: now, Expires: now + 3600, Mechanism: m})
	case "/b/alice.jwt":
		m := f.mechanism()
		f.sealed(w, bonafide.TypeCredential, bonafide.NewCredential(bonafide.Badge{
			Address: string(f.origin) + "/b/alice", SubjectID: "urn:uuid:" + uuid.NewString(), IssuerName: "Bazar", Status: f.status,
			Entry:     bonafide.NewStatusEntry("urn:uuid:"+uuid.NewString(), f.list(), 131_000),
			ValidFrom: f.clock.Now(), ValidUntil: f.clock.Now().Add(24 * time.Hour),
		}, &m))
	case "/status/1":
		if f.meet != nil {
			f.meet(r)
		}
		list, err := bonafide.NewStatusList(f.origin, f.list(), f.bits, f.clock.Now(), f.clock.Now().Add(48*time.Hour))
		require.NoError(f.t, err)
		if f.listLie != nil {
			f.listLie(list)
		}
		f.sealed(w, bonafide.TypeCredential, list)
	case bonafide.KeyHistoryPath:
		if f.history == nil {
			http.NotFound(w, r)
			return
		}
		if f.noHistory {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		sealer, err := seal.ForKeySet(f.keeper)
		require.NoError(f.t, err)
		token, err := sealer.Seal(f.t.Context(), bonafide.TypeKeyHistory, &bonafide.KeyHistory{Issuer: f.origin, IssuedAt: now, Expires: now + 3600, Keys: f.history})
		require.NoError(f.t, err)
		w.Header().Set("Content-Type", bonafide.TypeKeyHistory.MediaType())
		w.Write([]byte(token))
	case "/outcomes":
		f.takeOutcome(w, r)
	case "/par":
		f.par(w, r)
	case "/token":
		f.tokens(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (f *fakeIssuer) list() string { return string(f.origin) + "/status/1" }

func (f *fakeIssuer) json(w http.ResponseWriter, status int, value any) {
	data, err := bonafide.MarshalJSON(value)
	require.NoError(f.t, err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(data)
}

func (f *fakeIssuer) sealed(w http.ResponseWriter, typ bonafide.Type, payload any) {
	token, err := f.sealer.Seal(f.t.Context(), typ, payload)
	require.NoError(f.t, err)
	w.Header().Set("Content-Type", typ.MediaType())
	w.Write([]byte(token))
}

func (f *fakeIssuer) token(w http.ResponseWriter, entity bonafide.EntityConfiguration) {
	key, err := seal.GenerateKey()
	require.NoError(f.t, err)
	jwk, err := seal.PublicJWK(key.Public())
	require.NoError(f.t, err)
	entity.JWKS.Keys = []bonafide.JWK{jwk}
	sealer, err := seal.NewSealer(key, jwk.Kid)
	require.NoError(f.t, err)
	token, err := sealer.Seal(f.t.Context(), bonafide.TypeEntity, entity)
	require.NoError(f.t, err)
	w.Header().Set("Content-Type", bonafide.TypeEntity.MediaType())
	w.Write([]byte(token))
}

func (f *fakeIssuer) entity(now bonafide.Seconds) bonafide.EntityConfiguration {
	at := string(f.origin)
	return bonafide.EntityConfiguration{Issuer: f.origin, Subject: f.origin, IssuedAt: now, Expires: now + 3600, Metadata: bonafide.Metadata{
		Issuer: &bonafide.IssuerMetadata{Name: "Bazar", Versions: []string{"1"}, Mechanisms: []string{}, Admission: "open", Outcomes: at + "/outcomes"},
		AuthorizationServer: &bonafide.AuthorizationServer{
			Issuer: f.origin, AuthorizationEndpoint: at + "/authorize", TokenEndpoint: at + "/token", PushedRequestEndpoint: at + "/par",
			RequirePushed: true, IssInResponse: true, ResponseTypes: []string{"code"}, GrantTypes: []string{oauth.GrantCode, oauth.GrantRefresh},
			ChallengeMethods: []string{"S256"}, AuthMethods: []string{oauth.AuthMethod}, AuthAlgorithms: []string{"ES256", "EdDSA"},
			DetailsTypes: []string{bonafide.DetailsType},
		},
		Log: f.log,
	}}
}

func (f *fakeIssuer) par(w http.ResponseWriter, r *http.Request) {
	require.NoError(f.t, r.ParseForm())
	details, err := oauth.ReadDetails(r.PostForm.Get("authorization_details"), f.origin)
	require.NoError(f.t, err)
	code := fmt.Sprintf("code-%d", len(f.asked))
	f.asked[code] = oauth.Request{State: r.PostForm.Get("state"), Challenge: r.PostForm.Get("code_challenge"), RedirectURI: r.PostForm.Get("redirect_uri"), Details: details}
	f.json(w, http.StatusCreated, oauth.Pushed{RequestURI: code, ExpiresIn: 600})
}

// tokens answers for codes and refresh tokens. A code can be used again and again here: that it counts
// once must be the verifier's doing.
func (f *fakeIssuer) tokens(w http.ResponseWriter, r *http.Request) {
	require.NoError(f.t, r.ParseForm())
	if f.noTokens {
		w.Header().Set("Retry-After", f.putOff)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.PostForm.Get("grant_type") == oauth.GrantRefresh {
		if f.refusal != nil {
			f.json(w, http.StatusBadRequest, *f.refusal)
			return
		}
		consent, ok := f.consents[r.PostForm.Get("refresh_token")]
		if !ok {
			f.json(w, http.StatusBadRequest, oauth.ErrorBody{Error: oauth.InvalidGrant})
			return
		}
		details, err := oauth.ReadDetails(r.PostForm.Get("authorization_details"), f.origin)
		require.NoError(f.t, err)
		answer := *consent
		answer.Status = f.state(details)
		if f.granted != nil {
			f.granted(&answer)
		}
		f.json(w, http.StatusOK, answer)
		return
	}
	asked := f.asked[r.PostForm.Get("code")]
	require.NoError(f.t, oauth.CheckVerifier(r.PostForm.Get("code_verifier"), asked.Challenge))
	answer := &oauth.TokenResponse{
		AccessToken: "none", TokenType: "Bearer", ExpiresIn: 60, RefreshToken: "refresh-" + uuid.NewString(),
		Details: []bonafide.AuthorizationDetails{asked.Details}, Status: f.state(asked.Details),
	}
	if f.granted != nil {
		f.granted(answer)
	}
	f.consents[answer.RefreshToken] = answer
	f.json(w, http.StatusOK, answer)
}

// state makes a statement, with the next entry of the list.
func (f *fakeIssuer) state(details bonafide.AuthorizationDetails) string {
	f.index++
	now := bonafide.SecondsOf(f.clock.Now())
	s := &bonafide.ConsentedStatus{
		Issuer: f.origin, Audience: site, Subject: f.subject, Nonce: details.Nonce, ID: uuid.NewString(),
		IssuedAt: now, Expires: now + 300, ReliedUntil: now + 30*24*3600, Status: f.status,
		CredentialStatus: bonafide.NewStatusEntry("urn:uuid:"+uuid.NewString(), f.list(), f.index),
	}
	if f.lie != nil {
		f.lie(s)
	}
	token, err := f.signer.Seal(f.t.Context(), f.typ, s)
	require.NoError(f.t, err)
	return token
}

// consent is the holder's yes at the issuer: it returns the answer that the browser brings back from
// where the verifier sent it.
func (f *fakeIssuer) consent(address string) url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := url.Parse(address)
	require.NoError(f.t, err)
	require.Equal(f.t, string(f.origin)+"/authorize", u.Scheme+"://"+u.Host+u.Path)
	require.Equal(f.t, string(site), u.Query().Get("client_id"))
	code := u.Query().Get("request_uri")
	return url.Values{"code": {code}, "state": {f.asked[code].State}, "iss": {string(f.origin)}}
}
