package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bonafide.example/internal/pgtest"
)

// BenchmarkUpdate tells how many times faster 64 callers are at once than one after the other.
func BenchmarkUpdate(b *testing.B) {
	const callers = 64
	s := open(b, pgtest.New(b).Database(b))
	var alone, together time.Duration
	for round := 0; b.Loop(); round++ {
		start := time.Now()
		for i := range callers {
			require.NoError(b, put(s, fmt.Sprintf("%09d alone %02d", round, i)))
		}
		alone += time.Since(start)

		start = time.Now()
		var group errgroup.Group
		for i := range callers {
			group.Go(func() error { return put(s, fmt.Sprintf("%09d together %02d", round, i)) })
		}
		require.NoError(b, group.Wait())
		together += time.Since(start)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(alone)/float64(together), "alone/together")
	b.ReportMetric(float64(alone.Microseconds())/float64(b.N*callers), "us/alone")
	b.ReportMetric(float64(together.Microseconds())/float64(b.N*callers), "us/together")
}
