package ledger_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// Whatever is added or refused, what the ledger tells of anybody is what follows from the whole history.
// BF-DESK-16
func TestAgrees(t *testing.T) {
	inWorlds(t, func(w *world) {
		if len(w.members) > 10 {
			w.gather()
		}
		steps := 20 + w.IntN(8*min(len(w.members), 10))
		for range steps {
			w.pass()
			switch w.IntN(12) {
			case 0:
				w.change()
			case 1:
				if w.IntN(3) == 0 {
					w.rename()
				}
			default:
				w.add(w.propose())
			}
			w.agree(w.now, w.someMembers())
		}
		for _, days := range []bonafide.Seconds{0, 1, 29, 100, 350, 800} {
			w.agree(w.now+days*day, w.members)
		}
		w.agreeAbout(w.now + 10*day)
	})
}

// someMembers returns all members of a small world, a few of a large one.
func (w *world) someMembers() []string {
	if len(w.members) < 10 {
		return w.members
	}
	return []string{w.members[0], w.member(), w.member()}
}

// add proposes an event to the ledger, which must refuse it as the whole would, or touch those whose state
// it changes.
func (w *world) add(e vouching.Event) {
	before := w.state(w.now)
	want := w.refusal(before, e)
	require.Equal(w.t, want, bonafide.CodeOf(w.ledger.Refuse(w.tx, w.now, e)), "%+v", e)
	if _, known := before.Vouch(e.ID); e.Kind == vouching.KindVouch && !known && want != bonafide.EventConflict {
		around, err := w.ledger.Around(w.tx, w.now, e.Voucher, e.Vouchee)
		require.NoError(w.t, err)
		require.Equal(w.t, want, bonafide.CodeOf(around.Refuse(e)))
	}
	touched, err := w.ledger.Add(w.tx, w.now, e)
	require.Equal(w.t, want, bonafide.CodeOf(err), "%+v", e)
	if want != "" || slices.Contains(w.events, e) {
		require.Empty(w.t, touched)
		return
	}
	w.events = append(w.events, e)
	after := w.state(w.now)
	follow := slices.Clone(touched)
	for _, id := range touched {
		follow = slices.Concat(follow, before.Behind(id), after.Behind(id))
	}
	for _, m := range w.members {
		if !reflect.DeepEqual(before.Member(m), after.Member(m)) {
			require.Contains(w.t, follow, m, "%+v", e)
		}
	}
	require.True(w.t, slices.IsSorted(touched))
	require.Subset(w.t, w.members, touched)
}

// refusal is what an event must be refused for, judged by the whole.
func (w *world) refusal(s *vouching.State, e vouching.Event) bonafide.Code {
	code := bonafide.CodeOf(s.Refuse(e))
	if code == "" && e.Kind == vouching.KindFault && e.Occurred == w.now && !slices.Contains(w.events, e) {
		return bonafide.FutureEvent
	}
	return code
}

// rename gives a member an id that nobody had.
func (w *world) rename() {
	i := w.IntN(len(w.members))
	from, to := w.members[i], fmt.Sprintf("x%d", w.IntN(1<<40))
	require.NoError(w.t, w.ledger.Rename(w.tx, from, to))
	w.members[i] = to
	w.earned[to], w.suspended[to] = w.earned[from], w.suspended[from]
	delete(w.earned, from)
	delete(w.suspended, from)
	for i := range w.events {
		e := &w.events[i]
		for _, id := range []*string{&e.Member, &e.Voucher, &e.Vouchee, &e.AcceptedBy} {
			if *id == from {
				*id = to
			}
		}
	}
	w.agreeAbout(w.now)
}

// agree requires that what the ledger tells of members is what holds in the whole.
func (w *world) agree(at bonafide.Seconds, members []string) {
	whole := w.state(at)
	for _, m := range members {
		s, err := w.ledger.Around(w.tx, at, m)
		require.NoError(w.t, err)
		w.same(whole.Member(m), s.Member(m))
		w.same(whole.Brake(m), s.Brake(m))
		w.same(whole.Risk(m, 50), s.Risk(m, 50))
		w.same(whole.Behind(m), s.Behind(m))
		for _, v := range s.Member(m).Given {
			w.same(outcomePoints(whole, v.ID), outcomePoints(s, v.ID))
		}
	}
}

// outcomePoints returns what an outcome of a referral may cost, or why there can be none.
func outcomePoints(s *vouching.State, referral string) string {
	points, err := s.OutcomePoints(referral, "half")
	return fmt.Sprint(points, err)
}

// agreeAbout requires the same of all vouches, faults and events.
func (w *world) agreeAbout(at bonafide.Seconds) {
	whole := w.state(at)
	for _, e := range w.events {
		wantVouch, want := whole.Vouch(e.ID)
		vouch, found, err := w.ledger.Vouch(w.tx, at, e.ID)
		require.NoError(w.t, err)
		require.Equal(w.t, want, found)
		w.same(wantVouch, vouch)

		wantFault, want := whole.Fault(e.ID)
		fault, found, err := w.ledger.Fault(w.tx, at, e.ID)
		require.NoError(w.t, err)
		require.Equal(w.t, want, found)
		w.same(wantFault, fault)
	}
	sorted := slices.SortedFunc(slices.Values(w.events), func(e, f vouching.Event) int { return cmp.Compare(e.ID, f.ID) })
	w.same(sorted, events(w.t, w.ledger, w.tx))
}

// same requires that two values are equal, and only then takes the time to say how they differ.
func (w *world) same(want, got any) {
	if !reflect.DeepEqual(want, got) {
		require.Equal(w.t, want, got)
	}
}
