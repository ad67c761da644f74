package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/store"
)

// patient is how long is waited for what takes a moment.
const patient = 2 * time.Minute

// TestMarkOfSeveral: what one store writes changes the mark of another, which stays while nothing is written, and is new
// each time while the database is away.
func TestMarkOfSeveral(t *testing.T) {
	cluster := pgtest.New(t)
	address := cluster.Database(t)
	one, other := open(t, address), open(t, address)
	stays := func() bool {
		before := other.Mark()
		time.Sleep(600 * time.Millisecond) // other looks twice meanwhile
		return other.Mark() == before
	}
	for range 3 {
		require.Eventually(t, stays, patient, time.Millisecond)
		before, began := other.Mark(), time.Now()
		require.NoError(t, put(one, "a"))
		require.Eventually(t, func() bool { return other.Mark() != before }, patient, time.Millisecond)
		t.Logf("seen by the other after %s", time.Since(began))
	}
	cluster.Kill(t)
	last := other.Mark()
	require.Eventually(t, func() bool {
		before := last
		last = other.Mark()
		next := other.Mark()
		return last != before && next != last
	}, patient, time.Millisecond)
	cluster.Restart(t)
	require.Eventually(t, stays, patient, time.Millisecond)
}

// lead has the store lead until the function returned is called. What it gives tells each time that it begins.
func lead(t *testing.T, s store.Leader) (led chan context.Context, end func() error) {
	led = make(chan context.Context)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Lead(ctx, "work", func(ctx context.Context) error {
			select {
			case led <- ctx:
				<-ctx.Done()
			case <-ctx.Done(): // lost before anybody looked
			}
			return ctx.Err()
		})
	}()
	end = func() error {
		cancel()
		return <-ended
	}
	t.Cleanup(cancel)
	return led, end
}

// TestLead: one leads at a time; another takes over when that one ends, and when its session does.
func TestLead(t *testing.T) {
	address := pgtest.Start(t)
	one, other := open(t, address), open(t, address)
	led, endOne := lead(t, one)
	first := <-led
	alsoLed, endOther := lead(t, other)
	select {
	case <-alsoLed:
		require.Fail(t, "two lead")
	case <-time.After(3 * time.Second):
	}
	require.ErrorIs(t, endOne(), context.Canceled)
	require.Error(t, first.Err())
	second := <-alsoLed

	exec(t, address, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
		and database = (select oid from pg_database where datname = current_database())`)
	<-second.Done()
	third := <-alsoLed // it waits again, and nobody else does
	require.NoError(t, third.Err())
	require.ErrorIs(t, endOther(), context.Canceled)

	failed := errors.New("failed")
	require.ErrorIs(t, one.Lead(context.Background(), "work", func(context.Context) error { return failed }), failed)
	require.NoError(t, one.Lead(context.Background(), "work", func(ctx context.Context) error {
		return other.Lead(ctx, "other work", func(context.Context) error { return nil })
	}), "other work has another lead")
}

// TestCommitLost: when the connection is lost in a commit the error says that its outcome is unknown; otherwise nothing is
// kept.
func TestCommitLost(t *testing.T) {
	address := pgtest.Start(t)
	s := open(t, address)
	terminate := func() {
		exec(t, address, `select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'bonafide' and datname = current_database()`)
	}
	read := func(tx store.Tx) error {
		_, err := tx.Get([]byte("a"))
		return err
	}
	err := s.Update(context.Background(), func(tx store.Tx) error {
		defer terminate()
		return errors.Join(read(tx), tx.Put([]byte("a"), nil))
	})
	require.ErrorContains(t, err, "whether the writes were kept is unknown")
	require.Empty(t, keys(t, s))
	err = s.Update(context.Background(), func(tx store.Tx) error {
		err := errors.Join(read(tx), tx.Put([]byte("a"), nil))
		terminate()
		return errors.Join(err, read(tx), tx.Put([]byte("a"), nil), read(tx), tx.Scan(store.Range{}, nil))
	})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "unknown")
	require.Empty(t, keys(t, s))
	require.NoError(t, put(s, "a"), "the next has a connection of its own")
	require.EqualValues(t, 2, s.Counts().Failed, "in the commit and before it")
	gone, cancel := context.WithCancel(context.Background())
	require.ErrorIs(t, s.View(gone, func(r store.Reader) error {
		cancel()
		_, err := r.Get([]byte("a"))
		return err
	}), context.Canceled)
	require.EqualValues(t, 2, s.Counts().Failed, "who asked went away")
}

// TestUpdateGivesOthersTheirTurn: one that loses again and again, since what it read is always written before it ends, is
// alone in the end.
func TestUpdateGivesOthersTheirTurn(t *testing.T) {
	address := pgtest.Start(t)
	s, other := open(t, address), open(t, address)
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	watching, err := pgx.Connect(ctx, address)
	require.NoError(t, err)
	defer watching.Close(context.Background())
	runs, held := 0, 0
	require.NoError(t, s.Update(ctx, func(tx store.Tx) error {
		runs++
		if _, err := tx.Get([]byte("a")); err != nil {
			return err
		}
		beside, giveUp := context.WithCancel(ctx)
		defer giveUp()
		ended := make(chan error, 1)
		go func() {
			ended <- other.Update(beside, func(tx store.Tx) error {
				_, err := tx.Get([]byte("b"))
				return errors.Join(err, tx.Put([]byte("a"), nil))
			})
		}()
		for waits := false; !waits; {
			select {
			case err := <-ended:
				return errors.Join(err, tx.Put([]byte("b"), nil))
			default:
			}
			const sql = `select exists (select from pg_locks where not granted and relation = 'bonafide_format'::regclass)`
			if err := watching.QueryRow(ctx, sql).Scan(&waits); err != nil {
				return err
			}
		}
		held++ // it waits for this one
		giveUp()
		require.ErrorIs(t, <-ended, context.Canceled)
		return tx.Put([]byte("b"), nil)
	}))
	require.Positive(t, held)
	require.Greater(t, runs, 2)
	require.Equal(t, []string{"a", "b"}, keys(t, s))
}
