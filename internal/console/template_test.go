package console

import (
	"net/http"
	"strconv"
	"testing"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// Whatever template a mechanism begins as, its file is a first version that a site starts with.
func TestNewMechanism(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	require.Contains(t, d.get("/mechanisms"), "/mechanisms/new")
	for name, fault := range map[string]string{"": "isn&#39;t a word", "Upper": "isn&#39;t a word", "a/b": "isn&#39;t a word", "seller": "A mechanism of this site has this name"} {
		page := d.send(http.MethodGet, "/mechanisms/new?from=share&name="+name, nil, http.StatusBadRequest)
		require.Contains(t, page, fault)
		require.Contains(t, page, `aria-invalid="true"`)
		require.Contains(t, page, `value="share" selected`)
	}
	d.send(http.MethodGet, "/mechanisms/new?from=luck&name=fresh", nil, http.StatusBadRequest)
	d.send(http.MethodGet, "/mechanisms/edit?from=luck&name=fresh", nil, http.StatusBadRequest)
	d.send(http.MethodGet, "/mechanisms/edit?name=fresh", nil, http.StatusNotFound)

	o := site.Overview{Origin: w.Bazar.Origin, Now: w.Clock.Now()}
	config := w.Bazar.Config
	for _, template := range templates {
		require.Contains(t, d.get("/mechanisms/new?name=fresh-"+template+"&from="+template), "the first version of a new mechanism")
		m, err := fromTemplate(template, o, "fresh-"+template)
		require.NoError(t, err)
		form := filled(mechanismPage{}.groups(&m), "name", m.Slug(), "from", template)
		page := d.post("/mechanisms/edit", form)
		require.Contains(t, page, "Checked: it holds together.")
		require.Contains(t, page, "under mechanisms, beside those")
		form.Set("do", "download")
		read, err := bonafide.Parse[bonafide.Mechanism]([]byte(d.post("/mechanisms/edit", form)))
		require.NoError(t, err)
		require.Equal(t, m, read, "what isn't changed is as the template has it")
		config.Mechanisms = append(config.Mechanisms, read)
	}
	again, err := site.New(config)
	require.NoError(t, err)
	d = newDesk(t, consoleOf(t, again))
	require.Contains(t, d.get("/mechanisms"), "/mechanisms/edit?name=fresh-share")
	d.send(http.MethodGet, "/mechanisms/new?from=share&name=fresh-share", nil, http.StatusBadRequest)
	require.Contains(t, d.get("/mechanisms/edit?name=fresh-share&from=share"), "You begin with version 1", "whoever goes back to the form writes the next version")
}

// What only a first version says is read, and what is wrong with it stands beside its field.
func TestWhatIsCounted(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	o := site.Overview{Origin: w.Bazar.Origin, Now: w.Clock.Now()}
	for template, faults := range map[string]map[string][]string{
		"points": {
			"is not a word and its points": {"rule.points.kinds", "answer"},
			"stands there twice":           {"rule.points.kinds", "answer 1\nanswer 2"},
			"1 to 1,000,000 points":        {"rule.points.kinds", "answer 0"},
			"is empty":                     {"rule.points.kinds", " "},
			"is not a word of a-z":         {"context", "Helping others"},
		},
		"share": {
			"is empty":              {"rule.share.kinds", ","},
			"is not a name of":      {"rule.share.kinds", "Rating!"},
			"is not a whole number": {"measures[0].window_days", "a year"},
			"is not within 0 and":   {"measures[0].window_days", "-1"},
			"in both languages":     {"measures[0].namefr", ""},
		},
	} {
		m, err := fromTemplate(template, o, "fresh")
		require.NoError(t, err)
		for fault, change := range faults {
			page := d.post("/mechanisms/edit", filled(mechanismPage{}.groups(&m), append(change, "name", "fresh", "from", template)...))
			require.Contains(t, page, fault)
			require.Contains(t, page, `aria-invalid="true"`, fault)
			require.NotContains(t, page, "Checked: it holds together.", fault)
		}
	}
	m, err := fromTemplate("points", o, "fresh")
	require.NoError(t, err)
	form := filled(mechanismPage{}.groups(&m), "name", "fresh", "from", "points", "do", "download", "rule.points.kinds", "tool 3\r\n\r\nhour 2")
	read, err := bonafide.Parse[bonafide.Mechanism]([]byte(d.post("/mechanisms/edit", form)))
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"tool": 3, "hour": 2}, read.Rule.Points.Kinds)
}

func TestTermsOfVouching(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	m, err := w.Bazar.Issuer.Mechanism("neighbour")
	require.NoError(t, err)
	require.NotNil(t, m.Vouching)
	version := func(change ...string) (read bonafide.Mechanism) {
		form := filled(mechanismGroups(m), append(change, "name", "neighbour", "date", "2026-12-01", "do", "download")...)
		read, err := bonafide.Parse[bonafide.Mechanism]([]byte(d.post("/mechanisms/edit", form)))
		require.NoError(t, err)
		return read
	}
	require.Equal(t, m.Vouching, version().Vouching)
	require.Equal(t, 7, version("vouching.supporters[0]", "7").Vouching.Supporters[0])
	require.NotContains(t, d.get("/mechanisms/edit?name=neighbour"), "vouching.supporters["+last(m)+"]", "nobody stands above the highest level")
	gone := "levels[" + last(m) + "]."
	fewer := version(gone+"id", "", gone+"nameen", "", gone+"namefr", "")
	require.Len(t, fewer.Levels, len(m.Levels)-1)
	require.Equal(t, m.Vouching.Supporters[:len(m.Levels)-2], fewer.Vouching.Supporters, "the highest now")
	none := []string{}
	for i := range m.Levels {
		for _, f := range termsFields(m, i) {
			none = append(none, f.Path, "")
		}
	}
	require.Nil(t, version(none...).Vouching)
	for fault, change := range map[string][]string{
		"is not within 1 and 32":       {"vouching.supporters[0]", "33"},
		"is below 1 or the one before": {"vouching.min_stake[0]", "0"},
		"is not a whole number":        {"vouching.min_stake[0]", "some"},
		"the level below has no terms": append(none, "vouching.supporters[1]", "2", "vouching.min_stake[1]", "2"),
	} {
		page := d.post("/mechanisms/edit", filled(mechanismGroups(m), append(change, "name", "neighbour", "date", "2026-12-01")...))
		require.Contains(t, page, fault)
		require.Contains(t, page, `aria-invalid="true"`, fault)
		require.NotContains(t, page, "Checked: it holds together.", fault)
	}
}

// last is the row of the highest level.
func last(m *bonafide.Mechanism) string { return strconv.Itoa(len(m.Levels) - 1) }
