package refer_test

import (
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

// BF-REFER-13, BF-REFER-14
func TestRedeemedIsAskedOfTheVoucher(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	o := w.there.redeemed(id, "Bob")
	pending := bonafide.ReferralAnswer{State: bonafide.ReferralPending}
	require.Equal(t, pending, w.told(id, o))
	require.Equal(t, pending, w.told(id, o), "the same outcome")
	require.Equal(t, pending, w.told(id, w.there.redeemed(id, "Bob")), "the same person")
	w.refused(bonafide.ReferralUsed, w.there.redeemed(id, "Mallory"))
	page := w.ask("GET", "/vouches/elsewhere", "alice")
	require.Contains(t, page.body, "“<bdi>Bob</bdi>” used your link. Is that whom you meant?")

	require.NoError(t, w.Confirm(t.Context(), "alice", id))
	until := w.instant() + vouching.Life
	require.Equal(t, bonafide.ReferralAnswer{State: bonafide.ReferralConfirmed, Until: until}, w.told(id, o))
	w.wait(day)
	require.NoError(t, w.Confirm(t.Context(), "alice", id), "confirming twice changes nothing")
	require.Equal(t, until, w.told(id, o).Until)
	requireCode(t, bonafide.ReferralOver, w.Decline(t.Context(), "alice", id))
}

// BF-REFER-4, BF-REFER-6, BF-REFER-8
func TestDeclinedCountsForNothing(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	o := w.there.redeemed(id, "Bob")
	requireCode(t, bonafide.ReferralOver, w.Decline(t.Context(), "alice", id))
	w.told(id, o)
	requireCode(t, bonafide.UnknownReferral, w.Decline(t.Context(), "bob", id))
	requireCode(t, bonafide.UnknownReferral, w.Confirm(t.Context(), "bob", id))
	requireCode(t, bonafide.UnknownReferral, w.Withdraw(t.Context(), "bob", id))
	require.NoError(t, w.Decline(t.Context(), "alice", id))
	require.NoError(t, w.Decline(t.Context(), "alice", id))
	require.Equal(t, bonafide.ReferralAnswer{State: bonafide.ReferralDeclined}, w.told(id, o))
	requireCode(t, bonafide.ReferralOver, w.Confirm(t.Context(), "alice", id))
	kept, _ := w.kept(id)
	require.True(t, w.revoked(kept.Entry))
	lent, _ := w.lent("alice")
	require.Zero(t, lent)
}

// BF-REFER-8
func TestConfirmationIsRefusedOnceTheLevelFell(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	w.told(id, w.there.redeemed(id, "Bob"))
	report := court.Report{ID: "own", Mechanism: slug, Member: "alice", Class: "fraud", Occurred: w.instant() - 1, Words: "She kept the money."}
	_, err := w.court.Report(t.Context(), report)
	require.NoError(t, err)
	w.wait(14 * day)
	kept, _ := w.kept(id)
	require.True(t, w.revoked(kept.Entry))
	requireCode(t, bonafide.ReferralOver, w.Confirm(t.Context(), "alice", id))
}

// BF-REFER-11
func TestForeignOutcomesCauseNoTraffic(t *testing.T) {
	w := newWorld(t)
	stranger := newElsewhere(w, "stranger")
	id := w.refers("alice", 60)
	asked := w.there.asked()
	before := w.records()
	for name, token := range map[string]string{
		"an unknown referral": w.there.seal(w.there.redeemed("invented", "Bob")),
		"somebody else's":     stranger.seal(stranger.redeemed(id, "Bob")),
	} {
		a := w.ask("POST", "/outcomes", "", "outcome", token)
		require.Equal(t, bonafide.UnknownReferral, a.code, name)
	}
	require.Zero(t, stranger.asked())
	require.Equal(t, asked, w.there.asked())
	require.Equal(t, before, w.records())
}

// BF-REFER-12, BF-OUTCOME-1, BF-OUTCOME-2, BF-OUTCOME-3
func TestBadOutcomesAreRefused(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(o *bonafide.Outcome)
		code   bonafide.Code
	}{
		"another audience": {func(o *bonafide.Outcome) { o.Audience = "https://livres.example" }, bonafide.WrongAudience},
		"another issuer":   {func(o *bonafide.Outcome) { o.Issuer = "https://livres.example" }, bonafide.WrongIssuer},
		"expired":          {func(o *bonafide.Outcome) { o.IssuedAt -= 61 * 86_400; o.Expires -= 61 * 86_400 }, bonafide.Expired},
		"too short":        {func(o *bonafide.Outcome) { o.Expires = o.IssuedAt + 86_400 }, bonafide.BadValue},
		"a foreign field":  {func(o *bonafide.Outcome) { o.Fault = "f" }, bonafide.BadValue},
	} {
		t.Run(name, func(t *testing.T) {
			o := w.there.redeemed(id, "Bob")
			c.change(&o)
			w.refused(c.code, o)
		})
	}
	t.Run("another key", func(t *testing.T) {
		before := w.there.sealer
		w.there.sealer = w.there.sealing(key)
		w.refused(bonafide.UnknownKey, w.there.redeemed(id, "Bob"))
		w.there.sealer = before
	})
	for name, token := range map[string]string{"no token": "", "another type": func() string {
		token, err := w.there.sealer.Seal(t.Context(), bonafide.TypeRuling, w.there.redeemed(id, "Bob"))
		require.NoError(t, err)
		return token
	}()} {
		require.Contains(t, []bonafide.Code{bonafide.BadToken, bonafide.WrongType}, w.ask("POST", "/outcomes", "", "outcome", token).code, name)
	}
}

// BF-DESK-11, BF-REFER-13, BF-REFER-15, BF-REFER-18
func TestFaultThereIsHeardHere(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.wait(day)
	o := w.there.fault(id, "case/7 <b>", "half")
	require.Equal(t, bonafide.ReferralConfirmed, w.told(id, o).State)
	require.Equal(t, bonafide.ReferralConfirmed, w.told(id, o).State)
	w.told(id, w.there.fault(id, "case/7 <b>", "fraud")) // once per (referral, fault)
	cases, err := w.court.Cases(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, cases, 1)
	require.Equal(t, []any{"alice", "half", id, o.Occurred, o.Reported, court.StateReported},
		[]any{cases[0].Member, cases[0].Class, cases[0].Referral, cases[0].Occurred, cases[0].ReportedThere, cases[0].State})
	_, charged := w.lent("alice")
	require.Zero(t, charged, "nothing before the member was heard")

	w.wait(14 * day)
	_, charged = w.lent("alice")
	require.Equal(t, int64(30), charged)
	page := w.ask("GET", "/vouches/elsewhere/"+id, "alice")
	require.Contains(t, page.body, "It has cost you 30 points. The fault of that person became final on 7 December 2026. You have all of it back by 2 December 2027.")

	require.Equal(t, bonafide.ReferralConfirmed, w.told(id, w.there.reversed(id, "case/7 <b>")).State)
	w.told(id, w.there.reversed(id, "case/7 <b>"))
	_, charged = w.lent("alice")
	require.Zero(t, charged)
	w.told(id, o)
	w.wait(14 * day)
	_, charged = w.lent("alice")
	require.Zero(t, charged, "told again, what was reversed doesn't come back")
}

// BF-REFER-18
func TestPendingFaultIsReversed(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.told(id, w.there.fault(id, "f", "half"))
	w.told(id, w.there.reversed(id, "f"))
	w.wait(14 * day)
	_, charged := w.lent("alice")
	require.Zero(t, charged)
}

// BF-REFER-9, BF-REFER-16, BF-REFER-17, BF-REFER-18, BF-OUTCOME-4
func TestFaultsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config func(*refer.Config)
		change func(w *world, o *bonafide.Outcome)
		code   bonafide.Code
	}{
		"not believed":         {func(c *refer.Config) { c.Believes = nil }, nil, bonafide.OutcomeRefused},
		"another class":        {nil, func(_ *world, o *bonafide.Outcome) { o.Class = "theft" }, bonafide.UnknownClass},
		"before it counted":    {nil, func(_ *world, o *bonafide.Outcome) { o.Occurred -= 86_400 }, bonafide.FaultLate},
		"not over yet":         {nil, func(_ *world, o *bonafide.Outcome) { o.Occurred++ }, bonafide.NotYetValid},
		"reported before":      {nil, func(_ *world, o *bonafide.Outcome) { o.Reported = o.Occurred - 1 }, bonafide.FaultDisordered},
		"of the last second":   {nil, func(w *world, o *bonafide.Outcome) { at(w, o, vouching.Life-1) }, ""},
		"after a year":         {nil, func(w *world, o *bonafide.Outcome) { at(w, o, vouching.Life) }, bonafide.FaultLate},
		"within the notice":    {nil, func(w *world, o *bonafide.Outcome) { withdraw(w, o); at(w, o, vouching.Notice-1) }, ""},
		"after the notice":     {nil, func(w *world, o *bonafide.Outcome) { withdraw(w, o); at(w, o, vouching.Notice) }, bonafide.FaultLate},
		"a reversal of nought": {nil, func(w *world, o *bonafide.Outcome) { *o = w.there.reversed(o.Referral, "f") }, bonafide.UnknownFault},
	} {
		t.Run(name, func(t *testing.T) {
			if c.config == nil {
				c.config = func(*refer.Config) {}
			}
			w := newWorld(t, c.config)
			id := w.confirmed()
			o := w.there.fault(id, "f", "half")
			if c.change != nil {
				c.change(w, &o)
			}
			if c.code == "" {
				w.told(id, o)
				return
			}
			w.refused(c.code, o)
		})
	}
}

// at lets the fault occur so long after the confirmation or the withdrawal, which was a second ago, and tells it
// a second later.
func at(w *world, o *bonafide.Outcome, after bonafide.Seconds) {
	w.wait(time.Duration(after) * time.Second)
	*o = w.there.fault(o.Referral, o.Fault, o.Class)
}

func withdraw(w *world, o *bonafide.Outcome) {
	require.NoError(w, w.Withdraw(w.Context(), "alice", o.Referral))
	w.wait(time.Second)
}

// BF-REFER-16
func TestFaultOfWhatWasNeverConfirmedIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	w.refused(bonafide.ReferralOver, w.there.fault(id, "f", "half"))
	w.told(id, w.there.redeemed(id, "Bob"))
	w.refused(bonafide.ReferralOver, w.there.fault(id, "f", "half"))
	require.NoError(t, w.Decline(t.Context(), "alice", id))
	w.refused(bonafide.ReferralOver, w.there.fault(id, "f", "half"))
}

// A site whose word isn't taken learns nothing else, and of what was never confirmed nothing told is looked at.
// BF-REFER-20
func TestFaultsAreLookedAtInOrder(t *testing.T) {
	bad := func(w *world, id string) bonafide.Outcome {
		o := w.there.fault(id, "f", "theft")
		o.Occurred -= 86_400
		return o
	}
	w := newWorld(t, func(c *refer.Config) { c.Believes = nil })
	w.refused(bonafide.OutcomeRefused, bad(w, w.refers("alice", 60)))
	w = newWorld(t)
	w.refused(bonafide.ReferralOver, bad(w, w.refers("alice", 60)))
	w.refused(bonafide.UnknownClass, bad(w, w.confirmed()))
}

// BF-REFER-21
func TestSameFaultUnderAnotherIDIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	o := w.there.fault(id, "f", "half")
	w.told(id, o)
	o.ID, o.Fault = o.ID+"-2", "g"
	w.refused(bonafide.FaultTwice, o)
	w.told(id, w.there.reversed(id, "f"))
	w.told(id, o)
	cases, err := w.court.Cases(t.Context(), court.StateReported)
	require.NoError(t, err)
	require.Len(t, cases, 1)
}

// BF-VOUCH-43
func TestOneSiteCostsAtMostTheStakeAndATenth(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	other := w.refers("alice", 90)
	w.told(other, w.there.redeemed(other, "Carol"))
	require.NoError(t, w.Confirm(t.Context(), "alice", other))
	w.wait(time.Minute)
	for _, o := range []bonafide.Outcome{
		w.there.fault(id, "one", "fraud"), w.there.fault(id, "two", "half"), w.there.fault(other, "three", "fraud"),
	} {
		w.told(o.Referral, o)
	}
	w.wait(14 * day)
	_, charged := w.lent("alice")
	require.Equal(t, int64(104), charged, "a tenth of 1040, rather than 60 + 90")
}

// BF-REFER-6, BF-REFER-9, BF-REFER-13
func TestEndedThereIsAWithdrawal(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	o := w.there.outcome(id, bonafide.Ended)
	require.Equal(t, bonafide.ReferralAnswer{State: bonafide.ReferralEnded}, w.told(id, o))
	require.Equal(t, bonafide.ReferralEnded, w.told(id, o).State)
	kept, _ := w.kept(id)
	require.True(t, w.revoked(kept.Entry))
	lent, _ := w.lent("alice")
	require.Equal(t, int64(60), lent)
	w.wait(7 * day)
	lent, _ = w.lent("alice")
	require.Zero(t, lent)
}

// BF-REFER-13
func TestOutcomesAtOnceHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	token := w.there.seal(w.there.fault(id, "f", "half"))
	w.wait(time.Minute) // the quota is a site's, per second
	answers := make([]answer, 90)
	var all sync.WaitGroup
	for n := range answers {
		all.Go(func() { answers[n] = w.ask("POST", "/outcomes", "", "outcome", token) })
	}
	all.Wait()
	for _, a := range answers {
		require.Equal(t, answers[0], a)
		require.Equal(t, 200, a.status, a.body)
	}
	cases, err := w.court.Cases(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, cases, 1)
	w.wait(14 * day)
	_, charged := w.lent("alice")
	require.Equal(t, int64(30), charged)
}

// BF-REFER-12
func TestOutcomesOfASiteAreBounded(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	token := w.there.seal(w.there.redeemed(id, "Bob"))
	for range 100 {
		require.Equal(t, 200, w.ask("POST", "/outcomes", "", "outcome", token).status)
	}
	require.Equal(t, bonafide.RateLimited, w.ask("POST", "/outcomes", "", "outcome", token).code)
	w.wait(time.Second)
	require.Equal(t, 200, w.ask("POST", "/outcomes", "", "outcome", token).status)
}
