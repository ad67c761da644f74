package issuer_test

import (
	"context"
	"os"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
	"github.com/stretchr/testify/require"
)

// lose brings the store back to what it was, and has it restored unless it is to go on as it is.
func (w *world) lose(backup []byte, restore bool) {
	w.t.Helper()
	require.NoError(w.t, w.Store.Close())
	require.NoError(w.t, os.WriteFile(w.path, backup, 0o600))
	if restore {
		s, err := bolt.Open(w.path)
		require.NoError(w.t, err)
		require.NoError(w.t, issuer.Restored(w.t.Context(), s, w.clock.now()))
		require.NoError(w.t, issuer.Restored(w.t.Context(), s, w.clock.now()), "again, as after an interruption")
		require.NoError(w.t, s.Close())
	}
	w.open()
	require.NoError(w.t, w.RunDue(w.t.Context()))
	report := &records.Report{}
	require.NoError(w.t, w.Store.View(context.Background(), func(r store.Reader) error { return issuer.Check(r, report) }))
	require.Empty(w.t, report.Faults)
}

// TestRestoredBringsNothingBack: what was revoked after the backup stays revoked, entries given out after it are nobody else's, and
// who has a badge has one anew.
func TestRestoredBringsNothingBack(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "ann", true, true, true)
	w.rate("seller", "bob", true, true)
	ann, bob := w.publish("seller", "ann"), w.publish("seller", "bob")
	ofAnn, ofBob := w.credential(ann).Status, w.credential(bob).Status
	require.NoError(t, w.Store.Close())
	backup, err := os.ReadFile(w.path)
	require.NoError(t, err)
	w.open()

	w.clock.add(time.Hour)
	w.rate("seller", "ann", false)
	require.True(t, w.revoked(ofAnn))
	w.rate("seller", "cid", true, true)
	ofCid := w.credential(w.publish("seller", "cid")).Status

	w.clock.add(time.Hour)
	w.lose(backup, false)
	require.False(t, w.revoked(ofAnn), "a store that was merely put back brings it back")

	used := map[string]bool{ofAnn.Credential: true, ofCid.Credential: true}
	for range 2 { // the same backup again, should that be the last
		w.clock.add(time.Hour)
		w.lose(backup, true)
		for _, e := range []bonafide.StatusEntry{ofAnn, ofBob, ofCid} {
			require.True(t, w.revoked(e))
		}
		renewed := w.credential(bob)
		require.Equal(t, "gold", w.stated(bob))
		require.Equal(t, w.clock.now(), renewed.ValidFrom.UTC())
		require.False(t, used[renewed.Status.Credential], "no list that may have been used")
		require.False(t, w.revoked(renewed.Status))
		used[renewed.Status.Credential] = true
		var lists []string
		require.NoError(t, w.EachList(t.Context(), func(address, _ string) { lists = append(lists, address) }))
		require.Equal(t, []string{ofAnn.Credential, renewed.Status.Credential}, lists, "whatever their numbers")
	}
}
