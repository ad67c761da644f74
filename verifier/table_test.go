package verifier_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// sees gets a page in a language.
func (b *browser) sees(path, lang string) answer {
	b.page = true
	return b.get(path + "?lang=" + lang)
}

func TestTablePage(t *testing.T) {
	w := newWorld(t)
	bound := w.table()
	bound.ID += "-bound"
	bound.Measure.Confidence = &bonafide.Confidence{Method: "wilson", Z2: "3.8416"}
	w.config.Tables = append(w.config.Tables, bound)
	w.start()
	next := w.table()
	hash, err := bonafide.Hash(next)
	require.NoError(t, err)
	next.Version, next.Previous, next.ValidUntil = 2, hash, "2026-12-31"
	next.Rates[0].AtLeast = "0.975"
	status, body := w.put(t, "bazar", next)
	require.Equal(t, http.StatusOK, status, body)
	anybody := w.browser("")
	for path, words := range map[string][]string{
		"/conversions/bazar": {
			"What members of bazar.localhost", "up to level 2", "97.5\u00a0% or more of the ratings there are positive", "2 · level regular", "fewer than 20 ratings", "accounts younger than 180 days",
			"In force from 1 January 2026 to 31 December 2026", `href="` + string(site) + `/contest"`, "What level 2 takes: 95\u00a0% → 97.5\u00a0%", "Its last day: 2027-12-31 → 2026-12-31", "The first version.",
		},
		"/conversions/bazar/v/1":   {"This is an old version.", "95\u00a0% or more", "(shown here)"},
		"/conversions/bazar-bound": {"Few ratings prove little", "z² = 3.8416"},
	} {
		page := anybody.sees(path, "en").body
		for _, said := range words {
			require.Contains(t, page, said, path)
		}
	}
	require.NotContains(t, anybody.sees("/conversions/bazar", "en").body, "Few ratings prove little")
	require.Contains(t, anybody.sees("/conversions/bazar", "fr").body, "Ce que demande le niveau 2\u00a0: 95\u00a0% → 97.5\u00a0%")

	w.clock.Move(60 * day)
	ended := anybody.sees("/conversions/bazar", "en").body
	require.Contains(t, ended, "This table ended on 31 December 2026")
	tried := anybody.get("/conversions/bazar?positive=99&total=100&since=2020-01")
	require.Contains(t, tried.body, "you would get nothing, because the table isn&#39;t in force today.")
}

func TestTry(t *testing.T) {
	w := newWorld(t)
	anybody := w.browser("")
	anybody.page = true
	before := w.rows()
	for name, c := range map[string]struct {
		positive, total, since string
		said                   []string
	}{
		"level 1":       {"213", "240", "2020-01", []string{"With 213 positive ratings of 240 you would get level 1, “level guest”, here (row 2 of the table), because 80\u00a0% or more are positive.", "For level 2, “level regular” you need 300 more positive ratings, and no other."}},
		"as a share":    {"97 %", "220", "2020-01", []string{"With 213 positive ratings of 220 you would get level 2, “level regular”", "the most that this table gives"}},
		"as a fraction": {"97,5%", "200", "2020-01", []string{"With 195 positive ratings of 200 you would get level 2"}},
		"told rounded":  {"412", "417", "2020-01", []string{"With 405 positive ratings of 410 you", "Your 412 of 417 are told rounded down"}},
		"too few":       {"12", "12", "2020-01", []string{"nothing, because 20 ratings are the least that counts", "You need 8 ratings more"}},
		"too bad":       {"50", "100", "2020-01", []string{"nothing, because fewer than 80\u00a0% are positive, the least that the table takes.", "For level 1, “level guest” you need 150 more"}},
		"too young":     {"99", "100", "2026-08", []string{"nothing, because an account must be 180 days old", "old enough on 27 February 2027"}},
		"nothing":       {"0", "0", "2020-01", []string{"With 0 positive ratings of 0 you would get nothing"}},
	} {
		a := anybody.get("/conversions/bazar?" + url.Values{"positive": {c.positive}, "total": {c.total}, "since": {c.since}}.Encode())
		require.Equal(t, http.StatusOK, a.status, name)
		for _, said := range c.said {
			require.Contains(t, a.body, said, name)
		}
		require.Contains(t, a.body, `value="`+c.positive+`"`, name)
	}
	require.Equal(t, before, w.rows(), "trying keeps something")
}

// What can't be reckoned with is told at its field, and stays there.
func TestTryWrong(t *testing.T) {
	w := newWorld(t)
	anybody := w.browser("")
	anybody.page = true
	for name, c := range map[string]struct{ positive, total, since, said string }{
		"no number":         {"many", "220", "2020-01", "Give a whole number, or a share"},
		"a fraction":        {"1.5", "220", "2020-01", "Give a whole number, or a share"},
		"below nothing":     {"-1", "220", "2020-01", "Give a whole number, or a share"},
		"more than all":     {"221", "220", "2020-01", "There are only 220 ratings in all."},
		"more than a whole": {"101%", "220", "2020-01", "There are only 220 ratings in all."},
		"a huge share":      {"999999999999999999%", "999999999", "2020-01", "Give a whole number, or a share"},
		"no total":          {"213", "", "2020-01", "from 0 to a thousand million"},
		"a huge total":      {"213", "1000000001", "2020-01", "from 0 to a thousand million"},
		"an endless total":  {"213", strings.Repeat("9", 4000), "2020-01", "from 0 to a thousand million"},
		"no month":          {"213", "220", "May", "Give a year and a month."},
		"a month to come":   {"213", "220", "2026-12", "yet to come"},
		"markup":            {`"><script>`, "220", "2020-01", `value="&#34;&gt;&lt;script&gt;"`},
	} {
		a := anybody.get("/conversions/bazar?" + url.Values{"positive": {c.positive}, "total": {c.total}, "since": {c.since}}.Encode())
		require.Equal(t, http.StatusUnprocessableEntity, a.status, name)
		require.Contains(t, a.body, c.said, name)
		require.Contains(t, a.body, `aria-invalid="true"`, name)
		require.NotContains(t, a.body, "you would get", name)
		require.Less(t, len(a.body), 20_000, name)
	}
	untouched := anybody.get("/conversions/bazar")
	require.Equal(t, http.StatusOK, untouched.status)
	require.NotContains(t, untouched.body, "aria-invalid")
}

func TestTryLevels(t *testing.T) {
	w := newWorld(t)
	byLevel := w.table()
	byLevel.ID, byLevel.Measure, byLevel.Accept = string(site)+"/conversions/levels", nil, bonafide.Accept{}
	byLevel.Rates = []bonafide.Rate{{Level: "gold", Gives: 2}, {Level: "silver", Gives: 1}}
	w.config.Tables = append(w.config.Tables, byLevel)
	w.start()
	anybody := w.browser("")
	anybody.page = true
	try := func(level string) string { return anybody.get("/conversions/levels?level=" + level).body }
	require.Contains(t, try("gold"), "With the level “gold” you would get level 2, “level regular”, here (row 1 of the table), because that takes “gold”.")
	require.Contains(t, try("silver"), "level 1, “level guest”, here (row 2 of the table), because that takes “silver”.")
	require.Contains(t, try("silver"), "For level 2, “level regular” you need “gold” there.")
	require.Contains(t, try(""), "Without such a level you would get nothing, because the table has no row for it.")
	require.Contains(t, try("diamond"), "you would get nothing")
	require.Contains(t, try("silver"), `<option value="silver" selected>`)
}
