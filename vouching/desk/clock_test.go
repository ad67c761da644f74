package desk_test

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// A clock that was set back stops nobody, and nothing that is done then comes before what was done already.
// BF-DESK-16
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("dave", 1000)
	first, ask := w.vouch("alice", "bob", 2, 60), w.ask("bob", "dave")
	reached := w.seconds()
	w.wait(-time.Hour)
	_, err := w.WeighAnswer(t.Context(), account("dave").ID, ask, 2, 60)
	require.NoError(t, err)
	require.NoError(t, w.Answer(t.Context(), account("dave"), ask, 2, 60))
	require.Equal(t, reached, w.view("bob").Received[1].Since)
	_, err = w.WeighOffer(t.Context(), account("dave").ID, "trade", 2, 60)
	require.NoError(t, err)
	require.NoError(t, w.Accept(t.Context(), account("carol"), w.offer("dave", 2, 60)))
	require.NoError(t, w.Withdraw(t.Context(), account("alice").ID, first))
	require.Equal(t, reached, w.view("alice").Given[0].Withdrawn)
}

// A referral isn't withdrawn as a vouch is: its site would never hear of it.
// BF-DESK-10
func TestReferralIsNoVouchToWithdraw(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	kept, err := w.issuer.Ledger("trade")
	require.NoError(t, err)
	require.NoError(t, w.store.Update(t.Context(), func(tx store.Tx) error {
		_, err := kept.Add(tx, w.seconds(), vouching.Event{
			Kind: vouching.KindRefer, ID: "r", At: w.seconds(), Voucher: account("alice").ID, Site: "https://outils.example", Stake: 60,
		})
		return err
	}))
	_, code := asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches/trade/r/withdraw", "")
	require.Equal(t, bonafide.UnknownVouch, code)
	require.Zero(t, w.ledgered(vouching.KindWithdraw))
}
