package vouching_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

func TestRefusals(t *testing.T) {
	s := held(t)
	earlier := s.fault("bob", "half")
	over := s.vouch("alice", "carol", 1, 10)
	s.withdraw(over)
	s.suspend("zoe")
	s.wait(10 * day)
	fault := func(occurred, reported, final bonafide.Seconds, class string) vouching.Event {
		return vouching.Event{Kind: vouching.KindFault, ID: "new", Member: "carol", Class: class, Occurred: s.now + occurred, Reported: s.now + reported, At: s.now + final}
	}
	at := func(e vouching.Event) vouching.Event {
		e.ID, e.At = "new", s.now
		return e
	}
	unaccepted, twice := vouch("alice", "dora", 1, 10), fault(-10*day, 0, 0, "half")
	unaccepted.AcceptedBy = ""
	twice.Member = "bob"
	state := s.state()
	before := members(state)
	for name, c := range map[string]struct {
		event vouching.Event
		code  bonafide.Code
	}{
		"a vouch for oneself":           {at(vouch("alice", "alice", 1, 10)), bonafide.SelfVouch},
		"not accepted":                  {at(unaccepted), bonafide.NotAccepted},
		"twice for one person":          {at(vouch("alice", "bob", 1, 10)), bonafide.VouchTwice},
		"anew after a withdrawal":       {at(vouch("alice", "carol", 1, 10)), ""},
		"beyond the capacity":           {at(vouch("alice", "dora", 1, 600)), bonafide.BeyondCapacity},
		"beyond the brake":              {at(vouch("alice", "dora", 1, 450)), bonafide.VouchBrake},
		"under the least stake":         {at(vouch("alice", "dora", 1, 9)), bonafide.StakeTooSmall},
		"no stake":                      {at(vouch("alice", "dora", 1, 0)), bonafide.StakeTooSmall},
		"a level that can't be vouched": {at(vouch("alice", "dora", 4, 10)), bonafide.BadValue},
		"while suspended":               {at(vouch("zoe", "dora", 1, 10)), bonafide.MemberSuspended},
		"for somebody suspended":        {at(vouch("alice", "zoe", 1, 10)), ""},
		"withdrawal of what isn't":      {at(vouching.Event{Kind: vouching.KindWithdraw, Vouch: "none"}), bonafide.UnknownVouch},
		"withdrawal of what is over":    {at(vouching.Event{Kind: vouching.KindWithdraw, Vouch: over}), bonafide.VouchOver},
		"a good fault":                  {fault(-3, -2, -1, "half"), ""},
		"a fault in the future":         {fault(1, 1, 1, "half"), bonafide.FutureEvent},
		"final before it occurred":      {fault(-1, -1, -2, "half"), bonafide.FaultDisordered},
		"reported before it occurred":   {fault(-1, -2, 0, "half"), bonafide.FaultDisordered},
		"reported too late":             {fault(-180*day-1, 0, 0, "half"), bonafide.FaultLate},
		"ruled on too late":             {fault(-75*day, -74*day-1, 0, "half"), bonafide.FaultLate},
		"of an unknown class":           {fault(-3, -2, -1, "typo"), bonafide.UnknownClass},
		"the same fault":                {twice, bonafide.FaultTwice},
		"reversal of what isn't":        {at(vouching.Event{Kind: vouching.KindReverse, Fault: over}), bonafide.UnknownFault},
		"a good reversal":               {at(vouching.Event{Kind: vouching.KindReverse, Fault: earlier}), ""},
		"repeated":                      {s.events[0], ""},
		"an id used otherwise":          {vouching.Event{Kind: vouching.KindSuspend, ID: earlier, At: s.now, Member: "bob"}, bonafide.EventConflict},
		"an unknown kind":               {at(vouching.Event{Kind: "gift", Member: "bob"}), bonafide.UnknownKind},
		"a foreign field":               {at(vouching.Event{Kind: vouching.KindEarn, Member: "bob", Stake: 5}), bonafide.BadValue},
		"without an id":                 {vouching.Event{Kind: vouching.KindEarn, At: s.now, Member: "bob"}, bonafide.BadValue},
		"without an instant":            {vouching.Event{Kind: vouching.KindEarn, ID: "new", Member: "bob"}, bonafide.BadValue},
		"too many points":               {at(vouching.Event{Kind: vouching.KindEarn, Member: "bob", Points: bonafide.MaxPoints + 1}), bonafide.BadValue},
		"about nobody":                  {at(vouching.Event{Kind: vouching.KindRestore}), bonafide.BadValue},
	} {
		t.Run(name, func(t *testing.T) {
			err := state.Refuse(c.event)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.Equal(t, before, members(state), "nothing changed")
		})
	}
}

func TestThe33rdAnd65th(t *testing.T) {
	s := tell(t)
	s.earn("alice", 10_000)
	for i := range vouching.MaxReceived {
		s.vouch("voucher"+string(rune('A'+i)), "bob", 1, 10)
	}
	require.Equal(t, bonafide.VoucheeFull, s.refused(vouch("alice", "bob", 1, 10)))
	for i := range vouching.MaxGiven {
		require.Empty(t, s.refused(vouch("alice", "vouchee"+string(rune('A'+i)), 1, 10)))
		s.vouch("alice", "vouchee"+string(rune('A'+i)), 1, 10)
	}
	require.Equal(t, bonafide.VoucherFull, s.refused(vouch("alice", "carol", 1, 10)))
}

func TestEvaluateRefuses(t *testing.T) {
	good := vouching.Event{Kind: vouching.KindEarn, ID: "a", At: start, Member: "alice", Points: 5}
	other, unfit := good, good
	other.Points = 6
	unfit.Member = ""
	for code, events := range map[bonafide.Code][]vouching.Event{
		bonafide.EventConflict: {good, other}, bonafide.BadValue: {good, unfit},
	} {
		_, err := vouching.Evaluate(parameters(), events, start)
		require.Equal(t, code, bonafide.CodeOf(err))
	}
}

func TestEventsAreStrictJSON(t *testing.T) {
	for text, code := range map[string]bonafide.Code{
		`{"kind":"vouch","id":"v","at":5,"voucher":"a","vouchee":"b","level":1,"stake":10,"accepted_by":"b"}`:   "",
		`{"kind":"vouch","id":"v","at":5,"voucher":"a","vouchee":"b","level":1,"stake":10}`:                     bonafide.NotAccepted,
		`{"kind":"earn","id":"e","at":5,"member":"a","points":7}`:                                               "",
		`{"kind":"refer","id":"r","at":5,"voucher":"a","stake":10,"site":"https://outils.example"}`:             "",
		`{"kind":"outcome","id":"o","at":5,"points":7,"referral":"r","class":"half","occurred":3,"reported":4}`: "",
		`{"kind":"earn","id":"e","at":5,"member":"a","points":7.5}`:                                             bonafide.BadValue,
		`{"kind":"earn","id":"e","at":5,"member":"a","pionts":7}`:                                               bonafide.UnknownField,
		`{"kind":"earn","id":"e","at":5,"member":"a","id":"f"}`:                                                 bonafide.DoubledField,
		`{"kind":"earn","id":"e","at":5,"member":"` + strings.Repeat("a", 201) + `"}`:                           bonafide.BadValue,
	} {
		e, err := bonafide.Parse[vouching.Event]([]byte(text))
		require.Equal(t, code, bonafide.CodeOf(err), "%s: %v", text, err)
		if code == "" {
			data, err := bonafide.MarshalJSON(e)
			require.NoError(t, err)
			require.Equal(t, text, string(data))
		}
	}
}

func TestParameters(t *testing.T) {
	p := parameters()
	require.NoError(t, p.Validate())
	for name, spoil := range map[string]func(p *vouching.Parameters){
		"no levels":               func(p *vouching.Parameters) { p.Levels = nil },
		"levels fall":             func(p *vouching.Parameters) { p.Levels[1] = 100 },
		"the top level vouched":   func(p *vouching.Parameters) { p.Levels = p.Levels[:3] },
		"stakes missing":          func(p *vouching.Parameters) { p.MinStake = p.MinStake[:2] },
		"stakes fall":             func(p *vouching.Parameters) { p.MinStake[2] = 20 },
		"no supporter needed":     func(p *vouching.Parameters) { p.Supporters[0] = 0 },
		"severity above one":      func(p *vouching.Parameters) { p.Classes["half"] = vouching.Class{Severity: "1.5"} },
		"severity of nothing":     func(p *vouching.Parameters) { p.Classes["half"] = vouching.Class{Severity: "0"} },
		"points below nothing":    func(p *vouching.Parameters) { p.Classes["half"] = vouching.Class{Severity: "1", Points: -1} },
		"more supporters than 32": func(p *vouching.Parameters) { p.Supporters[0] = 33 },
	} {
		t.Run(name, func(t *testing.T) {
			p := parameters()
			spoil(&p)
			require.Equal(t, bonafide.BadMechanism, bonafide.CodeOf(p.Validate()))
		})
	}
	none := vouching.Parameters{Levels: []int64{100}}
	require.NoError(t, none.Validate(), "a mechanism of one level can't be vouched")
	e := vouch("a", "b", 1, 10)
	e.ID, e.At = "v", start
	require.Equal(t, bonafide.NoVouching, bonafide.CodeOf(none.Check(e)))
	e = refer("a", 10)
	e.ID, e.At = "r", start
	require.Equal(t, bonafide.NoVouching, bonafide.CodeOf(none.Check(e)))

	faults := []bonafide.FaultClass{{ID: "half", Severity: "0.5", Points: 50}}
	require.Equal(t, map[string]vouching.Class{"half": {Severity: "0.5", Points: 50}}, vouching.ClassesOf(faults))
}

// What was given stays given: a new vouch is judged by all that stand, whatever its id, and can't be
// dated back before them. BF-VOUCH-7, BF-VOUCH-8, BF-VOUCH-35
func TestNothingNewVoidsWhatWasGiven(t *testing.T) {
	s := held(t)
	first := vouch("alice", "dora", 1, 10)
	first.ID = "z"
	s.add(first)
	again := vouch("alice", "dora", 1, 10)
	again.ID, again.At = "a", s.now
	require.Equal(t, bonafide.VouchTwice, bonafide.CodeOf(s.state().Refuse(again)))

	s.wait(day)
	again.Vouchee, again.AcceptedBy = "erin", "erin"
	require.Equal(t, bonafide.BadValue, bonafide.CodeOf(s.state().Refuse(again)))
	require.Equal(t, bonafide.BadValue, bonafide.CodeOf(s.state().Refuse(vouching.Event{Kind: vouching.KindWithdraw, ID: "b", At: s.now - 1, Vouch: "z"})))
	again.At = s.now
	require.NoError(t, s.state().Refuse(again))
}
