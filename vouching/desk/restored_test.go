package desk_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// A link that was open in a backup can't be accepted once the site went on from it, and the page of who made it says why; new ones can.
func TestLinksEndWithARestore(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	before := w.offer("alice", 2, 60)
	w.wait(time.Hour)
	for range 2 { // again, as after an interruption
		require.NoError(t, desk.Restored(t.Context(), w.store))
	}
	after := w.offer("alice", 2, 60)
	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("bob"), before))
	requireCode(t, bonafide.OfferOver, w.TakeBack(t.Context(), account("alice").ID, w.view("alice").Offers[0].ID))

	page := w.get("alice", "/vouches").Body.String()
	require.Contains(t, page, "went on from a backup, so this link ended")
	require.Contains(t, page, "Open until")
	require.Contains(t, w.get("alice", "/vouches?lang=fr").Body.String(), "a repris à partir d")
	require.NoError(t, w.Accept(t.Context(), account("bob"), after))
	w.wait(14 * day)
	require.Empty(t, w.view("alice").Offers)
}
