package issuer_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// watch states what a member earned as a seller, with an entry that the issuer watches.
func (w *world) watch(member string) (status bonafide.Status, entry bonafide.StatusEntry) {
	w.t.Helper()
	require.NoError(w.t, w.Store.Update(w.t.Context(), func(tx store.Tx) (err error) {
		status, entry, err = w.Watch(tx, "seller", member)
		return err
	}))
	return status, entry
}

func (w *world) unwatch(entry bonafide.StatusEntry) {
	w.t.Helper()
	require.NoError(w.t, w.Store.Update(w.t.Context(), func(tx store.Tx) error { return w.Unwatch(tx, entry) }))
}

// kept tells whether any record of the store contains the text.
func (w *world) kept(text string) (found bool) {
	w.t.Helper()
	require.NoError(w.t, w.Store.View(w.t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			found = found || strings.Contains(string(key)+string(value), text)
			return true, nil
		})
	}))
	return found
}

// BF-REFER-6
func TestWatchedEntryIsSetOnceTheEarnedLevelFalls(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world)
		falls  bool
	}{
		"a rise":              {func(w *world) { w.rate("seller", "alice", true, true, true, true) }, false},
		"another mechanism":   {func(w *world) { w.rate("visitor", "alice", true, true, false, false) }, false},
		"another member":      {func(w *world) { w.rate("seller", "bob", true, true, false, false) }, false},
		"a fall of the share": {func(w *world) { w.rate("seller", "alice", true, true, true, true, false) }, false},
		"a fall":              {func(w *world) { w.rate("seller", "alice", false, false) }, true},
		"suspension":          {func(w *world) { require.NoError(t, w.Suspend(t.Context(), "alice")) }, true},
		"erasure":             {func(w *world) { require.NoError(t, w.Erase(t.Context(), "alice")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rate("seller", "alice", true, true, true, false) // silver
			status, entry := w.watch("alice")
			require.Equal(t, bonafide.Status{
				Mechanism: string(bazar) + "/mechanisms/seller", Version: 1, Context: "selling", Level: "silver", Kind: bonafide.Earned,
				EarnedLevel: "silver", AsOf: "2026-11-22", Sources: []bonafide.Origin{bazar}, State: bonafide.Current,
			}, status)
			require.NoError(t, status.Validate())
			_, other := w.watch("alice")
			require.NotEqual(t, entry.Index, other.Index)
			c.change(w)
			require.Equal(t, c.falls, w.revoked(entry))
			require.Equal(t, c.falls, w.revoked(other))
			require.Equal(t, !c.falls, w.kept(entry.ID), "what is set is forgotten")
		})
	}
}

// BF-REFER-6
func TestUnwatchSetsTheEntry(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	_, entry := w.watch("alice")
	_, other := w.watch("alice")
	w.unwatch(entry)
	w.unwatch(entry)
	require.True(t, w.revoked(entry))
	for e, watched := range map[bonafide.StatusEntry]bool{entry: false, other: true} {
		require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
			still, err := w.Watched(r, e)
			require.Equal(t, watched, still)
			return err
		}))
	}
	require.False(t, w.kept(entry.ID))
	require.False(t, w.revoked(other))
	w.unwatch(other)
	require.False(t, w.kept("watch-of"))
}

func TestWatchRefuses(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "bob", false, false)
	w.rate("seller", "carol", true, true)
	require.NoError(t, w.Suspend(t.Context(), "carol"))
	for member, code := range map[string]bonafide.Code{"alice": bonafide.NoSuchMember, "bob": bonafide.NoEarnedLevel, "carol": bonafide.NotCurrent} {
		err := w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, _, err := w.Watch(tx, "seller", member)
			return err
		})
		requireCode(t, code, err)
	}
}

// BF-DESK-3
func TestBadgeHolder(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	address := string(bazar) + w.publish("seller", "alice")
	holder := func(address string) (holder issuer.Holder, err error) {
		err = w.Store.View(t.Context(), func(r store.Reader) (err error) {
			holder, err = w.BadgeHolder(r, address)
			return err
		})
		return holder, err
	}
	got, err := holder(address)
	require.NoError(t, err)
	require.Equal(t, issuer.Holder{Mechanism: "seller", Member: "alice", Name: "alice"}, got)
	for _, other := range []string{address + "X", "https://other.example" + strings.TrimPrefix(address, string(bazar)), ""} {
		_, err = holder(other)
		requireCode(t, bonafide.NotFound, err)
	}
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	_, err = holder(address)
	requireCode(t, bonafide.NotFound, err)
}
