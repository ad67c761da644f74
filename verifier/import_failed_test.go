package verifier_test

import (
	"html"
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// What is wrong with an address that was pasted is said on the same page, in plain words, and the address stays there.
func TestPreviewFailures(t *testing.T) {
	for name, c := range map[string]struct {
		typed  string // after the issuer's origin, unless it is no path
		change func(*fakeIssuer)
		status int
		says   string
	}{
		"not an address":     {"alice's badge", nil, 400, "That isn&#39;t the address of a badge."},
		"nothing":            {"", nil, 400, "That isn&#39;t the address of a badge."},
		"markup":             {`"><script>`, nil, 400, "&#34;&gt;&lt;script&gt;"},
		"a site not counted": {"https://elsewhere.example/b/alice", nil, 422, "This site doesn&#39;t count what is earned there."},
		"no such badge":      {"/b/nobody", nil, 404, "There is no badge at that address."},
		"away":               {"/b/alice", func(f *fakeIssuer) { f.silent = true }, 502, "Nothing is lost. Try again in a few minutes."},
		"another key":        {"/b/alice", func(f *fakeIssuer) { _, f.sealer = newSealer(f.t, f.origin) }, 422, "a key that its site doesn&#39;t publish"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.change != nil {
				w.issuer.tell(func() { c.change(w.issuer) })
			}
			typed := c.typed
			if len(typed) > 0 && typed[0] == '/' {
				typed = string(w.issuer.origin) + typed
			}
			anybody := w.browser("")
			anybody.page = true
			a := anybody.post("/import/preview", "badge", typed)
			require.Equal(t, c.status, a.status, a.body)
			require.Contains(t, a.body, c.says)
			require.Contains(t, a.body, `aria-invalid="true"`)
			require.Contains(t, a.body, `/import/begin?iss=`, "the sites that count are there to choose from")
			if name != "markup" {
				require.Contains(t, a.body, `value="`+html.EscapeString(typed)+`"`)
			}
			french := anybody.do(http.MethodPost, "/import/preview?lang=fr", url.Values{"badge": {typed}})
			require.Contains(t, french.body, `<div class="refused" role="alert"`)
			require.Contains(t, french.body, `<html lang="fr">`)
		})
	}
}

// A badge that doesn't hold any more isn't shown as if it did.
func TestPreviewOfWhatIsOver(t *testing.T) {
	w := newWorld(t)
	anybody := w.browser("")
	anybody.page = true
	badge := string(w.issuer.origin) + "/b/alice"
	a := anybody.post("/import/preview", "badge", badge)
	require.Contains(t, a.body, "“level four”, level 4 of 5, was earned there.")
	require.Contains(t, a.body, "With 405 positive ratings of 410 you would get level 2, “level regular”, here (row 1 of the table)")
	w.issuer.tell(func() {
		for n := range w.issuer.bits {
			w.issuer.bits[n] = 0xff
		}
	})
	w.clock.Move(time.Hour)
	a = anybody.post("/import/preview", "badge", badge)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.body, "This badge doesn&#39;t hold any more, says bazar.localhost")
	require.Contains(t, a.body, "It would count for nothing here.")
	require.NotContains(t, a.body, "was earned there.")
}

// How an import ends that grants nothing, in words, with the way to begin again.
func TestImportFailures(t *testing.T) {
	refusing := func(code string) func(*world, *browser, url.Values) answer {
		return func(_ *world, b *browser, q url.Values) answer {
			q.Set("error", "access_denied")
			if code != "" {
				q.Set("bonafide_error", code)
			}
			return b.callback(q)
		}
	}
	for name, c := range map[string]struct {
		bring func(*world, *browser, url.Values) answer
		says  string
		again bool // with that issuer
	}{
		"declined":     {refusing(""), "You declined, so nothing was told.", true},
		"wrong person": {refusing("wrong-account"), "You were signed in there as somebody else", true},
		"suspended":    {refusing("not-current"), "the account there is suspended", true},
		"away": {func(w *world, b *browser, q url.Values) answer {
			w.issuer.tell(func() { w.issuer.noTokens = true })
			return b.callback(q)
		}, "The other site doesn&#39;t answer just now.", true},
		"another key": {func(w *world, b *browser, q url.Values) answer {
			w.issuer.tell(func() { _, w.issuer.signer = newSealer(w.t, w.issuer.origin) })
			return b.callback(q)
		}, "a key that its site doesn&#39;t publish", true},
		"late": {func(w *world, b *browser, q url.Values) answer {
			w.clock.Move(time.Hour)
			return b.callback(q)
		}, "This import isn&#39;t under way any more", false},
		"imported to another account": {func(w *world, b *browser, q url.Values) answer {
			w.browser("bob").imports()
			return b.callback(q)
		}, "Your account there counts for another account here already.", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.browser("alice")
			alice.page = true
			a := c.bring(w, alice, alice.begin())
			require.GreaterOrEqual(t, a.status, 400)
			require.Contains(t, a.body, "<h1>Nothing was imported</h1>")
			require.Contains(t, a.body, c.says)
			if c.again {
				require.Contains(t, a.body, `href="/import/begin?iss=`+url.QueryEscape(string(w.issuer.origin)))
			} else {
				require.Contains(t, a.body, `href="/import">Begin an import`)
			}
			require.Equal(t, 0, w.converted("alice").Level)
		})
	}
}

// The way out and back: the site's own page of a mistake, not a blank one.
func TestBeginFailures(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	for name, a := range map[string]answer{
		"an unknown site":      alice.get("/import/begin?iss=https%3A%2F%2Felsewhere.example"),
		"an unknown mechanism": alice.get("/import/begin?iss=" + url.QueryEscape(string(w.issuer.origin)) + "&mechanism=x"),
		"started anyway":       alice.post("/import/start", "issuer", "https://elsewhere.example"),
	} {
		require.Equal(t, 422, a.status, name)
		require.Contains(t, a.body, "This site doesn&#39;t count what is earned there.", name)
		require.Contains(t, a.body, `href="/import"`, name)
	}
	w.issuer.tell(func() { w.issuer.silent = true })
	a := alice.post("/import/start", "mechanism", string(w.issuer.origin)+seller)
	require.Equal(t, 502, a.status)
	require.Contains(t, a.body, "The other site doesn&#39;t answer just now.")
	require.Contains(t, a.body, "/import/begin?iss=")
}

// What an import counts for is told once it is done, with the way to take it back; what no longer holds is never shown as if it did.
func TestStandingAfterAnImport(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	require.Contains(t, alice.get("/standing").body, "This site counts what is earned at:")
	done := alice.callback(alice.begin())
	page := alice.get(done.location).body
	require.Contains(t, page, `<div class="card" role="status">`)
	for _, said := range []string{
		"With 405 positive ratings of 410 you have level 2, “level regular”, here (row 1 of the table), because 95\u00a0% or more are positive.",
		"What it told", "“level four”, level 4 of 5, was earned there.", "ratings: 405 of 410 positive", `href="` + string(site) + `/contest"`, "/remove", "/refresh",
	} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, alice.get("/standing").body, `role="status"`, "it stays new")
	require.NotContains(t, alice.get("/standing?imported=another").body, `role="status"`)

	w.issuer.tell(func() {
		w.issuer.silent = true
	})
	w.clock.Move(20 * 24 * time.Hour)
	paused := alice.get("/standing").body
	require.Contains(t, paused, "What it told before, and no longer holds")
	require.Contains(t, paused, html.EscapeString(bonafide.Paused.Meaning().Sentence.EN))
	require.NotContains(t, paused, "you have level")
}
