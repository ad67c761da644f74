package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bonafide.example/store"
)

// What begins a transaction. It is sent with the first statement, and the snapshot is taken then.
//
// Each update locks the table of the format weakly, which costs nothing and hinders no other. One that has lost too often
// locks it alone: it waits until those under way have ended, and holds up the next, so that it can't lose again. LOCK takes
// no snapshot, so the update sees what it has waited for.
var (
	beginView   = []string{"begin isolation level repeatable read read only"}
	beginUpdate = []string{"begin isolation level serializable", "lock table bonafide_format in row share mode"}
	beginAlone  = []string{"begin isolation level serializable", "lock table bonafide_format in exclusive mode"}
)

const (
	patience = 5                     // how often an update may lose before it asks to be alone
	maxPause = 40 * time.Millisecond // between two tries
	// atOnce is how many updates of one process run at once. More would only make each other lose.
	atOnce = 4
)

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	s.tally.Views.Add(1)
	t, err := s.view(ctx, fn)
	if t.stale() {
		s.pool.Reset()
		t, err = s.view(ctx, fn)
	}
	return s.failed(t, err)
}

func (s *Store) view(ctx context.Context, fn func(store.Reader) error) (t *tx, err error) {
	t = &tx{ctx: ctx, begin: beginView}
	if err := ctx.Err(); err != nil {
		return t, err
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		t.err = fmt.Errorf("read the store: %w", err)
		return t, t.err
	}
	defer conn.Release()
	t.conn = conn.Conn()
	defer t.end("rollback")
	if err := fn(reader{t}); err != nil {
		return t, err
	}
	return t, errors.Join(ctx.Err(), t.err)
}

// reader hides the writing half of a tx.
type reader struct{ store.Reader }

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case s.updates <- struct{}{}:
		defer func() { <-s.updates }()
	}
	s.tally.Updates.Add(1)
	stale := false
	for try := 1; ; try++ {
		begin := beginUpdate
		if try > patience {
			begin = beginAlone
		}
		t, err := s.attempt(ctx, begin, fn)
		switch {
		case t.lost:
		case t.stale() && !stale:
			stale = true
			s.pool.Reset()
		default:
			return s.failed(t, err)
		}
		s.tally.Reruns.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(min(maxPause, time.Millisecond<<try))):
		}
	}
}

// attempt runs fn once. The transaction tells whether it lost against another, so that nothing of it was kept.
func (s *Store) attempt(ctx context.Context, begin []string, fn func(store.Tx) error) (t *tx, err error) {
	t = &tx{ctx: ctx, begin: begin}
	if err := ctx.Err(); err != nil {
		return t, err
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		t.err = fmt.Errorf("write to the store: %w", err)
		return t, t.err
	}
	defer conn.Release()
	t.conn = conn.Conn()
	defer t.end("rollback") // does nothing once committed
	err = fn(t)
	switch {
	case t.err != nil && err == nil: // fn passed over it
		return t, t.err
	case t.err != nil:
		return t, err
	case ctx.Err() != nil:
		return t, ctx.Err()
	case err != nil:
		t.refused()
		return t, err
	}
	err = t.commit()
	if t.wrote && !t.lost {
		s.marks.bump() // after what is written can be read, and before anybody is told
	}
	if err != nil {
		return t, fmt.Errorf("write to the store: %w", err)
	}
	if t.wrote {
		s.tally.Commits.Add(1)
	}
	return t, nil
}

// failed returns the error of a transaction as one of a store that is away, if the database refused or was lost, and counts
// it then unless whoever asked wanted no answer any more.
func (s *Store) failed(t *tx, err error) error {
	if t.err == nil {
		return err
	}
	if !errors.Is(t.err, context.Canceled) {
		s.tally.Failed.Add(1)
	}
	return store.Away(err)
}

// refused ends a transaction whose function returned an error of its own. If it wrote nothing yet, it is committed
// without what is pending: this tells whether it lost, and what the error rests on never was.
func (t *tx) refused() {
	if !t.wrote {
		t.lost = isLost(t.end("commit"))
	}
}

// end ends the transaction if it has begun and not ended. The caller's context may have ended.
func (t *tx) end(how string) error {
	if t.begin != nil || t.conn.IsClosed() || t.conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), endWait)
	defer cancel()
	_, err := t.conn.Exec(ctx, how)
	return err
}

// commit sends what is pending and commits. It no longer heeds the caller's context, whose end would leave open what
// became of the writes.
func (t *tx) commit() error {
	if t.begin != nil && len(t.pending) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), endWait)
	defer cancel()
	t.committing = true
	err := t.send(ctx, func(batch *pgx.Batch) {
		t.queuePending(batch)
		batch.Queue("commit")
	})
	if err != nil && t.wrote && !isRefused(err) {
		return fmt.Errorf("the database was lost during the commit, and whether the writes were kept is unknown: %w", err)
	}
	return err
}

// stale tells whether the connection was lost before it gave anything, as all are that the pool had before the database was
// restarted. What can't be told is whether a commit that went with the first statement was done.
func (t *tx) stale() bool {
	return t.closed && !t.answered && !t.committing && t.ctx.Err() == nil
}

// isLost tells whether the database undid a transaction because of others: it may well succeed if tried again.
func isLost(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && slices.Contains([]string{"40001", "40P01"}, refused.Code)
}

// isRefused tells whether the database itself said that it undid the transaction. What it says when it shuts down, or
// when the connection is lost, tells nothing.
func isRefused(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && !slices.Contains([]string{"57P01", "57P02", "57P03"}, refused.Code)
}
