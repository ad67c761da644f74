package web

import (
	"maps"
	"sync"
	"time"

	"bonafide.example"
	"golang.org/x/time/rate"
)

// Quotas bounds how often each site may ask for something. It is safe for concurrent use.
type Quotas struct {
	perSecond rate.Limit
	atOnce    int

	mu sync.Mutex
	of map[bonafide.Origin]*rate.Limiter
}

// NewQuotas gives each site so many requests a second, and so many at once.
func NewQuotas(perSecond, atOnce int) *Quotas {
	return &Quotas{perSecond: rate.Limit(perSecond), atOnce: atOnce, of: map[bonafide.Origin]*rate.Limiter{}}
}

// Allow tells whether the site may ask now.
func (q *Quotas) Allow(site bonafide.Origin, now time.Time) bool {
	const most = 1000
	q.mu.Lock()
	defer q.mu.Unlock()
	limiter, ok := q.of[site]
	if !ok {
		if len(q.of) >= most { // whoever may ask as much as ever needn't be remembered
			maps.DeleteFunc(q.of, func(_ bonafide.Origin, l *rate.Limiter) bool { return l.TokensAt(now) >= float64(q.atOnce) })
		}
		limiter = rate.NewLimiter(q.perSecond, q.atOnce)
		q.of[site] = limiter
	}
	return limiter.AllowN(now, 1)
}
