package ledger_test

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
	"github.com/stretchr/testify/require"
)

// Whatever is added or refused, what the ledger tells of anybody is what follows from the whole history.
// BF-TBD
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

func events(t require.TestingT, l *ledger.Ledger, r store.Reader) (all []vouching.Event) {
	require.NoError(t, l.Events(r, func(e vouching.Event) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// site returns a ledger over a store of its own, whose members all earned that much.
func site(t *testing.T, earned int64) (store.Store, *ledger.Ledger) {
	return openStore(t), rich(earned)
}

func rich(earned int64) *ledger.Ledger {
	return ledger.New("quality", parameters(), func(store.Reader, string) (int64, bool, error) { return earned, false, nil })
}

func vouch(id, voucher, vouchee string, at bonafide.Seconds) vouching.Event {
	return vouching.Event{Kind: vouching.KindVouch, ID: id, At: at, Voucher: voucher, Vouchee: vouchee, AcceptedBy: vouchee, Level: 1, Stake: 40}
}

func fault(id, member string, occurred, at bonafide.Seconds) vouching.Event {
	return vouching.Event{Kind: vouching.KindFault, ID: id, At: at, Member: member, Class: "half", Occurred: occurred, Reported: at}
}

// The same request from many sides at once has one effect.
// BF-TBD
func TestOneEffect(t *testing.T) {
	s, l := site(t, 2000)
	add := func(e vouching.Event) (touched []string) {
		require.NoError(t, s.Update(context.Background(), func(tx store.Tx) (err error) {
			touched, err = l.Add(tx, e.At, e)
			return err
		}))
		return touched
	}
	atOnce := func(e vouching.Event) (effects int) {
		told := make([][]string, 100)
		var all sync.WaitGroup
		for i := range told {
			all.Go(func() { told[i] = add(e) })
		}
		all.Wait()
		return len(slices.DeleteFunc(told, func(touched []string) bool { return len(touched) == 0 }))
	}
	require.Equal(t, 1, atOnce(vouch("v", "alice", "bob", start)))
	require.Equal(t, 1, atOnce(fault("f", "bob", start, start+1)))
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		require.Len(t, events(t, l, r), 2)
		around, err := l.Around(r, start+1, "alice")
		require.NoError(t, err)
		alice := around.Member("alice")
		require.Equal(t, int64(20), alice.Charged)
		require.Equal(t, int64(40), alice.Lent)
		return nil
	}))
}

// A site's clock that is set back changes no order: what it dates before what the ledger has seen is refused,
// and what is dated by the ledger's own clock is taken.
func TestClockSetBack(t *testing.T) {
	s, l := site(t, 2000)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		_, err := l.Add(tx, start+day, vouch("v", "alice", "bob", start+day))
		require.NoError(t, err)
		_, err = l.Add(tx, start, vouch("w", "carol", "bob", start))
		require.Equal(t, bonafide.BadValue, bonafide.CodeOf(err))

		now, err := l.Now(tx, start)
		require.NoError(t, err)
		require.Equal(t, start+day, now)
		_, err = l.Add(tx, start, vouch("w", "carol", "bob", now))
		require.NoError(t, err)

		around, err := l.Around(tx, start, "bob")
		require.NoError(t, err)
		require.Equal(t, start+day, around.At())
		require.Len(t, around.Member("bob").Received, 2)
		return nil
	}))
}

// A fault is taken once the second in which it occurred is over: until then somebody may come to answer for it.
func TestFaultOfThisSecond(t *testing.T) {
	s, l := site(t, 2000)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		_, err := l.Add(tx, start, fault("f", "bob", start, start))
		require.Equal(t, bonafide.FutureEvent, bonafide.CodeOf(err))
		_, err = l.Add(tx, start, vouch("v", "alice", "bob", start))
		require.NoError(t, err)
		touched, err := l.Add(tx, start+1, fault("f", "bob", start, start))
		require.NoError(t, err)
		require.Equal(t, []string{"alice", "bob"}, touched)
		return nil
	}))
}

// What a ledger doesn't keep it refuses.
func TestNotKept(t *testing.T) {
	s, l := site(t, 2000)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		for _, kind := range []vouching.Kind{vouching.KindEarn, vouching.KindSuspend, vouching.KindRestore} {
			_, err := l.Add(tx, start, vouching.Event{Kind: kind, ID: "e", At: start, Member: "alice"})
			require.Equal(t, bonafide.UnknownKind, bonafide.CodeOf(err), kind)
		}
		require.Empty(t, events(t, l, tx))
		return nil
	}))
}

// After a member's erasure nothing in the store has their id.
func TestRenameLeavesNothing(t *testing.T) {
	s, l := site(t, 2000)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		for _, e := range []vouching.Event{
			vouch("v", "alice", "erased", start), vouch("w", "erased", "bob", start),
			{Kind: vouching.KindRefer, ID: "r", Voucher: "erased", Site: "https://outils.example", Stake: 20, At: start},
			fault("f", "erased", start, start+1), fault("g", "bob", start, start+1),
			{Kind: vouching.KindOutcome, ID: "o", Referral: "r", Class: "half", Points: 10, Occurred: start, Reported: start, At: start + 1},
			{Kind: vouching.KindWithdraw, ID: "x", Vouch: "w", At: start + 2},
			{Kind: vouching.KindReverse, ID: "y", Fault: "f", At: start + 2},
		} {
			_, err := l.Add(tx, e.At, e)
			require.NoError(t, err, e.ID)
		}
		require.NoError(t, l.Rename(tx, "erased", "nobody"))
		return tx.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			require.False(t, strings.Contains(string(key)+string(value), "erased"), "%q: %q", key, value)
			return true, nil
		})
	}))
}

// What is read for a question or an event doesn't depend on how many others there are, and for a member of
// whom nothing is kept it is two reads.
// BF-TBD
func TestCost(t *testing.T) {
	var few []int
	for _, strangers := range []int{1, 200} {
		s, l := site(t, 2000)
		require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
			for i := range strangers {
				a, b := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)
				for _, e := range []vouching.Event{vouch("v"+a, a, b, start), fault("f"+a, b, start-1, start)} {
					_, err := l.Add(tx, start, e)
					require.NoError(t, err)
				}
			}
			reads := &counter{Tx: tx}
			for _, e := range []vouching.Event{
				vouch("v", "alice", "bob", start), vouch("w", "bob", "carol", start), fault("f", "carol", start, start+1),
				{Kind: vouching.KindWithdraw, ID: "x", Vouch: "w", At: start + 2},
				{Kind: vouching.KindReverse, ID: "y", Fault: "f", At: start + 2},
			} {
				_, err := l.Add(reads, e.At, e)
				require.NoError(t, err)
				_, err = l.Around(reads, e.At, "bob")
				require.NoError(t, err)
			}
			if few == nil {
				few = []int{reads.gets, reads.scanned}
			}
			require.Equal(t, few, []int{reads.gets, reads.scanned})

			reads = &counter{Tx: tx}
			around, err := l.Around(reads, start, "nobody")
			require.NoError(t, err)
			require.Equal(t, int64(2000), around.Member("nobody").Score)
			require.Equal(t, []int{1, 1}, []int{reads.gets, reads.scanned})
			return nil
		}))
	}
}

// counter counts what is read: keys asked for, and keys and ends of ranges.
type counter struct {
	store.Tx
	gets, scanned int
}

func (c *counter) Get(keys ...[]byte) ([][]byte, error) {
	c.gets += len(keys)
	return c.Tx.Get(keys...)
}

func (c *counter) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	c.scanned++
	return c.Tx.Scan(r, func(key, value []byte) (bool, error) {
		c.scanned++
		return fn(key, value)
	})
}
