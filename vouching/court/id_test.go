package court_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// The id of a case is its fault's in the ledger, so nothing else may take it while the case runs.
// BF-CASE-4, BF-VOUCH-3
func TestIDIsKeptForTheFault(t *testing.T) {
	w := newWorld(t)
	w.reported(w.report("f1"))
	l, err := w.issuer.Ledger("seller")
	require.NoError(t, err)
	add := func(id string) error {
		return w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, err := l.Add(tx, w.seconds(), vouching.Event{
				Kind: vouching.KindVouch, ID: id, At: w.seconds(), Voucher: "dave", Vouchee: "alice", AcceptedBy: "alice", Level: 1, Stake: 10,
			})
			return err
		})
	}
	w.refused(bonafide.EventConflict, func() error { return add("f1") })
	require.NoError(t, add("v1"))
	w.wait(14 * day)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, int64(300), w.member("bob").Lost)
}
