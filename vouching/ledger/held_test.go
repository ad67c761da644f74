package ledger_test

import (
	"context"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// Whatever has ended, healed or was reversed is kept, and told.
// BF-ISSUER-39
func TestHeld(t *testing.T) {
	s, l := site(t, 2000)
	late := start + 3*vouching.Life
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		for _, e := range []vouching.Event{
			vouch("w", "alice", "bob", start), vouch("v", "dave", "bob", start+1), vouch("x", "bob", "carol", start+1),
			{Kind: vouching.KindRefer, ID: "r", Voucher: "bob", Site: "https://outils.example", Stake: 20, At: start + 1},
			fault("g", "bob", start+1, start+2), fault("f", "bob", start+2, start+3), fault("h", "carol", start+2, start+3),
			{Kind: vouching.KindReverse, ID: "y", Fault: "f", At: start + 4},
		} {
			_, err := l.Add(tx, e.At, e)
			require.NoError(t, err, e.ID)
		}
		held, err := l.Held(tx, late, "bob")
		require.NoError(t, err)
		require.Equal(t, []string{"r", "x"}, []string{held.Given[0].ID, held.Given[1].ID})
		require.Equal(t, []string{"w", "v"}, []string{held.Received[0].ID, held.Received[1].ID}, "the oldest first")
		require.Equal(t, []string{"g", "f"}, []string{held.Faults[0].ID, held.Faults[1].ID})
		require.Equal(t, []bool{false, true}, []bool{held.Faults[0].Reversed, held.Faults[1].Reversed})
		require.Equal(t, int64(20), held.Given[1].Charges[0].Amount)
		require.Equal(t, bonafide.Origin("https://outils.example"), held.Given[0].Site)
		require.Len(t, held.Given, 2)
		require.Len(t, held.Received, 2)
		require.Len(t, held.Faults, 2)

		nobody, err := l.Held(tx, late, "nobody")
		require.NoError(t, err)
		require.Empty(t, nobody)
		return nil
	}))
}
