package store_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
)

func TestPrefix(t *testing.T) {
	for name, c := range map[string]struct{ prefix, to []byte }{
		"plain":       {[]byte("ab"), []byte("ac")},
		"ends in 255": {[]byte("a\xff\xff"), []byte("b")},
		"all 255":     {[]byte("\xff\xff"), nil},
		"empty":       {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, store.Range{From: c.prefix, To: c.to}, store.Prefix(c.prefix))
		})
	}
}

// TestKey: keys can be taken apart, sort by their parts, and hold a prefix where the parts do.
func TestKey(t *testing.T) {
	part := rapid.StringOfN(rapid.RuneFrom([]rune{0, 1, 2, 'a', 'b', 0x7f, 0xff}), 0, 4, -1)
	parts := rapid.SliceOfN(part, 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		require.Equal(t, a, store.Parts(store.Key(a...)))
		require.Equal(t, slices.Compare(a, b), bytes.Compare(store.Key(a...), store.Key(b...)))
		begins := len(a) <= len(b) && slices.Equal(a, b[:len(a)])
		require.Equal(t, begins, bytes.HasPrefix(store.Key(b...), store.Key(a...)))
	})
	require.Equal(t, "m\x00ann\x00", string(store.Key("m", "ann")))
}

type record struct {
	Name  string `json:"name"`
	Count int64  `json:"count,omitzero"`
}

func TestJSON(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	defer s.Close()
	ann, bob, odd := store.Key("m", "ann"), store.Key("m", "bob"), store.Key("odd", "secret")
	large := record{"Bob", 1<<63 - 1} // beyond what peers may send, but our own
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		require.NoError(t, store.PutJSON(tx, ann, record{Name: "Ann"}))
		require.NoError(t, store.PutJSON(tx, bob, large))
		require.ErrorContains(t, store.PutJSON(tx, odd, make(chan int)), `kind "odd"`)
		return tx.Put(odd, []byte(`{"name":"x","nick":"y"}`))
	}))
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		got, found, err := store.GetJSON[record](r, bob)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, large, got)

		_, found, err = store.GetJSON[record](r, store.Key("m", "eve"))
		require.NoError(t, err)
		require.False(t, found)

		all, err := store.GetAllJSON[record](r, bob, store.Key("m", "eve"), ann)
		require.NoError(t, err)
		require.Equal(t, []record{large, {Name: "Ann"}}, all)
		_, err = store.GetAllJSON[record](r, ann, odd)
		require.ErrorContains(t, err, `kind "odd"`)

		_, found, err = store.GetJSON[record](r, odd)
		require.ErrorContains(t, err, `kind "odd"`)
		require.False(t, found)
		require.False(t, strings.Contains(err.Error(), "secret"), "whom a record is about doesn't belong in an error")
		require.Error(t, store.ScanJSON(r, store.Prefix(odd), func([]byte, record) (bool, error) { return true, nil }))

		var names []string
		require.NoError(t, store.ScanJSON(r, store.Prefix(store.Key("m")), func(key []byte, value record) (bool, error) {
			names = append(names, store.Parts(key)[1]+" "+value.Name)
			return true, nil
		}))
		require.Equal(t, []string{"ann Ann", "bob Bob"}, names)
		return nil
	}))
}
