package console

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// table is the form of a new table of outils.
func table(w world, change ...string) url.Values {
	form := url.Values{
		"id": {"again"}, "from.mechanism": {string(w.Bazar.Origin) + "/mechanisms/seller"}, "from.versions": {"1"}, "from.context": {"selling"},
		"to.mechanism": {string(w.Outils.Origin) + "/mechanisms/member"}, "measure.share": {"ratings"}, "measure.confidence.z2": {"3,8416"},
		"rates[0].at_least": {"0,97"}, "rates[0].gives": {"2"}, "rates[1].at_least": {""}, "rates[1].gives": {""}, "rates[2].at_least": {"0.9"}, "rates[2].gives": {"1"},
		"cap": {"2"}, "accept.min_sample": {"20"}, "valid_from": {"2026-01-01"}, "valid_until": {"2036-01-01"}, "do": {"check"},
	}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// TestTables shares one world.
func TestTables(t *testing.T) {
	w := run(t)
	t.Run("tried", func(t *testing.T) { tries(t, w) })
	t.Run("of many rows", func(t *testing.T) { hasManyRows(t, w) })
	t.Run("refused", func(t *testing.T) { refusesPublication(t, w) })
	t.Run("written", func(t *testing.T) { editsTable(t, w) })
}

func editsTable(t *testing.T, w world) {
	d := newDesk(t, consoleOf(t, w.Outils.Site))
	require.Contains(t, d.post("/tables/edit", table(w)), "Checked: it holds together.", "decimals are read with a comma, empty rows are left out")
	for fault, change := range map[string][]string{
		"is not a day such as":               {"valid_until", "tomorrow"},
		"is not a decimal such as":           {"rates[0].at_least", "most"},
		"is not a number":                    {"from.versions", "1, two"},
		"is above the cap 1":                 {"cap", "1"},
		"is not below the row before":        {"rates[2].gives", "2"},
		"is not the mechanism&#39;s context": {"from.context", "buying"},
		"is not a measure of":                {"measure.share", "stars"},
		"NAME being a-z, 0-9 and hyphens":    {"id", "Upper"},
		"a guard is negative":                {"accept.min_sample", "-1"},
	} {
		form := table(w, change...)
		form.Set("do", "publish")
		page := d.post("/tables/edit", form)
		require.Contains(t, page, fault)
		require.Contains(t, page, `aria-invalid="true"`, "the fault stands beside its field: %s", fault)
		require.NotContains(t, page, `value="publish"`)
	}
	require.NotContains(t, d.get("/tables"), "name=again", "what has faults isn't published")
	require.Contains(t, d.post("/tables/edit", table(w, "do", "publish")), "name=again")
	require.Contains(t, d.post("/tables/edit", table(w, "name", "again", "cap", "3")), "<dt><code>cap</code></dt><dd><del>2</del> → <ins>3</ins></dd>")
	require.Contains(t, d.post("/tables/edit", table(w, "try-positive", "400", "try-total", "400")), "400 of 400 ratings")
	require.Contains(t, d.post("/tables/edit", table(w, "measure.share", "", "accept.min_sample", "0", "rates[0].at_least", "five", "rates[2].at_least", "four", "try-level", "four")), "One star")
}

// A table of as many rows as there may be is shown with all of them, and published again with all of them.
func hasManyRows(t *testing.T, w world) {
	d := newDesk(t, consoleOf(t, w.Outils.Site))
	form := table(w, "rates[0].at_least", "", "rates[0].gives", "", "rates[2].at_least", "", "rates[2].gives", "", "cap", "50", "measure.share", "", "measure.confidence.z2", "", "accept.min_sample", "0")
	all := begin(site.Overview{Origin: w.Outils.Origin, Now: w.Clock.Now()}, nil)
	for i := range bonafide.MaxRates {
		rate := bonafide.Rate{Level: fmt.Sprintf("l%d", i), Gives: bonafide.MaxRates - i}
		all.Rates = append(all.Rates, rate)
		form.Set(fmt.Sprintf("rates[%d].at_least", i), rate.Level)
		form.Set(fmt.Sprintf("rates[%d].gives", i), strconv.Itoa(rate.Gives))
	}
	read, err := readTable(reading{form, faults{}}, site.Overview{Origin: w.Outils.Origin}, nil)
	require.NoError(t, err)
	require.Equal(t, all.Rates, read.Rates)
	rowsShown := 0
	for _, g := range tableGroups(&read, site.Overview{}, true) {
		if g.Kind == "rate" {
			rowsShown++
		}
	}
	require.Equal(t, bonafide.MaxRates, rowsShown, "all of them, and no empty one for which there is no room")
	require.Contains(t, d.post("/tables/edit", form), `value="l49"`)
}

// What is tried is answered as the table's public page does.
func tries(t *testing.T, w world) {
	d := newDesk(t, consoleOf(t, w.Outils.Site))
	for said, typed := range map[string][]string{
		"405 of 410 ratings":           {"412", "417"}, // as the issuer would round them
		"213 of 220 ratings":           {"97 %", "220"},
		"is above 220, all of them":    {"221", "220"},
		"is neither a whole number":    {"many", "220"},
		"is no whole number from 0 to": {"220", ""},
	} {
		page := d.post("/tables/edit", table(w, "try-positive", typed[0], "try-total", typed[1]))
		require.Contains(t, page, said)
		require.Contains(t, page, `value="publish"`, "the table itself is well")
		require.Contains(t, page, `value="`+typed[0]+`"`)
	}
	byLevel := table(w, "measure.share", "", "measure.confidence.z2", "", "accept.min_sample", "0", "rates[0].at_least", "five", "rates[2].at_least", "four", "try-level", "diamond")
	require.Contains(t, d.post("/tables/edit", byLevel), bonafide.NoEarnedLevel.Meaning().Sentence.EN)
}

// A table that is refused when it is published is still in the form.
func refusesPublication(t *testing.T, w world) {
	admin := w.Outils.Admin()
	full := http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			web.Problem(answer, bonafide.Errorf(bonafide.TooLarge, "id", "is one table too many"))
			return
		}
		admin.ServeHTTP(answer, r)
	})
	c, err := New(t.Context(), Config{Admin: web.AdminOf(full), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	d := newDesk(t, c)
	page := d.send(http.MethodPost, "/tables/edit", table(w, "do", "publish"), http.StatusRequestEntityTooLarge)
	require.Contains(t, page, `class="refused"`)
	require.Contains(t, page, `name="id" value="again"`)
}

func TestMechanismEditor(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	m, err := w.Bazar.Issuer.Mechanism("seller")
	require.NoError(t, err)
	typed := func(change ...string) url.Values {
		return filled(mechanismGroups(m), append([]string{"name", "seller"}, change...)...)
	}
	require.Contains(t, d.post("/mechanisms/edit", typed()), "Checked: it holds together.")
	for fault, change := range map[string][]string{
		"is not a day such as":           {"date", ""},
		"is not a whole number":          {"rule.share.min_total", "some"},
		"is not a share above the one":   {"rule.share.levels[1]", "0.5"},
		"is not a decimal such as":       {"rule.share.levels[1]", "half"},
		"is not a name of its own":       {"levels[2].id", "two"},
		"needs a text in both languages": {"levels[2].namefr", ""},
	} {
		page := d.post("/mechanisms/edit", typed(change...))
		require.Contains(t, page, `aria-invalid="true"`, fault)
		require.NotContains(t, page, "Checked: it holds together.", fault)
	}
	file := d.post("/mechanisms/edit", typed("do", "download", "date", "2026-12-01", "levels[4].id", "", "levels[4].nameen", "", "levels[4].namefr", ""))
	next, err := bonafide.Parse[bonafide.Mechanism]([]byte(file))
	require.NoError(t, err)
	require.NoError(t, next.Validate())
	require.Equal(t, 2, next.Version)
	require.Len(t, next.Levels, 4, "a level without id and names goes, and its threshold with it")
	require.Len(t, next.Rule.Share.Levels, 4)
	kept, err := w.Bazar.Issuer.Mechanism("seller")
	require.NoError(t, err)
	require.Equal(t, 1, kept.Version, "nothing is published")
}

// filled is the form of a version as it is offered, with changes.
func filled(groups []group, change ...string) url.Values {
	form := url.Values{"do": {"check"}}
	for _, g := range groups {
		for _, f := range g.Fields {
			form.Set(f.Name(), f.Value)
		}
	}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func TestRefusedFormsKeepWhatWasTyped(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	id := strings.TrimPrefix(w.casePath, "/case?id=")
	page := d.send(http.MethodPost, "/case/ruling", url.Values{"id": {id}, "decision": {"lower late"}, "reason": {" "}}, http.StatusBadRequest)
	require.Contains(t, page, `value="lower late" selected`)
	require.Contains(t, page, `class="refused"`)
	id = strings.TrimPrefix(w.complaintPath, "/complaint?id=")
	page = d.send(http.MethodPost, "/complaint", url.Values{"id": {id}, "founded": {"yes"}, "words": {" "}}, http.StatusBadRequest)
	require.Contains(t, page, `value="yes" selected`)
	d.send(http.MethodGet, "/member?id=nobody", nil, http.StatusNotFound)
}
