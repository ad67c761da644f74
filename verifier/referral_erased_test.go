package verifier_test

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// Erasing keeps no voucher from being told what was committed before, or within the week after, however late it is
// final, and under whatever name it runs on. Nobody is told of anything else.
// BF-REDEEM-18
func TestErasingLaundersNothing(t *testing.T) {
	const pseudonym = "erased-1"
	for name, c := range map[string]struct {
		erase func(*world)
		known string // what the account is called afterwards
	}{
		"by its holder":                     {(*world).erasesHere, "bob"},
		"as a member":                       {func(w *world) { w.erasesMember("bob", pseudonym) }, pseudonym},
		"by its holder, then as a member":   {func(w *world) { w.erasesHere(); w.erasesMember("bob", pseudonym) }, pseudonym},
		"ended, and then erased":            {func(w *world) { w.endsHere(); w.erasesHere() }, "bob"},
		"by its holder twice":               {func(w *world) { w.erasesHere(); w.erasesHere() }, "bob"},
		"by its holder, before it restarts": {func(w *world) { w.erasesHere(); w.start() }, "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			confirmed := w.confirmed("bob")
			w.clock.Move(time.Hour)
			c.erase(w)
			end := w.clock.Now()
			require.Empty(t, w.referred("bob"))
			require.Empty(t, w.held("bob").Referrals)
			w.runDue()
			require.Equal(t, []bonafide.OutcomeEvent{bonafide.Ended}, w.issuer.told())

			w.clock.Move(364 * day)
			w.runDue()
			for id, occurred := range map[string]time.Time{
				"before": confirmed.ConfirmedAt.Time().Add(-time.Second), "long after": end.Add(7 * day),
			} {
				w.fault(theft(c.known, id, occurred))
			}
			w.fault(theft("carol", "another's", end))
			w.runDue()
			require.Empty(t, w.issuer.told())
			f := theft(c.known, "then", end.Add(7*day-time.Second))
			w.fault(f)
			w.fault(f)
			w.reverse(f)
			w.runDue()
			w.runDue()
			require.Equal(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault, bonafide.FaultReversed}, w.issuer.told())

			w.clock.Move(day)
			w.runDue()
			w.fault(theft(c.known, "later", end))
			w.runDue()
			require.Empty(t, w.issuer.told(), "a year later nothing is left")
		})
	}
}

// What is kept is in the export and on the page, to nobody but the account's holder.
// BF-REDEEM-18
func TestErasedReferralIsShown(t *testing.T) {
	w := newReferralWorld(t)
	confirmed := w.confirmed("bob")
	bob := w.browser("bob")
	bob.page = true
	require.Contains(t, bob.get("/standing").body, "No name remains, and the download shows it.")
	w.erasesHere()
	erased := w.held("bob").Erased
	require.Len(t, erased, 1)
	require.Equal(t, w.issuer.origin, erased[0].Issuer)
	require.Equal(t, confirmed.ConfirmedAt, erased[0].ConfirmedAt)
	require.Equal(t, bonafide.SecondsOf(w.clock.Now().Add(7*day)), erased[0].Until)
	require.Contains(t, bob.get("/standing").body, "which is decided later is still told there")
	require.Contains(t, bob.get("/standing?lang=fr").body, "jugée plus tard y est encore signalée")
	require.Equal(t, []verifier.Cover{}, w.held("carol").Erased)
	w.erasesMember("bob", "erased-1")
	require.Empty(t, w.held("bob").Erased)
}

// One that was never confirmed leaves nothing: nobody answers for it.
func TestErasedWhilePending(t *testing.T) {
	w := newReferralWorld(t)
	w.browser("bob").redeems(w.issuer.refer(nil))
	w.erasesHere()
	require.Empty(t, w.held("bob").Erased)
}

// Erasing makes no room for more.
func TestErasedReferralsAreCounted(t *testing.T) {
	w := newReferralWorld(t)
	for range 32 {
		w.confirmed("bob")
		w.erasesHere()
		w.runDue()
		w.issuer.told()
	}
	require.Equal(t, bonafide.VoucheeFull, w.browser("bob").redeem(w.issuer.refer(nil), "Bob").code)
}

func (w *world) erasesHere() {
	w.t.Helper()
	require.Equal(w.t, http.StatusSeeOther, w.browser("bob").post("/standing/erase").status)
}

func (w *world) endsHere() {
	w.t.Helper()
	require.Equal(w.t, http.StatusSeeOther, w.browser("bob").post("/referrals/"+w.held("bob").Referrals[0].ID+"/end").status)
}

func (w *world) erasesMember(member, pseudonym string) {
	w.t.Helper()
	require.NoError(w.t, w.config.Store.Update(w.t.Context(), func(tx store.Tx) error { return w.EraseReferrals(tx, member, pseudonym) }))
}
