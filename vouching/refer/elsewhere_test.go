package refer_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// elsewhere is another site, on this machine, that takes referrals and does what a test tells it.
type elsewhere struct {
	*world
	origin bonafide.Origin
	key    *seal.PrivateKey
	sealer *seal.Sealer

	mu       sync.Mutex
	requests map[string]int
	tables   []bonafide.Table
	redeem   string // the address to redeem at
}

func newElsewhere(w *world, name string) *elsewhere {
	e := &elsewhere{world: w, requests: map[string]int{}}
	server := httptest.NewServer(e)
	w.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	e.origin = bonafide.Origin("http://" + name + ".localhost:" + port)
	e.redeem = string(e.origin) + "/referrals?from=link"
	var err error
	e.key, err = seal.GenerateKey()
	require.NoError(w, err)
	e.sealer = e.sealing(e.key)
	e.tables = []bonafide.Table{e.table("rates")}
	return e
}

// sealing returns what signs with the key as the site.
func (e *elsewhere) sealing(key *seal.PrivateKey) *seal.Sealer {
	kid, err := seal.DIDKeyID(e.origin, key.Public())
	require.NoError(e, err)
	sealer, err := seal.NewSealer(key, kid)
	require.NoError(e, err)
	return sealer
}

// table gives level 3 for three and level 2 for two, and asks for a stake of 40.
func (e *elsewhere) table(name string) bonafide.Table {
	return bonafide.Table{
		ID: string(e.origin) + "/conversions/" + name, Version: 1,
		From:  bonafide.TableFrom{Issuer: here, Mechanism: string(here) + "/mechanisms/" + slug, Versions: []int{1}, Context: "selling"},
		To:    bonafide.TableTo{Mechanism: string(e.origin) + "/mechanisms/member"},
		Rates: []bonafide.Rate{{Level: "three", Gives: 3}, {Level: "two", Gives: 2}, {Level: "one", Gives: 1}}, Cap: 3,
		ValidFrom: "2026-01-01", ValidUntil: "2028-12-31",
		Referral: &bonafide.ReferralTerms{MinStake: 40, Classes: map[string]string{"theft": "fraud"}},
	}
}

// asked returns how often the site was asked for anything.
func (e *elsewhere) asked() (all int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, n := range e.requests {
		all += n
	}
	return all
}

func (e *elsewhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests[r.URL.Path]++
	now := e.instant()
	switch r.URL.Path {
	case "/.well-known/did.json":
		document, err := seal.DIDDocument(e.origin, e.key.Public())
		require.NoError(e, err)
		data, err := bonafide.MarshalJSON(document)
		require.NoError(e, err)
		w.Header().Set("Content-Type", "application/json")
		w.Write(data)
		return
	case "/.well-known/openid-federation":
		jwk, err := seal.PublicJWK(e.key.Public())
		require.NoError(e, err)
		entity := bonafide.EntityConfiguration{Issuer: e.origin, Subject: e.origin, IssuedAt: now, Expires: now + 3600, JWKS: bonafide.JWKS{Keys: []bonafide.JWK{jwk}}}
		entity.Metadata.Verifier = &bonafide.VerifierMetadata{Name: "Elsewhere", Versions: []string{bonafide.Version}, InitiateImport: string(e.origin) + "/import", RedeemReferral: e.redeem}
		for _, t := range e.tables {
			entity.Metadata.Verifier.Conversions = append(entity.Metadata.Verifier.Conversions, t.ID)
		}
		sealer, err := seal.NewSealer(e.key, jwk.Kid)
		require.NoError(e, err)
		e.serve(w, sealer, bonafide.TypeEntity, entity)
		return
	}
	for _, t := range e.tables {
		if string(e.origin)+r.URL.Path == t.ID+".jwt" {
			e.serve(w, e.sealer, bonafide.TypeTable, &bonafide.SignedTable{Issuer: e.origin, IssuedAt: now, Expires: now + 3600, Conversion: t})
			return
		}
	}
	http.NotFound(w, r)
}

func (e *elsewhere) serve(w http.ResponseWriter, sealer *seal.Sealer, typ bonafide.Type, payload any) {
	token, err := sealer.Seal(e.Context(), typ, payload)
	require.NoError(e, err)
	w.Header().Set("Content-Type", typ.MediaType())
	w.Write([]byte(token))
}

// outcome returns what the site tells of a referral now.
func (e *elsewhere) outcome(referral string, event bonafide.OutcomeEvent) bonafide.Outcome {
	now := e.instant()
	return bonafide.Outcome{
		Issuer: e.origin, Audience: here, ID: rand.Text(), IssuedAt: now, Expires: now + bonafide.Seconds(bonafide.MaxDelivery.Seconds()),
		Referral: referral, Event: event,
	}
}

func (e *elsewhere) redeemed(referral, name string) bonafide.Outcome {
	o := e.outcome(referral, bonafide.Redeemed)
	o.Name = name
	return o
}

// fault tells of a fault that occurred just before it was reported and told.
func (e *elsewhere) fault(referral, id, class string) bonafide.Outcome {
	o := e.outcome(referral, bonafide.OutcomeFault)
	o.Fault, o.Class, o.Occurred, o.Reported = id, class, o.IssuedAt-1, o.IssuedAt
	return o
}

func (e *elsewhere) reversed(referral, id string) bonafide.Outcome {
	o := e.outcome(referral, bonafide.FaultReversed)
	o.Fault = id
	return o
}

func (e *elsewhere) seal(o bonafide.Outcome) string {
	e.Helper()
	token, err := e.sealer.Seal(e.Context(), bonafide.TypeOutcome, &o)
	require.NoError(e, err)
	return token
}

// open opens the referral in a link, as it is redeemed at the site.
func (e *elsewhere) open(link string) *bonafide.Referral {
	e.Helper()
	u, err := url.Parse(link)
	require.NoError(e, err)
	require.Equal(e, string(e.origin)+"/referrals", u.Scheme+"://"+u.Host+u.Path)
	require.Equal(e, "link", u.Query().Get("from"))
	token, err := seal.Parse(u.Query().Get("token"), bonafide.TypeReferral)
	require.NoError(e, err)
	referral, err := seal.OpenAs[bonafide.Referral](token, e.keys)
	require.NoError(e, err)
	require.NoError(e, referral.Check(e.origin, e.now()))
	return &referral
}
