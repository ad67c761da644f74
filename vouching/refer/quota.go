package refer

import (
	"maps"
	"sync"
	"time"

	"bonafide.example"
	"golang.org/x/time/rate"
)

// How often sites that aren't listed may be looked up for members, all together.
const (
	strangersPerSecond = 5
	strangersAtOnce    = 20
)

// How often one site may tell outcomes: as often as a client of package fetch asks.
const (
	outcomesPerSecond = 20
	outcomesAtOnce    = 100
)

// quotas bounds how often each site tells outcomes. It is safe for concurrent use.
type quotas struct {
	mu sync.Mutex
	of map[bonafide.Origin]*rate.Limiter
}

func newQuotas() quotas { return quotas{of: map[bonafide.Origin]*rate.Limiter{}} }

// allow tells whether the site may tell an outcome now.
func (q *quotas) allow(site bonafide.Origin, now time.Time) bool {
	const most = 1000
	q.mu.Lock()
	defer q.mu.Unlock()
	limiter, ok := q.of[site]
	if !ok {
		if len(q.of) >= most { // whoever may tell as many as ever needn't be remembered
			maps.DeleteFunc(q.of, func(_ bonafide.Origin, l *rate.Limiter) bool { return l.TokensAt(now) >= outcomesAtOnce })
		}
		limiter = rate.NewLimiter(outcomesPerSecond, outcomesAtOnce)
		q.of[site] = limiter
	}
	return limiter.AllowN(now, 1)
}
