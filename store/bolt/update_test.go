package bolt

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"

	"bonafide.example/store"
)

// commits returns how many transactions the file has seen.
func commits(t *testing.T, s *Store) (n int) {
	require.NoError(t, s.db.View(func(tx *bbolt.Tx) error {
		n = tx.ID()
		return nil
	}))
	return n
}

// TestShare: those who come while a transaction is under way are committed together, with one commit.
func TestShare(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	defer s.Close()
	before := commits(t, s)

	begun, waiting := make(chan bool), make(chan bool)
	var group errgroup.Group
	group.Go(func() error {
		return s.Update(context.Background(), func(tx store.Tx) error {
			close(begun)
			<-waiting
			return tx.Put([]byte("first"), nil)
		})
	})
	<-begun
	const others = 100
	for i := range others {
		group.Go(func() error {
			return s.Update(context.Background(), func(tx store.Tx) error { return tx.Put(store.Key(string(rune('0'+i))), nil) })
		})
	}
	for queued := 0; queued < others; runtime.Gosched() {
		s.mu.Lock()
		queued = len(s.queue)
		s.mu.Unlock()
	}
	close(waiting)
	require.NoError(t, group.Wait())
	require.Equal(t, 2, commits(t, s)-before)
	require.Equal(t, store.Counts{Updates: 1 + others, Commits: 2}, s.Counts())
}

// TestCounts: a call that fails after it wrote spoils the commit for the one beside it, which runs again, and then alone.
func TestCounts(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	refused := errors.New("refused")
	good := &call{ctx: t.Context(), fn: func(tx store.Tx) error { return tx.Put([]byte("a"), nil) }, turn: make(chan *bbolt.Tx), ran: make(chan struct{})}
	bad := &call{ctx: t.Context(), fn: func(tx store.Tx) error { return errors.Join(tx.Put([]byte("b"), nil), refused) }, turn: make(chan *bbolt.Tx), ran: make(chan struct{})}
	var group errgroup.Group
	for _, c := range []*call{good, bad} {
		group.Go(func() error { return s.follow(c) })
	}
	s.commit([]*call{good, bad})
	require.ErrorIs(t, group.Wait(), refused)
	require.NoError(t, s.View(t.Context(), func(store.Reader) error { return nil }))
	require.Equal(t, store.Counts{Views: 1, Updates: 2, Commits: 1, Reruns: 2}, s.Counts())
	require.NoError(t, s.Close())
	require.Error(t, s.Update(t.Context(), func(store.Tx) error { return nil }))
	require.EqualValues(t, 1, s.Counts().Failed)
}

// TestNothingWritten: an Update that writes nothing costs no commit.
func TestNothingWritten(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	defer s.Close()
	before := commits(t, s)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error { return nil }))
	require.Equal(t, before, commits(t, s))
}
