package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	bonafide "bonafide.example"
	"bonafide.example/internal/pgtest"
	"bonafide.example/store/postgres"
)

// exec runs statements in the database.
func exec(t testing.TB, address string, statements ...string) {
	conn, err := pgx.Connect(context.Background(), address)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	for _, sql := range statements {
		_, err := conn.Exec(context.Background(), sql)
		require.NoError(t, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	const made = `create table bonafide_format (format integer not null)`
	for name, c := range map[string]struct {
		prepare []string
		code    bonafide.Code
		says    string
	}{
		"newer": {[]string{made, `create table bonafide_data (key bytea primary key, value bytea not null)`,
			`insert into bonafide_format values (2)`}, bonafide.StoreNewer, "has format 2, and this program knows 1"},
		"format unreadable": {[]string{`create table bonafide_format (format text)`, `create table bonafide_data ()`,
			`insert into bonafide_format values ('x')`}, bonafide.Internal, "read its format"},
		"no format": {[]string{made, `create table bonafide_data ()`}, bonafide.Internal, "read its format"},
		"half a store": {[]string{`create table bonafide_data (key text)`}, bonafide.Internal,
			"its tables are not those of a Bonafide store"},
		"not allowed": {[]string{`drop schema public`}, bonafide.Internal, "no schema has been selected"},
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.Start(t)
			exec(t, address, c.prepare...)
			_, err := postgres.Open(context.Background(), address)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, c.code, bonafide.CodeOf(err))
		})
	}
}

// TestOpenKeepsSecrets: whatever is wrong with an address, the error doesn't tell the password.
func TestOpenKeepsSecrets(t *testing.T) {
	for name, address := range map[string]string{
		"nobody there": "postgres://ann:hush-hush@127.0.0.1:1/shop",
		"as parameter": "postgres://ann@127.0.0.1:1/shop?password=hush-hush",
		"bad port":     "postgres://ann:hush-hush@127.0.0.1:port/shop",
		"bad escape":   "postgres://ann:hush-hush@127.0.0.1/shop?sslmode=%zz",
		"bad mode":     "postgres://ann:hush-hush@127.0.0.1/shop?sslmode=perhaps",
		"bad pool":     "postgres://ann:hush-hush@127.0.0.1/shop?pool_max_conns=many",
		"odd password": "postgres://ann:hush-hush%zz@127.0.0.1/shop",
		"space":        "postgres://ann:hush-hush pass@127.0.0.1/shop",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := postgres.Open(context.Background(), address)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hush", "the password")
		})
	}
}

// TestOpenAtOnce: when many make the same store at once, all have it, and an acknowledged write of each is there.
func TestOpenAtOnce(t *testing.T) {
	address := pgtest.Start(t)
	stores := make([]*postgres.Store, 8)
	var group errgroup.Group
	for i := range stores {
		group.Go(func() (err error) {
			stores[i], err = postgres.Open(context.Background(), address)
			return err
		})
	}
	require.NoError(t, group.Wait())
	for i, s := range stores {
		require.NoError(t, put(s, strings.Repeat("k", i+1)))
	}
	for _, s := range stores {
		require.Len(t, keys(t, s), len(stores))
		require.NoError(t, s.Close())
	}
}

// TestSessions: a server whose default is to acknowledge before it writes is told otherwise, and one that asks for more is
// left alone. What the address says of a session is kept.
func TestSessions(t *testing.T) {
	for name, c := range map[string]struct{ set, parameter, want string }{
		"off":      {"off", "", "on|bonafide"},
		"stronger": {"remote_apply", "", "remote_apply|bonafide"},
		"named":    {"on", "&application_name=shop", "on|shop"},
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.Start(t) + c.parameter
			exec(t, address, `do $$ begin execute format('alter database %I set synchronous_commit = `+c.set+`', current_database()); end $$`)
			require.Equal(t, c.want, open(t, address).Session(t))
		})
	}
}
