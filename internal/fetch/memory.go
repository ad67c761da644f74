package fetch

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/recent"
	"golang.org/x/time/rate"
)

// How long a failure is remembered: so long a peer isn't asked for the same thing again.
const failureLife = 10 * time.Second

// memories is what a client remembers of its peers. Keys are "KIND ADDRESS", those of limiters origins.
type memories struct {
	keys       *memory[keyring]
	entities   *memory[*bonafide.EntityConfiguration]
	mechanisms *memory[*bonafide.Mechanism]
	tables     *memory[*bonafide.Table]
	lists      *memory[*List] // weighed in bytes
	badges     *recent.Memory[string, opened]
	failures   *memory[error]
	limiters   *memory[*rate.Limiter]
}

func newMemories() memories {
	const each, listBytes, badgeBytes = 1000, 64 << 20, 16 << 20
	return memories{
		keys:       newMemory[keyring](each),
		entities:   newMemory[*bonafide.EntityConfiguration](each),
		mechanisms: newMemory[*bonafide.Mechanism](each),
		tables:     newMemory[*bonafide.Table](each),
		lists:      newMemory[*List](listBytes),
		badges:     recent.New[string, opened](badgeBytes),
		failures:   newMemory[error](10 * each),
		limiters:   newMemory[*rate.Limiter](each),
	}
}

// read returns what kept finds. Otherwise it calls get: once for all who ask for the key meanwhile, and
// after a failure not again for a while. get outlives the caller that began it, since others may wait for
// it too, but spends that caller's budget; whoever has budget left then tries on his own.
func read[V any](ctx context.Context, c *Client, key string, kept func() (V, bool), get func(context.Context) (V, error)) (V, error) {
	for {
		if value, ok := kept(); ok {
			return value, nil
		}
		flight := c.flights.DoChan(key, func() (any, error) {
			if value, ok := kept(); ok {
				return value, nil
			}
			return remembering(c, key, func() (V, error) { return get(context.WithoutCancel(ctx)) })
		})
		_, address, _ := strings.Cut(key, " ")
		select {
		case <-ctx.Done():
			var zero V
			return zero, networkError(ctx, address, ctx.Err())
		case result := <-flight:
			if bonafide.CodeOf(result.Err) == bonafide.FetchBudget && !spent(ctx) {
				continue
			}
			value, _ := result.Val.(V)
			return value, naming(address, result.Err)
		}
	}
}

// remembering calls get unless it failed a moment ago. What failed for this side's own limits is not held
// against the peer.
func remembering[V any](c *Client, key string, get func() (V, error)) (V, error) {
	if err, ok := c.failures.get(key, c.now()); ok {
		var zero V
		return zero, err
	}
	value, err := get()
	if err != nil && !ownLimit(err) {
		c.failures.put(key, err, 1, c.now(), c.now().Add(failureLife))
	}
	return value, err
}

// ownLimit tells whether the fetch failed for a limit of this side.
func ownLimit(err error) bool {
	code := bonafide.CodeOf(err)
	return code == bonafide.FetchBudget || code == bonafide.RateLimited
}

// none is the kept of what isn't remembered.
func none[V any]() (value V, ok bool) { return value, false }

// naming makes err name the address that it came of, or another of the same site. What else errors name
// is in the words of a peer.
func naming(address string, err error) error {
	var e *bonafide.Error
	origin, _ := bonafide.OriginOf(address)
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return bonafide.Errorf(bonafide.Internal, address, "can't be read").Because(err)
	case e.Subject == address, origin != "" && strings.HasPrefix(e.Subject, string(origin)+"/"):
		return err
	case e.Subject == "":
		return bonafide.Errorf(e.Code, address, "%s", e.Detail).Because(err)
	default:
		return bonafide.Errorf(e.Code, address, "%s: %s", e.Subject, e.Detail).Because(err)
	}
}

// memory keeps values, each until its time and together at most max in weight: beyond it, those go
// first that would be the first to go anyway.
type memory[V any] struct {
	mu     sync.Mutex
	max    int
	weight int
	values map[string]remembered[V]
}

type remembered[V any] struct {
	value  V
	weight int
	until  time.Time
}

func newMemory[V any](max int) *memory[V] {
	return &memory[V]{max: max, values: map[string]remembered[V]{}}
}

func (m *memory[V]) get(key string, now time.Time) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, ok := m.values[key]
	if !ok || !now.Before(kept.until) {
		var zero V
		return zero, false
	}
	return kept.value, true
}

func (m *memory[V]) put(key string, value V, weight int, now, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.store(key, remembered[V]{value, weight, until}, now)
}

// obtain returns the value, which create makes if there is none.
func (m *memory[V]) obtain(key string, now time.Time, create func() (V, time.Time)) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, ok := m.values[key]
	if !ok || !now.Before(kept.until) {
		value, until := create()
		kept = remembered[V]{value, 1, until}
		m.store(key, kept, now)
	}
	return kept.value
}

func (m *memory[V]) store(key string, kept remembered[V], now time.Time) {
	m.remove(key)
	m.values[key] = kept
	m.weight += kept.weight
	if m.weight <= m.max {
		return
	}
	for other, o := range m.values {
		if !now.Before(o.until) {
			m.remove(other)
		}
	}
	for m.weight > m.max {
		first := key
		for other, o := range m.values {
			if o.until.Before(m.values[first].until) {
				first = other
			}
		}
		m.remove(first)
	}
}

func (m *memory[V]) remove(key string) {
	m.weight -= m.values[key].weight
	delete(m.values, key)
}
