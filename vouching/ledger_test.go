package vouching_test

import (
	"cmp"
	"slices"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// A ledger agrees with the full computation after every event, however late it comes, and at every instant
// at which something is due; it names everyone whose state changed; and nobody's state changes by itself
// before the instant foretold.
func TestLedgerAgrees(t *testing.T) {
	for i := range worlds(t) / 4 {
		follow(numbered{t, i}, newWorld(i))
	}
}

// arrival is an event that becomes known at an instant, some long after it took place.
type arrival struct {
	at    bonafide.Seconds
	event vouching.Event
}

func (w *world) arrivals() (all []arrival) {
	for _, e := range w.events {
		late := bonafide.Seconds(0)
		if w.IntN(4) == 0 {
			late = bonafide.Seconds(w.IntN(300)) * day
		}
		all = append(all, arrival{e.At + late, e})
	}
	slices.SortStableFunc(all, func(x, y arrival) int { return cmp.Compare(x.at, y.at) })
	return all
}

func follow(t require.TestingT, w *world) {
	l, err := vouching.New(parameters(), start-1)
	require.NoError(t, err)
	f := follower{t: t, Ledger: l, state: map[string]vouching.Member{}}
	for _, a := range w.arrivals() {
		f.advance(a.at)
		behind := f.behindAll(f.Members())
		touched, err := l.Add(a.event)
		require.NoError(t, err)
		f.events = append(f.events, a.event)
		f.agree(touched, behind)

		again, err := l.Add(a.event)
		require.NoError(t, err)
		require.Empty(t, again)
	}
	f.advance(w.at + 5*365*day)
	require.Zero(t, l.Next())
}

// follower is a ledger, the events added to it, and everyone's state as last seen.
type follower struct {
	t require.TestingT
	*vouching.Ledger
	events []vouching.Event
	state  map[string]vouching.Member
}

// advance moves to an instant, with a stop wherever something is due.
func (f *follower) advance(to bonafide.Seconds) {
	for f.At() < to {
		behind := f.behindAll(f.Members())
		at := to
		if next := f.Next(); next > 0 {
			at = min(at, max(next, f.At()))
		}
		touched := f.Advance(at)
		for id, m := range f.agree(touched, behind) {
			require.NotZero(f.t, m.Next, id)
			require.LessOrEqual(f.t, m.Next, at, id)
		}
	}
}

func (f *follower) behindAll(ids []string) map[string][]string {
	behind := map[string][]string{}
	for _, id := range ids {
		behind[id] = f.Behind(id)
	}
	return behind
}

// agree requires that the ledger agrees with the full computation, and that those whose state changed were
// touched or have somebody behind them who was. It returns their former state.
func (f *follower) agree(touched []string, behind map[string][]string) map[string]vouching.Member {
	want := evaluate(f.t, f.events, f.At())
	now := members(f.State)
	same(f.t, members(want), now)
	same(f.t, faults(want), faults(f.State))

	may := map[string]bool{}
	for _, id := range touched {
		may[id] = true
		for _, other := range slices.Concat(behind[id], f.Behind(id)) {
			may[other] = true
		}
	}
	changed := map[string]vouching.Member{}
	for id, m := range now {
		was, known := f.state[id]
		if !known {
			was.ID = id
		}
		if !equal(was, m) {
			require.True(f.t, may[id], "%s changed: touched %v", id, touched)
			changed[id] = was
		}
	}
	f.state = now
	return changed
}

// A step over many instants at once touches whom the steps between would have.
func TestAdvanceSkipsNothing(t *testing.T) {
	for i := range worlds(t) / 4 {
		w := newWorld(i)
		at := start + span/2*day
		slow, fast := w.ledger(t, at), w.ledger(t, at)
		var touched []string
		for next := slow.Next(); next > 0 && next <= at+5*vouching.Period; next = slow.Next() {
			touched = append(touched, slow.Advance(next)...)
		}
		slices.Sort(touched)
		same(t, slices.Compact(touched), fast.Advance(at+5*vouching.Period), "world %d", i)
	}
}

// ledger returns a ledger of what happened up to an instant.
func (w *world) ledger(t *testing.T, at bonafide.Seconds) *vouching.Ledger {
	l, err := vouching.New(parameters(), at)
	require.NoError(t, err)
	for _, e := range w.events {
		if e.At <= at {
			_, err := l.Add(e)
			require.NoError(t, err)
		}
	}
	return l
}

func TestLedgerRefuses(t *testing.T) {
	l, err := vouching.New(parameters(), start)
	require.NoError(t, err)
	earn := vouching.Event{Kind: vouching.KindEarn, ID: "a", At: start, Member: "alice", Points: 5}
	touched, err := l.Add(earn)
	require.NoError(t, err)
	require.Equal(t, []string{"alice"}, touched)

	other := earn
	other.Points = 6
	later := earn
	later.ID, later.At = "b", start+1
	unfit := earn
	unfit.ID, unfit.Points = "c", -1
	for code, e := range map[bonafide.Code]vouching.Event{
		bonafide.EventConflict: other, bonafide.FutureEvent: later, bonafide.BadValue: unfit,
	} {
		touched, err := l.Add(e)
		require.Equal(t, code, bonafide.CodeOf(err))
		require.Empty(t, touched)
	}
	require.Equal(t, int64(5), l.Member("alice").Earned)
	require.Empty(t, l.Advance(start-5*day))
	require.Equal(t, start, l.At())

	_, err = vouching.New(vouching.Parameters{}, start)
	require.Equal(t, bonafide.BadMechanism, bonafide.CodeOf(err))
}
