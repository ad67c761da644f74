package site_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// A site hears who reports a badge and its holder, keeps both over a restart, exports what the holder wrote, and forgets
// the holder when they are erased.
func TestComplaints(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues, c.Mechanisms = true, []bonafide.Mechanism{mechanism(c.Origin, "seller", "one")}
	})
	p.deeds("alice", 1)
	address, err := p.Issuer.PublishBadge(t.Context(), "seller", "alice", "Alice")
	require.NoError(t, err)

	anyone, alice := newBrowser(t, ""), newBrowser(t, "alice")
	sent := anyone.do(http.MethodPost, address+"/report", url.Values{"kind": {"untrue"}, "words": {"She sold nothing."}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.body)
	receipt := sent.Header.Get("Location")
	sent = alice.do(http.MethodPost, string(p.Origin)+"/contest", url.Values{"mechanism": {"seller"}, "words": {"I sold two."}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.body)
	p.start()
	require.Contains(t, anyone.page(p, receipt).body, "Received.")
	require.Contains(t, alice.page(p, "/contest").body, "I sold two.")
	require.Contains(t, alice.page(p, "/me").body, `href="/contest"`)
	export := alice.get(p, "/badges/export").body
	require.Contains(t, export, "I sold two.")
	require.NotContains(t, export, "She sold nothing.")

	require.NoError(t, p.Issuer.Erase(t.Context(), "alice"))
	require.Contains(t, anyone.page(p, receipt).body, "the person left this site")
	require.NotContains(t, alice.page(p, "/contest").body, "I sold two.")
	clock.Move(180 * 24 * time.Hour)
	p.due()
	all, err := p.Complaints.Complaints(t.Context(), "", "")
	require.NoError(t, err)
	require.Empty(t, all)
}

// Where nothing is issued, the account's export holds what was contested, and erasing it deletes that.
func TestContestsOfAVerifier(t *testing.T) {
	p := open(t, newClock(), "outils", func(c *site.Config) {
		c.Verifies, c.Mechanisms = true, []bonafide.Mechanism{mechanism(c.Origin, "member", "one")}
	})
	alice := newBrowser(t, "alice")
	require.NotContains(t, alice.get(p, "/standing/export").body, "others")
	sent := alice.do(http.MethodPost, string(p.Origin)+"/contest", url.Values{"mechanism": {"member"}, "words": {"I sold two."}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.body)
	require.Contains(t, alice.get(p, "/standing/export").body, "I sold two.")
	require.Contains(t, alice.page(p, "/standing").body, "such as what you contested, is deleted too")
	sent = alice.do(http.MethodPost, string(p.Origin)+"/standing/erase", url.Values{"sure": {"yes"}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.body)
	require.NotContains(t, p.kept(), "I sold two.")
	require.NotContains(t, p.kept(), "alice")
}

// A badge's page leads its holder to where they contest it, also if that is elsewhere.
func TestBadgeLeadsToContest(t *testing.T) {
	p := issuing(t, newClock())
	address, err := p.Issuer.PublishBadge(t.Context(), "seller", "alice", "Alice")
	require.NoError(t, err)
	page := newBrowser(t, "").do(http.MethodGet, address, nil, "Accept", "text/html").body
	require.Contains(t, page, `href="`+string(p.Origin)+`/contest?mechanism=seller"`)
	p.config.Contest = "https://help.example/contest?from=bazar"
	p.start()
	page = newBrowser(t, "").do(http.MethodGet, address, nil, "Accept", "text/html").body
	require.Contains(t, page, `href="https://help.example/contest?from=bazar"`)
}

// What statuses from elsewhere count for is contested on a page of the site's own, unless it names another.
func TestContestAddress(t *testing.T) {
	_, _, outils, alice, _ := two(t)
	require.Equal(t, string(outils.Origin)+"/contest", outils.shown("alice").Explanation.Contest)
	page := alice.page(outils, "/contest").body
	require.Contains(t, page, "The member")
	require.NotContains(t, page, "/cases", "nobody is at fault where no mechanism says what a fault is")
	outils.config.Contest = "https://help.example/contest"
	outils.start()
	require.Equal(t, "https://help.example/contest", outils.shown("alice").Explanation.Contest)
}

func TestCheckContest(t *testing.T) {
	for address, fault := range map[string]string{
		"https://shop.example/disputes?about=badges": "",
		"https://shop.example":                       "",
		"http://shop.localhost:8080/disputes":        "is for demonstrations; give a page of https",
		"http://shop.example/disputes":               "https belongs before every name",
		"/disputes":                                  "is not an absolute address; give a page's whole address",
		"mailto:help@shop.example":                   "is not an absolute address",
		"javascript://shop.example/%0aalert(1)":      "doesn't start with https://",
		"https://shop.example/help#disputes":         "is not written in canonical form; give a page's whole address without #",
		"https://help@shop.example/":                 "other characters than",
		"https://SHOP.example/":                      "other characters than",
		"https://shop.example/a b":                   "canonical",
		"https://127.0.0.1/disputes":                 "an IP address names no site",
		"":                                           "is not an absolute address",
	} {
		err := site.CheckContest(address, false)
		if fault == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, fault, address)
	}
	require.NoError(t, site.CheckContest("http://shop.localhost:8080/disputes", true))
}
