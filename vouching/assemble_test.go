package vouching_test

import (
	"slices"
	"testing"

	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// A state assembled from all that followed from a history is the state that follows from it.
func TestAssemble(t *testing.T) {
	for i := range worlds(t) / 4 {
		t := numbered{t, i}
		w := newWorld(i)
		w.leaveVoid(w.state(t))
		want := w.state(t)
		got, err := vouching.Assemble(parameters(), w.at, w.part(want))
		require.NoError(t, err)
		same(t, members(want), members(got))
		same(t, faults(want), faults(got))
		for _, m := range w.members {
			same(t, want.Brake(m), got.Brake(m))
		}
	}
}

// A fault that isn't known yet would charge those whom it charges once it is.
func TestCharges(t *testing.T) {
	for i := range worlds(t) / 4 {
		t := numbered{t, i}
		w := newWorld(i)
		e, found := w.some(vouching.KindFault, vouching.KindOutcome)
		if !found || e.At > w.at {
			continue
		}
		known, _ := w.state(t).Fault(e.ID)
		if known.Reversed {
			continue
		}
		same(t, known.Charges, evaluate(t, w.without(e.ID), w.at).Charges(e))
	}
}

// leaveVoid takes out of the world the vouches that are void.
func (w *world) leaveVoid(s *vouching.State) {
	w.events = slices.DeleteFunc(w.events, func(e vouching.Event) bool {
		v, _ := s.Vouch(e.ID)
		return v.Void != ""
	})
}

// part is all of a world, as whoever keeps it in a store has it.
func (w *world) part(s *vouching.State) vouching.Part {
	part := vouching.Part{Earned: map[string]int64{}, Suspended: map[string]bool{}}
	for _, id := range s.Members() {
		m := s.Member(id)
		part.Earned[id], part.Suspended[id] = m.Earned, m.Suspended
	}
	for _, e := range w.events {
		v, isVouch := s.Vouch(e.ID)
		f, isFault := s.Fault(e.ID)
		if !isVouch && !isFault {
			continue
		}
		r := vouching.Record{Event: e, Withdrawn: v.Withdrawn, Reversed: f.Reversed}
		for _, c := range v.Charges {
			by, _ := s.Fault(c.Fault)
			r.Burns = append(r.Burns, vouching.Burn{Fault: c.Fault, Final: by.Final, Hop: c.Hop, Amount: c.Amount})
		}
		part.Records = append(part.Records, r)
	}
	return part
}
