package vouching_test

import (
	"fmt"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// held tells of Bob, who earned 400 and whom Alice, Dave and Erin hold with 60 points each.
func held(t *testing.T) *story {
	s := tell(t)
	for _, voucher := range []string{"alice", "dave", "erin"} {
		s.earn(voucher, 1200)
		s.vouch(voucher, "bob", 2, 60)
	}
	s.earn("bob", 400)
	s.wait(day)
	return s
}

// Bob stands behind four puppets as lightly as he can, and has each commit the worst fault, so that those
// behind him lose all.
func TestAttackByTinyVouches(t *testing.T) {
	s := held(t)
	require.Equal(t, bonafide.StakeTooSmall, s.refused(vouch("bob", "puppet", 1, 1)))
	for i := range 4 {
		puppet := fmt.Sprint("puppet", i)
		s.vouch("bob", puppet, 1, 10)
		s.fault(puppet, "fraud")
	}
	require.Equal(t, map[string]int64{"bob": 40, "alice": 8, "dave": 8, "erin": 8}, s.charges())
}

// Dave also stands behind Carol, with little, so that what reaches him by Bob is taken for charged.
func TestAttackByShielding(t *testing.T) {
	s := held(t)
	s.vouch("bob", "carol", 1, 160)
	s.vouch("dave", "carol", 1, 10)
	s.fault("carol", "half")
	require.Equal(t, map[string]int64{"bob": 80, "alice": 20, "dave": 20, "erin": 20}, s.charges())
}

// Mallory slips, which costs Alice one point, so that those for whom her capacity just reached stand
// alone.
func TestAttackByUncovering(t *testing.T) {
	s := tell(t)
	s.earn("alice", 1000)
	s.vouch("alice", "mallory", 1, 10)
	last := s.vouch("alice", "bob", 2, 490)
	covered := func() bool {
		v, _ := s.state().Vouch(last)
		return v.Covered
	}
	require.True(t, covered())
	s.fault("mallory", "slip")
	alice := s.state().Member("alice")
	require.Equal(t, int64(1), alice.Charged)
	require.Equal(t, 3, alice.OwnLevel, "a point costs no level")
	require.False(t, covered())
	s.wait(vouching.Periods * vouching.Period)
	require.True(t, covered(), "within a year it has healed")

	s.wait(-vouching.Periods * vouching.Period)
	s.earn("alice", 1)
	require.True(t, covered(), "and sooner if she earns as much")
}

// Mallory stands behind many puppets, or often behind one friend, so as to have a good record when
// the time comes for bad ones.
func TestAttackOnTheRecord(t *testing.T) {
	s := tell(t)
	s.earn("mallory", 3000)
	s.earn("friend", 100)
	for i := range 50 {
		s.vouch("mallory", fmt.Sprint("puppet", i), 1, 10)
	}
	for range 3 {
		id := s.vouch("mallory", "friend", 1, 10)
		s.wait(100 * day)
		s.withdraw(id)
		s.wait(vouching.Notice)
	}
	brake := s.state().Brake("mallory")
	require.Equal(t, 1, brake.Good, "the friend, once; puppets earned nothing")
	require.Equal(t, 1500-500, int(brake.Room))
	s.fault("puppet7", "slip")
	require.Equal(t, vouching.Brake{Good: 1, Bad: 1, Room: 1499*5/6 - 500}, s.state().Brake("mallory"))
}

// Mallory's losses have met their ceiling, so that whatever is put up and lost now costs nothing more.
func TestAttackBeyondTheCeiling(t *testing.T) {
	s := tell(t)
	s.earn("mallory", 400)
	rounds := 0
	for ; ; rounds++ {
		m := s.state().Member("mallory")
		puppet := fmt.Sprint("puppet", rounds)
		room := m.Capacity - m.Lent
		if s.refused(vouch("mallory", puppet, 1, max(room, 10))) != "" {
			break
		}
		s.vouch("mallory", puppet, 1, room)
		s.fault(puppet, "fraud")
		require.Equal(t, bonafide.BeyondCapacity, s.refused(vouch("mallory", "other", 1, 10)), "what burned still takes its room")
		s.withdraw(s.events[len(s.events)-2].ID)
		s.wait(vouching.Notice)
	}
	m := s.state().Member("mallory")
	require.LessOrEqual(t, rounds, 4, "each time there is less to lend")
	require.Equal(t, int64(200), m.Borne)
	require.LessOrEqual(t, m.Charged, m.Earned)
}

// An issuer reports, or rules, when nobody remembers; a member waits until the vouch has run out.
func TestAttackOnTheClock(t *testing.T) {
	s := tell(t)
	s.earn("alice", 1000)
	s.vouch("alice", "bob", 1, 60)
	s.wait(vouching.Life - 1)
	occurred := s.now
	f := vouching.Event{Kind: vouching.KindFault, Member: "bob", Class: "fraud", Occurred: occurred, Reported: occurred + vouching.ReportWithin}
	s.wait(vouching.ReportWithin + 74*day + 1)
	require.Equal(t, bonafide.FaultLate, s.refused(f))
	late := f
	late.Reported++
	require.Equal(t, bonafide.FaultLate, s.refused(late))
	s.wait(-1)
	require.Empty(t, s.refused(f))
	s.add(f)
	require.Equal(t, map[string]int64{"alice": 60}, s.charges(), "it was live when the fault occurred")
}

// Mallory brings somebody to stand behind her on the day of her fault, after it.
func TestAttackOnTheSameDay(t *testing.T) {
	s := tell(t)
	for _, voucher := range []string{"alice", "bob", "carol"} {
		s.earn(voucher, 1000)
	}
	s.vouch("alice", "mallory", 1, 60)
	s.wait(60)
	s.vouch("bob", "mallory", 1, 60)
	s.fault("mallory", "fraud")
	s.wait(1)
	s.vouch("carol", "mallory", 1, 60)
	s.wait(day)
	require.Equal(t, map[string]int64{"alice": 60, "bob": 60}, s.charges())
}
