package issuer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// spread gives so many new members points for each level of helper in turn, beginning with none.
func (w *world) spread(prefix string, counts ...int) {
	w.t.Helper()
	needed := []int{1, 2, 10}
	var events []issuer.Event
	for level, count := range counts {
		for n := range count {
			for range needed[level] {
				events = append(events, w.event("helper", fmt.Sprintf("%s-%d-%d", prefix, level, n), true))
			}
		}
	}
	_, err := w.Record(w.t.Context(), events...)
	require.NoError(w.t, err)
}

// told counts, and returns the ranges that are told of helper's levels, beginning with none.
func (w *world) told() (ranges []string) {
	w.t.Helper()
	require.NoError(w.t, w.RunDue(w.t.Context()))
	shares, err := w.Shares(w.t.Context(), "helper")
	require.NoError(w.t, err)
	for number, share := range shares.Levels {
		require.Equal(w.t, number, share.Number)
		ranges = append(ranges, fmt.Sprintf("%d-%d", share.From, share.To))
	}
	return ranges
}

func TestShares(t *testing.T) {
	for name, c := range map[string]struct {
		counts []int
		told   []string
	}{
		"too few":                             {[]int{9, 5, 5}, nil},
		"twenty: in quarters":                 {[]int{10, 6, 4}, []string{"50-75", "25-50", "0-25"}},
		"twenty-five: in fifths":              {[]int{15, 5, 5}, []string{"60-80", "20-40", "20-40"}},
		"fifty: in tenths":                    {[]int{30, 16, 4}, []string{"60-70", "30-40", "0-10"}},
		"a hundred: in twentieths":            {[]int{59, 37, 4}, []string{"55-60", "35-40", "0-5"}},
		"all of them is told as nearly all":   {[]int{0, 0, 20}, []string{"0-25", "0-25", "75-100"}},
		"nearly all reads the same":           {[]int{1, 1, 18}, []string{"0-25", "0-25", "75-100"}},
		"nobody reads as few do, at any size": {[]int{100, 0, 4}, []string{"95-100", "0-5", "0-5"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.spread("m", c.counts...)
			require.Equal(t, c.told, w.told())
		})
	}
}

func TestSharesOnceADay(t *testing.T) {
	w := newWorld(t)
	shares, err := w.Shares(t.Context(), "helper")
	require.NoError(t, err)
	require.Zero(t, shares, "counted already")
	_, err = w.Shares(t.Context(), "none")
	requireCode(t, bonafide.NotFound, err)

	w.spread("a", 10, 10)
	before := []string{"50-75", "50-75", "0-25"}
	require.Equal(t, before, w.told())
	w.spread("b", 0, 0, 20)
	require.Equal(t, before, w.told(), "a second time in one day")
	w.clock.add(24 * time.Hour)
	require.Equal(t, []string{"20-40", "20-40", "40-60"}, w.told())
	shares, err = w.Shares(t.Context(), "helper")
	require.NoError(t, err)
	require.Equal(t, bonafide.Date("2026-11-23"), shares.Day)

	// Who is suspended has no level for now; who is erased none at all.
	for n := range 6 {
		require.NoError(t, w.Suspend(t.Context(), fmt.Sprintf("b-2-%d", n)))
	}
	for n := range 9 {
		require.NoError(t, w.Erase(t.Context(), fmt.Sprintf("a-0-%d", n)))
	}
	w.clock.add(24 * time.Hour)
	require.Equal(t, []string{"0-20", "40-60", "40-60"}, w.told(), "1, 10 and 14 of 25")
	// A new version may have other levels: shares are those of the newest.
	ms := mechanisms()
	w.restart(func(c *issuer.Config) { c.Mechanisms = withVersion(t, ms, 2) })
	require.Empty(t, must(w.Shares(t.Context(), "helper")).Levels)
	require.Len(t, w.told(), 3)
}

// More members than are read at once are each counted once.
func TestSharesOfMany(t *testing.T) {
	w := newWorld(t)
	w.spread("m", 1500, 1100)
	require.Equal(t, []string{"55-60", "40-45", "0-5"}, w.told())
}

func TestSharesPage(t *testing.T) {
	w := newWorld(t)
	page := func(lang string) string { return w.get("/mechanisms/helper", "Accept-Language", lang).Body.String() }
	require.Contains(t, page("en"), "Not counted yet")
	w.spread("a", 3)
	w.told()
	require.Contains(t, page("fr"), "Aucune n&#39;est montrée.")
	w.spread("b", 13, 4, 80)
	w.clock.add(24 * time.Hour)
	w.told()
	for lang, words := range map[string][]string{
		"en": {"under 5\u00a0%", "15 to 20\u00a0%", "80 to 85\u00a0%", "No level", "on 23 November 2026"},
		"fr": {"moins de 5\u00a0%", "de 15 à 20\u00a0%", "Aucun niveau", "le 23 novembre 2026"},
	} {
		for _, said := range words {
			require.Contains(t, page(lang), said)
		}
	}
}

// withVersion gives one of the mechanisms, by its place, a second version with another name.
func withVersion(t *testing.T, ms []bonafide.Mechanism, n int) []bonafide.Mechanism {
	ms = slices.Clone(ms)
	hash, err := bonafide.Hash(&ms[n])
	require.NoError(t, err)
	ms[n].Version, ms[n].Previous, ms[n].Name = 2, hash, both("Another name")
	return ms
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
