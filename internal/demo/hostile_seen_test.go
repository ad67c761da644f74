package demo

import (
	"html"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	chromium "bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// seen looks at pages full of hostile words in a browser as narrow as a telephone, with its scripts on: none may run.
func (h *hostile) seen(t *testing.T) {
	window := chromium.New(t)
	for _, name := range []string{`"><bona-canary data-bona-canary x="`, other["long"], other["combining"], unseen["override"]} {
		p := window.Visit(t, chromium.Visitor{Width: 320, Height: 640})
		n := slices.Index(h.words, name)
		for _, at := range h.places {
			p.Open(string(at.Origin) + "/be?n=" + strconv.Itoa(n))
		}
		badge, err := h.Bazar.Issuer.PublishBadge(t.Context(), "seller", h.people[n], name)
		require.NoError(t, err)
		for page, address := range map[string]string{
			"badge": badge, "my-badges": string(h.Bazar.Origin) + "/badges",
		} {
			require.EqualValues(t, http.StatusOK, p.Open(address), address)
			p.Sound("hostile-" + page + "-" + strconv.Itoa(n))
		}
	}
	p := window.Visit(t, chromium.Visitor{Width: 320, Height: 640})
	for _, at := range h.places {
		p.Open(string(at.Origin) + "/be?n=0")
	}
	evils, err := h.evil.Issuer.PublishBadge(t.Context(), "seller", h.people[0], h.words[0])
	require.NoError(t, err)
	for page, address := range map[string]string{
		"asked": string(h.Bazar.Origin) + "/vouches", "consents": string(h.Bazar.Origin) + "/consents", "receipt": h.receipts[0],
		"contest": string(h.Bazar.Origin) + "/contest", "evil": string(h.evil.Origin) + "/mechanisms/neighbour", "evils-badge": evils,
		"standing": string(h.troc.Origin) + "/standing", "referrals": string(h.evil.Origin) + "/vouches/elsewhere",
	} {
		require.EqualValues(t, http.StatusOK, p.Open(address), address)
		p.Sound("hostile-" + page)
	}
	p.Open(string(h.troc.Origin) + "/import")
	p.Fill("Address of the badge", evils)
	require.EqualValues(t, http.StatusOK, p.Follow("See what it would count for"))
	p.Sound("hostile-preview")
	require.EqualValues(t, http.StatusOK, p.Follow("It's mine: prove it at "+h.evil.Origin.Host()))
	p.Sound("hostile-consent")
}

// unescaped is a page on which a name stands as somebody wrote it.
const unescaped = `<!doctype html><html lang="en"><title>Mine</title><main><p title="NAME">NAME said so</p><textarea>NAME</textarea>` +
	`<a href="NAME">there</a></main></html>`

// Words that nobody escaped are noticed: each kind of markup on a page and in a picture, and all the ways out of a line.
func TestHostileNoticed(t *testing.T) {
	answer := func(media, body string) []string {
		header := http.Header{"Content-Type": {media}, "X-Content-Type-Options": {"nosniff"}}
		return marks(header, []byte(body))
	}
	put := func(into, word string) string { return strings.ReplaceAll(into, "NAME", word) }
	require.Empty(t, answer("text/html", put(unescaped, "Ann")))
	for name, word := range markup {
		escaped := html.EscapeString(word)
		require.Empty(t, answer("text/html", strings.ReplaceAll(put(unescaped, escaped), `href="`+escaped, `href="/`)), name)
		switch name {
		case "entity", "JSON", "cdata": // no markup of pages
		case "no quote":
			require.NotEmpty(t, answer("text/html", put(`<p class=NAME>`, word)), name)
		default:
			require.NotEmpty(t, answer("text/html", put(unescaped, word)), name)
		}
	}
	picture := `<svg xmlns="http://www.w3.org/2000/svg" aria-label="NAME"><title>NAME</title></svg>`
	ld := `<script type="application/ld+json">{"name":"NAME"}</script>`
	for name, at := range map[string][2]string{
		"picture": {"image/svg+xml", put(picture, markup["element"])}, "picture's attribute": {"image/svg+xml", put(picture, `" onload="x`)},
		"script in a picture": {"image/svg+xml", put(picture, `<script/>`)}, "cdata": {"image/svg+xml", put(picture, markup["cdata"])},
		"script address": {"text/html", put(unescaped, other["script address"])}, "data address": {"text/html", put(unescaped, other["data address"])},
		"other site": {"text/html", put(unescaped, "//bona-canary.example")}, "override": {"text/html", put(unescaped, unseen["override"])},
		"right to left": {"text/html", put(unescaped, other["right to left"])}, "JSON": {"application/json", `{"name":"` + unseen["line"] + `"}`},
		"JSON-LD": {"text/html", put(ld, markup["JSON-LD"])}, "broken JSON-LD": {"text/html", put(ld, `"`)},
		"type": {"application/octet-stream", "x"}, "plain": {"text/plain", canary}, "token": {"application/jwt", markup["element"]}, "PNG": {"image/png", "x"},
	} {
		require.NotEmpty(t, answer(at[0], at[1]), name)
	}
	for _, header := range []http.Header{{"X-Bona-Canary": {"1"}}, {"Location": {"/x\r\ny"}}, {"Set-Cookie": {"x=bona-canary"}}, {"Link": {"<bona-canary>"}}} {
		require.NotEmpty(t, marks(header, nil), header)
	}
	require.NotEmpty(t, marks(http.Header{"Content-Type": {"text/html"}}, []byte("<p>")), "nosniff")
}

// A page of the product itself whose words aren't escaped is noticed, and so is a log that names somebody.
func TestHostileNoticedInTheWorld(t *testing.T) {
	header := http.Header{"Content-Type": {"text/html"}, "X-Content-Type-Options": {"nosniff"}}
	w := running(t)
	badge, err := w.Bazar.Issuer.PublishBadge(t.Context(), "seller", alice.ID, markup["element"])
	require.NoError(t, err)
	b := newBrowser()
	require.NoError(t, b.open(t.Context(), badge))
	require.Empty(t, marks(header, b.body))
	require.NotEmpty(t, marks(header, []byte(html.UnescapeString(string(b.body)))))

	var log records
	records := slog.New(slog.NewJSONHandler(&log, nil))
	records.Info("well")
	require.Empty(t, logMarks(log.Bytes(), []string{"K7QXM2VTP4WN9RFA"}))
	records.Info("told", "path", "/b/K7QXM2VTP4WN9RFA")
	require.Len(t, logMarks(log.Bytes(), []string{"K7QXM2VTP4WN9RFA"}), 1)
	for _, line := range []string{"name=" + canary, "a\x1b[2J", "two\nlines"} {
		require.NotEmpty(t, logMarks([]byte(line+"\n"), nil), line)
	}
}
