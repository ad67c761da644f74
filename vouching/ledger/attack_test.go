package ledger_test

import (
	"fmt"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
	"github.com/stretchr/testify/require"
)

// story is what happens, one thing after the other, in a ledger of its own. It is one of the attacks that the pure
// rules are shown to withstand in package vouching.
type story struct {
	*testing.T
	store  store.Store
	ledger *ledger.Ledger
	now    bonafide.Seconds
	earned map[string]int64
	faults []string
	events int
}

func tell(t *testing.T) *story {
	s := &story{T: t, store: openStore(t), now: start, earned: map[string]int64{}}
	s.ledger = ledger.New("quality", parameters(), func(_ store.Reader, member string) (int64, bool, error) {
		return s.earned[member], false, nil
	})
	return s
}

func (s *story) wait(d bonafide.Seconds) { s.now += d }

// add adds an event that happens now.
func (s *story) add(e vouching.Event) string {
	s.Helper()
	s.events++
	e.ID, e.At = fmt.Sprintf("e%03d", s.events), s.now
	require.NoError(s, s.store.Update(s.Context(), func(tx store.Tx) error {
		_, err := s.ledger.Add(tx, s.now, e)
		return err
	}))
	return e.ID
}

func (s *story) vouch(voucher, vouchee string, level int, stake int64) string {
	s.Helper()
	return s.add(vouchNow(voucher, vouchee, level, stake))
}

func vouchNow(voucher, vouchee string, level int, stake int64) vouching.Event {
	e := vouch("", voucher, vouchee, 0)
	e.Level, e.Stake = level, stake
	return e
}

// fault is one that occurs now, and is reported and final a second later.
func (s *story) fault(member, class string) {
	s.Helper()
	s.wait(1)
	s.faults = append(s.faults, s.add(vouching.Event{Kind: vouching.KindFault, Member: member, Class: class, Occurred: s.now - 1, Reported: s.now}))
}

func (s *story) read(fn func(r store.Reader) error) {
	s.Helper()
	require.NoError(s, s.store.View(s.Context(), fn))
}

// refused returns the code with which an event would be refused now.
func (s *story) refused(e vouching.Event) (code bonafide.Code) {
	e.ID, e.At = "new", s.now
	s.read(func(r store.Reader) error {
		code = bonafide.CodeOf(s.ledger.Refuse(r, s.now, e))
		return nil
	})
	return code
}

func (s *story) around(member string) (state *vouching.State) {
	s.read(func(r store.Reader) (err error) {
		state, err = s.ledger.Around(r, s.now, member)
		return err
	})
	return state
}

func (s *story) member(id string) vouching.Member { return s.around(id).Member(id) }

// covered tells whether a vouch is.
func (s *story) covered(id string) (covered bool) {
	s.read(func(r store.Reader) error {
		v, _, err := s.ledger.Vouch(r, s.now, id)
		covered = v.Covered
		return err
	})
	return covered
}

// charges returns what all faults charge, by who bears it.
func (s *story) charges() map[string]int64 {
	sum := map[string]int64{}
	s.read(func(r store.Reader) error {
		for _, id := range s.faults {
			f, _, err := s.ledger.Fault(r, s.now, id)
			if err != nil {
				return err
			}
			for _, c := range f.Charges {
				sum[c.Member] += c.Amount
			}
		}
		return nil
	})
	return sum
}

// bobHeld tells of Bob, who earned 400 and whom Alice, Dave and Erin hold with 60 points each.
func bobHeld(t *testing.T) *story {
	s := tell(t)
	s.earned["bob"] = 400
	for _, voucher := range []string{"alice", "dave", "erin"} {
		s.earned[voucher] = 1200
		s.vouch(voucher, "bob", 2, 60)
	}
	s.wait(day)
	return s
}

func TestAttackByTinyVouches(t *testing.T) {
	s := bobHeld(t)
	require.Equal(t, bonafide.StakeTooSmall, s.refused(vouchNow("bob", "puppet", 1, 1)))
	for i := range 4 {
		puppet := fmt.Sprint("puppet", i)
		s.vouch("bob", puppet, 1, 10)
		s.fault(puppet, "fraud")
	}
	require.Equal(t, map[string]int64{"bob": 40, "alice": 8, "dave": 8, "erin": 8}, s.charges())
}

func TestAttackByShielding(t *testing.T) {
	s := bobHeld(t)
	s.vouch("bob", "carol", 1, 160)
	s.vouch("dave", "carol", 1, 10)
	s.fault("carol", "half")
	require.Equal(t, map[string]int64{"bob": 80, "alice": 20, "dave": 20, "erin": 20}, s.charges())
}

func TestAttackByUncovering(t *testing.T) {
	s := tell(t)
	s.earned["alice"] = 1000
	s.vouch("alice", "mallory", 1, 10)
	last := s.vouch("alice", "bob", 2, 490)
	require.True(t, s.covered(last))
	s.fault("mallory", "slip")
	require.Equal(t, int64(1), s.member("alice").Charged)
	require.Equal(t, 3, s.member("alice").OwnLevel, "a point costs no level")
	require.False(t, s.covered(last))
	s.earned["alice"]++
	require.True(t, s.covered(last), "if she earns as much")
	s.earned["alice"]--
	s.wait(vouching.Periods * vouching.Period)
	require.True(t, s.covered(last), "within a year it has healed")
}

func TestAttackOnTheRecord(t *testing.T) {
	s := tell(t)
	s.earned["mallory"], s.earned["friend"] = 3000, 100
	for i := range 50 {
		s.vouch("mallory", fmt.Sprint("puppet", i), 1, 10)
	}
	for range 3 {
		id := s.vouch("mallory", "friend", 1, 10)
		s.wait(100 * day)
		s.add(vouching.Event{Kind: vouching.KindWithdraw, Vouch: id})
		s.wait(vouching.Notice)
	}
	require.Equal(t, vouching.Brake{Good: 1, Room: 1500 - 500}, s.around("mallory").Brake("mallory"), "the friend, once; puppets earned nothing")
	s.fault("puppet7", "slip")
	require.Equal(t, vouching.Brake{Good: 1, Bad: 1, Room: 1499*5/6 - 500}, s.around("mallory").Brake("mallory"))
}

func TestAttackBeyondTheCeiling(t *testing.T) {
	s := tell(t)
	s.earned["mallory"] = 400
	rounds := 0
	for ; ; rounds++ {
		m, puppet := s.member("mallory"), fmt.Sprint("puppet", rounds)
		room := m.Capacity - m.Lent
		if s.refused(vouchNow("mallory", puppet, 1, max(room, 10))) != "" {
			break
		}
		id := s.vouch("mallory", puppet, 1, room)
		s.fault(puppet, "fraud")
		require.Equal(t, bonafide.BeyondCapacity, s.refused(vouchNow("mallory", "other", 1, 10)), "what burned still takes its room")
		s.add(vouching.Event{Kind: vouching.KindWithdraw, Vouch: id})
		s.wait(vouching.Notice)
	}
	m := s.member("mallory")
	require.LessOrEqual(t, rounds, 4, "each time there is less to lend")
	require.Equal(t, int64(200), m.Borne)
	require.LessOrEqual(t, m.Charged, m.Earned)
}

func TestAttackOnTheClock(t *testing.T) {
	s := tell(t)
	s.earned["alice"] = 1000
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
	s.faults = append(s.faults, s.add(f))
	require.Equal(t, map[string]int64{"alice": 60}, s.charges(), "it was live when the fault occurred")
}

func TestAttackOnTheSameDay(t *testing.T) {
	s := tell(t)
	for _, voucher := range []string{"alice", "bob", "carol"} {
		s.earned[voucher] = 1000
	}
	s.vouch("alice", "mallory", 1, 60)
	s.wait(60)
	s.vouch("bob", "mallory", 1, 60)
	occurred := s.now
	s.wait(1)
	s.vouch("carol", "mallory", 1, 60)
	s.wait(60)
	s.faults = append(s.faults, s.add(vouching.Event{Kind: vouching.KindFault, Member: "mallory", Class: "fraud", Occurred: occurred, Reported: occurred + 1}))
	require.Equal(t, map[string]int64{"alice": 60, "bob": 60}, s.charges())
}
