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

// A set bit ends a referral at once, also one that waits for its voucher.
// BF-REDEEM-12, BF-REDEEM-17
func TestReferralFalls(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	w.issuer.stands(bonafide.ReferralPending, time.Time{})
	w.browser("carol").redeems(w.issuer.refer(nil))
	w.runDue()
	w.issuer.told()
	w.falls(0)
	w.clock.Move(pastTTL)
	w.runDue()
	require.Empty(t, w.referred("bob"))
	for _, account := range []string{"bob", "carol"} {
		held := w.held(account).Referrals[0]
		require.Equal(t, bonafide.ReferralEnded, held.State)
		require.Equal(t, bonafide.Revoked, held.Code)
	}
	w.clock.Move(day)
	w.runDue()
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Ended, bonafide.Ended}, w.issuer.told(), "what stood for them is free again")
}

// While its issuer is away for longer than its list is valid, a referral doesn't count; it comes back by itself.
// Both are told.
// BF-REDEEM-10, BF-REDEEM-12
func TestReferralPauses(t *testing.T) {
	w := newReferralWorld(t)
	to := &told{}
	w.config.Changed = to.changed
	w.start()
	w.confirmed("bob")
	to.accounts = nil
	w.issuer.tell(func() { w.issuer.silent = true })
	w.clock.Move(47 * time.Hour)
	w.runDue()
	require.Equal(t, []int{1}, w.referred("bob"))
	require.Empty(t, to.accounts)
	w.clock.Move(time.Hour)
	require.Empty(t, w.referred("bob"))
	w.runDue()
	w.runDue()
	require.Equal(t, []string{"bob"}, to.accounts)
	require.True(t, w.held("bob").Referrals[0].Paused)
	w.issuer.tell(func() { w.issuer.silent = false })
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, []int{1}, w.referred("bob"))
	require.Equal(t, []string{"bob", "bob"}, to.accounts)
}

// BF-REDEEM-12
func TestReferralDeclined(t *testing.T) {
	for _, state := range []bonafide.ReferralState{bonafide.ReferralDeclined, bonafide.ReferralEnded} {
		t.Run(string(state), func(t *testing.T) {
			w := newReferralWorld(t)
			w.issuer.stands(state, time.Time{})
			w.browser("bob").redeems(w.issuer.refer(nil))
			w.runDue()
			held := w.held("bob").Referrals[0]
			require.Equal(t, state, held.State)
			require.Equal(t, bonafide.ReferralOver, held.Code)
			require.Empty(t, w.referred("bob"))
		})
	}
}

// While the voucher hasn't answered, the issuer is asked again: in a minute, ever less often, at least once
// an hour, for 30 days, each time by the same outcome; then it ends, also if the issuer is away on the last of them.
// BF-REDEEM-13
func TestReferralPending(t *testing.T) {
	w := newReferralWorld(t)
	bob := w.browser("bob")
	bob.redeems(w.issuer.refer(nil))
	w.runDue()
	id := w.issuer.outcomes[0].ID
	asked := 0
	for range 63 { // 1 + 2 + … + 32 minutes
		w.clock.Move(time.Minute)
		w.runDue()
		asked = len(w.issuer.outcomes)
	}
	require.Equal(t, 7, asked)
	w.clock.Move(time.Hour)
	w.runDue()
	require.Len(t, w.issuer.outcomes, 8)
	for _, o := range w.issuer.outcomes {
		require.Equal(t, id, o.ID)
	}
	w.clock.Move(29 * day)
	w.runDue()
	w.clock.Move(23 * time.Hour)
	w.runDue()
	require.Len(t, w.issuer.told(), 10)
	require.Equal(t, bonafide.ReferralEnded, w.held("bob").Referrals[0].State)
}

// The issuer is asked at once when the holder wishes.
func TestReferralAskedFor(t *testing.T) {
	w := newReferralWorld(t)
	bob := w.browser("bob")
	bob.redeems(w.issuer.refer(nil))
	w.runDue()
	w.issuer.stands(bonafide.ReferralConfirmed, w.clock.Now().Add(day))
	for range 2 { // the second time there is nothing to ask
		require.Equal(t, http.StatusSeeOther, bob.post("/referrals/"+w.held("bob").Referrals[0].ID+"/ask").status)
		require.Equal(t, []int{1}, w.referred("bob"))
	}
	require.Len(t, w.issuer.told(), 2)
}

// BF-REDEEM-13, BF-REDEEM-17
func TestReferralUnanswered(t *testing.T) {
	for name, silent := range map[string]bool{"never confirmed": false, "away on the last day": true} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			bob := w.browser("bob")
			bob.redeems(w.issuer.refer(nil))
			w.runDue()
			w.clock.Move(30*day - time.Hour)
			w.runDue()
			require.Equal(t, bonafide.ReferralPending, w.held("bob").Referrals[0].State)
			w.issuer.told()
			w.issuer.tell(func() { w.issuer.silent = silent })
			w.clock.Move(time.Hour)
			w.runDue()
			held := w.held("bob").Referrals[0]
			require.Equal(t, bonafide.ReferralEnded, held.State)
			require.Equal(t, bonafide.ReferralOver, held.Code)
			w.issuer.tell(func() { w.issuer.silent, w.issuer.outcomes = false, nil })
			bob.redeems(w.issuer.refer(nil)) // another may take its place
			w.clock.Move(time.Hour)
			w.runDue()
			w.runDue()
			require.ElementsMatch(t, []bonafide.OutcomeEvent{bonafide.Ended, bonafide.Redeemed}, w.issuer.told())
		})
	}
}

// What can't be told is told later, signed anew under the same identity, across restarts.
// BF-REDEEM-14
func TestOutcomeIsToldAgain(t *testing.T) {
	for name, fail := range map[string]func(*fakeIssuer){
		"away":            func(f *fakeIssuer) { f.silent = true },
		"busy":            func(f *fakeIssuer) { f.problem = bonafide.RateLimited },
		"without our key": func(f *fakeIssuer) { f.problem = bonafide.UnknownKey },
		"our keys bad":    func(f *fakeIssuer) { f.problem = bonafide.BadKeySet },
		"our site moved":  func(f *fakeIssuer) { f.problem = bonafide.AddressRefused },
		"our site broken": func(f *fakeIssuer) { f.problem = bonafide.BadMetadata },
		"cut off from us": func(f *fakeIssuer) { f.problem = bonafide.Unreachable },
		"over its budget": func(f *fakeIssuer) { f.problem = bonafide.FetchBudget },
		"broken":          func(f *fakeIssuer) { f.problem = bonafide.Internal },
		"another answer":  func(f *fakeIssuer) { f.standing.State = "perhaps" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			w.browser("bob").redeems(w.issuer.refer(nil))
			w.issuer.tell(func() { fail(w.issuer) })
			w.runDue()
			told := w.issuer.outcomes
			w.start()
			w.issuer.tell(func() { w.issuer.silent, w.issuer.problem = false, "" })
			w.issuer.stands(bonafide.ReferralConfirmed, w.clock.Now().Add(day))
			w.runDue()
			require.Len(t, w.issuer.outcomes, len(told), "not at once")
			w.clock.Move(time.Minute)
			w.runDue()
			require.Len(t, w.issuer.outcomes, len(told)+1)
			for _, o := range told {
				require.Equal(t, o.ID, w.issuer.outcomes[len(told)].ID)
			}
			require.Equal(t, []int{1}, w.referred("bob"))
		})
	}
}

// Two who tell the same at once, such as servers on one store, put it off once.
func TestOutcomeToldTwiceAtOnce(t *testing.T) {
	for name, answer := range map[string]bonafide.Code{"pending": "", "busy": bonafide.RateLimited} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			w.browser("bob").redeems(w.issuer.refer(nil))
			w.issuer.tell(func() {
				w.issuer.problem = answer
				w.issuer.heard = func() {
					w.issuer.heard = nil
					w.issuer.mu.Unlock() // the second is answered before the first
					defer w.issuer.mu.Lock()
					w.runDue()
				}
			})
			w.runDue()
			require.Len(t, w.issuer.outcomes, 2)
			w.clock.Move(time.Minute)
			w.runDue()
			require.Len(t, w.issuer.outcomes, 3)
		})
	}
}

// What the issuer refuses for good isn't told again. A redemption that it refuses can't be confirmed.
// BF-REDEEM-12, BF-REDEEM-14
func TestOutcomeRefused(t *testing.T) {
	w := newReferralWorld(t)
	w.issuer.tell(func() { w.issuer.problem = bonafide.UnknownReferral })
	w.browser("bob").redeems(w.issuer.refer(nil))
	w.runDue()
	held := w.held("bob").Referrals[0]
	require.Equal(t, bonafide.ReferralEnded, held.State)
	require.Equal(t, bonafide.ReferralOver, held.Code)
	require.Equal(t, bonafide.UnknownReferral, held.Refused)
	bob := w.browser("bob")
	bob.page = true
	require.Contains(t, bob.get("/referrals").body, w.issuer.origin.Host()+": “"+bonafide.UnknownReferral.Meaning().Sentence.EN)
	w.issuer.told()

	w.issuer.tell(func() { w.issuer.problem = "" })
	confirmed := w.confirmed("carol")
	w.issuer.tell(func() { w.issuer.problem = bonafide.OutcomeRefused })
	w.fault(theft("carol", "case-1", w.clock.Now()))
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault}, w.issuer.told())
	w.clock.Move(day)
	w.runDue()
	require.Empty(t, w.issuer.told())
	held = w.held("carol").Referrals[0]
	require.Equal(t, bonafide.OutcomeRefused, held.Refused)
	require.Equal(t, confirmed.Until, held.Until)
	require.Equal(t, []int{1}, w.referred("carol"), "what was confirmed counts on")
}

// An outcome that can't be told in 60 days is given up.
//
// BF-REDEEM-14
func TestOutcomeGivenUp(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	w.fault(theft("bob", "case-1", w.clock.Now()))
	w.issuer.tell(func() { w.issuer.problem = bonafide.RateLimited })
	for range 59 {
		w.clock.Move(day)
		w.runDue()
	}
	require.Len(t, w.held("bob").Referrals[0].Outcomes, 1)
	w.issuer.tell(func() { w.issuer.outcomes, w.issuer.silent = nil, true })
	w.clock.Move(day)
	w.runDue()
	require.Empty(t, w.held("bob").Referrals[0].Outcomes)
}

// An answer to a question that is no longer asked settles nothing else.
func TestReferralEndedWhileAsked(t *testing.T) {
	w := newReferralWorld(t)
	bob := w.browser("bob")
	bob.redeems(w.issuer.refer(nil))
	w.issuer.tell(func() {
		w.issuer.heard = func() {
			w.issuer.heard = nil
			bob.post("/referrals/" + w.held("bob").Referrals[0].ID + "/end")
			w.issuer.standing = bonafide.ReferralAnswer{State: bonafide.ReferralConfirmed, Until: bonafide.SecondsOf(w.clock.Now().Add(day))}
		}
	})
	w.runDue()
	require.Equal(t, bonafide.ReferralEnded, w.held("bob").Referrals[0].State)
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Redeemed, bonafide.Ended}, w.issuer.told())
}

func theft(account, id string, occurred time.Time) verifier.Fault {
	at := bonafide.SecondsOf(occurred)
	return verifier.Fault{Mechanism: "member", Account: account, ID: id, Class: "theft", Occurred: at, Reported: at}
}

func (w *world) fault(f verifier.Fault) {
	w.t.Helper()
	require.NoError(w.t, w.config.Store.Update(w.t.Context(), func(tx store.Tx) error { return w.FaultFinal(tx, f) }))
}

func (w *world) reverse(f verifier.Fault) {
	w.t.Helper()
	require.NoError(w.t, w.config.Store.Update(w.t.Context(), func(tx store.Tx) error { return w.FaultReversed(tx, f) }))
}

// A final fault is told once, under the issuer's name of its class and under a name of its own; so is its
// reversal.
// BF-REDEEM-15
func TestReferralFault(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	w.clock.Move(time.Hour)
	f := theft("bob", "case-of-bob", w.clock.Now())
	w.fault(f)
	w.fault(f)
	w.runDue()
	require.Len(t, w.issuer.outcomes, 1)
	told := w.issuer.outcomes[0]
	require.Equal(t, bonafide.OutcomeFault, told.Event)
	require.Equal(t, "fraud", told.Class)
	require.Equal(t, f.Occurred, told.Occurred)
	require.NotContains(t, told.Fault, "bob")
	require.Equal(t, []int{1}, w.referred("bob"), "a fault ends nothing")

	w.fault(f)
	w.reverse(f)
	w.reverse(f)
	w.clock.Move(time.Minute)
	w.runDue()
	require.Len(t, w.issuer.outcomes, 2)
	require.Equal(t, bonafide.FaultReversed, w.issuer.outcomes[1].Event)
	require.Equal(t, told.Fault, w.issuer.outcomes[1].Fault)
}

// Only what was committed while the referral counted is told, and only what its terms name.
// BF-REDEEM-16
func TestReferralFaultNotTold(t *testing.T) {
	for name, change := range map[string]func(w *world, f *verifier.Fault){
		"before it was confirmed": func(_ *world, f *verifier.Fault) { f.Occurred-- },
		"class not named":         func(_ *world, f *verifier.Fault) { f.Class = "late" },
		"another mechanism":       func(_ *world, f *verifier.Fault) { f.Mechanism = "reader" },
		"another account":         func(_ *world, f *verifier.Fault) { f.Account = "carol" },
		"a week after its end": func(w *world, f *verifier.Fault) {
			w.clock.Move(time.Hour)
			w.browser("bob").post("/referrals/" + w.held("bob").Referrals[0].ID + "/end")
			w.runDue()
			w.issuer.told()
			w.clock.Move(7 * day)
			f.Occurred = bonafide.SecondsOf(w.clock.Now())
			f.Reported = f.Occurred
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			w.confirmed("bob")
			f := theft("bob", "case-1", w.clock.Now())
			change(w, &f)
			w.fault(f)
			w.reverse(f)
			w.runDue()
			require.Empty(t, w.issuer.told())
		})
	}
}

// Ending a referral doesn't keep its issuer from being told what was committed before, or within the week after.
// BF-REDEEM-16
func TestReferralFaultBeforeTheEnd(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	w.clock.Move(time.Hour)
	w.browser("bob").post("/referrals/" + w.held("bob").Referrals[0].ID + "/end")
	f := theft("bob", "case-1", w.clock.Now().Add(7*day-time.Second))
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Ended}, w.issuer.told())
	w.clock.Move(200 * day)
	w.runDue()
	w.fault(f)
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault}, w.issuer.told())
}

// A reversal is never told before its fault, however long that takes.
// BF-REDEEM-14
func TestOutcomesKeepTheirOrder(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	f := theft("bob", "case-1", w.clock.Now())
	w.fault(f)
	w.issuer.tell(func() { w.issuer.problem = bonafide.RateLimited })
	w.runDue()
	w.clock.Move(time.Second)
	w.reverse(f)
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault}, w.issuer.told())
	w.issuer.tell(func() { w.issuer.problem = "" })
	w.clock.Move(time.Minute)
	w.runDue()
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault, bonafide.FaultReversed}, w.issuer.told())
}

// Who erases their account leaves what must still be told, without them in it; and a reversal is told even so.
// BF-REDEEM-15, BF-REDEEM-17
func TestReferralErased(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob-the-account")
	w.issuer.stands(bonafide.ReferralPending, time.Time{})
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-dave" })
	w.browser("carol-the-account").redeems(w.issuer.refer(nil))
	f := theft("bob-the-account", "case-1", w.clock.Now())
	w.fault(f)
	require.Len(t, w.held("bob-the-account").Referrals[0].Outcomes, 1)
	for _, account := range []string{"bob-the-account", "carol-the-account"} {
		w.browser(account).post("/standing/erase")
		require.Empty(t, w.held(account).Referrals)
		require.Empty(t, w.referred(account))
	}
	require.NoError(t, w.config.Store.View(t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			require.NotContains(t, string(key)+string(value), "-the-account")
			require.NotContains(t, string(key)+string(value), "Bob of the market")
			return true, nil
		})
	}))
	w.runDue()
	w.runDue()
	require.ElementsMatch(t, []bonafide.OutcomeEvent{bonafide.OutcomeFault, bonafide.Ended, bonafide.Ended}, w.issuer.told())
	w.reverse(f)
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.FaultReversed}, w.issuer.told())
	w.clock.Move(364 * day)
	w.runDue()
	w.runDue()
	require.Equal(t, 2, w.referralRows(), "the mechanism, and who answered for Bob")
	w.clock.Move(day)
	w.runDue()
	w.runDue()
	require.Equal(t, 1, w.referralRows(), "the mechanism alone")
}
