package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// BenchmarkFault measures what one fault with some hundred charges costs among members who give ten vouches
// each, at several sizes side by side: in memory ([vouching.Ledger]), kept in a store within a transaction, and
// with the transaction's commit, by which it is on disk. Of each it reports the median, the 99th hundredth and the
// worst, and of the store the bytes for each vouch, all else included.
//
// The largest size takes minutes and some gigabytes. For the figures in the documentation:
//
//	BONAFIDE_LARGE=1 go test ./vouching/ledger -run=- -bench=Fault -benchtime=2000x
func BenchmarkFault(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if os.Getenv("BONAFIDE_LARGE") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, size := range sizes {
		c := newCrowd(size)
		b.Run(fmt.Sprintf("members=%d/memory", size), func(b *testing.B) { benchMemory(b, c) })
		b.Run(fmt.Sprintf("members=%d/store", size), func(b *testing.B) { benchStore(b, c) })
	}
}

// BenchmarkAround measures what it takes to learn a member's level, with ten vouches given and received.
func BenchmarkAround(b *testing.B) {
	c := newCrowd(10_000)
	s, _ := c.store(b)
	l := New("quality", c.parameters(), c.facts)
	random := rand.New(rand.NewPCG(4, 4))
	require.NoError(b, s.View(context.Background(), func(r store.Reader) error {
		for b.Loop() {
			member := name(random.IntN(len(c.earned)))
			around, err := l.Around(r, start+301*vouching.Day, member)
			require.NoError(b, err)
			around.Member(member)
		}
		return nil
	}))
}

const start bonafide.Seconds = 1_800_000_000

const vouchesEach = 10

// crowd is many members who stood behind others at random, over 300 days.
type crowd struct {
	earned  []int64
	vouchee []int32 // of the vouches in their order, of which each member gives ten
	stake   []int64
}

func newCrowd(size int) *crowd {
	random := rand.New(rand.NewPCG(2, uint64(size)))
	c := &crowd{}
	for range size {
		c.earned = append(c.earned, 1000+random.Int64N(2000))
	}
	for i := range vouchesEach * size {
		vouchee := random.IntN(size)
		if vouchee == i/vouchesEach {
			vouchee = (vouchee + 1) % size
		}
		c.vouchee = append(c.vouchee, int32(vouchee))
		c.stake = append(c.stake, 10+random.Int64N(40))
	}
	return c
}

func (c *crowd) parameters() vouching.Parameters {
	p := vouching.Default()
	p.Classes = map[string]vouching.Class{"half": {Severity: "0.5", Points: 50}}
	return p
}

func name(i int) string { return fmt.Sprintf("m%07d", i) }

func (c *crowd) facts(_ store.Reader, member string) (earned int64, suspended bool, err error) {
	var i int
	_, err = fmt.Sscanf(member, "m%d", &i)
	return c.earned[i], false, err
}

func (c *crowd) vouch(i int) vouching.Event {
	vouchee := name(int(c.vouchee[i]))
	return vouching.Event{
		Kind: vouching.KindVouch, ID: fmt.Sprintf("v%08d", i), At: start + 300*vouching.Day*bonafide.Seconds(i)/bonafide.Seconds(len(c.vouchee)),
		Voucher: name(i / vouchesEach), Vouchee: vouchee, AcceptedBy: vouchee, Level: 2, Stake: c.stake[i],
	}
}

// fault returns the nth fault, of somebody at random, a second after the one before.
func (c *crowd) fault(n int) vouching.Event {
	at := start + 300*vouching.Day + bonafide.Seconds(n) + 1
	random := rand.New(rand.NewPCG(3, uint64(n)))
	return vouching.Event{
		Kind: vouching.KindFault, ID: fmt.Sprintf("f%08d", n), At: at, Member: name(random.IntN(len(c.earned))),
		Class: "half", Occurred: at - 1, Reported: at,
	}
}

// memory returns the crowd's ledger in memory.
func (c *crowd) memory(b *testing.B) *vouching.Ledger {
	l, err := vouching.New(c.parameters(), start+300*vouching.Day)
	require.NoError(b, err)
	add := func(e vouching.Event) {
		if _, err := l.Add(e); err != nil {
			b.Fatal(err)
		}
	}
	for i, earned := range c.earned {
		add(vouching.Event{Kind: vouching.KindEarn, ID: "e" + name(i), At: start, Member: name(i), Points: earned})
	}
	for i := range c.vouchee {
		add(c.vouch(i))
	}
	return l
}

// store returns a store that holds the crowd's ledger, as if the vouches had been added one after the other.
func (c *crowd) store(b *testing.B) (s *bolt.Store, path string) {
	path = filepath.Join(b.TempDir(), "store")
	s, err := bolt.Open(path)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	l := New("quality", c.parameters(), c.facts)
	fill := func(n int, put func(tx store.Tx, i int) error) {
		const batch = 100_000
		for from := 0; from < n; from += batch {
			require.NoError(b, s.Update(context.Background(), func(tx store.Tx) error {
				for i := from; i < min(n, from+batch); i++ {
					if err := put(tx, i); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	}
	fill(len(c.vouchee), func(tx store.Tx, i int) error {
		return l.put(tx, &vouching.Record{Event: c.vouch(i)})
	})
	got := make([][]int32, len(c.earned))
	for i, vouchee := range c.vouchee {
		got[vouchee] = append(got[vouchee], int32(i))
	}
	fill(len(c.earned), func(tx store.Tx, member int) error {
		for i := range vouchesEach {
			if err := tx.Put(l.listKey(name(member), given, fmt.Sprintf("v%08d", member*vouchesEach+i)), nil); err != nil {
				return err
			}
		}
		for _, i := range got[member] {
			if err := tx.Put(l.listKey(name(member), received, fmt.Sprintf("v%08d", i)), nil); err != nil {
				return err
			}
		}
		return nil
	})
	return s, path
}

func benchMemory(b *testing.B, c *crowd) {
	l := c.memory(b)
	runtime.GC()
	var took []time.Duration
	charged := 0
	for b.Loop() {
		e := c.fault(len(took))
		l.Advance(e.At)
		began := time.Now()
		touched, err := l.Add(e)
		took = append(took, time.Since(began))
		require.NoError(b, err)
		charged += len(touched) - 1
	}
	report(b, "", took)
	b.ReportMetric(float64(charged)/float64(len(took)), "charged/fault")
}

func benchStore(b *testing.B, c *crowd) {
	s, path := c.store(b)
	l := New("quality", c.parameters(), c.facts)
	var took, committed []time.Duration
	for b.Loop() {
		e := c.fault(len(took))
		began := time.Now()
		var added time.Duration
		require.NoError(b, s.Update(context.Background(), func(tx store.Tx) error {
			began := time.Now()
			_, err := l.Add(tx, e.At, e)
			added = time.Since(began)
			return err
		}))
		took, committed = append(took, added), append(committed, time.Since(began))
	}
	report(b, "", took)
	report(b, "-committed", committed)
	file, err := os.Stat(path)
	require.NoError(b, err)
	b.ReportMetric(float64(file.Size())/float64(len(c.vouchee)), "B/vouch")
}

func report(b *testing.B, what string, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "median-ns"+what)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns"+what)
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "worst-ns"+what)
}
