package storetest

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
)

var errOwn = errors.New("the caller's own error")

func values(t require.TestingT, s store.Store) {
	put(t, s, "a", "1", "b", "old", "b", "2", "c", "3", "empty", "")
	ctx := context.Background()
	require.NoError(t, s.Update(ctx, func(tx store.Tx) error {
		return errors.Join(tx.Delete([]byte("c")), tx.Delete([]byte("never there")), tx.Put([]byte("nil"), nil))
	}))
	require.NoError(t, s.View(ctx, func(r store.Reader) error {
		got, err := r.Get([]byte("b"), []byte("absent"), []byte("empty"), []byte("a"), []byte("c"), []byte("b"), []byte("nil"))
		require.Equal(t, [][]byte{[]byte("2"), nil, {}, []byte("1"), nil, []byte("2"), {}}, got, "in the order asked for")
		none, errNone := r.Get()
		require.Empty(t, none)
		return errors.Join(err, errNone)
	}))
	require.Equal(t, []string{"a", "1", "b", "2", "empty", "", "nil", ""}, content(t, s, store.Range{}))
}

func copies(t require.TestingT, s store.Store) {
	ctx := context.Background()
	require.NoError(t, s.Update(ctx, func(tx store.Tx) error {
		key, value := []byte("key"), []byte("value")
		err := tx.Put(key, value)
		copy(key, "xxx")
		copy(value, "xxxxx")
		return err
	}))
	// scribble reads everything and spoils the slices it is given.
	scribble := func(r store.Reader) error {
		values, err := r.Get([]byte("key"))
		copy(values[0], "yyyyy")
		return errors.Join(err, r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			copy(key, "zzz")
			copy(value, "zzzzz")
			return true, nil
		}))
	}
	require.NoError(t, s.View(ctx, scribble))
	require.NoError(t, s.Update(ctx, func(tx store.Tx) error {
		return errors.Join(putAll(tx, "other", "value"), scribble(tx))
	}))
	require.Equal(t, []string{"key", "value", "other", "value"}, content(t, s, store.Range{}))

	var kept []byte
	require.NoError(t, s.View(ctx, func(r store.Reader) error {
		values, err := r.Get([]byte("key"))
		kept = values[0]
		return err
	}))
	put(t, s, "key", "later")
	require.Equal(t, "value", string(kept), "a value outlives its transaction")
}

func sizes(t require.TestingT, s store.Store) {
	longest, largest := bytes.Repeat([]byte("k"), store.MaxKey), bytes.Repeat([]byte("v"), store.MaxValue)
	try := func(key, value []byte) error {
		return s.Update(context.Background(), func(tx store.Tx) error { return tx.Put(key, value) })
	}
	require.NoError(t, try(longest, largest))
	require.Error(t, try(nil, []byte("v")), "an empty key")
	require.Error(t, try(append(longest, 'k'), nil), "too long a key")
	require.Error(t, try([]byte("k"), append(largest, 'v')), "too large a value")
	got := content(t, s, store.Range{})
	require.Len(t, got, 2)
	require.True(t, got[0] == string(longest) && got[1] == string(largest))
}

func order(t require.TestingT, s store.Store) {
	sorted := []string{"\x00", "\x00\x00", "\x01", "A", "a", "a\x00", "a\x00b", "a\x01", "aa", "b", "ä", "\xff", "\xff\x00", "\xff\xff"}
	for _, i := range []int{7, 2, 13, 0, 9, 4, 11, 6, 1, 12, 3, 10, 5, 8} {
		put(t, s, sorted[i], "")
	}
	require.Equal(t, sorted, keys(content(t, s, store.Range{})))
}

func ranges(t require.TestingT, s store.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3", "d", "4")
	for _, c := range []struct {
		from, to []byte
		want     []string
	}{
		{[]byte("b"), []byte("d"), []string{"b", "c"}},
		{[]byte("aa"), []byte("cc"), []string{"b", "c"}},
		{[]byte("c"), nil, []string{"c", "d"}},
		{nil, []byte("b"), []string{"a"}},
		{[]byte("b"), []byte("b"), nil},
		{[]byte("c"), []byte("b"), nil},
		{[]byte("e"), nil, nil},
		{nil, []byte{}, nil},
	} {
		require.Equal(t, c.want, keys(content(t, s, store.Range{From: c.from, To: c.to})), "from %q to %q", c.from, c.to)
	}
}

func prefixes(t require.TestingT, s store.Store) {
	for _, key := range [][]byte{store.Key("m", "ann"), store.Key("m", "ann", "1"), store.Key("m", "anna"),
		store.Key("m", "ann\x00"), store.Key("m", "ann\x01", "1"), store.Key("mm", "ann"), {0xff, 0xff, 1}, {0xff, 0xff}} {
		put(t, s, string(key), "")
	}
	require.Equal(t, []string{string(store.Key("m", "ann")), string(store.Key("m", "ann", "1"))},
		keys(content(t, s, store.Prefix(store.Key("m", "ann")))))
	require.Len(t, keys(content(t, s, store.Prefix(store.Key("m")))), 5)
	require.Equal(t, []string{"\xff\xff", "\xff\xff\x01"}, keys(content(t, s, store.Prefix([]byte{0xff, 0xff}))))
	require.Len(t, keys(content(t, s, store.Prefix(nil))), 8)
}

func stops(t require.TestingT, s store.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3")
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		var seen []string
		until := func(more bool, err error) error {
			seen = nil
			return r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
				seen = append(seen, string(key))
				return more || string(key) != "b", err
			})
		}
		require.NoError(t, until(false, nil))
		require.Equal(t, []string{"a", "b"}, seen)
		require.ErrorIs(t, until(true, errOwn), errOwn)
		require.Equal(t, []string{"a"}, seen)
		return nil
	}))
}

func ownWrites(t require.TestingT, s store.Store) {
	put(t, s, "a", "old", "b", "old", "c", "old")
	var got [][]byte
	var seen []string
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		err := errors.Join(putAll(tx, "a", "new", "aa", "new"), tx.Delete([]byte("b")))
		if err != nil {
			return err
		}
		if got, err = tx.Get([]byte("a"), []byte("aa"), []byte("b"), []byte("c")); err != nil {
			return err
		}
		seen, err = scan(tx, store.Range{})
		return err
	}))
	require.Equal(t, [][]byte{[]byte("new"), []byte("new"), nil, []byte("old")}, got)
	require.Equal(t, []string{"a", "new", "aa", "new", "c", "old"}, seen)
	require.Equal(t, seen, content(t, s, store.Range{}))
}

// scanBearsWrites moves each of many records while it scans them, with others put before and behind.
func scanBearsWrites(t require.TestingT, s store.Store) {
	var pairs, want, seen []string
	for i := range 500 {
		key := string([]byte{'k', byte(i / 256), byte(i % 256)})
		pairs, want = append(pairs, key, "v"), append(want, key)
	}
	put(t, s, pairs...)
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		seen = nil
		return tx.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			if string(value) != "v" {
				return true, nil // one that was put during the scan, which may be shown or not
			}
			seen = append(seen, string(key))
			moved := "z" + string(key)
			return true, errors.Join(tx.Delete(key), putAll(tx, "a"+string(key), "moved", moved, "moved"))
		})
	}))
	require.Equal(t, want, seen, "each once, in order")
	left := content(t, s, store.Range{})
	require.Len(t, keys(left), 1000)
	require.True(t, slices.IsSorted(keys(left)))
	require.Empty(t, content(t, s, store.Prefix([]byte("k"))))
}
