package vouching_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// BenchmarkFault measures what one fault costs a ledger whose members give ten vouches each, at several
// sizes side by side. Beside the mean it reports the median, the 99th hundredth and the worst, how many
// people a fault charged, and the memory that the ledger takes for each vouch, all else included.
//
// For the figures in the documentation: go test ./vouching -run=- -bench=Fault -benchtime=100000x
func BenchmarkFault(b *testing.B) {
	for _, size := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("members=%d", size), func(b *testing.B) {
			before := heap()
			l := crowd(b, size)
			perVouch := float64(heap()-before) / float64(vouchesEach*size)
			random := rand.New(rand.NewPCG(3, uint64(size)))
			var took []time.Duration
			charged := 0
			for b.Loop() {
				at := l.At() + 1
				l.Advance(at)
				fault := vouching.Event{
					Kind: vouching.KindFault, ID: fmt.Sprintf("f%d", at), At: at, Member: name(random.IntN(size)), Class: "half", Occurred: at, Reported: at,
				}
				began := time.Now()
				touched, err := l.Add(fault)
				took = append(took, time.Since(began))
				require.NoError(b, err)
				charged += len(touched) - 1
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "median-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
			b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "worst-ns")
			b.ReportMetric(float64(charged)/float64(len(took)), "charged/fault")
			b.ReportMetric(perVouch, "B/vouch")
		})
	}
}

// BenchmarkMember measures reading one member's state.
func BenchmarkMember(b *testing.B) {
	const size = 10_000
	l := crowd(b, size)
	random := rand.New(rand.NewPCG(4, size))
	for b.Loop() {
		l.Member(name(random.IntN(size)))
	}
}

const vouchesEach = 10

func name(i int) string { return fmt.Sprintf("m%07d", i) }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// crowd returns a ledger of many members who stood behind others at random, over 300 days.
func crowd(b *testing.B, size int) *vouching.Ledger {
	random := rand.New(rand.NewPCG(2, uint64(size)))
	l, err := vouching.New(parameters(), start+300*day)
	require.NoError(b, err)
	add := func(e vouching.Event) {
		if _, err := l.Add(e); err != nil {
			b.Fatal(err)
		}
	}
	for i := range size {
		add(vouching.Event{Kind: vouching.KindEarn, ID: "e" + name(i), At: start, Member: name(i), Points: 1000 + random.Int64N(2000)})
	}
	for i := range vouchesEach * size {
		voucher, vouchee := i/vouchesEach, random.IntN(size)
		if vouchee == voucher {
			vouchee = (vouchee + 1) % size
		}
		e := vouch(name(voucher), name(vouchee), 2, 10+random.Int64N(40))
		e.ID, e.At = fmt.Sprintf("v%08d", i), start+300*day*bonafide.Seconds(i)/bonafide.Seconds(vouchesEach*size)
		add(e)
	}
	return l
}
