package verifier_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// A referral of before the verifier went on from a backup may have been redeemed in what was lost: it is refused, to who had redeemed it
// before the backup it stands, and one made later is taken.
func TestReferralsOfBeforeARestore(t *testing.T) {
	w := newReferralWorld(t)
	bob, before := w.browser("bob"), w.issuer.refer(nil)
	bob.redeems(before)
	early := w.issuer.refer(nil)
	w.clock.Move(time.Minute)
	require.NoError(t, verifier.Restored(t.Context(), w.config.Store, bonafide.SecondsOf(w.clock.Now())))
	bob.redeems(before)
	require.Equal(t, bonafide.ReferralUsed, w.browser("carol").redeem(early, "Carol").code)
	w.clock.Move(time.Minute)
	w.browser("carol").redeems(w.issuer.refer(nil))
}

// An import that was under way when the store was backed up can't be finished once the verifier went on from that: its code is of before. It may be begun
// anew, and what was imported stays.
func TestImportsUnderWayEndWithARestore(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	begun := alice.begin()
	require.NotEmpty(t, w.held("alice").UnderWay)
	for range 2 { // again, as after an interruption
		require.NoError(t, verifier.Restored(t.Context(), w.config.Store, bonafide.SecondsOf(w.clock.Now())))
	}
	require.Empty(t, w.held("alice").UnderWay)
	require.NotEmpty(t, alice.callback(begun).code)
	require.Empty(t, w.held("alice").Imports)
	alice.imports()
	require.NoError(t, verifier.Restored(t.Context(), w.config.Store, bonafide.SecondsOf(w.clock.Now())))
	require.Len(t, w.held("alice").Imports, 1)
}
