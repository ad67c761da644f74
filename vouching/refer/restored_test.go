package refer_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

// The referrals of a backup end once the site went on from it, whoever may have used them since, and their pages say why; the stake of a
// confirmed one is free after the notice. One made later stands.
func TestReferralsEndWithARestore(t *testing.T) {
	w := newWorld(t)
	confirmed := w.confirmed()
	waiting := w.refers("alice", 60)
	w.wait(time.Hour)
	require.NoError(t, issuer.Restored(t.Context(), w.Store, w.now()))
	for range 2 { // again, as after an interruption
		require.NoError(t, refer.Restored(t.Context(), w.Store, w.instant()))
	}
	w.wait(time.Minute)
	for _, id := range []string{confirmed, waiting} {
		kept, _ := w.kept(id)
		require.Equal(t, "restored", string(kept.Why))
		require.Empty(t, kept.Link)
		require.True(t, w.revoked(kept.Entry))
	}
	w.refused(bonafide.ReferralOver, w.there.redeemed(waiting, "Bob"))
	require.Contains(t, w.ask("GET", "/vouches/elsewhere", "alice").body, "went on from a backup, which ended all")
	require.Contains(t, w.ask("GET", "/vouches/elsewhere?lang=fr", "alice").body, "a repris à partir d")
	w.wait(8 * day)
	lent, _ := w.lent("alice")
	require.Zero(t, lent)

	after := w.refers("alice", 60)
	w.wait(day)
	kept, _ := w.kept(after)
	require.Empty(t, kept.Why)
}
