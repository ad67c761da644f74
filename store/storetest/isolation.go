package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bonafide.example/store"
)

// callers is how many goroutines call Update at once.
const callers = 64

// snapshot changes the store while a View is open: the View must see none of it, and the next View all.
func snapshot(t require.TestingT, s store.Store) {
	put(t, s, "a", "1", "b", "1")
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		before, err := r.Get([]byte("a"))
		require.NoError(t, err)
		changed := make(chan error)
		go func() {
			changed <- s.Update(context.Background(), func(tx store.Tx) error {
				return errors.Join(tx.Delete([]byte("a")), putAll(tx, "b", "2", "c", "2"))
			})
		}()
		require.NoError(t, <-changed)
		after, err := r.Get([]byte("a"), []byte("c"))
		require.NoError(t, err)
		require.Equal(t, [][]byte{before[0], nil}, after)
		seen, err := scan(r, store.Range{})
		require.Equal(t, []string{"a", "1", "b", "1"}, seen)
		return err
	}))
	require.Equal(t, []string{"b", "2", "c", "2"}, content(t, s, store.Range{}))
}

// uncommitted looks at the store between a write and its commit.
func uncommitted(t require.TestingT, s store.Store) {
	put(t, s, "a", "old")
	wrote, looked, done := make(chan bool, 1), make(chan bool), make(chan error, 1)
	go func() {
		done <- s.Update(context.Background(), func(tx store.Tx) error {
			err := putAll(tx, "a", "new", "b", "new")
			select {
			case wrote <- true:
			default: // another run has told already
			}
			<-looked
			return err
		})
	}()
	<-wrote
	var got [][]byte
	err := s.View(context.Background(), func(r store.Reader) (err error) {
		got, err = r.Get([]byte("a"), []byte("b"))
		return err
	})
	close(looked)
	require.NoError(t, <-done)
	require.NoError(t, err)
	require.Equal(t, [][]byte{[]byte("old"), nil}, got)
	require.Equal(t, []string{"a", "new", "b", "new"}, content(t, s, store.Range{}))
}

func errorKeepsNothing(t require.TestingT, s store.Store) {
	put(t, s, "a", "1", "b", "1")
	err := s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(putAll(tx, "a", "2", "c", "2"), tx.Delete([]byte("b")), errOwn)
	})
	require.ErrorIs(t, err, errOwn)
	require.Equal(t, []string{"a", "1", "b", "1"}, content(t, s, store.Range{}))
	require.ErrorIs(t, s.View(context.Background(), func(store.Reader) error { return errOwn }), errOwn)
}

func panicKeepsNothing(t require.TestingT, s store.Store) {
	put(t, s, "a", "1")
	require.PanicsWithValue(t, "from Update", func() {
		_ = s.Update(context.Background(), func(tx store.Tx) error {
			_ = putAll(tx, "a", "2", "b", "2")
			panic("from Update")
		})
	})
	require.PanicsWithValue(t, "from View", func() {
		_ = s.View(context.Background(), func(store.Reader) error { panic("from View") })
	})
	put(t, s, "c", "3")
	require.Equal(t, []string{"a", "1", "c", "3"}, content(t, s, store.Range{}))
}

func contextKeepsNothing(t require.TestingT, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Update(ctx, func(tx store.Tx) error {
		err := putAll(tx, "during", "")
		cancel()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Update(ctx, func(tx store.Tx) error { return putAll(tx, "after", "") }), context.Canceled)
	require.ErrorIs(t, s.View(ctx, func(store.Reader) error { return nil }), context.Canceled)
	require.Empty(t, content(t, s, store.Range{}))
}

// add adds one to the number under the key.
func add(tx store.Tx, key string) error {
	values, err := tx.Get([]byte(key))
	if err != nil {
		return err
	}
	n := 0
	if values[0] != nil {
		if n, err = strconv.Atoi(string(values[0])); err != nil {
			return err
		}
	}
	return putAll(tx, key, strconv.Itoa(n+1))
}

func counter(t require.TestingT, s store.Store) {
	const each = 4
	var group errgroup.Group
	for range callers {
		group.Go(func() error {
			for range each {
				if err := s.Update(context.Background(), func(tx store.Tx) error { return add(tx, "n") }); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	require.Equal(t, []string{"n", strconv.Itoa(callers * each)}, content(t, s, store.Range{}))
}

// amongMany lets many callers write, of whom every eighth then ends in the given way. Each caller leaves a
// key of its own that names its run, so that a run which was undone would show.
func amongMany(t require.TestingT, s store.Store, end func() error, told func(caller int, err error) error) {
	var group errgroup.Group
	want := 0
	for i := range callers {
		fails := i%8 == 0
		if !fails {
			want++
		}
		group.Go(func() (err error) {
			defer func() {
				if value := recover(); value != nil {
					err = told(i, fmt.Errorf("panic: %v", value))
				}
			}()
			run := 0
			err = s.Update(context.Background(), func(tx store.Tx) error {
				run++
				if err := errors.Join(add(tx, "n"), putAll(tx, fmt.Sprintf("caller %02d run %d", i, run), "")); err != nil {
					return err
				}
				if fails {
					return end()
				}
				return nil
			})
			if fails {
				return told(i, err)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	kept := content(t, s, store.Prefix([]byte("caller")))
	require.Len(t, keys(kept), want)
	require.Equal(t, []string{"n", strconv.Itoa(want)}, content(t, s, store.Prefix([]byte("n"))))
	seen := map[string]bool{}
	for _, key := range keys(kept) {
		require.False(t, seen[key[:9]], "two runs of %s are kept", key[:9])
		seen[key[:9]] = true
	}
}

func failingAmongMany(t require.TestingT, s store.Store) {
	amongMany(t, s, func() error { return errOwn }, func(caller int, err error) error {
		if !errors.Is(err, errOwn) {
			return fmt.Errorf("caller %d failed and was told %v", caller, err)
		}
		return nil
	})
}

func panickingAmongMany(t require.TestingT, s store.Store) {
	amongMany(t, s, func() error { panic("its own") }, func(caller int, err error) error {
		if err == nil || err.Error() != "panic: its own" {
			return fmt.Errorf("caller %d panicked and was told %v", caller, err)
		}
		return nil
	})
}

// claim lets many callers write a key of their own if nobody has: what each reads, the others write.
func claim(t require.TestingT, s store.Store) {
	var group errgroup.Group
	for i := range callers {
		group.Go(func() error {
			err := s.Update(context.Background(), func(tx store.Tx) error {
				claimed, err := scan(tx, store.Prefix(store.Key("claim")))
				if err != nil {
					return err
				}
				if len(claimed) > 0 {
					return errOwn
				}
				return errors.Join(tx.Put(store.Key("claim", strconv.Itoa(i)), nil), add(tx, "granted"))
			})
			if errors.Is(err, errOwn) {
				return nil
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.Len(t, keys(content(t, s, store.Prefix(store.Key("claim")))), 1)
	require.Equal(t, []string{"granted", "1"}, content(t, s, store.Prefix([]byte("granted"))))
}

func closed(t require.TestingT, s store.Store) {
	put(t, s, "a", "1")
	require.NoError(t, s.Close())
	require.Error(t, s.View(context.Background(), func(store.Reader) error { return nil }))
	require.Error(t, s.Update(context.Background(), func(tx store.Tx) error { return putAll(tx, "a", "2") }))
}
