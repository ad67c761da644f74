package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/storetest"
)

// TestCatchesFaultyStores plants one fault at a time in a good store: the case that is there for it must fail.
func TestCatchesFaultyStores(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(store.Store) store.Store
		catch string
	}{
		"loses every other write":     {losesWrites, "values come back as they were put"},
		"deletes nothing":             {deletesNothing, "values come back as they were put"},
		"tells empty as absent":       {emptyIsAbsent, "values come back as they were put"},
		"scans backwards":             {scansBackwards, "keys are in bytewise order"},
		"scans to the end":            {scansToTheEnd, "a range is kept to"},
		"scans across prefixes":       {scansToTheEnd, "prefixes don't collide"},
		"scans what was there before": {readsBefore, "a transaction sees its own writes"},
		"keeps half a transaction":    {keepsHalf, "an error keeps nothing"},
		"keeps what a panic left":     {keepsHalf, "a panic keeps nothing and reaches its caller"},
		"ignores the context":         {ignoresContext, "an ended context keeps nothing"},
		"reads uncommitted writes":    {readsUncommitted, "a view sees nothing uncommitted"},
		"reads each key anew":         {readsAnew, "a view is a snapshot"},
		"loses concurrent updates":    {losesUpdates, "concurrent updates lose nothing"},
		"lets two claim":              {losesUpdates, "exactly one of many claims"},
		"keeps what failed":           {keepsHalf, "a failing update loses only itself"},
		"marks every other write":     {marksHalf, "a mark tells of each write"},
		"marks before it commits":     {marksEarly, "a mark tells of each write"},
	} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(storetest.Cases(), func(other storetest.Case) bool { return other.Name == c.catch })
			require.GreaterOrEqual(t, i, 0, "there is no case %q", c.catch)
			check := storetest.Cases()[i].Run
			require.Empty(t, failure(check, open(t)), "the good store")
			require.NotEmpty(t, failure(check, c.fault(open(t))), "the faulty store")
		})
	}
}

func open(t *testing.T) store.Store {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// failure runs a case and returns how it failed, "" if it passed.
func failure(check func(require.TestingT, store.Store), s store.Store) string {
	r := &recorder{}
	done := make(chan bool)
	go func() {
		defer close(done)
		check(r, s)
	}()
	<-done
	return r.message
}

// recorder is a [require.TestingT] that keeps the message; it must be used in a goroutine of its own.
type recorder struct{ message string }

func (r *recorder) Errorf(format string, args ...any) { r.message += fmt.Sprintf(format, args...) }
func (r *recorder) FailNow()                          { runtime.Goexit() }

// faulty is a store of which one method or the other is replaced.
type faulty struct {
	store.Store
	view   func(context.Context, func(store.Reader) error) error
	update func(context.Context, func(store.Tx) error) error
}

func (f *faulty) View(ctx context.Context, fn func(store.Reader) error) error {
	if f.view == nil {
		return f.Store.View(ctx, fn)
	}
	return f.view(ctx, fn)
}

func (f *faulty) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.update == nil {
		return f.Store.Update(ctx, fn)
	}
	return f.update(ctx, fn)
}

// halfMarked is a store whose mark misses every other write.
type halfMarked struct{ store.Store }

func (h halfMarked) Mark() uint64 { return h.Store.(store.Marker).Mark() / 2 }

func marksHalf(s store.Store) store.Store { return halfMarked{s} }

// earlyMarked is a store that changes its mark when a write is about to be committed.
type earlyMarked struct {
	*faulty
	mark, views atomic.Uint64
}

func (e *earlyMarked) Mark() uint64 { return e.mark.Load() }

// marksEarly commits once somebody has read what was there before, under the new mark.
func marksEarly(s store.Store) store.Store {
	e := &earlyMarked{faulty: &faulty{Store: s}}
	e.view = func(ctx context.Context, fn func(store.Reader) error) error {
		defer e.views.Add(1)
		return s.View(ctx, fn)
	}
	e.update = func(ctx context.Context, fn func(store.Tx) error) error {
		return s.Update(ctx, func(tx store.Tx) error {
			err := fn(tx)
			e.mark.Add(1)
			// The first view to end may have begun before.
			for end := e.views.Load() + 2; e.views.Load() < end; {
				runtime.Gosched()
			}
			return err
		})
	}
	return e
}

// faultyTx is a transaction of which some methods are replaced.
type faultyTx struct {
	store.Tx
	get  func(keys ...[]byte) ([][]byte, error)
	scan func(store.Range, func(key, value []byte) (bool, error)) error
	put  func(key, value []byte) error
	del  func(key []byte) error
}

func (f *faultyTx) Get(keys ...[]byte) ([][]byte, error) {
	if f.get == nil {
		return f.Tx.Get(keys...)
	}
	return f.get(keys...)
}

func (f *faultyTx) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	if f.scan == nil {
		return f.Tx.Scan(r, fn)
	}
	return f.scan(r, fn)
}

func (f *faultyTx) Put(key, value []byte) error {
	if f.put == nil {
		return f.Tx.Put(key, value)
	}
	return f.put(key, value)
}

func (f *faultyTx) Delete(key []byte) error {
	if f.del == nil {
		return f.Tx.Delete(key)
	}
	return f.del(key)
}

// asTx makes a Tx of a Reader, for the faults of both.
type asTx struct{ store.Reader }

func (asTx) Put([]byte, []byte) error { return errors.New("read only") }
func (asTx) Delete([]byte) error      { return errors.New("read only") }

// within plants a fault in each transaction.
func within(s store.Store, plant func(store.Tx) *faultyTx) store.Store {
	return &faulty{Store: s,
		view: func(ctx context.Context, fn func(store.Reader) error) error {
			return s.View(ctx, func(r store.Reader) error { return fn(plant(asTx{r})) })
		},
		update: func(ctx context.Context, fn func(store.Tx) error) error {
			return s.Update(ctx, func(tx store.Tx) error { return fn(plant(tx)) })
		}}
}

func losesWrites(s store.Store) store.Store {
	writes := 0
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx, put: func(key, value []byte) error {
			if writes++; writes%2 == 0 {
				return nil
			}
			return tx.Put(key, value)
		}}
	})
}

func deletesNothing(s store.Store) store.Store {
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx, del: func([]byte) error { return nil }}
	})
}

func emptyIsAbsent(s store.Store) store.Store {
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx, get: func(keys ...[]byte) ([][]byte, error) {
			values, err := tx.Get(keys...)
			for i, value := range values {
				if len(value) == 0 {
					values[i] = nil
				}
			}
			return values, err
		}}
	})
}

func scansBackwards(s store.Store) store.Store {
	type pair struct{ key, value []byte }
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx, scan: func(r store.Range, fn func(key, value []byte) (bool, error)) error {
			var pairs []pair
			err := tx.Scan(r, func(key, value []byte) (bool, error) {
				pairs = append(pairs, pair{key, value})
				return true, nil
			})
			for _, p := range slices.Backward(pairs) {
				if more, err := fn(p.key, p.value); !more || err != nil {
					return err
				}
			}
			return err
		}}
	})
}

func scansToTheEnd(s store.Store) store.Store {
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx, scan: func(r store.Range, fn func(key, value []byte) (bool, error)) error {
			return tx.Scan(store.Range{From: r.From}, fn)
		}}
	})
}

// keepsHalf commits whatever was written before fn failed or panicked.
func keepsHalf(s store.Store) store.Store {
	return &faulty{Store: s, update: func(ctx context.Context, fn func(store.Tx) error) error {
		var told error
		var panicked any
		err := s.Update(ctx, func(tx store.Tx) error {
			defer func() { panicked = recover() }()
			told = fn(tx)
			return nil
		})
		if panicked != nil {
			panic(panicked)
		}
		return errors.Join(told, err)
	}}
}

func ignoresContext(s store.Store) store.Store {
	return &faulty{Store: s, update: func(_ context.Context, fn func(store.Tx) error) error {
		return s.Update(context.Background(), fn)
	}}
}

// readsUncommitted shows in a View what an Update under way has put.
func readsUncommitted(s store.Store) store.Store {
	var dirty sync.Map
	return within(s, func(tx store.Tx) *faultyTx {
		return &faultyTx{Tx: tx,
			put: func(key, value []byte) error {
				dirty.Store(string(key), value)
				return tx.Put(key, value)
			},
			get: func(keys ...[]byte) ([][]byte, error) {
				values, err := tx.Get(keys...)
				for i, key := range keys {
					if value, ok := dirty.Load(string(key)); ok {
						values[i] = value.([]byte)
					}
				}
				return values, err
			}}
	})
}

// readsAnew reads in each call of a View what is committed by then.
func readsAnew(s store.Store) store.Store {
	return &faulty{Store: s, view: func(ctx context.Context, fn func(store.Reader) error) error {
		return fn(&faultyTx{
			get: func(keys ...[]byte) (values [][]byte, err error) {
				err = s.View(ctx, func(r store.Reader) (err error) {
					values, err = r.Get(keys...)
					return err
				})
				return values, err
			},
			scan: func(rng store.Range, fn func(key, value []byte) (bool, error)) error {
				return s.View(ctx, func(r store.Reader) error { return r.Scan(rng, fn) })
			}})
	}}
}

// readsBefore reads in an Update what was committed when it began, and writes afterwards.
func readsBefore(s store.Store) store.Store { return readsThenWrites(s, func() {}) }

// losesUpdates does so too, and lets the first two callers both read before either writes.
func losesUpdates(s store.Store) store.Store {
	var callers atomic.Int32
	var both sync.WaitGroup
	both.Add(2)
	return readsThenWrites(s, func() {
		if callers.Add(1) <= 2 {
			both.Done()
			both.Wait()
		}
	})
}

func readsThenWrites(s store.Store, between func()) store.Store {
	return &faulty{Store: s, update: func(ctx context.Context, fn func(store.Tx) error) error {
		var writes []func(store.Tx) error
		err := s.View(ctx, func(r store.Reader) error {
			return fn(&faultyTx{Tx: asTx{r},
				put: func(key, value []byte) error {
					key, value = slices.Clone(key), slices.Clone(value)
					writes = append(writes, func(tx store.Tx) error { return tx.Put(key, value) })
					return nil
				},
				del: func(key []byte) error {
					key = slices.Clone(key)
					writes = append(writes, func(tx store.Tx) error { return tx.Delete(key) })
					return nil
				}})
		})
		if err != nil {
			return err
		}
		between()
		return s.Update(ctx, func(tx store.Tx) error {
			for _, write := range writes {
				if err := write(tx); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}
