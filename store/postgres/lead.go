package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	beat    = time.Second     // between two looks at whether the lead is free, or still ours
	silence = 3 * beat        // after which whoever leads takes the lead for lost
	expiry  = "5s"            // after which the database gives it away
	resting = 2 * time.Second // before a lost connection is tried anew
)

// The lead is a lock that a session holds: it is free as soon as the session ends, which the database sees at once when a
// process dies, and after the expiry when one hangs or its machine is gone. Versions before 14 see no process that hangs.
const (
	tryLead     = `select pg_try_advisory_lock(hashtextextended(current_schema() || '/' || $1, 0))`
	expireLead  = `select set_config('idle_session_timeout', $1, false) where current_setting('server_version_num')::int >= 140000`
	confirmLead = `select 1`
)

// errLost is why the context of who led ended.
var errLost = errors.New("the lead was lost")

// Lead implements [store.Leader].
func (s *Store) Lead(ctx context.Context, name string, fn func(context.Context) error) error {
	for {
		wait := beat
		led, err := s.leadOnce(ctx, name, fn)
		if led && !errors.Is(err, errLost) {
			return err
		}
		if err != nil {
			wait = resting // the database is away, which whoever reads or writes is told
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// leadOnce waits for the lead on one connection and calls fn. led tells whether it did; an error is then fn's, or errLost.
func (s *Store) leadOnce(ctx context.Context, name string, fn func(context.Context) error) (led bool, err error) {
	config := s.pool.Config().ConnConfig
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), silence)
		defer cancel()
		_ = conn.Close(ending) // the session ends with it, either way
	}()
	if _, err := conn.Exec(ctx, expireLead, expiry); err != nil {
		return false, err
	}
	for {
		var free bool
		if err := conn.QueryRow(ctx, tryLead, name).Scan(&free); err != nil {
			return false, err
		}
		if free {
			return true, whileHeld(ctx, conn, fn)
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(beat):
		}
	}
}

// whileHeld calls fn, and ends its context when the connection no longer answers.
func whileHeld(ctx context.Context, conn *pgx.Conn, fn func(context.Context) error) error {
	leading, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for held(leading, conn) {
		}
		lose(errLost)
	}()
	err := fn(leading)
	lost := context.Cause(leading) == errLost
	lose(nil)
	<-ended // the connection is nobody else's
	if lost {
		return errLost
	}
	return err
}

// held waits for a beat and tells whether the session still stands.
func held(ctx context.Context, conn *pgx.Conn) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(beat):
	}
	asked, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, err := conn.Exec(asked, confirmLead)
	return err == nil
}
