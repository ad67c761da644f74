package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"

	bonafide "bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/storetest"
)

func open(t testing.TB, path string) *bolt.Store {
	s, err := bolt.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func put(s store.Store, key string) error {
	return s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte(key), []byte("value")) })
}

// missing returns those of the keys that the store doesn't have.
func missing(t testing.TB, s store.Store, keys []string) (missing []string) {
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		for _, key := range keys {
			values, err := r.Get([]byte(key))
			if err != nil {
				return err
			}
			if values[0] == nil {
				missing = append(missing, key)
			}
		}
		return nil
	}))
	return missing
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, filepath.Join(t.TempDir(), "store")) })
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path)
	require.NoError(t, put(s, "a"))
	require.NoError(t, s.Close())
	require.Empty(t, missing(t, open(t, path), []string{"a"}))
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left beside the store")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestOpenRefuses(t *testing.T) {
	bucket := func(name, key, value string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := bbolt.Open(path, 0o600, nil)
			require.NoError(t, err)
			require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				return errors.Join(err, b.Put([]byte(key), []byte(value)))
			}))
			require.NoError(t, db.Close())
		}
	}
	for name, c := range map[string]struct {
		path    string
		prepare func(t *testing.T, path string)
		code    bonafide.Code
		says    string
	}{
		"locked": {"store", func(t *testing.T, path string) { open(t, path) }, bonafide.StoreLocked, "another program has it open"},
		"newer": {"store", func(t *testing.T, path string) {
			require.NoError(t, open(t, path).Close())
			bucket("bonafide", "format", "2")(t, path)
		}, bonafide.StoreNewer, "has format 2, and this program knows 1"},
		"format unreadable": {"store", func(t *testing.T, path string) {
			require.NoError(t, open(t, path).Close())
			bucket("bonafide", "format", "x")(t, path)
		}, bonafide.Internal, "read its format"},
		"another program's bbolt file": {"store", bucket("theirs", "a", "b"), bonafide.Internal, "not a Bonafide store"},
		"no bbolt file": {"store", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, make([]byte, 1<<16), 0o600))
		}, bonafide.Internal, "invalid database"},
		"no directory": {"none/store", nil, bonafide.Internal, "no such file or directory"},
		"a directory":  {".", nil, bonafide.Internal, "is a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.path)
			if c.prepare != nil {
				c.prepare(t, path)
			}
			_, err := bolt.Open(path)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, path)
			require.Equal(t, c.code, bonafide.CodeOf(err))
		})
	}
}

// TestOpenAtOnce: when many make the same store at once, exactly one has it and loses nothing.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	var mu sync.Mutex
	var opened []*bolt.Store
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			s, err := bolt.Open(path)
			if bonafide.CodeOf(err) == bonafide.StoreLocked {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			opened = append(opened, s)
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.Len(t, opened, 1)
	require.NoError(t, put(opened[0], "a"))
	require.NoError(t, opened[0].Close())
	require.Empty(t, missing(t, open(t, path), []string{"a"}))
}

// BenchmarkUpdate tells how many times faster 64 callers are at once than one after the other.
func BenchmarkUpdate(b *testing.B) {
	const callers = 64
	s := open(b, filepath.Join(b.TempDir(), "store"))
	var alone, together time.Duration
	for round := 0; b.Loop(); round++ {
		start := time.Now()
		for i := range callers {
			require.NoError(b, put(s, fmt.Sprintf("%09d alone %02d", round, i)))
		}
		alone += time.Since(start)

		start = time.Now()
		var group errgroup.Group
		for i := range callers {
			group.Go(func() error { return put(s, fmt.Sprintf("%09d together %02d", round, i)) })
		}
		require.NoError(b, group.Wait())
		together += time.Since(start)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(alone)/float64(together), "alone/together")
}
