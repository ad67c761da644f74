package refer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

// BF-REFER-6, BF-REFER-9, BF-REFER-14
func TestWithdrawing(t *testing.T) {
	w := newWorld(t)
	open := w.refers("alice", 60)
	require.NoError(t, w.Withdraw(t.Context(), "alice", open))
	w.refused(bonafide.ReferralOver, w.there.redeemed(open, "Bob"))
	kept, _ := w.kept(open)
	require.True(t, w.revoked(kept.Entry))

	id := w.confirmed()
	w.wait(day)
	require.NoError(t, w.Withdraw(t.Context(), "alice", id))
	after, _ := w.kept(id)
	w.wait(time.Hour)
	require.NoError(t, w.Withdraw(t.Context(), "alice", id), "withdrawing twice changes nothing")
	again, _ := w.kept(id)
	require.Equal(t, after, again)
	require.Equal(t, after.Over+vouching.Notice, after.Until)
	require.True(t, w.revoked(after.Entry), "at once")
	require.Equal(t, bonafide.ReferralEnded, w.told(id, w.there.redeemed(id, "Bob")).State)
	require.Contains(t, w.ask("GET", "/vouches/elsewhere", "alice").body, "You answer for what is done until 30 November 2026.")
	lent, _ := w.lent("alice")
	require.Equal(t, int64(60), lent)
	w.wait(7*day - time.Hour)
	lent, _ = w.lent("alice")
	require.Zero(t, lent)
	require.NotContains(t, w.ask("GET", "/vouches/elsewhere", "alice").body, "You answer for what is done until")
}

// BF-REFER-7, BF-REFER-8, BF-REFER-14
func TestReferralsEndByThemselves(t *testing.T) {
	w := newWorld(t)
	unused := w.refers("alice", 60)
	early := w.there.redeemed(unused, "Bob")
	w.wait(30*day + time.Minute)
	require.Equal(t, bonafide.ReferralPending, w.told(unused, early).State, "redeemed in time and told late")
	unused = w.refers("alice", 60)
	w.wait(30*day + 10*time.Minute)
	w.refused(bonafide.ReferralOver, w.there.redeemed(unused, "Bob"))
	w.wait(7 * day)
	kept, _ := w.kept(unused)
	require.Equal(t, "expired", string(kept.Why))
	require.True(t, w.revoked(kept.Entry))

	unanswered := w.refers("alice", 60)
	w.told(unanswered, w.there.redeemed(unanswered, "Bob"))
	w.wait(29*day - time.Second)
	kept, _ = w.kept(unanswered)
	require.Equal(t, bonafide.ReferralPending, kept.State)
	w.mu.Lock()
	w.clock = w.clock.Add(time.Second)
	w.mu.Unlock()
	requireCode(t, bonafide.ReferralOver, w.Confirm(t.Context(), "alice", unanswered))
	w.due()
	kept, _ = w.kept(unanswered)
	require.Equal(t, "unanswered", string(kept.Why))

	id := w.confirmed()
	w.wait(365*day - 2*time.Second)
	kept, _ = w.kept(id)
	require.Equal(t, bonafide.ReferralConfirmed, kept.State)
	require.False(t, w.revoked(kept.Entry))
	w.wait(time.Second)
	kept, _ = w.kept(id)
	require.Equal(t, "ran-out", string(kept.Why))
	require.True(t, w.revoked(kept.Entry))
	require.Equal(t, bonafide.ReferralEnded, w.told(id, w.there.redeemed(id, "Bob")).State)
}

// BF-REFER-7, BF-REFER-9
func TestReferralEndsWithTheLevelThatItStates(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.wait(day)
	kept, _ := w.kept(id)
	require.Equal(t, bonafide.ReferralConfirmed, kept.State)
	require.NoError(t, w.Issuer.Suspend(t.Context(), "alice"))
	require.NoError(t, w.Issuer.Restore(t.Context(), "alice"))
	pending := w.refers("alice", 60)
	w.told(pending, w.there.redeemed(pending, "Carol"))
	w.wait(day)
	kept, _ = w.kept(id)
	require.Equal(t, "fallen", string(kept.Why))
	require.Equal(t, kept.Over+vouching.Notice, kept.Until)
	require.Contains(t, w.ask("GET", "/vouches/elsewhere/"+id, "alice").body, "the level that it stated wasn't kept")
	kept, _ = w.kept(pending)
	require.Equal(t, bonafide.ReferralPending, kept.State)
	lent, _ := w.lent("alice")
	require.Equal(t, int64(60), lent)
	w.wait(7 * day)
	lent, _ = w.lent("alice")
	require.Zero(t, lent)
}

// A referral whose stake is burned would cost nothing more, so it ends, with the stake locked for the notice as ever.
// BF-REFER-6, BF-REFER-7, BF-REFER-9
func TestReferralEndsWithItsStake(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	final := func(fault string) {
		w.told(id, w.there.fault(id, fault, "half"))
		cases, err := w.court.Cases(t.Context(), court.StateReported)
		require.NoError(t, err)
		require.Len(t, cases, 1)
		_, err = w.court.Accept(t.Context(), "alice", cases[0].ID)
		require.NoError(t, err)
		w.wait(day)
	}
	final("one")
	kept, _ := w.kept(id)
	require.Equal(t, bonafide.ReferralConfirmed, kept.State, "30 of 60 are left")
	require.False(t, w.revoked(kept.Entry))
	final("two")
	ended, _ := w.kept(id)
	require.Equal(t, "burned", string(ended.Why))
	require.True(t, w.revoked(ended.Entry))
	require.Equal(t, ended.Over+vouching.Notice, ended.Until)
	require.Contains(t, w.ask("GET", "/vouches/elsewhere/"+id, "alice").body, "faults used up so much of your stake")
	require.Contains(t, w.ask("GET", "/vouches/elsewhere/"+id+"?lang=fr", "alice").body, "vous pouvez créer une nouvelle recommandation")

	require.Equal(t, bonafide.ReferralEnded, w.told(id, w.there.reversed(id, "two")).State)
	w.wait(day)
	after, _ := w.kept(id)
	require.Equal(t, ended, after, "what was reversed revives nothing")
	require.True(t, w.revoked(after.Entry))
	lent, charged := w.lent("alice")
	require.Equal(t, []int64{60, 30}, []int64{lent, charged})
}

func TestWhatIsLongOverIsForgotten(t *testing.T) {
	w := newWorld(t)
	declined := w.refers("alice", 60)
	w.told(declined, w.there.redeemed(declined, "Bob"))
	require.NoError(t, w.Decline(t.Context(), "alice", declined))
	id := w.confirmed()
	w.told(id, w.there.fault(id, "f", "half"))
	w.wait(61 * day)
	_, found := w.kept(declined)
	require.False(t, found)
	w.refused(bonafide.UnknownReferral, w.there.redeemed(declined, "Bob"))
	w.wait(365 * day)
	w.told(id, w.there.reversed(id, "f"))
	w.wait(700 * day)
	_, found = w.kept(id)
	require.False(t, found)
	for key := range w.records() {
		require.False(t, strings.HasPrefix(key, "refer\x00"), "%q", key)
	}
}

// BF-REFER-10
func TestErasingAVoucher(t *testing.T) {
	w := newWorld(t)
	open := w.refers("alice", 60)
	pending := w.refers("alice", 60)
	w.told(pending, w.there.redeemed(pending, "Robert"))
	id := w.confirmed()
	w.told(id, w.there.fault(id, "before", "half"))
	entries := map[string]bonafide.StatusEntry{}
	for _, one := range []string{open, pending, id} {
		kept, _ := w.kept(one)
		entries[one] = kept.Entry
	}
	require.NoError(t, w.Issuer.Erase(t.Context(), "alice"))
	for _, entry := range entries {
		require.True(t, w.revoked(entry))
	}
	w.refused(bonafide.UnknownReferral, w.there.redeemed(open, "Bob"))
	w.refused(bonafide.UnknownReferral, w.there.redeemed(pending, "Robert"))
	kept, found := w.kept(id)
	require.True(t, found)
	require.NotEqual(t, "alice", kept.Voucher)
	require.Empty(t, kept.Name)
	for key, value := range w.records() {
		if strings.HasPrefix(key, "refer\x00") {
			require.NotContains(t, key+value, "alice")
			require.NotRegexp(t, `\bBob\b`, key+value)
		}
	}
	require.Equal(t, bonafide.ReferralConfirmed, w.told(id, w.there.redeemed(id, "Bob")).State)
	require.Equal(t, bonafide.ReferralConfirmed, w.told(id, w.there.fault(id, "after", "half")).State)
	w.wait(14 * day)
	w.told(id, w.there.reversed(id, "before"))
	kept, _ = w.kept(id)
	require.Equal(t, bonafide.ReferralEnded, kept.State)
}

// BF-ISSUER-39
func TestExport(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.refers("alice", 50)
	export := func(member string) (held []refer.Held) {
		require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
			all, err := w.Export(r, member)
			held = all.([]refer.Held)
			return err
		}))
		return held
	}
	require.Empty(t, export("bob"))
	held := export("alice")
	require.Len(t, held, 2)
	for _, h := range held {
		require.Equal(t, h.ID != id, h.Link != "")
		require.Equal(t, h.ID == id, h.Name == "Bob")
		require.Equal(t, h.ID == id, !h.Confirmed.IsZero())
	}
}

// One referral that fails holds up no other.
func TestOneFailureHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	w.earn("dave", 1000)
	failing := w.confirmed()
	other := w.refers("dave", 60)
	w.told(other, w.there.redeemed(other, "Carol"))
	kept, err := w.Issuer.Ledger(slug)
	require.NoError(t, err)
	require.NoError(t, w.Store.Update(t.Context(), func(tx store.Tx) error { // as nobody should
		_, err := kept.Add(tx, w.instant(), vouching.Event{Kind: vouching.KindWithdraw, ID: "behind-its-back", At: w.instant(), Vouch: failing})
		return err
	}))
	require.NoError(t, w.Issuer.Suspend(t.Context(), "alice"))
	w.mu.Lock()
	w.clock = w.clock.Add(30 * day)
	w.mu.Unlock()
	for range 2 {
		require.ErrorContains(t, w.RunDue(t.Context()), "vouch-over")
	}
	ended, _ := w.kept(other)
	require.Equal(t, "unanswered", string(ended.Why))
}

// A mechanism may come to keep no ledger; what was referred under it ends as ever.
func TestReferralsOutliveTheirLedger(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	before := sellers()
	hash, err := bonafide.Hash(before)
	require.NoError(t, err)
	after := before
	after.Version, after.Previous, after.Vouching, after.Faults = 2, hash, nil, nil
	w.config.Issuer, err = issuer.New(issuer.Config{
		Origin: here, Name: "Bazar", Store: w.Store, Signer: w.Signer, Mechanisms: []bonafide.Mechanism{after}, SignIn: w.SignIn, Now: w.now,
	})
	require.NoError(t, err)
	w.Desk, err = refer.New(w.config)
	require.NoError(t, err)
	w.handler = w.Handler()

	require.Equal(t, http.StatusOK, w.ask("GET", "/vouches/elsewhere", "alice").status)
	require.NoError(t, w.Withdraw(t.Context(), "alice", id))
	kept, _ := w.kept(id)
	require.Equal(t, w.instant()+vouching.Notice, kept.Until)
	require.True(t, w.revoked(kept.Entry))
}
