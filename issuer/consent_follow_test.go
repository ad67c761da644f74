package issuer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"github.com/stretchr/testify/require"
)

// BF-OAUTH-22, BF-OAUTH-23, BF-CONSENT-11, BF-CONSENT-12, BF-CONSENT-13
func TestRefresh(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(func(d *bonafide.AuthorizationDetails) { d.RetentionDays = 40 })
	first, stated := a.told(a.allow("alice"))

	v.clock = v.clock.Add(20 * 24 * time.Hour)
	second, err := v.refresh(first, "nonce-of-the-refresh")
	require.NoError(t, err)
	require.Equal(t, first.RefreshToken, second.RefreshToken, "a crash must not lose it")
	again := v.open(second, "nonce-of-the-refresh")
	require.Equal(t, stated.Subject, again.Subject)
	require.NotEqual(t, stated.ID, again.ID)
	require.NotEqual(t, stated.CredentialStatus, again.CredentialStatus)
	require.Equal(t, stated.ReliedUntil.Time().AddDate(0, 0, 10), again.ReliedUntil.Time(), "never past the consent's end")
	require.False(t, v.revoked(stated))

	// Without details the nonce is the old one.
	v.change = func(f url.Values) { f.Del("authorization_details") }
	second, err = v.refresh(first, "unsent")
	require.NoError(t, err)
	v.open(second, nonce)
	v.change = nil

	for name, change := range map[string]func(*bonafide.AuthorizationDetails){
		"fewer claims": func(d *bonafide.AuthorizationDetails) { d.Claims = d.Claims[:1] },
		"purpose":      func(d *bonafide.AuthorizationDetails) { d.Purpose = both("To sell.") },
		"retention":    func(d *bonafide.AuthorizationDetails) { d.RetentionDays = 365 },
		"badge":        func(d *bonafide.AuthorizationDetails) { d.Badge = string(here) + "/b/X" },
	} {
		d := first.Details[0]
		change(&d)
		v.untouched(func() {
			_, err := v.client.Refresh(t.Context(), v.AuthorizationServer(), first.RefreshToken, &d)
			v.refused(err, 400, oauth.InvalidDetails, bonafide.BadValue)
			require.Equal(t, bonafide.IssuerRefused, bonafide.CodeOf(err), name)
		})
	}
	other := v.verifier(livres)
	v.untouched(func() {
		_, err := other.refresh(first, "nonce-of-another")
		other.refused(err, 400, oauth.InvalidGrant, bonafide.BadGrant)
	})
	v.clock = v.clock.Add(20 * 24 * time.Hour)
	_, err = v.refresh(first, "nonce-of-the-refresh")
	require.Equal(t, bonafide.ConsentWithdrawn, bonafide.CodeOf(err), "the consent has run out")

	// What has run out is forgotten by and by.
	v.clock = v.clock.Add(time.Second)
	v.push(nil)
	require.Empty(t, v.consentsOf("alice"))
	require.Empty(t, v.kept("i", "consent-refresh"))
}

// BF-CONSENT-15
func TestRefreshesAreBounded(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	response, _ := a.told(a.allow("alice"))
	for range maxStatements - 1 {
		_, err := v.refresh(response, "nonce-of-the-refresh")
		require.NoError(t, err)
	}
	v.untouched(func() {
		_, err := v.refresh(response, "nonce-of-the-refresh")
		v.refused(err, 429, oauth.TemporarilyUnavailable, bonafide.RateLimited)
	})
	v.clock = v.clock.Add(bonafide.MaxReliance)
	_, err := v.refresh(response, "nonce-of-the-refresh")
	require.NoError(t, err)
}

// BF-CONSENT-14
func TestStatementsFollowTheStatus(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	first, stated := a.told(a.allow("alice"))
	level := v.push(func(d *bonafide.AuthorizationDetails) { d.Claims = []bonafide.Claim{bonafide.ClaimLevel} })
	_, levelOnly := level.told(level.allow("alice"))
	bobs := v.push(nil)
	_, bob := bobs.told(bobs.allow("bob"))

	v.rate("alice", 30, 0)
	require.False(t, v.revoked(stated), "a rise revokes nothing")
	second, err := v.refresh(first, "nonce-of-the-refresh")
	require.NoError(t, err)
	risen := v.open(second, "nonce-of-the-refresh")
	require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: 435, Total: 440}}, risen.Status.Measures, "and arrives on refresh")

	v.rate("alice", 0, 5)
	require.True(t, v.revoked(risen), "the share has fallen")
	require.True(t, v.revoked(stated))
	require.False(t, v.revoked(levelOnly), "the level hasn't")
	require.Len(t, v.consentsOf("alice"), 2)

	third, err := v.refresh(first, "nonce-of-the-refresh")
	require.NoError(t, err)
	require.False(t, v.revoked(v.open(third, "nonce-of-the-refresh")))
	v.rate("alice", 0, 40)
	require.True(t, v.revoked(levelOnly), "now it has")
	require.False(t, v.revoked(bob), "Bob's is another matter")
}

// BF-CONSENT-6, BF-CONSENT-14
func TestSuspension(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a, waiting := v.push(nil), v.push(nil)
	response, stated := a.told(a.allow("alice"))
	require.NoError(t, v.Suspend(t.Context(), "alice"))
	require.True(t, v.revoked(stated))
	v.untouched(func() {
		_, err := v.refresh(response, "nonce-of-the-refresh")
		v.refused(err, 400, oauth.AccessDenied, bonafide.NotCurrent)
		require.Equal(t, bonafide.IssuerRefused, bonafide.CodeOf(err), "the consent isn't withdrawn")
	})
	require.Equal(t, http.StatusUnprocessableEntity, v.request("GET", waiting.page, "alice", nil).Code)
	_, err := oauth.ReadAnswer(waiting.decide("alice", "decline"), here)
	require.Equal(t, bonafide.NotCurrent, bonafide.CodeOf(err))

	require.NoError(t, v.Restore(t.Context(), "alice"))
	response, err = v.refresh(response, "nonce-of-the-refresh")
	require.NoError(t, err)
	require.False(t, v.revoked(v.open(response, "nonce-of-the-refresh")))
	require.True(t, v.revoked(stated), "a bit stays set")
}

// BF-CONSENT-14, BF-CONSENT-16, BF-OAUTH-22
func TestWithdrawal(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a := v.push(nil)
	response, stated := a.told(a.allow("alice"))
	given := v.consentsOf("alice")[0]
	page := v.request("GET", "/consents", "alice", nil).Body.String()
	for _, said := range []string{"outils.example", "To set your &lt;i&gt;level&lt;/i&gt;.", "22 November 2026", "20 February 2027", "405 of 410", "It may rely on 1 statement, until 22 December 2026 at most.", `About: <a href="/mechanisms/seller">`, "/consents/" + given.ID + "/withdraw"} {
		require.Contains(t, page, said)
	}
	require.Equal(t, http.StatusSeeOther, v.request("GET", "/consents", "", nil).Code)
	require.NotContains(t, v.request("GET", "/consents", "bob", nil).Body.String(), "outils")

	v.untouched(func() {
		require.Equal(t, http.StatusNotFound, v.request("POST", "/consents/"+given.ID+"/withdraw", "bob", url.Values{}).Code)
		require.Equal(t, http.StatusUnauthorized, v.request("POST", "/consents/"+given.ID+"/withdraw", "", url.Values{}).Code)
	})
	withdrawAll(v.consenting, "alice")
	require.True(t, v.revoked(stated))
	_, err := v.refresh(response, "nonce-of-the-refresh")
	require.Equal(t, bonafide.ConsentWithdrawn, bonafide.CodeOf(err))
	v.refused(err, 400, oauth.InvalidGrant, bonafide.BadGrant)
	page = v.request("GET", "/consents", "alice", nil).Body.String()
	require.Contains(t, page, "Withdrawn on 22 November 2026.")
	require.NotContains(t, page, "/withdraw")
	v.untouched(func() { withdrawAll(v.consenting, "alice") })
}

// BF-CONSENT-14, BF-CONSENT-17
func TestExportAndErase(t *testing.T) {
	v := consented(t, Admission{Policy: AdmitOpen}).verifier(outils)
	a, pending := v.push(nil), v.push(nil)
	response, stated := a.told(a.allow("alice"))
	bobs := v.push(nil)
	_, bob := bobs.told(bobs.allow("bob"))
	code := pending.allow("alice")

	held, err := v.Export(t.Context(), "alice")
	require.NoError(t, err)
	exported := held.Consents.([]exportedConsent)
	require.Len(t, exported, 1)
	require.Equal(t, outils, exported[0].Verifier)
	require.Equal(t, stated.Subject, exported[0].Subject)
	require.Equal(t, stated.Status, exported[0].Told)

	require.NoError(t, v.Erase(t.Context(), "alice"))
	require.True(t, v.revoked(stated))
	require.False(t, v.revoked(bob))
	_, err = v.refresh(response, "nonce-of-the-refresh")
	require.Equal(t, bonafide.ConsentWithdrawn, bonafide.CodeOf(err))
	_, err = pending.exchange(code)
	v.refused(err, 400, oauth.InvalidGrant, bonafide.BadGrant)
	for key, value := range v.kept("i") {
		if strings.Contains(key, "consent") {
			require.NotContains(t, key+value, "alice")
		}
	}
	require.Len(t, v.consentsOf("bob"), 1)
}
