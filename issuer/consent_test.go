package issuer

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// BF-CONSENT-1, BF-CONSENT-2, BF-CONSENT-12, BF-OAUTH-20, BF-OAUTH-24
func TestConsentIsAskedAndTold(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)

	// Who isn't signed in is sent to sign in, and comes back.
	w := v.request("GET", a.page, "", nil)
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/sign-in?"+url.Values{"to": {strings.TrimPrefix(a.page, string(here))}}.Encode(), w.Header().Get("Location"))

	w = v.request("GET", a.page, "alice", nil)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	for _, said := range []string{
		"outils.example asks about you", "Outils &lt;b&gt;&amp; co", "To set your &lt;i&gt;level&lt;/i&gt;.",
		"<strong>Gold</strong>", "<strong>405 of 410</strong>", "<strong>November 2026</strong>", "90 days",
	} {
		require.Contains(t, w.Body.String(), said)
	}
	require.NotContains(t, w.Body.String(), "[consent", "every message is there")
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "form-action 'self' https://outils.example")
	require.Contains(t, v.request("GET", a.page+"&lang=fr", "alice", nil).Body.String(), "405 sur 410")

	response, stated := a.told(a.allow("alice"))
	require.Equal(t, "Bearer", response.TokenType)
	require.Equal(t, []bonafide.AuthorizationDetails{a.Details}, response.Details)
	require.Equal(t, bonafide.Status{
		Mechanism: a.Details.Mechanism, Version: 1, Context: "selling", Level: "gold", Kind: bonafide.Earned, EarnedLevel: "gold",
		Measures:     []bonafide.Measure{{ID: "ratings", Positive: 405, Total: 410}},
		AccountSince: "2026-11", Since: "2026-11", AsOf: "2026-11-22", Sources: []bonafide.Origin{here}, State: bonafide.Current,
	}, stated.Status)
	require.Equal(t, bonafide.SecondsOf(v.clock.Add(10*time.Minute)), stated.Expires)
	require.Equal(t, bonafide.SecondsOf(v.clock.Add(30*24*time.Hour)), stated.ReliedUntil)
	require.False(t, v.revoked(stated))

	all := v.consentsOf("alice")
	require.Len(t, all, 1)
	require.Equal(t, stated.Status, all[0].Told)
	require.Equal(t, stated.CredentialStatus, all[0].Statements[0].Entry)
	for key, value := range v.kept() {
		require.NotContains(t, key+value, response.RefreshToken, "secrets are kept hashed")
	}
}

// BF-CONSENT-2, BF-CONSENT-9
func TestConsentTellsNoMoreThanAsked(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	number := regexp.MustCompile(`\b405\b`)
	for claim, due := range map[bonafide.Claim]bonafide.Status{
		bonafide.ClaimLevel:        {Level: "gold", EarnedLevel: "gold", Since: "2026-11"},
		bonafide.ClaimMeasures:     {Measures: []bonafide.Measure{{ID: "ratings", Positive: 405, Total: 410}}},
		bonafide.ClaimAccountSince: {AccountSince: "2026-11"},
	} {
		a := v.push(func(d *bonafide.AuthorizationDetails) { d.Claims = []bonafide.Claim{claim} })
		page := v.request("GET", a.page, "alice", nil).Body.String()
		require.Equal(t, claim == bonafide.ClaimLevel, strings.Contains(page, "Gold"))
		require.Equal(t, claim == bonafide.ClaimMeasures, number.MatchString(page), "in its addresses there may be anything")
		_, stated := a.told(a.allow("alice"))
		due.Mechanism, due.Version, due.Context, due.Kind = a.Details.Mechanism, 1, "selling", bonafide.Earned
		due.AsOf, due.Sources, due.State = "2026-11-22", []bonafide.Origin{here}, bonafide.Current
		require.Equal(t, due, stated.Status, claim)
	}
}

// BF-CONSENT-10
func TestPseudonyms(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitOpen})
	ask := func(v *verifier, member string) string {
		a := v.push(nil)
		_, stated := a.told(a.allow(member))
		return stated.Subject
	}
	one, other := c.verifier(outils), c.verifier(livres)
	alice := ask(one, "alice")
	require.Len(t, alice, 22)
	require.NotEqual(t, alice, ask(other, "alice"), "each verifier has its own")
	require.NotEqual(t, alice, ask(one, "bob"))
	withdrawAll(c, "alice")
	require.Equal(t, alice, ask(one, "alice"), "stable across consents")
	require.NoError(t, c.Erase(t.Context(), "alice"))
	c.rate("alice", 20, 0)
	require.Equal(t, alice, ask(one, "alice"), "leaving and coming back launders nothing")
}

func withdrawAll(c *consenting, member string) {
	for _, given := range c.consentsOf(member) {
		w := c.request("POST", "/consents/"+given.ID+"/withdraw", member, url.Values{})
		require.Equal(c, http.StatusSeeOther, w.Code, w.Body)
	}
}

// BF-CONSENT-3, BF-CONSENT-7
func TestDeclined(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	_, err := oauth.ReadAnswer(a.decide("alice", "decline"), here)
	require.Equal(t, bonafide.ConsentDeclined, bonafide.CodeOf(err))
	require.Equal(t, http.StatusUnprocessableEntity, v.request("GET", a.page, "alice", nil).Code, "it is decided")
	require.Empty(t, v.consentsOf("alice"))
}

// BF-CONSENT-5
func TestAnothersBadge(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	badge, err := v.PublishBadge(t.Context(), "seller", "alice", "Alice")
	require.NoError(t, err)
	for name, address := range map[string]string{"Alice's": badge, "nobody's": string(here) + "/b/0000000000000000", "no badge": string(here) + "/else"} {
		a := v.push(func(d *bonafide.AuthorizationDetails) { d.Badge = address })
		w := v.request("GET", a.page, "bob", nil)
		require.Equal(t, http.StatusForbidden, w.Code, name)
		require.NotContains(t, w.Body.String(), `value="allow"`)
		v.untouched(func() {
			form := a.form("bob")
			form.Set("decision", "allow")
			require.Equal(t, http.StatusForbidden, v.request("POST", authorizePath, "bob", form).Code, "even if asked for")
		})
		_, err := oauth.ReadAnswer(a.decide("bob", "decline"), here)
		require.Equal(t, bonafide.WrongAccount, bonafide.CodeOf(err))
	}
	a := v.push(func(d *bonafide.AuthorizationDetails) { d.Badge = badge })
	a.told(a.allow("alice"))
	require.Empty(t, v.consentsOf("bob"))
}

// BF-CONSENT-3, BF-CONSENT-4
func TestDecisionIsTheMembersOwn(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	form := a.form("alice")
	form.Set("decision", "allow")
	forged := url.Values{"client_id": form["client_id"], "request_uri": form["request_uri"], "decision": {"allow"}}
	undecided := url.Values{"client_id": form["client_id"], "request_uri": form["request_uri"], "binding": form["binding"]}
	otherClient := url.Values{"client_id": {string(livres)}, "request_uri": form["request_uri"], "binding": form["binding"], "decision": {"allow"}}
	v.untouched(func() {
		require.Equal(t, http.StatusForbidden, v.request("POST", authorizePath, "bob", form).Code, "a page shown to Alice")
		require.Equal(t, http.StatusUnauthorized, v.request("POST", authorizePath, "", form).Code)
		require.Equal(t, http.StatusForbidden, v.request("POST", authorizePath, "alice", forged).Code)
		require.Equal(t, http.StatusBadRequest, v.request("POST", authorizePath, "alice", undecided).Code)
		require.Equal(t, http.StatusUnprocessableEntity, v.request("POST", authorizePath, "alice", otherClient).Code)
		require.Equal(t, http.StatusNotFound, v.request("GET", a.page, "nobody", nil).Code)
	})
	v.clock = v.clock.Add(oauth.RequestLife)
	require.Equal(t, http.StatusUnprocessableEntity, v.request("POST", authorizePath, "alice", form).Code, "too late")
}

// BF-CONSENT-4
func TestTwoRequestsAreTwo(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	one, two := v.push(nil), v.push(func(d *bonafide.AuthorizationDetails) { d.Nonce = "nonce-of-another" })
	require.NotEqual(t, one.page, two.page)
	form := one.form("alice")
	form.Set("request_uri", two.form("alice").Get("request_uri"))
	form.Set("decision", "allow")
	require.Equal(t, http.StatusForbidden, v.request("POST", authorizePath, "alice", form).Code, "the page of one doesn't decide the other")
	codeTwo, codeOne := two.allow("alice"), one.allow("alice")
	one.told(codeOne)
	two.told(codeTwo)
	require.Len(t, v.consentsOf("alice"), 2)
}

// BF-OAUTH-1, BF-OAUTH-2, BF-OAUTH-3, BF-OAUTH-4, BF-OAUTH-11, BF-OAUTH-14, BF-OAUTH-15, BF-SITE-4
func TestPushRefusals(t *testing.T) {
	set := func(name, value string) func(url.Values) { return func(f url.Values) { f.Set(name, value) } }
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
		error  oauth.Name
		code   bonafide.Code
	}{
		"a client_id that is no origin": {set("client_id", "outils"), 401, oauth.InvalidClient, bonafide.BadOrigin},
		"a client that can't be found":  {set("client_id", "https://away.example"), 502, oauth.TemporarilyUnavailable, bonafide.Unreachable},
		"another client's assertion":    {set("client_id", string(livres)), 401, oauth.InvalidClient, bonafide.UnknownKey},
		"no assertion":                  {set("client_assertion", ""), 401, oauth.InvalidClient, bonafide.BadToken},
		"redirect on another origin":    {set("redirect_uri", string(livres)+back), 400, oauth.InvalidRequest, bonafide.BadValue},
		"a mechanism that doesn't exist": {func(f url.Values) {
			f.Set("authorization_details", strings.Replace(f.Get("authorization_details"), "/seller", "/buyer", 1))
		}, 400, oauth.InvalidDetails, bonafide.NotFound},
		"a parameter twice": {func(f url.Values) { f.Add("state", "state-of-the-browser") }, 400, oauth.InvalidRequest, bonafide.DoubledField},
	} {
		t.Run(name, func(t *testing.T) {
			c1 := consented(t, Admission{Policy: AdmitOpen})
			c1.verifier(livres)
			v := c1.verifier(outils)
			v.change = c.change
			v.untouched(func() {
				_, challenge := oauth.NewPKCE()
				_, err := v.client.Push(t.Context(), v.AuthorizationServer(), oauth.Request{
					RedirectURI: string(outils) + back, State: "state-of-the-browser", Challenge: challenge, Details: details(),
				})
				v.refused(err, c.status, c.error, c.code)
			})
		})
	}
}

// BF-OAUTH-8
func TestAssertionIsTakenOnce(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	var first string
	v.change = func(f url.Values) { first = f.Get("client_assertion") }
	a := v.push(nil)
	v.change = func(f url.Values) { f.Set("client_assertion", first) }
	v.untouched(func() {
		_, err := v.client.Push(t.Context(), v.AuthorizationServer(), a.Request)
		v.refused(err, 401, oauth.InvalidClient, bonafide.Replayed)
	})
	v.change = nil
	code := a.allow("alice")
	v.change = func(f url.Values) { f.Set("client_assertion", first) }
	v.untouched(func() {
		_, err := a.exchange(code)
		v.refused(err, 401, oauth.InvalidClient, bonafide.Replayed)
	})
	v.change = nil
	a.told(code)
}

// BF-OAUTH-4
func TestCredentialKeyIsNoClientKey(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitOpen})
	v := c.verifier(outils)
	credentialKey, err := seal.GenerateKey()
	require.NoError(t, err)
	kid, err := seal.DIDKeyID(outils, credentialKey.Public())
	require.NoError(t, err)
	v.client.Sealer, err = seal.NewSealer(credentialKey, kid)
	require.NoError(t, err)
	_, err = v.client.Exchange(t.Context(), v.AuthorizationServer(), "code", "verifier", "")
	v.refused(err, 401, oauth.InvalidClient, bonafide.UnknownKey)
}

// BF-OAUTH-19, BF-OAUTH-21, BF-CONSENT-6, BF-CONSENT-8
func TestExchangeRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(a *asking, code *string)
		error  oauth.Name
		code   bonafide.Code
	}{
		"an unknown code":      {func(a *asking, code *string) { *code += "x" }, oauth.InvalidGrant, bonafide.BadGrant},
		"a late code":          {func(a *asking, _ *string) { a.clock = a.clock.Add(oauth.CodeLife) }, oauth.InvalidGrant, bonafide.BadGrant},
		"another's code":       {func(a *asking, _ *string) { a.client = a.verifier.consenting.verifier(livres).client }, oauth.InvalidGrant, bonafide.BadGrant},
		"another verifier":     {func(a *asking, _ *string) { a.pkce, _ = oauth.NewPKCE() }, oauth.InvalidGrant, bonafide.BadGrant},
		"no verifier":          {func(a *asking, _ *string) { a.pkce = "" }, oauth.InvalidGrant, bonafide.BadGrant},
		"another redirect_uri": {func(a *asking, _ *string) { a.RedirectURI += "/" }, oauth.InvalidGrant, bonafide.BadGrant},
		"no grant_type":        {func(a *asking, _ *string) { a.change = func(f url.Values) { f.Del("grant_type") } }, oauth.InvalidRequest, bonafide.BadRequest},
		"another grant_type":   {func(a *asking, _ *string) { a.change = func(f url.Values) { f.Set("grant_type", "password") } }, oauth.UnsupportedGrantType, bonafide.BadValue},
		"a suspended member":   {func(a *asking, _ *string) { require.NoError(a, a.Suspend(a.Context(), "alice")) }, oauth.AccessDenied, bonafide.NotCurrent},
		"an erased member":     {func(a *asking, _ *string) { require.NoError(a, a.Erase(a.Context(), "alice")) }, oauth.InvalidGrant, bonafide.BadGrant},
	} {
		t.Run(name, func(t *testing.T) {
			v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
			a := v.push(nil)
			code := a.allow("alice")
			c.change(a, &code)
			v.untouched(func() {
				_, err := a.exchange(code)
				asker := a.client.Fetch.(*verifier)
				asker.refused(err, 400, c.error, c.code)
			})
		})
	}
}

// BF-OAUTH-19
func TestCodeIsTakenOnce(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	code := a.allow("alice")
	var granted, refused atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			switch _, err := a.exchange(code); bonafide.CodeOf(err) {
			case "":
				granted.Add(1)
			case bonafide.IssuerRefused:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, granted.Load())
	require.EqualValues(t, 49, refused.Load())
	require.Len(t, v.consentsOf("alice"), 1)
	require.Len(t, v.consentsOf("alice")[0].Statements, 1)
	_, err := a.exchange(code)
	v.refused(err, 400, oauth.InvalidGrant, bonafide.BadGrant)
}

// BF-CONSENT-4
func TestOneDecisionCounts(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	form := v.push(nil).form("alice")
	form.Set("decision", "allow")
	var granted atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if v.request("POST", authorizePath, "alice", form).Code == http.StatusSeeOther {
				granted.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, granted.Load())
	require.Len(t, v.kept("i", "consent-code"), 1)
}

// failingSigner has a key and doesn't sign.
type failingSigner struct{ bonafide.Signer }

func (failingSigner) Sign(context.Context, []byte) ([]byte, error) {
	return nil, errors.New("the key is out of reach")
}

// BF-CONSENT-8
func TestNothingIsKeptUnsigned(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	code := a.allow("alice")
	works := v.sealer
	failing, err := seal.NewSealer(failingSigner{v.Signer}, works.KeyID())
	require.NoError(t, err)
	v.Issuer.sealer = failing
	v.untouched(func() {
		_, err := a.exchange(code)
		v.refused(err, 500, oauth.ServerError, bonafide.Internal)
	})
	v.Issuer.sealer = works
	a.told(code)
}

// BF-OAUTH-16
func TestAdmission(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitListed, Listed: []bonafide.Origin{outils}})
	c.verifier(outils).push(nil)
	lookups := c.lookups
	other := c.verifier(livres)
	_, err := other.client.Push(t.Context(), other.AuthorizationServer(), oauth.Request{Details: details()})
	other.refused(err, 400, oauth.UnauthorizedClient, bonafide.NotAdmitted)
	require.Equal(t, lookups, c.lookups, "who isn't listed isn't looked up")

	_, err = New(Config{Origin: here, Store: c.Store, Signer: c.Signer, Admission: Admission{Policy: "circle"}})
	require.Error(t, err)
}

// BF-OAUTH-3, BF-OAUTH-17
func TestStrangersAreLimited(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitOpen})
	known := c.verifier(outils)
	known.push(nil)
	stranger := c.verifier(livres)
	delete(c.published, livres)
	push := func() error {
		_, err := stranger.client.Push(t.Context(), stranger.AuthorizationServer(), oauth.Request{Details: details()})
		return err
	}
	for range strangersAtOnce - 1 {
		stranger.refused(push(), 502, oauth.TemporarilyUnavailable, bonafide.Unreachable)
	}
	lookups := c.lookups
	stranger.refused(push(), 429, oauth.TemporarilyUnavailable, bonafide.RateLimited)
	require.NotEmpty(t, stranger.answer.Header().Get("Retry-After"))
	require.Equal(t, lookups, c.lookups)
	known.push(nil) // whoever was here before isn't held up
	c.clock = c.clock.Add(time.Second)
	stranger.refused(push(), 502, oauth.TemporarilyUnavailable, bonafide.Unreachable)
}

// BF-CONSENT-18
func TestRefer(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitListed, Listed: []bonafide.Origin{outils, livres}})
	c.verifier(outils)
	c.verifier(livres)
	c.published[livres].Metadata.Verifier = nil
	form := func(to string) url.Values { return url.Values{"to": {to}, "mechanism": {"seller"}} }
	w := c.request("POST", "/refer", "alice", form("https://outils.example/"))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `href="https://outils.example/import?iss=https%3A%2F%2Fbazar.example&amp;mechanism=https%3A%2F%2Fbazar.example%2Fmechanisms%2Fseller"`)
	lookups := c.lookups
	require.Equal(t, http.StatusForbidden, c.request("POST", "/refer", "alice", form("https://other.example")).Code)
	require.Equal(t, http.StatusBadRequest, c.request("POST", "/refer", "alice", form("http://127.0.0.1")).Code)
	require.Equal(t, http.StatusUnauthorized, c.request("POST", "/refer", "", form("https://outils.example")).Code)
	require.Equal(t, lookups, c.lookups)
	require.Equal(t, http.StatusUnprocessableEntity, c.request("POST", "/refer", "alice", form("https://livres.example")).Code)
	// What was typed stays, below what is wrong with it.
	again := c.request("POST", "/refer", "alice", form("https://livres.example")).Body.String()
	require.Contains(t, again, "That site takes no badges from elsewhere.")
	require.Contains(t, again, `<option value="https://livres.example" selected>`)
	c.Admission = Admission{}
	require.Contains(t, c.request("POST", "/refer", "alice", form(`"><script>`)).Body.String(), `value="&#34;&gt;&lt;script&gt;"`)
	require.Equal(t, http.StatusNotFound, c.request("POST", "/refer", "alice", url.Values{"to": {"https://outils.example"}}).Code)
}

// BF-OAUTH-34: a verifier that pushes without end is stopped; no other is held up.
func TestPushesAreBounded(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitOpen})
	one, other := c.verifier(outils), c.verifier(livres)
	for range pushesAtOnce {
		one.push(nil)
	}
	c.untouched(func() {
		_, err := one.client.Push(t.Context(), one.AuthorizationServer(), oauth.Request{Details: details()})
		one.refused(err, 429, oauth.TemporarilyUnavailable, bonafide.RateLimited)
	})
	require.NotEmpty(t, one.answer.Header().Get("Retry-After"))
	other.push(nil)
	c.clock = c.clock.Add(time.Second)
	one.push(nil)
}

// A verifier that asks for statuses without end is stopped, whatever it is told.
func TestTokensAreBounded(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitOpen})
	one, other := c.verifier(outils), c.verifier(livres)
	ask := func(v *verifier) error {
		_, err := v.client.Refresh(t.Context(), v.AuthorizationServer(), "nothing", nil)
		return err
	}
	one.push(nil)
	other.push(nil)
	for range tokensAtOnce {
		one.refused(ask(one), 400, oauth.InvalidGrant, bonafide.BadGrant)
	}
	one.refused(ask(one), 429, oauth.TemporarilyUnavailable, bonafide.RateLimited)
	require.NotEmpty(t, one.answer.Header().Get("Retry-After"))
	other.refused(ask(other), 400, oauth.InvalidGrant, bonafide.BadGrant)
}
