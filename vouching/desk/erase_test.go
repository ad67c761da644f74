package desk_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// erase does what the issuer does, as far as vouching goes.
func (w *world) erase(name, pseudonym string) {
	w.t.Helper()
	kept, err := w.issuer.Ledger("trade")
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.Update(w.t.Context(), func(tx store.Tx) error {
		if err := kept.Rename(tx, account(name).ID, pseudonym); err != nil {
			return err
		}
		return w.Erase(tx, account(name).ID, pseudonym)
	}))
}

// Of who is erased only that somebody stood there remains.
// BF-DESK-18, BF-ISSUER-40
func TestErase(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("dave", 1040)
	w.earn("bob", 1040)
	id := w.vouch("alice", "bob", 2, 60)
	w.vouch("bob", "carol", 1, 40)
	toBob, fromBob := w.ask("dave", "bob"), w.ask("bob", "dave")
	code := w.offer("bob", 1, 10)
	w.erase("bob", "nobody-1")
	require.NotRegexp(t, `\bBob\b`, w.dump())
	require.NotContains(t, w.dump(), account("bob").ID)

	former := desk.Person{Former: true}
	require.Equal(t, former, w.view("alice").Given[0].Person)
	require.Equal(t, desk.Live, w.view("alice").Given[0].State, "it runs on")
	require.Equal(t, former, w.view("carol").Received[0].Person)
	require.Contains(t, w.get("alice", "/vouches").Body.String(), "A former member")
	require.Contains(t, w.get("alice", "/vouches?lang=fr").Body.String(), "Un ancien membre")
	require.Empty(t, w.view("dave").Asking)
	require.Empty(t, w.view("dave").Asked)
	require.Empty(t, w.view("bob").Given)
	requireCode(t, bonafide.NotFound, w.Answer(t.Context(), account("dave"), fromBob, 1, 10))
	requireCode(t, bonafide.NotFound, w.Answer(t.Context(), account("bob"), toBob, 1, 10))
	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("eve"), code))

	require.NoError(t, w.Withdraw(t.Context(), account("alice").ID, id))
	w.erase("alice", "nobody-2")
	w.erase("carol", "nobody-3")
	w.wait((365 + 365) * day)
	require.Empty(t, w.dump(), "what expired is forgotten, whoever is left")
}

// An export holds what the desk and the ledger hold on a member, and nothing of others but names.
// BF-ISSUER-39
func TestExport(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.vouch("alice", "bob", 2, 60)
	w.fault("bob", "half", 0)
	w.ask("carol", "alice")
	w.ask("alice", "carol")
	w.offer("alice", 1, 10)
	var held any
	require.NoError(t, w.store.View(t.Context(), func(r store.Reader) (err error) {
		held, err = w.Desk.Export(r, account("alice").ID)
		return err
	}))
	data, err := bonafide.MarshalJSON(held)
	require.NoError(t, err)
	back, err := bonafide.Parse[desk.Held](data)
	require.NoError(t, err)
	alices := back.Mechanisms[0]
	require.Equal(t, []int{1, 1, 1, 1, 1}, []int{len(alices.Given), len(alices.Given[0].Charges), len(alices.Asked), len(alices.Asking), len(alices.Offers)})
	require.Contains(t, string(data), "It is me, carol.")
	require.NotContains(t, string(data), "id-", "members' ids are the site's own")
}

// An export also holds what pages don't show any more: what ended over a year ago and all that was received.
// BF-ISSUER-39
func TestExportOfWhatIsLongOver(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("bob", 1040)
	w.vouch("alice", "bob", 1, 60)
	w.vouch("bob", "carol", 1, 40)
	w.fault("carol", "half", 0)
	w.fault("bob", "fraud", 0)
	kept, err := w.issuer.Ledger("trade")
	require.NoError(t, err)
	require.NoError(t, w.store.Update(t.Context(), func(tx store.Tx) error {
		_, err := kept.Add(tx, w.seconds(), vouching.Event{
			Kind: vouching.KindRefer, ID: "r", At: w.seconds(), Voucher: account("bob").ID, Site: "https://outils.example", Stake: 20,
		})
		return err
	}))
	export := func() (held desk.Held) {
		require.NoError(t, w.store.View(t.Context(), func(r store.Reader) error {
			all, err := w.Desk.Export(r, account("bob").ID)
			require.NoError(t, err)
			data, err := bonafide.MarshalJSON(all)
			require.NoError(t, err)
			held = all.(desk.Held)
			require.NotContains(t, string(data), "id-", "members' ids are the site's own")
			return nil
		}))
		require.Len(t, held.Kept, 1)
		require.Equal(t, []int{2, 1, 1}, []int{len(held.Kept[0].Given), len(held.Kept[0].Received), len(held.Kept[0].Faults)})
		return held
	}
	w.wait(400 * day)
	held := export()
	require.Empty(t, held.Mechanisms[0].Received, "it has ended")
	require.Equal(t, "Alice", held.Kept[0].Received[0].Name)
	w.wait(400 * day)
	held = export()
	require.Empty(t, held.Mechanisms[0].Past)
	trade := held.Kept[0]
	require.Equal(t, desk.Person{Former: true}, trade.Received[0].Person)
	require.Equal(t, desk.Ended, trade.Received[0].State)
	require.Equal(t, desk.Person{Former: true}, trade.Given[0].Person)
	require.Equal(t, int64(20), trade.Given[0].Charges[0].Amount)
	require.Equal(t, bonafide.Origin("https://outils.example"), trade.Given[1].Site)
	require.False(t, trade.Given[1].Former)
	require.Equal(t, "fraud", trade.Faults[0].Class)
}
