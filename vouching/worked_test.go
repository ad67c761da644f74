package vouching_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// carol tells the worked example of the spec up to Carol's fault, whose id it returns.
func carol(t *testing.T) (*story, string) {
	s := tell(t)
	s.earn("alice", 1040)
	s.earn("dave", 1000)
	s.earn("erin", 1200)
	for _, voucher := range []string{"alice", "dave", "erin"} {
		s.vouch(voucher, "bob", 2, 60)
	}
	bob := s.state().Member("bob")
	require.Equal(t, []any{0, 2, 2, bonafide.Vouched}, []any{bob.OwnLevel, bob.VouchedLevel, bob.Level, bob.Kind})

	s.wait(day)
	s.earn("bob", 400)
	s.vouch("bob", "carol", 1, 40)
	s.vouch("dave", "carol", 1, 15)
	require.Equal(t, 1, s.state().Member("carol").Level)
	require.Equal(t, bonafide.Vouched, s.state().Member("carol").Kind)

	s.wait(day)
	return s, s.fault("carol", "half")
}

func TestWorkedExample(t *testing.T) {
	s, fault := carol(t)
	require.Equal(t, map[string]int64{"bob": 20, "dave": 8, "alice": 5, "erin": 5}, s.charges())
	state := s.state()
	for member, want := range map[string]vouching.Member{
		"alice": {Earned: 1040, Charged: 5, Borne: 5, Score: 1035, OwnLevel: 3, Level: 3, Capacity: 517, Lent: 60},
		"bob":   {Earned: 400, Charged: 20, Borne: 20, Score: 380, OwnLevel: 2, VouchedLevel: 2, Level: 2, Capacity: 190, Lent: 40},
		"carol": {Lost: 50},
		"dave":  {Earned: 1000, Charged: 8, Borne: 8, Score: 992, OwnLevel: 3, Level: 3, Capacity: 496, Lent: 75},
		"erin":  {Earned: 1200, Charged: 5, Borne: 5, Score: 1195, OwnLevel: 3, Level: 3, Capacity: 597, Lent: 60},
	} {
		got := state.Member(member)
		want.ID, want.Kind, want.Next = member, got.Kind, got.Next
		want.Given, want.Received, want.Losses = got.Given, got.Received, got.Losses
		require.Equal(t, want, got)
	}
	daves := state.Member("dave").Given[1]
	require.Equal(t, []int64{15, 8, 7}, []int64{daves.Stake, daves.Burned, daves.Remaining})
	require.Zero(t, daves.Supports, "its remaining 7 is under 10")

	s.wait(6 * vouching.Period)
	half := s.state()
	for member, charged := range map[string]int64{"bob": 10, "dave": 4, "alice": 3, "erin": 3} {
		require.Equal(t, charged, half.Member(member).Charged, member) // ⌊5·6/12⌋ = 2 of 5 have healed
	}
	require.Zero(t, half.Member("carol").Level, "a burned stake doesn't heal")

	s.reverse(fault)
	restored := s.state()
	require.Empty(t, s.charges())
	require.Equal(t, 1, restored.Member("carol").Level)
	require.Zero(t, restored.Member("carol").Lost)
	for _, member := range []string{"alice", "bob", "dave", "erin"} {
		m := restored.Member(member)
		require.Zero(t, m.Charged, member)
		require.Equal(t, m.Earned, m.Score, member)
	}
}

// The same story in a ledger, as a server would live through it.
func TestWorkedExampleAsItHappens(t *testing.T) {
	s, fault := carol(t)
	l, err := vouching.New(parameters(), start)
	require.NoError(t, err)
	var touched []string
	for _, e := range s.events {
		l.Advance(e.At)
		require.NoError(t, l.Refuse(e), e.ID)
		touched, err = l.Add(e)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"alice", "bob", "carol", "dave", "erin"}, touched)
	require.Equal(t, []string{"bob", "carol"}, l.Behind("dave"))
	require.Equal(t, s.now+vouching.Period, l.Next())
	touched, err = l.Add(vouching.Event{Kind: vouching.KindReverse, ID: "r", At: s.now, Fault: fault})
	require.NoError(t, err)
	require.Equal(t, []string{"alice", "bob", "carol", "dave", "erin"}, touched)
	require.Equal(t, 1, l.Member("carol").Level)
}
