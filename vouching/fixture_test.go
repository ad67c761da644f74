package vouching_test

import (
	"fmt"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

const day = vouching.Day

// start is when the stories begin; instants in them are days after it.
const start bonafide.Seconds = 1_800_000_000

// elsewhere is the other site of the stories.
const elsewhere bonafide.Origin = "https://outils.example"

// parameters are the defaults with classes of several severities.
func parameters() vouching.Parameters {
	p := vouching.Default()
	p.Classes = map[string]vouching.Class{
		"slip":  {Severity: "0.01", Points: 0},
		"half":  {Severity: "0.5", Points: 50},
		"fraud": {Severity: "1", Points: 400},
	}
	return p
}

// story is a history written down event by event. Ids count up: e1, e2, …
type story struct {
	t      *testing.T
	now    bonafide.Seconds
	events []vouching.Event
}

func tell(t *testing.T) *story { return &story{t: t, now: start} }

func (s *story) add(e vouching.Event) string {
	if e.ID == "" {
		e.ID = fmt.Sprintf("e%03d", len(s.events)+1)
	}
	if e.At == 0 {
		e.At = s.now
	}
	s.events = append(s.events, e)
	return e.ID
}

func (s *story) wait(d bonafide.Seconds) { s.now += d }

func (s *story) earn(member string, points int64) {
	s.add(vouching.Event{Kind: vouching.KindEarn, Member: member, Points: points})
}

func vouch(voucher, vouchee string, level int, stake int64) vouching.Event {
	return vouching.Event{Kind: vouching.KindVouch, Voucher: voucher, Vouchee: vouchee, AcceptedBy: vouchee, Level: level, Stake: stake}
}

func (s *story) vouch(voucher, vouchee string, level int, stake int64) string {
	return s.add(vouch(voucher, vouchee, level, stake))
}

func refer(voucher string, stake int64) vouching.Event {
	return vouching.Event{Kind: vouching.KindRefer, Voucher: voucher, Site: elsewhere, Stake: stake}
}

func (s *story) refer(voucher string, stake int64) string { return s.add(refer(voucher, stake)) }

// outcome is one that occurs, is reported and becomes final now, and costs what it may.
func (s *story) outcome(referral, class string) string {
	points, err := s.state().OutcomePoints(referral, class)
	require.NoError(s.t, err)
	return s.add(outcome(referral, class, points, s.now, s.now))
}

func outcome(referral, class string, points int64, occurred, reported bonafide.Seconds) vouching.Event {
	return vouching.Event{Kind: vouching.KindOutcome, Referral: referral, Class: class, Points: points, Occurred: occurred, Reported: reported}
}

func (s *story) withdraw(id string) { s.add(vouching.Event{Kind: vouching.KindWithdraw, Vouch: id}) }

// fault is one that occurs, is reported and becomes final now.
func (s *story) fault(member, class string) string {
	return s.add(vouching.Event{Kind: vouching.KindFault, Member: member, Class: class, Occurred: s.now, Reported: s.now})
}

func (s *story) reverse(id string) { s.add(vouching.Event{Kind: vouching.KindReverse, Fault: id}) }
func (s *story) suspend(member string) {
	s.add(vouching.Event{Kind: vouching.KindSuspend, Member: member})
}
func (s *story) restore(member string) {
	s.add(vouching.Event{Kind: vouching.KindRestore, Member: member})
}

// state evaluates the story as of now.
func (s *story) state() *vouching.State {
	state, err := vouching.Evaluate(parameters(), s.events, s.now)
	require.NoError(s.t, err)
	return state
}

// charges returns what the charges on all vouches amount to now, by who bears them.
func (s *story) charges() map[string]int64 {
	state, sum := s.state(), map[string]int64{}
	for _, id := range state.Faults() {
		fault, _ := state.Fault(id)
		for _, c := range fault.Charges {
			sum[c.Member] += c.Amount
		}
	}
	return sum
}

// refused returns the code with which an event would be refused now.
func (s *story) refused(e vouching.Event) bonafide.Code {
	e.ID, e.At = "new", s.now
	return bonafide.CodeOf(s.state().Refuse(e))
}
