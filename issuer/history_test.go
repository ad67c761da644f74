package issuer_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// past returns the history of the member's only badge, as their export has it.
func (w *world) past(member string) []issuer.Change {
	w.t.Helper()
	held, err := w.Export(w.t.Context(), member)
	require.NoError(w.t, err)
	require.Len(w.t, held.Badges, 1)
	return held.Badges[0].History
}

func TestHistory(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	w.rate("seller", "alice", true) // no other level: nothing new
	w.clock.add(day)
	w.rate("seller", "alice", false)
	w.clock.add(day)
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	w.rate("seller", "alice", true) // what happens meanwhile shows once it is restored
	w.clock.add(day)
	require.Contains(t, w.wordsAt(path, "fr"), "24 novembre 2026 : suspendu")
	require.NoError(t, w.Restore(t.Context(), "alice"))
	want := []issuer.Change{
		{Date: "2026-11-22", Level: "gold", Kind: bonafide.Earned, State: bonafide.Current},
		{Date: "2026-11-23", Level: "silver", Kind: bonafide.Earned, State: bonafide.Current},
		{Date: "2026-11-24", State: bonafide.Suspended},
		{Date: "2026-11-25", Level: "silver", Kind: bonafide.Earned, State: bonafide.Current},
	}
	require.Equal(t, want, w.past("alice"))
	require.Contains(t, w.wordsAt(path, "en"), "23 November 2026: Silver (2/3) 22 November 2026: Gold (3/3)")
	require.NotContains(t, w.wordsAt(path, "en"), "24 November 2026: suspended", "what was lifted isn't held against anybody in public")
	require.NotContains(t, w.wordsAt(path, "en"), "25 November 2026: Silver", "nor told by a gap")

	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	require.NotContains(t, w.wordsAt(path, "en"), "Silver", "who withdraws a badge shows nothing of it")
	require.Equal(t, bonafide.Withdrawn, w.past("alice")[4].State)
	w.publish("seller", "alice")
	require.Len(t, w.past("alice"), 6)
	require.NoError(t, w.Erase(t.Context(), "alice"))
	require.NotContains(t, string(w.recordOf(path)), "history")
}

func TestHistoryIsBounded(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.publish("seller", "alice")
	for range 20 {
		w.clock.add(day)
		require.NoError(t, w.Suspend(t.Context(), "alice"))
		require.NoError(t, w.Restore(t.Context(), "alice"))
	}
	past := w.past("alice")
	require.Len(t, past, 24)
	require.Equal(t, bonafide.Date("2026-12-12"), past[23].Date, "the newest stay")
	require.True(t, slices.IsSortedFunc(past, func(a, b issuer.Change) int { return strings.Compare(string(a.Date), string(b.Date)) }))
}

// Records from before there were histories get one, which begins with their last issue.
func TestHistoryOfAnOldRecord(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	history := regexp.MustCompile(`"history":\[[^]]*\],`).FindString(string(w.recordOf(path)))
	require.NotEmpty(t, history)
	w.alter(store.Key("i", "badge", strings.TrimPrefix(path, "/b/")), history, "")
	first := issuer.Change{Date: "2026-11-22", Level: "gold", Kind: bonafide.Earned, State: bonafide.Current}
	require.Equal(t, []issuer.Change{first}, w.past("alice"))
	require.Contains(t, w.wordsAt(path, "en"), "22 November 2026: Gold (3/3)")
	w.clock.add(day)
	w.rate("seller", "alice", false)
	second := issuer.Change{Date: "2026-11-23", Level: "bronze", Kind: bonafide.Earned, State: bonafide.Current}
	require.Equal(t, []issuer.Change{first, second}, w.past("alice"))
}

// recordOf returns what is kept of the badge at a path.
func (w *world) recordOf(path string) (record json.RawMessage) {
	w.t.Helper()
	require.NoError(w.t, w.Store.View(w.t.Context(), func(r store.Reader) error {
		kept, err := r.Get(store.Key("i", "badge", strings.TrimPrefix(path, "/b/")))
		record = kept[0]
		return err
	}))
	return record
}
