package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
)

// query returns the one text that the statement gives.
func query(t *testing.T, address, sql string) (text string) {
	conn, err := pgx.Connect(context.Background(), address)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	require.NoError(t, conn.QueryRow(context.Background(), sql).Scan(&text))
	return text
}

func TestStart(t *testing.T) {
	one, other := pgtest.Start(t), pgtest.Start(t)
	require.NotEqual(t, one, other)
	require.Equal(t, "0", query(t, one, "select count(*)::text from pg_stat_user_tables"))
	require.Equal(t, "created", query(t, one, "with made as (select 1) select 'created' from made"))
}

// TestKill: what was committed outlives the server.
func TestKill(t *testing.T) {
	c := pgtest.New(t)
	database := c.Database(t)
	require.Equal(t, "on", query(t, database, "select current_setting('fsync')"))
	conn, err := pgx.Connect(context.Background(), database)
	require.NoError(t, err)
	_, err = conn.Exec(context.Background(), "create table kept as select 'kept' as text")
	require.NoError(t, err)
	c.Kill(t)
	require.Error(t, conn.Ping(context.Background()), "the server is gone")
	c.Restart(t)
	require.Equal(t, "kept", query(t, database, "select text from kept"))
}

// TestFill: on a full disk nothing more can be written, and with room again the server goes on with all that was.
func TestFill(t *testing.T) {
	c := pgtest.NewOnDisk(t)
	if !c.OwnDisk() {
		t.Skip("no disk can be mounted here: that takes root, and leave to")
	}
	database := c.Database(t)
	write := func(sql string) error {
		conn, err := pgx.Connect(t.Context(), database)
		if err != nil {
			return err
		}
		defer conn.Close(context.Background())
		_, err = conn.Exec(t.Context(), sql)
		return err
	}
	require.NoError(t, write("create table kept as select 'kept' as text"))
	empty := c.Fill(t)
	const more = "create table more as select repeat('more', 100) as text from generate_series(1, 100000)"
	require.Error(t, write(more))
	empty()
	require.NoError(t, write(more))
	require.Equal(t, "kept", query(t, database, "select text from kept"))
}
