package vouching_test

import (
	"fmt"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// referrer is Alice, who earned 1000, with a referral of some stake.
func referrer(t *testing.T, stake int64) (s *story, referral string) {
	s = tell(t)
	s.earn("alice", 1000)
	return s, s.refer("alice", stake)
}

// A referral uses up capacity as a vouch does, and names and supports nobody here.
func TestReferral(t *testing.T) {
	s, referral := referrer(t, 300)
	s.wait(day)
	s.vouch("alice", "bob", 1, 190)
	uncovered := s.vouch("alice", "carol", 1, 100)
	state := s.state()
	alice := state.Member("alice")
	require.Equal(t, int64(590), alice.Lent)
	require.Equal(t, start+vouching.Life, alice.Next)
	require.Equal(t, vouching.Vouch{
		ID: referral, Voucher: "alice", Site: elsewhere, Stake: 300, Remaining: 300,
		Accepted: start, Ends: start + vouching.Life, Live: true, Covered: true,
	}, alice.Given[0])
	v, _ := state.Vouch(uncovered)
	require.False(t, v.Covered)
	require.Equal(t, []string{"alice", "bob", "carol"}, state.Members())
	require.Equal(t, []string{"bob", "carol"}, state.Behind("alice"))
	require.Equal(t, bonafide.BeyondCapacity, s.refused(refer("alice", 10)))
	require.Empty(t, s.state().Member("").Received, "nobody is the one without an id")
}

func TestReferralsFillTheList(t *testing.T) {
	s := tell(t)
	s.earn("alice", 10_000)
	for i := range vouching.MaxGiven {
		if i%2 == 0 {
			s.refer("alice", 10)
		} else {
			s.vouch("alice", fmt.Sprintf("w%02d", i), 1, 10)
		}
	}
	require.Equal(t, bonafide.VoucherFull, s.refused(refer("alice", 10)))
	require.Equal(t, bonafide.VoucherFull, s.refused(vouch("alice", "x", 1, 10)))
	s.refer("alice", 10)
	given := s.state().Member("alice").Given
	require.Equal(t, bonafide.VoucherFull, given[vouching.MaxGiven].Void)
}

func TestOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		withdrawn, occurred, reported bonafide.Seconds // days
		charged                       bool
	}{
		"at the first instant":                {0, 0, 0, true},
		"within the year":                     {0, 364, 400, true},
		"after 365 days":                      {0, 365, 365, false},
		"before the confirmation":             {0, -1, 3, false},
		"during notice":                       {10, 16, 16, true},
		"after notice":                        {10, 17, 17, false},
		"reported after notice took effect":   {10, 9, 18, false},
		"reported when notice took effect":    {10, 9, 17, true},
		"withdrawn after the report":          {11, 9, 10, true},
		"it was old age that ended liability": {360, 350, 380, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, referral := referrer(t, 60)
			s.earn("zoe", 1000)
			s.vouch("zoe", "alice", 1, 60)
			if c.withdrawn > 0 {
				s.add(vouching.Event{Kind: vouching.KindWithdraw, At: start + c.withdrawn*day, Vouch: referral})
			}
			s.now += 600 * day
			e := outcome(referral, "half", 25, start+c.occurred*day, start+c.reported*day)
			e.At = e.Reported + 100*day
			s.add(e)
			want := map[string]int64{}
			if c.charged {
				want["alice"] = 25
			}
			require.Equal(t, want, s.charges())
			require.Zero(t, s.state().Member("alice").Lost)
		})
	}
}

func TestOutcomeHealsAndIsReversed(t *testing.T) {
	s, referral := referrer(t, 60)
	id := s.outcome(referral, "half")
	f, found := s.state().Fault(id)
	require.True(t, found)
	require.Equal(t, vouching.Fault{
		ID: id, Referral: referral, Class: "half", Occurred: start, Reported: start, Final: start,
		Charges: []vouching.Charge{{Fault: id, Vouch: referral, Member: "alice", Hop: 1, Amount: 30, HealedBy: start + 360*day}},
	}, f)
	require.Equal(t, vouching.Brake{Bad: 1, Room: 485*4/5 - 60}, s.state().Brake("alice"))
	s.wait(60 * day)
	alice := s.state().Member("alice")
	require.Equal(t, int64(25), alice.Charged)
	require.Equal(t, int64(30), alice.Given[0].Burned, "what burned doesn't heal")
	s.wait(300 * day)
	require.Zero(t, s.state().Member("alice").Charged)
	s.reverse(id)
	require.Equal(t, int64(60), s.state().Member("alice").Given[0].Remaining)
}

func TestOutcomePoints(t *testing.T) {
	s, first := referrer(t, 150)
	s.add(vouching.Event{Kind: vouching.KindRefer, ID: "other", Voucher: "alice", Site: "https://atelier.example", Stake: 10})
	points := func(referral, class string) int64 {
		points, err := s.state().OutcomePoints(referral, class)
		require.NoError(t, err)
		return points
	}
	require.Equal(t, int64(75), points(first, "half"))
	require.Equal(t, int64(2), points(first, "slip"), "rounded up")
	require.Equal(t, int64(1), points("other", "slip"), "at least a point")
	require.Equal(t, int64(100), points(first, "fraud"), "a tenth of what was earned")

	early := s.outcome(first, "half")
	s.wait(day)
	require.Equal(t, int64(25), points(first, "fraud"), "what is left of the tenth")
	s.add(vouching.Event{Kind: vouching.KindRefer, ID: "third", Voucher: "alice", Site: "https://atelier.example", Stake: 90})
	require.Equal(t, int64(90), points("third", "fraud"), "another site has its own tenth")
	s.outcome(first, "fraud")
	require.Zero(t, points(first, "half"))
	second := s.refer("alice", 150)
	require.Zero(t, points(second, "half"), "the same site")

	s.wait(364 * day)
	require.Equal(t, int64(50), points(first, "fraud"), "a year after the first: all that hasn't burned")
	require.Equal(t, int64(75), points(second, "fraud"))
	s.reverse(early)
	require.Equal(t, int64(75), points(first, "fraud"))

	s.earn("alice", 1000)
	require.Equal(t, int64(125), points(first, "fraud"))
	for code, of := range map[bonafide.Code][2]string{
		bonafide.UnknownReferral: {"none", "half"}, bonafide.UnknownClass: {first, "typo"},
	} {
		_, err := s.state().OutcomePoints(of[0], of[1])
		require.Equal(t, code, bonafide.CodeOf(err))
	}
}

// Supporters from other sites count beside those here; one alone is never enough.
func TestReferredSupporters(t *testing.T) {
	for name, c := range map[string]struct {
		needed    int // for level 1; one more for level 2
		here      []int
		elsewhere []int
		level     int
	}{
		"two here":                      {2, []int{1, 1}, nil, 1},
		"one here, one elsewhere":       {2, []int{1}, []int{1}, 1},
		"two elsewhere":                 {2, nil, []int{1, 3}, 1},
		"one elsewhere alone":           {2, nil, []int{3}, 0},
		"alone though one is enough":    {1, nil, []int{3}, 0},
		"one here, one being enough":    {1, []int{1}, nil, 1},
		"each for its level":            {1, []int{2}, []int{1}, 1},
		"both for the level above":      {1, []int{2}, []int{2}, 2},
		"two elsewhere for level 2":     {1, nil, []int{2, 2}, 2},
		"elsewhere for none":            {1, nil, []int{0, 0}, 0},
		"one of two elsewhere for none": {1, nil, []int{0, 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			for i, level := range c.here {
				s.earn(fmt.Sprint(i), 1000)
				s.vouch(fmt.Sprint(i), "bob", level, 30)
			}
			p := parameters()
			p.Supporters = []int{c.needed, c.needed + 1, 3}
			state, err := vouching.Evaluate(p, s.events, s.now)
			require.NoError(t, err)
			require.Equal(t, c.level, state.Member("bob", c.elsewhere...).VouchedLevel)
			require.Zero(t, s.state().Member("bob").OwnLevel)
		})
	}
	s := tell(t)
	s.suspend("bob")
	require.Zero(t, s.state().Member("bob", 3, 3, 3).Level, "a suspended member has none")
}

func TestReferralRefusals(t *testing.T) {
	s, referral := referrer(t, 100)
	ofBob := s.vouch("alice", "bob", 1, 10)
	s.wait(10 * day)
	earlier := s.outcome(referral, "half")
	reversed := s.outcome(referral, "slip")
	s.reverse(reversed)
	s.wait(300 * day)
	s.suspend("zoe")
	e := func(change func(e *vouching.Event)) vouching.Event {
		e := outcome(referral, "half", 5, s.now-3, s.now-2)
		e.At = s.now
		change(&e)
		return e
	}
	with := func(e vouching.Event, change func(e *vouching.Event)) vouching.Event {
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		event vouching.Event
		code  bonafide.Code
	}{
		"a referral":                   {refer("alice", 60), ""},
		"without a site":               {with(refer("alice", 60), func(e *vouching.Event) { e.Site = "" }), bonafide.BadOrigin},
		"to an address":                {with(refer("alice", 60), func(e *vouching.Event) { e.Site = "https://outils.example/" }), bonafide.BadOrigin},
		"by nobody":                    {refer("", 60), bonafide.BadValue},
		"for a member":                 {with(refer("alice", 60), func(e *vouching.Event) { e.Vouchee = "bob" }), bonafide.BadValue},
		"at a level":                   {with(refer("alice", 60), func(e *vouching.Event) { e.Level = 1 }), bonafide.BadValue},
		"under the least stake":        {refer("alice", 9), bonafide.StakeTooSmall},
		"no stake":                     {refer("alice", 0), bonafide.StakeTooSmall},
		"too great a stake":            {refer("alice", bonafide.MaxPoints+1), bonafide.BadValue},
		"beyond the capacity":          {refer("alice", 450), bonafide.BeyondCapacity},
		"beyond the brake":             {refer("alice", 300), bonafide.VouchBrake},
		"while suspended":              {refer("zoe", 10), bonafide.MemberSuspended},
		"dated back":                   {with(refer("alice", 60), func(e *vouching.Event) { e.At = s.now - 1 }), bonafide.BadValue},
		"withdrawal of a referral":     {vouching.Event{Kind: vouching.KindWithdraw, Vouch: referral}, ""},
		"an outcome":                   {e(func(*vouching.Event) {}), ""},
		"of points above the most":     {e(func(e *vouching.Event) { e.Points = 51 }), bonafide.BadValue},
		"of points below 0":            {e(func(e *vouching.Event) { e.Points = -1 }), bonafide.BadValue},
		"of nothing":                   {e(func(e *vouching.Event) { e.Referral = "" }), bonafide.BadValue},
		"of an unknown referral":       {e(func(e *vouching.Event) { e.Referral = "none" }), bonafide.UnknownReferral},
		"of a vouch":                   {e(func(e *vouching.Event) { e.Referral = ofBob }), bonafide.UnknownReferral},
		"of an unknown class":          {e(func(e *vouching.Event) { e.Class = "typo" }), bonafide.UnknownClass},
		"of a member":                  {e(func(e *vouching.Event) { e.Member = "bob" }), bonafide.BadValue},
		"attested":                     {e(func(e *vouching.Event) { e.Attested = true }), bonafide.BadValue},
		"reported before it occurred":  {e(func(e *vouching.Event) { e.Reported = e.Occurred - 1 }), bonafide.FaultDisordered},
		"final before it was reported": {e(func(e *vouching.Event) { e.At = e.Reported - 1 }), bonafide.FaultDisordered},
		"reported late":                {e(func(e *vouching.Event) { e.Occurred = e.Reported - 180*day - 1 }), bonafide.FaultLate},
		"final at the last instant":    {e(func(e *vouching.Event) { e.Reported, e.Occurred = s.now-178*day, s.now-178*day }), ""},
		"final late":                   {e(func(e *vouching.Event) { e.Reported, e.Occurred = s.now-178*day-1, s.now-178*day-1 }), bonafide.FaultLate},
		"reversal of an outcome":       {vouching.Event{Kind: vouching.KindReverse, Fault: earlier}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.event.ID = "new"
			if c.event.At == 0 {
				c.event.At = s.now
			}
			require.Equal(t, c.code, bonafide.CodeOf(s.state().Refuse(c.event)))
		})
	}
}

func TestSameOutcomeTwice(t *testing.T) {
	s, referral := referrer(t, 100)
	first := s.outcome(referral, "half")
	require.NoError(t, s.state().Refuse(s.events[len(s.events)-1]), "the same event is nothing new")
	again := outcome(referral, "half", 1, start, start)
	require.Equal(t, bonafide.FaultTwice, s.refused(again))
	require.Empty(t, s.refused(outcome(referral, "slip", 1, start, start)), "another class")
	s.reverse(first)
	require.Empty(t, s.refused(again))
}
