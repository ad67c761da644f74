package web

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// quotaSlots is how many allowances are kept apart. Who comes to share one by chance shares it; nobody can choose to,
// nor make the memory grow.
const quotaSlots = 1 << 14

// Quotas bounds how often each of many may ask for something. It is safe for concurrent use.
type Quotas struct {
	perSecond rate.Limit
	atOnce    int
	seed      maphash.Seed
	slots     func() []atomic.Pointer[rate.Limiter] // nil ones: nobody has asked so far
}

// NewQuotas gives each so many requests a second, and so many at once.
func NewQuotas(perSecond, atOnce int) *Quotas {
	return &Quotas{
		perSecond: rate.Limit(perSecond), atOnce: atOnce, seed: maphash.MakeSeed(),
		slots: sync.OnceValue(func() []atomic.Pointer[rate.Limiter] { return make([]atomic.Pointer[rate.Limiter], quotaSlots) }),
	}
}

// Allow tells whether that one may ask now.
func (q *Quotas) Allow(who string, now time.Time) bool {
	slot := &q.slots()[maphash.String(q.seed, who)%quotaSlots]
	limiter := slot.Load()
	if limiter == nil {
		slot.CompareAndSwap(nil, rate.NewLimiter(q.perSecond, q.atOnce))
		limiter = slot.Load()
	}
	return limiter.AllowN(now, 1)
}
