package issuer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// said writes a change as its id and what it names, in English.
func said(id string, fields ...any) bonafide.Text {
	text := id
	for n := 1; n < len(fields); n += 2 {
		if t, ok := fields[n].(bonafide.Text); ok {
			fields[n] = t.EN
		}
		text += fmt.Sprintf(" %v", fields[n])
	}
	return bonafide.Text{EN: text}
}

// everything has all that a mechanism under a share may have; points makes one that counts points of it.
func everything() *bonafide.Mechanism {
	m := sellers()
	m.Levels[1].Unlocks = both("Selling abroad.")
	m.Measures[0].WindowDays = 365
	m.Faults = []bonafide.FaultClass{{ID: "late", Name: both("Late"), Severity: "0.5", Points: 10}}
	m.Arbiters = []bonafide.Origin{outils}
	m.Figures = []bonafide.Figures{{Year: 2025, Holders: map[string]int64{"gold": 20}, Faults: 1, Reports: 2, Reversals: 3}}
	return &m
}

func points(m *bonafide.Mechanism) *bonafide.Mechanism {
	m.Rule = bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"answer": 1, "guide": 5}, Levels: []int64{10, 100}}}
	m.Vouching = &bonafide.Vouching{Supporters: []int{2}, MinStake: []int64{10}}
	return m
}

func TestChanges(t *testing.T) {
	for name, c := range map[string]struct {
		of     func(*bonafide.Mechanism) *bonafide.Mechanism // nil: the share
		change func(m *bonafide.Mechanism)
		said   []string
	}{
		"nothing":     {nil, func(*bonafide.Mechanism) {}, []string{"changed-else"}},
		"a threshold": {nil, func(m *bonafide.Mechanism) { m.Rule.Share.Levels[1] = "0.975" }, []string{"changed-share Gold 95 97.5"}},
		"a level on top": {nil, func(m *bonafide.Mechanism) {
			m.Levels = append(m.Levels, bonafide.Level{ID: "platinum", Name: both("Platinum"), Sentence: both("All.")})
			m.Rule.Share.Levels = append(m.Rule.Share.Levels, "1")
		}, []string{"changed-level-added Platinum 3 3"}},
		"a level below, whose place the others' thresholds leave": {nil, func(m *bonafide.Mechanism) {
			m.Levels = slices.Insert(m.Levels, 0, bonafide.Level{ID: "bronze", Name: both("Bronze"), Sentence: both("Half.")})
			m.Rule.Share.Levels = slices.Insert(m.Rule.Share.Levels, 0, "0.5")
		}, []string{"changed-level-added Bronze 1 3"}},
		"a level less": {nil, func(m *bonafide.Mechanism) {
			m.Levels, m.Rule.Share.Levels = m.Levels[1:], m.Rule.Share.Levels[1:]
		}, []string{"changed-level-removed Silver"}},
		"another order": {points, func(m *bonafide.Mechanism) {
			slices.Reverse(m.Levels)
			slices.Reverse(m.Rule.Points.Levels)
			m.Vouching = nil
		}, []string{"changed-level-order", "changed-vouching-removed"}},
		"words": {nil, func(m *bonafide.Mechanism) {
			m.Levels[0].Name, m.NotSaid = both("Argent"), both("Who it is.")
		}, []string{"changed-not-said Prices. Who it is.", "changed-level-name Silver Argent"}},
		"all time":     {nil, func(m *bonafide.Mechanism) { m.Measures[0].WindowDays = 0 }, []string{"changed-window Ratings changed-days 365 changed-all-time"}},
		"another rule": {nil, func(m *bonafide.Mechanism) { points(m) }, []string{"changed-rule", "changed-vouching-added"}},
		"kinds": {points, func(m *bonafide.Mechanism) {
			m.Rule.Points.Kinds = map[string]int64{"guide": 7, "video": 9}
		}, []string{"changed-kind-removed answer", "changed-kind guide 5 7", "changed-kind-added video 9"}},
		"a fault more and one less": {points, func(m *bonafide.Mechanism) { m.Faults[0].ID = "lost" }, []string{"changed-fault-added Late", "changed-fault-removed Late"}},
		"who rules":                 {points, func(m *bonafide.Mechanism) { m.Arbiters = nil }, []string{"changed-arbiters outils.example bazar.example"}},
		"supporters":                {points, func(m *bonafide.Mechanism) { m.Vouching.Supporters[0] = 3 }, []string{"changed-supporters Silver 2 3"}},
		"figures":                   {points, func(m *bonafide.Mechanism) { m.Figures = append(m.Figures, bonafide.Figures{Year: 2026}) }, []string{"changed-figures 2026"}},
		"figures otherwise":         {points, func(m *bonafide.Mechanism) { m.Figures[0].Faults = 7 }, []string{"changed-figures-otherwise 2025"}},
		"figures less": {points, func(m *bonafide.Mechanism) { m.Figures, m.Name = nil, both("Otherwise.") },
			[]string{"changed-name Seller Otherwise.", "changed-figures-removed 2025"}},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := everything(), everything()
			if c.of != nil {
				before, after = c.of(before), c.of(after)
			}
			c.change(after)
			var got []string
			for _, change := range changesOf(before, after, said) {
				got = append(got, change.EN)
			}
			require.Equal(t, c.said, got)
		})
	}
}

// Whatever is written otherwise in a mechanism is told of in words.
func TestChangesPassNothingOver(t *testing.T) {
	unchanged := map[string]bool{"id": true, "version": true, "previous": true, "date": true}
	for name, base := range map[string]func() *bonafide.Mechanism{
		"share": everything, "points": func() *bonafide.Mechanism { return points(everything()) },
		"host": func() *bonafide.Mechanism {
			m := everything()
			m.Rule = bonafide.Rule{Host: &bonafide.HostRule{Described: both("As we see it.")}}
			return m
		},
	} {
		data, err := json.Marshal(base())
		require.NoError(t, err)
		var whole map[string]any
		require.NoError(t, json.Unmarshal(data, &whole))
		for field, value := range whole {
			if unchanged[field] {
				continue
			}
			leaves(value, field, func(v any) { whole[field] = v }, func(path string) {
				data, err := json.Marshal(whole)
				require.NoError(t, err)
				var after bonafide.Mechanism
				require.NoError(t, json.Unmarshal(data, &after), path)
				if hidden := name == "share" || name == "host"; hidden && path == "faults.0.points" {
					return // points that nobody has are on no page
				}
				require.NotEqual(t, "changed-else", changesOf(base(), &after, said)[0].EN, "%s: %s", name, path)
			})
		}
	}
}

// leaves changes each leaf of a JSON value in turn, calls try, and puts it back.
func leaves(value any, path string, set func(any), try func(path string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			leaves(inner, path+"."+key, func(x any) { v[key] = x }, try)
		}
	case []any:
		for n, inner := range v {
			leaves(inner, fmt.Sprintf("%s.%d", path, n), func(x any) { v[n] = x }, try)
		}
	default:
		var other any = fmt.Sprint(v) + "7"
		if number, ok := v.(float64); ok {
			other = number + 1
		}
		set(other)
		try(path)
		set(v)
	}
}

func TestChangesOnThePage(t *testing.T) {
	c := consented(t, Admission{})
	first := sellers()
	hash, err := bonafide.Hash(&first)
	require.NoError(t, err)
	second := sellers()
	second.Version, second.Previous, second.Date = 2, hash, "2026-11-20"
	second.Rule.Share.Levels = []bonafide.Decimal{"0.80", "0.975"}
	second.Meaning = both("<b>Buyers</b> were glad.")
	require.NoError(t, c.shelf.Publish(t.Context(), &second))
	page := func(path, lang string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		return w.Body.String()
	}
	for lang, words := range map[string][]string{
		"en": {"“Gold”: 95\u00a0% → 97.5\u00a0% of positive", `<a href="/mechanisms/seller/v/1">Version 1</a>, in force since 1 January 2026`, "in force since 20 November 2026 (shown here)", "Now: “&lt;b&gt;Buyers", "The first version."},
		"fr": {"«\u00a0Gold (fr)\u00a0»\u00a0: 95\u00a0% → 97,5\u00a0% d&#39;événements", "Version 2</a>, en vigueur depuis le 20 novembre 2026 (celle-ci)", "La première version."},
	} {
		for _, said := range words {
			require.Contains(t, page("/mechanisms/seller", lang), said)
		}
	}
	old := page("/mechanisms/seller/v/1", "en")
	require.Contains(t, old, "in force since 1 January 2026 (shown here)")
	require.NotContains(t, old, "How many have each level", "of an old version")
}
