package storetest

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
)

// settled is how long a mark may still change after a write; no good store is near it.
const settled = time.Minute

// marked is for stores that are a [store.Marker]. Somebody keeps what they read all the while: once a write has
// returned, the mark is none under which anything older was read, not even while it was being committed.
func marked(t require.TestingT, s store.Store) {
	m, ok := s.(store.Marker)
	if !ok {
		return
	}
	k := &keeper{read: map[uint64]map[string]bool{}, stop: make(chan bool)}
	k.running.Go(func() { k.readOn(s, m) })
	defer func() { close(k.stop); k.running.Wait() }()
	seen := map[uint64]bool{}
	for i := range 10 {
		put(t, s, "a", strconv.Itoa(i))
		require.NotContains(t, seen, m.Mark())
		seen[m.Mark()] = true
		require.Subset(t, []string{strconv.Itoa(i)}, k.under(m.Mark()), "what was read under the mark that there is now")
	}
	require.Eventually(t, func() bool {
		before := m.Mark()
		err := s.View(context.Background(), func(store.Reader) error { return nil })
		return err == nil && m.Mark() == before
	}, settled, 10*time.Millisecond, "it stays while nothing is written")
}

// keeper keeps what it read under each mark.
type keeper struct {
	stop    chan bool
	running sync.WaitGroup
	mu      sync.Mutex
	read    map[uint64]map[string]bool
}

// readOn reads until it is stopped: the mark first, as whoever keeps something must.
func (k *keeper) readOn(s store.Store, m store.Marker) {
	for {
		select {
		case <-k.stop:
			return
		default:
		}
		mark := m.Mark()
		var values [][]byte
		err := s.View(context.Background(), func(r store.Reader) (err error) {
			values, err = r.Get([]byte("a"))
			return err
		})
		if err != nil {
			continue // nothing was read
		}
		k.keep(mark, string(values[0]))
	}
}

func (k *keeper) keep(mark uint64, value string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read[mark] == nil {
		k.read[mark] = map[string]bool{}
	}
	k.read[mark][value] = true
}

// under returns what was read under a mark.
func (k *keeper) under(mark uint64) (values []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for value := range k.read[mark] {
		values = append(values, value)
	}
	return values
}
