package postgres

import (
	"context"
	"sync"
	"time"
)

const (
	look  = 250 * time.Millisecond // between two looks at what others wrote
	stale = time.Second            // after which a look says nothing any more: badges may be that much behind (BF-ISSUER-20)
)

// marks is what is known of writes.
//
// Other processes' are seen by asking the database for its snapshot, which names the transactions that are over: its text
// changes whenever a transaction that writes begins or ends, and never comes again while the server lives. NOTIFY would
// tell sooner, and have all commits wait in one line.
type marks struct {
	mu     sync.Mutex
	mark   uint64
	seen   string    // the last snapshot
	looked time.Time // when it was asked for
}

// bump changes the mark.
func (m *marks) bump() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark++
}

// saw notes a snapshot that was asked for at that time. "" says that there was none.
func (m *marks) saw(snapshot string, asked time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if snapshot == "" || snapshot != m.seen {
		m.mark++
	}
	m.seen, m.looked = snapshot, asked
}

// Mark implements [store.Marker]. What another process wrote changes it within a second; while the database doesn't
// answer each mark is a new one.
func (s *Store) Mark() uint64 { return s.marks.at(time.Now()) }

func (m *marks) at(now time.Time) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == "" || now.Sub(m.looked) > stale {
		m.mark++
	}
	return m.mark
}

// watch looks again and again until ctx is done.
func (s *Store) watch(ctx context.Context) {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	for {
		asked := time.Now()
		s.marks.saw(s.snapshot(ctx), asked)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// snapshot returns the database's snapshot, "" if it can't be had in time.
func (s *Store) snapshot(ctx context.Context) (text string) {
	ctx, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	if err := s.pool.QueryRow(ctx, `select pg_current_snapshot()::text`).Scan(&text); err != nil {
		return "" // the mark says so
	}
	return text
}
