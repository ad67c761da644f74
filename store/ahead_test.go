package store_test

import (
	"path/filepath"
	"testing"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// asked counts the keys that a transaction is asked for.
type asked struct {
	store.Tx
	times, keys int
}

func (a *asked) Get(keys ...[]byte) ([][]byte, error) {
	a.times++
	a.keys += len(keys)
	return a.Tx.Get(keys...)
}

func TestAhead(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	key := func(name string) []byte { return []byte(name) }
	require.NoError(t, s.Update(t.Context(), func(tx store.Tx) error { return tx.Put(key("a"), []byte("1")) }))
	require.NoError(t, s.Update(t.Context(), func(under store.Tx) error {
		counted := &asked{Tx: under}
		tx, err := store.Ahead(counted, key("a"), key("b"), key("a"))
		require.NoError(t, err)
		get := func(names ...string) (values []string) {
			var keys [][]byte
			for _, name := range names {
				keys = append(keys, key(name))
			}
			all, err := tx.Get(keys...)
			require.NoError(t, err)
			for _, value := range all {
				if value == nil {
					values = append(values, "none")
					continue
				}
				values = append(values, string(value))
				clear(value) // a copy
			}
			return values
		}
		require.Equal(t, []string{"1", "none", "1"}, get("a", "b", "a"))
		require.Equal(t, 1, counted.times)
		require.Equal(t, 2, counted.keys)
		require.NoError(t, tx.Put(key("b"), nil))
		require.NoError(t, tx.Delete(key("a")))
		require.Equal(t, []string{"none", ""}, get("a", "b"))
		require.Error(t, tx.Put(nil, nil))
		require.Equal(t, 1, counted.times)
		require.Equal(t, []string{"none", "none"}, get("a", "c"))
		require.Equal(t, 3, counted.keys, "only what isn't known is asked for")
		return nil
	}))
	require.NoError(t, s.View(t.Context(), func(r store.Reader) error {
		values, err := r.Get(key("a"), key("b"))
		require.Equal(t, [][]byte{nil, {}}, values)
		return err
	}))
}
