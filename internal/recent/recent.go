// Package recent keeps in memory what was used last.
package recent

import "sync"

// Memory keeps what was used last: at least as many bytes as its limit, and at most twice as many. It
// is safe for concurrent use.
type Memory[K comparable, V any] struct {
	limit int
	mu    sync.Mutex
	now   map[K]kept[V] // what was used since it last grew to the limit
	then  map[K]kept[V] // what was used before
	size  int           // of now
}

// kept is a value and how many bytes it takes.
type kept[V any] struct {
	value V
	size  int
}

// New makes a memory of at least so many bytes.
func New[K comparable, V any](limit int) *Memory[K, V] {
	return &Memory[K, V]{limit: limit, now: map[K]kept[V]{}}
}

// Get returns what was put under the key last, unless it was let go.
func (r *Memory[K, V]) Get(key K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k, ok := r.now[key]; ok {
		return k.value, true
	}
	k, ok := r.then[key]
	if ok {
		r.add(key, k)
	}
	return k.value, ok
}

// Put keeps a value that takes so many bytes, key included.
func (r *Memory[K, V]) Put(key K, value V, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(key, kept[V]{value, size})
}

// add puts it among what is used now. Once that is full it all becomes what was used before, in whose place it comes.
func (r *Memory[K, V]) add(key K, k kept[V]) {
	if r.size+k.size > r.limit {
		r.then, r.now, r.size = r.now, map[K]kept[V]{}, 0
	}
	r.size += k.size - r.now[key].size
	r.now[key] = k
}
