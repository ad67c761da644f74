package vouching_test

import (
	"fmt"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// One small world for each rule.

func TestCoverOrder(t *testing.T) {
	s := tell(t)
	s.earn("alice", 300) // lends 150
	s.add(vouching.Event{Kind: vouching.KindVouch, ID: "b", Voucher: "alice", Vouchee: "bob", AcceptedBy: "bob", Level: 1, Stake: 100})
	s.add(vouching.Event{Kind: vouching.KindVouch, ID: "a", Voucher: "alice", Vouchee: "carol", AcceptedBy: "carol", Level: 1, Stake: 60})
	s.wait(day)
	s.add(vouching.Event{Kind: vouching.KindVouch, ID: "0", Voucher: "alice", Vouchee: "dave", AcceptedBy: "dave", Level: 1, Stake: 10})
	covered := map[string]bool{}
	for _, v := range s.state().Member("alice").Given {
		covered[v.ID] = v.Covered
	}
	// At one instant the smaller id goes first; the first that doesn't fit ends the list.
	require.Equal(t, map[string]bool{"a": true, "b": false, "0": false}, covered)
}

func TestTies(t *testing.T) {
	s := tell(t)
	s.earn("alice", 1000)
	for _, between := range []string{"x", "y"} {
		s.earn(between, 1000)
		s.vouch("alice", between, 1, 60)
		s.vouch(between, "carol", 1, 80)
	}
	s.vouch("alice", "carol", 1, 20)
	id := s.fault("carol", "half")
	f, _ := s.state().Fault(id)
	require.Equal(t, 1, f.Charges[0].Hop, "10 by each of three ways: the nearer hop")

	s = tell(t)
	s.add(vouching.Event{Kind: vouching.KindVouch, ID: "z", Voucher: "alice", Vouchee: "x", AcceptedBy: "x", Level: 1, Stake: 60})
	s.add(vouching.Event{Kind: vouching.KindVouch, ID: "w", Voucher: "alice", Vouchee: "y", AcceptedBy: "y", Level: 1, Stake: 60})
	s.vouch("x", "carol", 1, 80)
	s.vouch("y", "carol", 1, 80)
	id = s.fault("carol", "half")
	f, _ = s.state().Fault(id)
	require.Equal(t, "w", f.Charges[0].Vouch, "then the smallest id")
	require.Len(t, f.Charges, 3)
}

func TestHealing(t *testing.T) {
	s := tell(t)
	s.earn("bob", 500)
	s.vouch("alice", "bob", 1, 30)
	s.fault("bob", "half")
	for days, left := range map[int64][2]int64{0: {15, 50}, 29: {15, 50}, 30: {14, 46}, 60: {13, 42}, 359: {2, 5}, 360: {0, 0}, 2000: {0, 0}} {
		state := evaluate(t, s.events, s.now+bonafide.Seconds(days)*day)
		require.Equal(t, left, [2]int64{state.Member("alice").Charged, state.Member("bob").Lost}, days)
	}
	alice := s.state().Member("alice")
	require.Equal(t, s.now+vouching.Period, alice.Next)
	require.Equal(t, s.now+360*day, alice.Given[0].Charges[0].HealedBy)
}

func TestWithdrawal(t *testing.T) {
	for name, c := range map[string]struct {
		withdrawn, occurred, reported bonafide.Seconds // days
		attested                      bool
		charged                       bool
	}{
		"never withdrawn":                     {0, 10, 10, false, true},
		"fault during notice":                 {10, 12, 12, false, true},
		"fault after notice":                  {10, 17, 17, false, false},
		"reported after it took effect":       {10, 9, 18, false, false},
		"reported when it took effect":        {10, 9, 17, false, true},
		"reported late, date attested":        {10, 9, 18, true, true},
		"withdrawn on the day of the report":  {10, 9, 10, false, true},
		"withdrawn after the report":          {11, 9, 10, false, true},
		"it was old age that ended the vouch": {360, 350, 380, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			id := s.vouch("alice", "bob", 1, 30)
			if c.withdrawn > 0 {
				s.add(vouching.Event{Kind: vouching.KindWithdraw, At: start + c.withdrawn*day, Vouch: id})
			}
			s.now += c.reported * day
			s.add(vouching.Event{Kind: vouching.KindFault, Member: "bob", Class: "half", Occurred: start + c.occurred*day, Reported: s.now, Attested: c.attested})
			require.Equal(t, c.charged, s.charges()["alice"] > 0)
		})
	}
}

func TestLifeOfAVouch(t *testing.T) {
	s := tell(t)
	id := s.vouch("alice", "bob", 1, 30)
	s.now--
	_, found := s.state().Vouch(id)
	require.False(t, found)
	s.now++
	for at, live := range map[bonafide.Seconds]bool{start: true, start + vouching.Life - 1: true, start + vouching.Life: false} {
		v, _ := evaluate(t, s.events, at).Vouch(id)
		require.Equal(t, live, v.Live)
	}
	s.wait(day)
	s.withdraw(id)
	for at, live := range map[bonafide.Seconds]bool{s.now + vouching.Notice - 1: true, s.now + vouching.Notice: false} {
		v, _ := evaluate(t, s.events, at).Vouch(id)
		require.Equal(t, live, v.Live)
	}
}

func TestDepth(t *testing.T) {
	s := tell(t)
	s.vouch("d", "c", 1, 400)
	s.vouch("c", "b", 1, 400)
	s.vouch("b", "a", 1, 400)
	s.vouch("a", "b", 1, 400) // back to the person at fault
	s.fault("a", "fraud")
	require.Equal(t, map[string]int64{"b": 400, "c": 100}, s.charges())
}

func TestLeastCharges(t *testing.T) {
	s := tell(t)
	s.vouch("b", "a", 1, 10)
	s.vouch("c", "b", 1, 10)
	s.fault("a", "slip")
	require.Equal(t, map[string]int64{"b": 1}, s.charges(), "at least a point at hop 1, none of it at hop 2")
}

func TestLimits(t *testing.T) {
	s := tell(t)
	for i := range vouching.MaxReceived + 1 {
		s.vouch(fmt.Sprintf("v%02d", i), "bob", 1, 10)
	}
	s.earn("alice", 10_000)
	for i := range vouching.MaxGiven + 1 {
		s.vouch("alice", fmt.Sprintf("w%02d", i), 1, 10)
	}
	state := s.state()
	require.Equal(t, bonafide.VoucheeFull, state.Member("v32").Given[0].Void)
	require.Len(t, state.Member("bob").Received, vouching.MaxReceived)
	given := state.Member("alice").Given
	require.Equal(t, bonafide.VoucherFull, given[vouching.MaxGiven].Void)
	require.Len(t, state.Behind("alice"), vouching.MaxGiven)

	s.withdraw(given[0].ID)
	s.wait(vouching.Notice)
	require.Empty(t, s.refused(vouch("alice", "w64", 1, 10)), "what was void is as if it had never been")
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		earned, lost, charged int64
		level                 int
	}{
		{99, 0, 0, 0}, {100, 0, 0, 1}, {299, 0, 0, 1}, {300, 0, 0, 2}, {3000, 0, 0, 4},
		{300, 0, 30, 2}, {300, 0, 31, 1}, {349, 50, 0, 1}, {350, 50, 0, 2}, {100, 0, 50, 0}, {3000, 0, 400, 3},
	} {
		s := tell(t)
		s.earn("alice", c.earned)
		if c.lost > 0 {
			s.fault("alice", "half")
		}
		if c.charged > 0 {
			s.vouch("alice", "bob", 1, c.charged)
			s.fault("bob", "fraud")
		}
		require.Equal(t, c.level, s.state().Member("alice").OwnLevel, c)
	}
}

func TestSupport(t *testing.T) {
	for name, c := range map[string]struct {
		earned, stake int64
		level         int
		supports      int
	}{
		"all":                {1000, 30, 2, 2},
		"offered less":       {1000, 30, 1, 1},
		"stake for less":     {1000, 29, 2, 1},
		"own level for less": {300, 30, 2, 1},
		"own level too low":  {299, 30, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			for _, voucher := range []string{"alice", "dave"} {
				s.earn(voucher, c.earned)
				s.vouch(voucher, "bob", c.level, c.stake)
			}
			bob := s.state().Member("bob")
			require.Equal(t, c.supports, bob.Received[0].Supports)
			require.Equal(t, c.supports, bob.VouchedLevel)
		})
	}
	s := tell(t)
	s.earn("alice", 1000)
	s.vouch("alice", "bob", 1, 60)
	require.Zero(t, s.state().Member("bob").VouchedLevel, "one is not enough")
}

func TestSuspension(t *testing.T) {
	s := held(t)
	level := func() int { return s.state().Member("bob").VouchedLevel }
	s.suspend("alice")
	require.Zero(t, s.state().Member("alice").Level)
	require.Equal(t, 2, level(), "two others are enough")
	s.suspend("dave")
	require.Zero(t, level())
	require.Equal(t, bonafide.MemberSuspended, s.refused(vouch("dave", "carol", 1, 10)))
	s.fault("bob", "half")
	require.Equal(t, map[string]int64{"alice": 30, "dave": 30, "erin": 30}, s.charges(), "who is suspended goes on to answer")
	s.restore("dave")
	require.True(t, s.state().Member("dave").Suspended, "at one instant, the suspension holds")
	s.wait(1)
	s.restore("dave")
	require.Equal(t, 2, level())
	s.suspend("bob")
	require.Zero(t, s.state().Member("bob").Level)
}

func TestBrake(t *testing.T) {
	s := tell(t)
	s.earn("alice", 1000)
	s.earn("good", 100)
	s.vouch("alice", "good", 1, 10)
	s.vouch("alice", "bad", 1, 10)
	s.wait(vouching.ProvenAfter - 1)
	require.Equal(t, vouching.Brake{Room: 480}, s.state().Brake("alice"))
	s.wait(1)
	require.Equal(t, vouching.Brake{Good: 1, Room: 480}, s.state().Brake("alice"))
	f := s.fault("bad", "half")
	s.wait(1)
	require.Equal(t, vouching.Brake{Good: 1, Bad: 1, Room: 497*5/6 - 20}, s.state().Brake("alice"))
	require.Empty(t, s.refused(vouch("alice", "new", 1, 394)))
	require.Equal(t, bonafide.VouchBrake, s.refused(vouch("alice", "new", 1, 395)))
	require.Equal(t, bonafide.BeyondCapacity, s.refused(vouch("alice", "new", 1, 478)))
	s.reverse(f)
	require.Equal(t, vouching.Brake{Good: 1, Room: 480}, s.state().Brake("alice"))
}

func TestRisk(t *testing.T) {
	s := tell(t)
	s.earn("alice", 1000)
	s.vouch("alice", "bob", 1, 60)
	require.Equal(t, vouching.Risk{Points: 40, OwnLevel: 3, OwnLevelAfter: 3}, s.state().Risk("alice", 40))
	require.Equal(t, vouching.Risk{Points: 41, OwnLevel: 3, OwnLevelAfter: 2}, s.state().Risk("alice", 41))
	s.fault("bob", "half")
	require.Equal(t, vouching.Risk{Points: 40, OwnLevel: 3, OwnLevelAfter: 3}, s.state().Risk("alice", 40))
	require.Equal(t, vouching.Risk{Points: 470, OwnLevel: 3, OwnLevelAfter: 2}, s.state().Risk("alice", 900))
}
