package console

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example/issuer"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

func TestPages(t *testing.T) {
	w := run(t)
	bazar, outils := newDesk(t, consoleOf(t, w.Bazar.Site)), newDesk(t, consoleOf(t, w.Outils.Site))
	require.Contains(t, bazar.get("/?lang=fr"), "signale un badge\u00a0: quelqu", "a space before colons, in French")
	for _, lang := range []string{"en", "fr"} {
		for _, path := range []string{"/?", "/members?", "/member?id=" + url.QueryEscape(hostile) + "&", "/member/erase?id=alice&", "/member/events?id=alice&", ask("/member/cancel", hostile+"1") + "&", "/cases?", "/keys?", "/tables?", "/mechanisms?", "/mechanisms/edit?name=seller&", "/mechanisms/edit?name=neighbour&", "/mechanisms/new?", "/mechanisms/edit?name=new&from=points&", "/mechanisms/edit?name=new&from=share&", "/log?"} {
			bazar.get(path + "lang=" + lang)
		}
		require.Regexp(t, `<code>[^<]*/log\+[0-9a-f]{8}\+A`, html.UnescapeString(bazar.get("/keys?lang="+lang)), "the key of the public log")
		for _, path := range []string{"/?", "/tables?", "/tables/edit?name=bazar&", "/tables/edit?"} {
			outils.get(path + "lang=" + lang)
		}
	}
}

var linked = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)

// follows opens a page and all that it leads to within the console, the same page about other things ten times at most, and
// returns how many pages that was.
func (d desk) follows(path string) int {
	paths, about := []string{path}, map[string]int{}
	for i := 0; i < len(paths); i++ {
		for _, link := range linked.FindAllStringSubmatch(d.get(paths[i]), -1) {
			if to := html.UnescapeString(link[1]); !slices.Contains(paths, to) {
				page, _, _ := strings.Cut(to, "?")
				if about[page]++; about[page] <= 10 {
					paths = append(paths, to)
				}
			}
		}
	}
	return len(paths)
}

// values is where what was typed stands, as it was.
var values = regexp.MustCompile(`value="[^"]*"`)

// What reorders or hides text is shown to the administrator as what it is, wherever an id stands. Markup is text.
func TestIDsThatReachOut(t *testing.T) {
	w := run(t)
	const canary = "<bona-canary>\u202e5 fo 5\u2069\u200b"
	e := issuer.Event{ID: canary, Member: canary, Mechanism: "seller", Kind: "rating", Positive: new(true), At: w.Clock.Now()}
	_, err := w.Bazar.Issuer.Record(t.Context(), e)
	require.NoError(t, err)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	at := "?id=" + url.QueryEscape(canary)
	d.post("/member/suspend", url.Values{"id": {canary}})
	for path, shown := range map[string]int{"/members": 1, "/member" + at: 3, "/member/erase" + at: 3, "/member/events" + at: 2, "/member/cancel" + at + "&event=" + url.QueryEscape(canary): 3, "/log": 1} {
		page := html.UnescapeString(values.ReplaceAllString(d.get(path), ""))
		require.NotRegexp(t, "[\u202e\u2069\u200b]", page, path)
		require.GreaterOrEqual(t, strings.Count(page, `<bona-canary>\u202e5 fo 5\u2069\u200b`), shown, path)
		require.NotContains(t, d.get(path), "<bona-canary", path)
	}
}

// No link of the console leads nowhere, whichever role the site has.
func TestLinks(t *testing.T) {
	w := run(t)
	config := w.Outils.Config
	config.Issues = false
	shop, err := site.New(config)
	require.NoError(t, err)
	_, err = shop.Complaints.Contest(t.Context(), "dave", "member", hostile, "")
	require.NoError(t, err)
	verifier := newDesk(t, consoleOf(t, shop))
	require.Contains(t, verifier.get("/members"), "keeps no members")
	require.Greater(t, verifier.follows("/"), 8)
	require.Greater(t, newDesk(t, consoleOf(t, w.Bazar.Site)).follows("/"), 20)
}
