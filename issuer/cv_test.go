package issuer_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// say has the member say for whom their badge is.
func (w *world) say(mechanism, member string, to issuer.Audience) {
	w.t.Helper()
	require.NoError(w.t, w.SetAudience(w.t.Context(), mechanism, member, "Ms "+member, to))
}

// cv returns the path of the member's CV, "" if the member is told of none.
func (w *world) cv(member string) string {
	w.t.Helper()
	page := w.get("/badges", "Test-Account", member).Body.String()
	return regexp.MustCompile(`/cv/[0-9A-Z]{16}|$`).FindString(page)
}

// shows returns the CV at that path as a stranger reads it.
func (w *world) shows(path string) string {
	w.t.Helper()
	answer := w.get(path, "Accept", "text/html")
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.String()
}

func TestAudience(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.rate("visitor", "alice", true, true)
	path := w.publish("seller", "alice")
	listed := func() bool { return w.get(path, "Accept", "text/html").Header().Get("X-Robots-Tag") == "" }
	require.False(t, listed(), "a badge is for whoever has its address, to begin with")
	require.Empty(t, w.cv("alice"))

	w.say("seller", "alice", issuer.Public)
	require.True(t, listed())
	cv := w.cv("alice")
	require.Contains(t, w.shows(cv), path)
	require.Empty(t, w.get(cv).Header().Get("X-Robots-Tag"))
	w.restart()
	require.Contains(t, w.shows(cv), path, "it was on disk when it was acknowledged")

	w.say("seller", "alice", issuer.LinkOnly)
	require.False(t, listed())
	require.Equal(t, http.StatusOK, w.get(path, "Accept", "text/html").Code)
	require.Empty(t, w.cv("alice"))
	none := w.get("/cv/0000000000000000", "Accept", "text/html")
	taken := w.get(cv, "Accept", "text/html")
	require.Equal(t, http.StatusNotFound, taken.Code)
	require.Equal(t, strings.ReplaceAll(none.Body.String(), "/cv/0000000000000000", cv), taken.Body.String(), "like one that never was")

	w.say("visitor", "alice", issuer.Public)
	require.Equal(t, cv, w.cv("alice"), "the CV keeps its address")
	require.NotContains(t, w.shows(cv), path)
	w.say("visitor", "alice", issuer.Private)
	require.Equal(t, http.StatusNotFound, w.get(cv).Code)
	w.say("visitor", "alice", issuer.LinkOnly)
	require.Equal(t, http.StatusNotFound, w.get(cv).Code, "what is published again isn't public again")
	requireCode(t, "bad-value", w.SetAudience(t.Context(), "seller", "alice", "", "everybody"))
}

// A badge that no host could be asked about can still be taken back.
func TestAudienceWithoutTheHost(t *testing.T) {
	w := newWorld(t)
	w.rate("helper", "alice", true, true)
	require.Error(t, w.SetAudience(t.Context(), "patron", "alice", "", issuer.LinkOnly))
	w.say("helper", "alice", issuer.Public)
	require.NoError(t, w.SetAudience(t.Context(), "helper", "alice", "", issuer.LinkOnly))
}

func TestCV(t *testing.T) {
	w := newWorld(t, func(c *issuer.Config) {
		c.Mechanisms[2].Context = "helping"
		c.Mechanisms[1].Context = "visiting"
	})
	w.rate("seller", "alice", true, true)
	w.rate("helper", "alice", true, true)
	w.rate("visitor", "alice", true, true)
	for _, mechanism := range []string{"seller", "helper", "visitor"} {
		w.say(mechanism, "alice", issuer.Public)
	}
	cv := w.cv("alice")
	page := w.shows(cv)
	for _, said := range []string{
		`<bdi itemprop="name">Ms alice</bdi>`, "Context: selling", "Context: helping", "Context: visiting", "Gold, level 3 of 3.", "One, level 1 of 2.",
		"Checked just now: it holds.", "Checked by bazar.example now, on 22 November 2026.", `aria-label="QR code of this CV`, `itemprop="hasCredential"`,
		"since November 2026",
	} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "it does not hold")
	french := w.get(cv+"?lang=fr", "Accept", "text/html").Body.String()
	require.Contains(t, french, "Contexte\u00a0: vente")
	require.Contains(t, french, "Contexte\u00a0: visiting", "a word that no catalogue knows stays")

	// What doesn't hold never looks as if it did.
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	page = w.shows(cv)
	require.Contains(t, page, "has suspended")
	require.Contains(t, page, "Checked just now: it does not hold.")
	for _, current := range []string{"level 3 of 3", "it holds.", "hasCredential"} {
		require.NotContains(t, page, current)
	}
	require.NoError(t, w.Restore(t.Context(), "alice"))
	w.clock.add(61 * 24 * time.Hour)
	page = w.shows(cv)
	require.Contains(t, page, "This is old.")
	require.NotContains(t, page, "it holds.")
	require.NotContains(t, page, "hasCredential")
}

// A badge whose signature no published key opens any more isn't shown as one that holds.
func TestCVWithoutTheKey(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.say("seller", "alice", issuer.Public)
	cv := w.cv("alice")
	other := newWorld(t)
	w.restart(func(c *issuer.Config) { c.Signer = other.key })
	page := w.shows(cv)
	require.Contains(t, page, "Rely on nothing")
	require.NotContains(t, page, "level 3 of 3")
}

func TestEndCV(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.say("seller", "alice", issuer.Public)
	cv := w.cv("alice")
	answer := w.do(w.handler, http.MethodPost, "/badges/end-cv", "", "Content-Type", formType, "Test-Account", "alice")
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, http.StatusNotFound, w.get(cv).Code)
	held, err := w.Holding(t.Context(), "alice")
	require.NoError(t, err)
	require.False(t, held.Badges[0].Public)
	w.say("seller", "alice", issuer.Public)
	require.NotEmpty(t, w.cv("alice"))
	require.NotEqual(t, cv, w.cv("alice"))
	require.Equal(t, http.StatusNotFound, w.get(cv).Code)
	require.NoError(t, w.EndCV(t.Context(), "nobody"))

	cv = w.cv("alice")
	exported := w.get("/badges/export", "Test-Account", "alice").Body.String()
	require.Contains(t, exported, `"public":true`)
	require.Contains(t, exported, cv)
	require.NoError(t, w.Erase(t.Context(), "alice"))
	require.Equal(t, http.StatusNotFound, w.get(cv).Code)
	require.False(t, w.kept("alice"))
}

// What members are called stands apart, and turns nothing around it.
func TestNamesAreIsolated(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	require.NoError(t, w.SetAudience(t.Context(), "seller", "alice", "\u202eecila\u2069</bdi><b>", issuer.Public))
	page := w.shows(w.cv("alice"))
	require.Contains(t, page, "said of <bdi>ecila &lt;/bdi&gt;&lt;b&gt;</bdi>:")
	require.NotContains(t, page, "<b>")
}

// The page of a member in each state of theirs.
func TestMyBadgesInEachState(t *testing.T) {
	w := newWorld(t)
	page := func(account string) string {
		answer := w.get("/badges", "Test-Account", account)
		require.Equal(t, http.StatusOK, answer.Code)
		return answer.Body.String()
	}
	require.Contains(t, page("alice"), "You have none. The first badge that you make public begins it")
	w.rate("seller", "alice", true, true)
	w.say("seller", "alice", issuer.Public)
	seen := page("alice")
	for _, said := range []string{"What a visitor sees", "said of <bdi>Ms alice</bdi>:", `value="public" checked`, "End this CV", `aria-label="QR code of`} {
		require.Contains(t, seen, said)
	}
	require.NotContains(t, seen, "first visit")
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	seen = page("alice")
	require.Contains(t, seen, "has suspended this account")
	require.NotContains(t, seen, "level 3 of 3")
	post := func(path string, form url.Values) int {
		return w.do(w.handler, http.MethodPost, path, form.Encode(), "Content-Type", formType, "Test-Account", "alice").Code
	}
	require.Equal(t, http.StatusSeeOther, post("/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"private"}}))
	require.Contains(t, page("alice"), "was withdrawn on")
	require.Equal(t, http.StatusSeeOther, post("/badges/erase", url.Values{"sure": {"yes"}}))
	require.Contains(t, w.get("/badges?erased", "Test-Account", "alice").Body.String(), "has been erased")
}
