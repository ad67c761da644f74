package web

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// quotaSlots is how many allowances there are in each of the two rows. Nobody can choose whom to share one with, nor make
// the memory grow.
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
		slots: sync.OnceValue(func() []atomic.Pointer[rate.Limiter] { return make([]atomic.Pointer[rate.Limiter], 2*quotaSlots) }),
	}
}

// Allow tells whether that one may ask now. Each has an allowance in either row, and asks too often when both are used up:
// who comes to share one by chance still has the other.
func (q *Quotas) Allow(who string, now time.Time) bool {
	first, second := q.places(who)
	one, other := q.at(first).AllowN(now, 1), q.at(second).AllowN(now, 1)
	return one || other
}

// places returns where the two allowances of that one are.
func (q *Quotas) places(who string) (first, second uint64) {
	hash := maphash.String(q.seed, who)
	return hash % quotaSlots, quotaSlots + hash>>32%quotaSlots
}

func (q *Quotas) at(place uint64) *rate.Limiter {
	slot := &q.slots()[place]
	if slot.Load() == nil {
		slot.CompareAndSwap(nil, rate.NewLimiter(q.perSecond, q.atOnce))
	}
	return slot.Load()
}
