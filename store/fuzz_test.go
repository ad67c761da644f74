package store_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
)

// FuzzKey looks for parts that a key loses or sorts otherwise, for a prefix that misses a key or holds another's, and
// for bytes that can't be taken apart.
func FuzzKey(f *testing.F) {
	f.Add("m", "ann", "ann\x00", []byte("m\x00ann\x00"))
	f.Add("", "\x00", "\x01", []byte{1})
	f.Add("\xff\xff", "\x01\x01", "", []byte("\xff\xff"))
	f.Fuzz(func(t *testing.T, kind, a, b string, stored []byte) {
		one, other := []string{kind, a}, []string{kind, b}
		require.Equal(t, one, store.Parts(store.Key(one...)))
		require.Equal(t, slices.Compare(one, other), bytes.Compare(store.Key(one...), store.Key(other...)))
		within := store.Prefix(store.Key(one...))
		for _, key := range [][]byte{store.Key(one...), store.Key(kind, a, b), store.Key(other...), store.Key(kind, a+b), store.Key(kind), stored} {
			in := bytes.Compare(key, within.From) >= 0 && (within.To == nil || bytes.Compare(key, within.To) < 0)
			require.Equal(t, bytes.HasPrefix(key, store.Key(one...)), in, "%q", key)
		}
		store.Parts(stored)
		all := store.Prefix(stored)
		require.True(t, all.To == nil || bytes.Compare(all.From, all.To) < 0)
	})
}
