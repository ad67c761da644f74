package fetch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// peer is a site on this machine that publishes what a test puts there.
type peer struct {
	t      *testing.T
	origin bonafide.Origin
	key    *seal.PrivateKey

	mu       sync.Mutex
	down     bool
	pages    map[string]http.HandlerFunc
	requests map[string]int
}

func newPeer(t *testing.T, name string) *peer {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	p := &peer{t: t, key: key, pages: map[string]http.HandlerFunc{}, requests: map[string]int{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	p.origin = bonafide.Origin("http://" + name + ".localhost:" + port)
	p.publishKeys(key)
	return p
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests[r.URL.Path]++
	page, down := p.pages[r.URL.Path], p.down
	p.mu.Unlock()
	switch {
	case down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case page == nil:
		http.NotFound(w, r)
	default:
		page(w, r)
	}
}

func (p *peer) handle(path string, page http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = page
}

func (p *peer) serve(path, media, body string) {
	p.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		fmt.Fprint(w, body)
	})
}

func (p *peer) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *peer) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[path]
}

const keysPath = "/.well-known/did.json"

func (p *peer) publishKeys(keys ...*seal.PrivateKey) {
	document := bonafide.DIDDocument{}
	for i, key := range keys {
		one, err := seal.DIDDocument(p.origin, key.Public())
		require.NoError(p.t, err)
		if i == 0 {
			document = one
			continue
		}
		document.VerificationMethod = append(document.VerificationMethod, one.VerificationMethod...)
		document.AssertionMethod = append(document.AssertionMethod, one.AssertionMethod...)
	}
	data, err := bonafide.MarshalJSON(document)
	require.NoError(p.t, err)
	p.serve(keysPath, "application/did+json", string(data))
}

func (p *peer) kid(key *seal.PrivateKey) string {
	kid, err := seal.DIDKeyID(p.origin, key.Public())
	require.NoError(p.t, err)
	return kid
}

// sealed signs the payload with the peer's key.
func (p *peer) sealed(typ bonafide.Type, payload any) string {
	sealer, err := seal.NewSealer(p.key, p.kid(p.key))
	require.NoError(p.t, err)
	token, err := sealer.Seal(p.t.Context(), typ, payload)
	require.NoError(p.t, err)
	return token
}

// publish serves the payload at the path, signed by the peer's key.
func (p *peer) publish(path string, typ bonafide.Type, payload any) string {
	token := p.sealed(typ, payload)
	p.serve(path, typ.MediaType(), token)
	return token
}

func (p *peer) address(path string) string { return string(p.origin) + path }

// clock is a Now that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClient(t *testing.T, c *clock) *Client {
	client, err := New(Config{Local: true, Now: c.Now})
	require.NoError(t, err)
	return client
}

func text(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s} }

func mechanismOf(p *peer, version int) bonafide.Mechanism {
	m := bonafide.Mechanism{
		ID: p.address("/mechanisms/seller"), Version: version, Date: "2026-10-01", Context: "selling", Scale: bonafide.Ordinal,
		Name: text("Seller rating"), Meaning: text("Share of positive ratings."),
		Levels:   []bonafide.Level{{ID: "bronze", Name: text("Bronze"), Sentence: text("Sells.")}},
		Measures: []bonafide.MeasureDef{{ID: "ratings", Name: text("Ratings")}},
		Rule:     bonafide.Rule{Share: &bonafide.ShareRule{Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 20, Levels: []bonafide.Decimal{"0.8"}}},
		WhoRates: text("Buyers."), Falls: text("By bad ratings."), Recovers: text("By good ones."), NotSaid: text("Who it is."),
	}
	if version > 1 {
		m.Previous = "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
	}
	return m
}

func signedMechanism(p *peer, version int, now time.Time) bonafide.SignedMechanism {
	return bonafide.SignedMechanism{
		Issuer: p.origin, IssuedAt: bonafide.SecondsOf(now), Expires: bonafide.SecondsOf(now.Add(24 * time.Hour)),
		Mechanism: mechanismOf(p, version),
	}
}

func signedTable(p *peer, now time.Time) bonafide.SignedTable {
	return bonafide.SignedTable{
		Issuer: p.origin, IssuedAt: bonafide.SecondsOf(now), Expires: bonafide.SecondsOf(now.Add(24 * time.Hour)),
		Conversion: bonafide.Table{
			ID: p.address("/conversions/rates"), Version: 1,
			From:  bonafide.TableFrom{Issuer: "https://bazar.example", Mechanism: "https://bazar.example/mechanisms/seller", Versions: []int{1}, Context: "selling"},
			To:    bonafide.TableTo{Mechanism: p.address("/mechanisms/member")},
			Rates: []bonafide.Rate{{Level: "gold", Gives: 1}}, Cap: 1, ValidFrom: "2026-01-01", ValidUntil: "2027-12-31",
		},
	}
}

func entityOf(p *peer, now time.Time) bonafide.EntityConfiguration {
	jwk, err := seal.PublicJWK(p.key.Public())
	require.NoError(p.t, err)
	jwk.Kid = p.kid(p.key)
	return bonafide.EntityConfiguration{
		Issuer: p.origin, Subject: p.origin, IssuedAt: bonafide.SecondsOf(now), Expires: bonafide.SecondsOf(now.Add(24 * time.Hour)),
		JWKS: bonafide.JWKS{Keys: []bonafide.JWK{jwk}},
	}
}

const badgePath = "/b/K7QXM2VTP4WN9RFA"

func badgeOf(p *peer, now time.Time) *bonafide.Credential {
	m := mechanismOf(p, 1)
	return bonafide.NewCredential(bonafide.Badge{
		Address: p.address(badgePath), SubjectID: "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21", IssuerName: "Bazar",
		Status: bonafide.Status{
			Mechanism: m.ID, Version: 1, Context: "selling", Level: "bronze", Kind: bonafide.Earned, EarnedLevel: "bronze",
			AsOf: bonafide.DateOf(now), Sources: []bonafide.Origin{p.origin}, State: bonafide.Current,
		},
		Entry:     bonafide.NewStatusEntry("urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1", p.address("/status/1"), 5),
		ValidFrom: now, ValidUntil: now.Add(bonafide.MaxBadgeLife),
	}, &m)
}
