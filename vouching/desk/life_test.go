package desk_test

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// A voucher withdraws with a week's notice, and the record stays a year.
// BF-DESK-10, BF-DESK-15, BF-DESK-17
func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.vouch("alice", "bob", 2, 60)
	requireCode(t, bonafide.UnknownVouch, w.Withdraw(t.Context(), account("bob").ID, id))
	requireCode(t, bonafide.UnknownVouch, w.Withdraw(t.Context(), account("alice").ID, "none"))
	require.Equal(t, map[bonafide.Code]int{"": 1, bonafide.VouchOver: 99}, atOnce(func(int) error {
		return w.Withdraw(t.Context(), account("alice").ID, id)
	}))
	require.Equal(t, 1, w.ledgered(vouching.KindWithdraw))
	given := w.view("alice").Given[0]
	require.Equal(t, []any{desk.NoticeGiven, w.seconds(), w.seconds() + 7*vouching.Day}, []any{given.State, given.Withdrawn, given.Ends})
	require.Equal(t, desk.NoticeGiven, w.view("bob").Received[0].State)

	w.wait(7 * day)
	require.Empty(t, w.view("bob").Received)
	alices := w.view("alice")
	require.Empty(t, alices.Given)
	require.Equal(t, []any{desk.Ended, "Bob"}, []any{alices.Past[0].State, alices.Past[0].Person.Name})
	require.NotZero(t, alices.Past[0].Reports)
	w.wait(181 * day)
	require.Zero(t, w.view("alice").Past[0].Reports, "too late to report anything")
	w.wait(183 * day)
	require.Len(t, w.view("alice").Past, 1)
	require.Contains(t, w.dump(), "Bob")
	w.wait(day)
	require.Empty(t, w.view("alice").Past)
	require.NotRegexp(t, `\bBob\b`, w.dump(), "the names are gone")
}

// A vouch stays on record as long as it costs anything.
// BF-DESK-17
func TestRecordOutlivesCharges(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.vouch("alice", "bob", 2, 60)
	w.wait((365 + 179) * day)
	w.fault("bob", "half", 180*day)
	healed := w.seconds() + 360*vouching.Day
	require.Equal(t, []desk.Charge{{Direct: true, Amount: 30, Final: w.seconds(), HealedBy: healed}}, w.view("alice").Past[0].Charges)
	w.wait(359 * day)
	require.Len(t, w.view("alice").Past, 1)
	require.Contains(t, w.dump(), "Bob")
	w.wait(day)
	require.Empty(t, w.view("alice").Past)
	require.NotRegexp(t, `\bBob\b`, w.dump())
}

// Each charge tells what it cost, whose fault it was for, and by when it heals; a friend of a friend isn't named.
// BF-DESK-11, BF-DESK-12
func TestWhatFaultsCost(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("dave", 1000)
	w.earn("erin", 1200)
	for _, voucher := range []string{"alice", "dave", "erin"} {
		w.vouch(voucher, "bob", 2, 60)
	}
	w.earn("bob", 400)
	w.vouch("bob", "carol", 1, 40)
	w.vouch("dave", "carol", 1, 15)
	w.fault("carol", "half", 0)

	alices := w.view("alice")
	healed := w.seconds() + 360*vouching.Day
	require.Equal(t, []desk.Charge{{Amount: 5, Final: w.seconds(), HealedBy: healed}}, alices.Given[0].Charges)
	require.Equal(t, []int64{60, 5, 55}, []int64{alices.Given[0].Stake, alices.Given[0].Burned, alices.Given[0].Remaining})
	require.Equal(t, []desk.Charge{{Direct: true, Amount: 20, Final: w.seconds(), HealedBy: healed}}, w.view("bob").Given[0].Charges)
	require.Equal(t, 1, w.view("bob").Bad)
	require.EqualValues(t, 50, w.view("carol").Losses[0].Points)
	require.NotContains(t, w.get("alice", "/vouches").Body.String(), "Carol")
	page := w.get("bob", "/vouches").Body.String()
	require.Contains(t, page, "20 points for a fault of that person, final on 22 November 2026.")
	require.Contains(t, page, "You have all of it back by 17 November 2027.")
	require.Contains(t, page, "It is less for now")

	w.wait(180 * day)
	require.EqualValues(t, 10, w.view("bob").Given[0].Charges[0].Healed)
}

// The brake and the capacity are told before anything is put up.
// BF-DESK-1, BF-VOUCH-45
func TestWeighing(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	weighing, err := w.WeighAnswer(t.Context(), account("alice").ID, id, 2, 60)
	require.NoError(t, err)
	require.Equal(t, vouching.Risk{Points: 60, OwnLevel: 3, OwnLevelAfter: 3}, weighing.Risk)
	require.Equal(t, []int64{520, 0, 520}, []int64{weighing.Capacity, weighing.Lent, weighing.Brake.Room})
	require.Equal(t, []any{2, 2, w.seconds() + vouching.Life}, []any{weighing.Supports, weighing.Needs(), weighing.Ends})
	require.NoError(t, w.Answer(t.Context(), account("alice"), id, 2, 60))

	weighing, err = w.WeighOffer(t.Context(), account("alice").ID, "trade", 3, 100)
	require.NoError(t, err)
	require.Equal(t, vouching.Risk{Points: 100, OwnLevel: 3, OwnLevelAfter: 2}, weighing.Risk, "160 of 1040 are over a tenth of 1000")
	require.Equal(t, 2, weighing.Supports, "one's own level must be above")
	require.EqualValues(t, 60, weighing.Lent)
	w.fault("bob", "fraud", 0)
	weighing, err = w.WeighOffer(t.Context(), account("alice").ID, "trade", 1, 10)
	require.NoError(t, err)
	require.Equal(t, vouching.Brake{Bad: 1, Room: 490*4/5 - 60}, weighing.Brake)
	_, err = w.WeighOffer(t.Context(), account("alice").ID, "trade", 1, 490*4/5-59)
	requireCode(t, bonafide.VouchBrake, err)
}

// What is put up behind people at other sites counts as lent, and is shown apart.
// BF-DESK-11
func TestReferralsAreShownApart(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.vouch("alice", "bob", 2, 60)
	kept, err := w.issuer.Ledger("trade")
	require.NoError(t, err)
	require.NoError(t, w.store.Update(t.Context(), func(tx store.Tx) error {
		_, err := kept.Add(tx, w.seconds(), vouching.Event{
			Kind: vouching.KindRefer, ID: "r", At: w.seconds(), Voucher: account("alice").ID, Site: "https://outils.example", Stake: 100,
		})
		return err
	}))
	alices := w.view("alice")
	require.Len(t, alices.Given, 1)
	require.Equal(t, []int64{160, 100, 360}, []int64{alices.Lent, alices.Elsewhere, alices.Room})
	alice := w.browse("alice", "en")
	alice.open("/vouches")
	require.Contains(t, alice.text(), "100 points of it are behind people at other sites. See those")
	requireCode(t, bonafide.UnknownVouch, w.Withdraw(t.Context(), account("alice").ID, "r"))
}

// What a referral cost is told as of a vouch, to the member and to the administrator.
// BF-DESK-11
func TestReferralsCharges(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	kept, err := w.issuer.Ledger("trade")
	require.NoError(t, err)
	add := func(e vouching.Event) {
		t.Helper()
		e.At = w.seconds()
		require.NoError(t, w.store.Update(t.Context(), func(tx store.Tx) error {
			_, err := kept.Add(tx, w.seconds(), e)
			return err
		}))
	}
	add(vouching.Event{Kind: vouching.KindRefer, ID: "r", Voucher: account("alice").ID, Site: "https://outils.example", Stake: 100})
	since := w.seconds()
	w.wait(3 * 24 * time.Hour)
	add(vouching.Event{Kind: vouching.KindOutcome, ID: "o", Referral: "r", Class: "half", Points: 50, Occurred: since + 1, Reported: since + 2})
	want := desk.Referral{
		ID: "r", Site: "https://outils.example", Stake: 100, Burned: 50, Remaining: 50, Since: since, Ends: since + vouching.Life, State: desk.Live,
		Charges: []desk.Charge{{Direct: true, Amount: 50, Final: w.seconds(), HealedBy: w.seconds() + vouching.Periods*vouching.Period}},
	}
	require.Equal(t, []desk.Referral{want}, w.view("alice").Referrals)
	view, err := bonafide.Parse[desk.View](w.get("alice", "/vouches.json").Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, []desk.Referral{want}, view.Mechanisms[0].Referrals)
	w.wait(3 * 365 * 24 * time.Hour)
	require.Empty(t, w.view("alice").Referrals, "long over")
}

// A new version of a mechanism without terms ends no vouch, but nothing new is given.
func TestTermsGone(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.vouch("alice", "bob", 2, 60)
	w.ask("carol", "alice")
	code := w.offer("alice", 2, 60)
	w.publish(func(m *bonafide.Mechanism) { m.Vouching = nil })

	require.Equal(t, desk.Live, w.view("alice").Given[0].State)
	require.Equal(t, http.StatusOK, w.get("alice", "/vouches").Code)
	page := w.get("alice", "/vouches").Body.String()
	require.Contains(t, page, "/vouches/ask?mechanism=union")
	require.NotContains(t, page, "/vouches/ask?mechanism=trade")
	require.NotContains(t, page, "/vouches/offer\"", "Alice has earned nothing under the other")
	requireCode(t, bonafide.NoVouching, w.Accept(t.Context(), account("dave"), code))
	require.Equal(t, bonafide.NoVouching, sent(t, w.get("dave", "/vouches/offers/"+code)))
	requireCode(t, bonafide.NoVouching, w.Ask(t.Context(), account("bob"), "trade", w.badge("alice"), "Again."))
	require.NoError(t, w.Withdraw(t.Context(), account("alice").ID, id))
	w.wait((365 + 365) * day)
	require.Empty(t, w.dump())
}
