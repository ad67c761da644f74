package vouching_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// historyOf is a story with a vouch "v" of Ann for Bob, a referral "r" of hers and a fault "f" of Bob, on the day
// before now.
func historyOf(t *testing.T) *story {
	s := tell(t)
	s.earn("ann", 1000)
	v := vouch("ann", "bob", 1, 60)
	v.ID = "v"
	s.add(v)
	s.add(vouching.Event{Kind: vouching.KindRefer, ID: "r", Voucher: "ann", Site: elsewhere, Stake: 60})
	s.add(vouching.Event{Kind: vouching.KindFault, ID: "f", Member: "bob", Class: "half", Occurred: s.now, Reported: s.now})
	s.wait(day)
	return s
}

// One event that can't be part of any history has the whole refused, also if it is dated later than the instant.
// BF-VOUCH-46, BF-VOUCH-47
func TestHistoryRefusedAsAWhole(t *testing.T) {
	good := vouch("ann", "cyd", 1, 60)
	fault := vouching.Event{Kind: vouching.KindFault, Member: "bob", Class: "fraud", Occurred: start, Reported: start}
	referral := vouching.Event{Kind: vouching.KindRefer, Voucher: "ann", Site: elsewhere, Stake: 60}
	for name, c := range map[string]struct {
		of     vouching.Event
		change func(e *vouching.Event)
		code   bonafide.Code
	}{
		"kind missing":        {good, func(e *vouching.Event) { e.Kind = "" }, bonafide.UnknownKind},
		"stake missing":       {good, func(e *vouching.Event) { e.Stake = 0 }, bonafide.StakeTooSmall},
		"stake too small":     {good, func(e *vouching.Event) { e.Stake = 9 }, bonafide.StakeTooSmall},
		"stake too large":     {good, func(e *vouching.Event) { e.Stake = bonafide.MaxPoints + 1 }, bonafide.BadValue},
		"self":                {good, func(e *vouching.Event) { e.Vouchee, e.AcceptedBy = "ann", "ann" }, bonafide.SelfVouch},
		"accepted_by missing": {good, func(e *vouching.Event) { e.AcceptedBy = "" }, bonafide.NotAccepted},
		"vouchee missing":     {good, func(e *vouching.Event) { e.Vouchee = "" }, bonafide.BadValue},
		"level missing":       {good, func(e *vouching.Event) { e.Level = 0 }, bonafide.BadValue},
		"level too high":      {good, func(e *vouching.Event) { e.Level = 4 }, bonafide.BadValue},
		"another's field":     {good, func(e *vouching.Event) { e.Class = "half" }, bonafide.BadValue},
		"site missing":        {referral, func(e *vouching.Event) { e.Site = "" }, bonafide.BadOrigin},
		"class missing":       {fault, func(e *vouching.Event) { e.Class = "" }, bonafide.BadValue},
		"class unknown":       {fault, func(e *vouching.Event) { e.Class = "rude" }, bonafide.UnknownClass},
		"occurred missing":    {fault, func(e *vouching.Event) { e.Occurred = 0 }, bonafide.BadValue},
		"reported missing":    {fault, func(e *vouching.Event) { e.Reported = 0 }, bonafide.FaultDisordered},
		"reported late":       {fault, func(e *vouching.Event) { e.Occurred -= vouching.ReportWithin + 1 }, bonafide.FaultLate},
	} {
		for when, at := range map[string]bonafide.Seconds{"now": 0, "later": 30 * day} {
			s := historyOf(t)
			e := c.of
			e.ID, e.At = "new", s.now+at
			c.change(&e)
			_, err := vouching.Evaluate(parameters(), append(s.events, e), s.now)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%s, %s", name, when)
		}
	}
	for name, at := range map[string]bonafide.Seconds{"too early": 0, "too late": 1<<40 + 1} {
		_, err := vouching.Evaluate(parameters(), []vouching.Event{{Kind: vouching.KindSuspend, ID: "x", At: at, Member: "ann"}}, start)
		require.Equal(t, bonafide.BadValue, bonafide.CodeOf(err), name)
	}
	s := historyOf(t)
	other := vouching.Event{Kind: vouching.KindSuspend, ID: "v", At: s.now, Member: "bob"}
	_, err := vouching.Evaluate(parameters(), append(s.events, other), s.now)
	require.Equal(t, bonafide.EventConflict, bonafide.CodeOf(err))
	other.At++
	_, err = vouching.Evaluate(parameters(), append(s.events, other), s.now)
	require.NoError(t, err, "ids are compared among what counts by then")
}

// What would be refused as new for what came before it is part of a history nevertheless.
// BF-VOUCH-48
func TestHistoryTaken(t *testing.T) {
	with := func(at bonafide.Seconds, e vouching.Event) *vouching.State {
		t.Helper()
		s := historyOf(t)
		e.ID, e.At = "new", s.now+at
		state, err := vouching.Evaluate(parameters(), append(s.events, e), s.now)
		require.NoError(t, err)
		before, err := vouching.Evaluate(parameters(), s.events, s.now)
		require.NoError(t, err)
		require.Error(t, before.Refuse(e), "it would be refused as new")
		return state
	}
	s := with(0, vouching.Event{Kind: vouching.KindFault, Member: "bob", Class: "half", Occurred: start, Reported: start})
	require.Equal(t, int64(60), s.Member("ann").Charged, "fault-twice: both charge")

	s = with(0, vouch("ann", "cyd", 1, 900))
	v, _ := s.Vouch("new")
	require.Equal(t, []any{bonafide.Code(""), true, false}, []any{v.Void, v.Live, v.Covered}, "beyond capacity and brake: it is live, and not covered")
	require.Equal(t, int64(1020), s.Member("ann").Lent)

	s = with(0, vouching.Event{Kind: vouching.KindOutcome, Referral: "r", Class: "slip", Points: 50, Occurred: start, Reported: start})
	require.Equal(t, int64(80), s.Member("ann").Charged, "an outcome above its bound: as told")

	still := historyOf(t).state().Member("ann")
	for name, e := range map[string]vouching.Event{
		"a withdrawal of nothing":  {Kind: vouching.KindWithdraw, Vouch: "none"},
		"a reversal of nothing":    {Kind: vouching.KindReverse, Fault: "none"},
		"an outcome about nothing": {Kind: vouching.KindOutcome, Referral: "none", Class: "half", Points: 5, Occurred: start, Reported: start},
	} {
		require.Equal(t, still, with(0, e).Member("ann"), name)
	}
	s = with(0, vouch("ann", "bob", 1, 60))
	v, _ = s.Vouch("new")
	require.Equal(t, bonafide.VouchTwice, v.Void)

	s = with(-2*day, vouching.Event{Kind: vouching.KindWithdraw, Vouch: "v"})
	v, _ = s.Vouch("v")
	require.Equal(t, start+6*day, v.Ends, "a withdrawal from before its vouch counts from its own date")
	s = with(-8*day, vouching.Event{Kind: vouching.KindWithdraw, Vouch: "v"})
	v, _ = s.Vouch("v")
	require.Equal(t, []any{bonafide.Code(""), false}, []any{v.Void, v.Live}, "and may so have it never live")
	require.Empty(t, v.Charges)
}
