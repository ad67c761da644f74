package storetest

import (
	"context"
	"errors"
	"sync/atomic"

	"bonafide.example/store"
)

// Shared returns a store of which each call goes to the next of these in turn, which are open on the same data: they honour
// the contract together if it does.
func Shared(stores ...store.Store) store.Store { return &inTurn{stores: stores} }

type inTurn struct {
	stores []store.Store
	calls  atomic.Uint64
}

func (s *inTurn) next() store.Store { return s.stores[s.calls.Add(1)%uint64(len(s.stores))] }

func (s *inTurn) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.next().View(ctx, fn)
}

func (s *inTurn) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.next().Update(ctx, fn)
}

// Close closes them all.
func (s *inTurn) Close() (err error) {
	for _, each := range s.stores {
		err = errors.Join(err, each.Close())
	}
	return err
}
