package bolt

import (
	"context"
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
