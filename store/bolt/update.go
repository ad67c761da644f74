package bolt

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"bonafide.example/store"
)

// maxShared is how many calls of Update share one commit at most.
const maxShared = 256

// call is one call of Update. Its function runs in its caller's goroutine, in turns that the committing
// goroutine gives, so that a panic goes where it belongs and nowhere else.
type call struct {
	ctx  context.Context
	fn   func(store.Tx) error
	turn chan *bbolt.Tx // each transaction to run fn in; closed when err is final
	ran  chan struct{}  // told after each turn

	wrote bool  // whether the last turn wrote
	gone  bool  // fn panicked, so that there will be no further turn
	err   error // how the last turn ended; in the end, what Update returns
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	c := &call{ctx: ctx, fn: fn, turn: make(chan *bbolt.Tx), ran: make(chan struct{})}
	s.enqueue(c)
	return s.follow(c)
}

// follow runs the call whenever it has a turn, and returns how it ended.
func (s *Store) follow(c *call) error {
	s.tally.Updates.Add(1)
	again := false
	for tx := range c.turn {
		if again {
			s.tally.Reruns.Add(1)
		}
		again = true
		c.run(tx)
	}
	return c.err
}

func (c *call) run(in *bbolt.Tx) {
	t := &tx{reader{ctx: c.ctx, data: in.Bucket([]byte(dataBucket))}}
	c.gone = true // unless fn returns
	defer func() {
		c.wrote = t.writes > 0
		c.ran <- struct{}{}
	}()
	err := c.ctx.Err()
	if err == nil {
		err = c.fn(t)
	}
	if err == nil {
		err = c.ctx.Err()
	}
	c.gone, c.err = false, err
}

func (s *Store) enqueue(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, c)
	if !s.committing {
		s.committing = true
		go s.commitQueue()
	}
}

// commitQueue runs until nobody is waiting.
func (s *Store) commitQueue() {
	for calls := s.take(); len(calls) > 0; calls = s.take() {
		s.commit(calls)
	}
}

// take takes the next calls to commit from the queue.
func (s *Store) take() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.queue), maxShared)
	calls := slices.Clone(s.queue[:n])
	s.queue = slices.Delete(s.queue, 0, n)
	s.committing = n > 0
	return calls
}

// commit commits the calls together. If one spoils the transaction it commits the others without it, and
// then that one alone, so that what its caller is told rests on nothing but what is on disk.
func (s *Store) commit(calls []*call) {
	spoiler, err := s.attempt(calls)
	if spoiler != nil && len(calls) > 1 {
		s.commit(slices.DeleteFunc(calls, func(c *call) bool { return c == spoiler }))
		s.commit([]*call{spoiler})
		return
	}
	for _, c := range calls {
		if err != nil {
			c.err = err
		}
		close(c.turn)
	}
}

// attempt runs the calls in one transaction and commits it. A call that fails after it wrote spoils the
// transaction: attempt then keeps nothing and returns that call. One that fails before it wrote does no
// harm, but what it read may be uncommitted yet: it is told together with the others.
func (s *Store) attempt(calls []*call) (spoiler *call, err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		s.tally.Failed.Add(1)
		return nil, store.Away(fmt.Errorf("write to the store: %w", err))
	}
	defer tx.Rollback() // does nothing once committed
	wrote := false
	for _, c := range calls {
		if c.gone {
			continue
		}
		c.turn <- tx
		<-c.ran
		if c.wrote && (c.gone || c.err != nil) {
			return c, nil
		}
		wrote = wrote || c.wrote
	}
	if !wrote {
		return nil, nil
	}
	err = tx.Commit()
	s.mark.Add(1) // after what is written can be read, and before anybody is told
	if err != nil {
		s.tally.Failed.Add(1)
		return nil, store.Away(fmt.Errorf("write to the store: %w", err))
	}
	s.tally.Commits.Add(1)
	return nil, nil
}
