package ledger_test

import (
	"context"
	"fmt"
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

func events(t require.TestingT, l *ledger.Ledger, r store.Reader) (all []vouching.Event) {
	require.NoError(t, l.Events(r, func(e vouching.Event) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// The same request from many sides at once has one effect.
// BF-DESK-15
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

// A fault reaches no more than 32 + 32² people, and what it takes to charge them is read once each.
// BF-VOUCH-8, BF-VOUCH-24
func TestWidestFault(t *testing.T) {
	s, l := site(t, 100_000)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		stand := func(voucher, vouchee string) {
			_, err := l.Add(tx, start, vouch("v"+voucher, voucher, vouchee, start))
			require.NoError(t, err)
		}
		for i := range vouching.MaxReceived {
			near := fmt.Sprint("near", i)
			stand(near, "bob")
			for j := range vouching.MaxReceived {
				far := fmt.Sprint("far", i, "-", j)
				stand(far, near)
				if i == 0 {
					stand(fmt.Sprint("farther", j), far)
				}
			}
		}
		reads := &counter{Tx: tx}
		touched, err := l.Add(reads, start+1, fault("f", "bob", start, start+1))
		require.NoError(t, err)
		require.Len(t, touched, 1+32+32*32)
		require.Equal(t, 2+32+32*32, reads.gets, "the ledger's time, the fault, the vouches")
		return nil
	}))
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
