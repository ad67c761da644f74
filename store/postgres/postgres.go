// Package postgres keeps a store in one table of a PostgreSQL database, version 13 or later. Several processes may have
// it open at once.
//
// What it needs of the server beside the table is in the address: the usual parameters of PostgreSQL's own programs, and
// the environment (PGPASSWORD, PGSSLROOTCERT…) and password files that they read. A pooler between must give each
// session a connection of its own, since [Store.Lead] and prepared statements rest on it.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	bonafide "bonafide.example"
	"bonafide.example/store"
)

// format is the version of the two tables below. It says nothing of the records in them, which are their owners' business.
const format = 1

// The format stands in a table of its own, on which updates also meet; see [begin].
const (
	createFormat = `create table bonafide_format (format integer not null)`
	insertFormat = `insert into bonafide_format values ($1)`
	createData   = `create table bonafide_data (key bytea primary key, value bytea not null)`
)

const (
	connectWait = 5 * time.Second // for a server that doesn't answer
	endWait     = 10 * time.Second
	// maxConns is how many connections are opened at most, unless the address says pool_max_conns: three servers fit
	// into the 100 that PostgreSQL allows as it comes.
	maxConns = 16
)

// session is what each session is told, unless the address says otherwise. The first three free within seconds what is held
// by a process whose machine is gone, or that hangs.
var session = map[string]string{
	"application_name":                    "bonafide",
	"idle_in_transaction_session_timeout": "15s",
	"statement_timeout":                   "30s",
	"tcp_keepalives_idle":                 "5",
	"tcp_keepalives_interval":             "2",
	"tcp_keepalives_count":                "3",
	// Rows are found by their keys alone. A plan that reads the whole of a small table would be as quick, and make
	// each update wait for all others.
	"enable_seqscan":    "off",
	"enable_bitmapscan": "off",
}

// Store is a [store.Store], a [store.Marker], a [store.Leader] and a [store.Counter] in a database.
type Store struct {
	pool    *pgxpool.Pool
	updates chan struct{} // holds one for each update that runs
	marks   marks
	tally   store.Tally
	stop    context.CancelFunc // ends the watching of what others write
	gone    sync.WaitGroup
}

// Open opens the store in the database at that address, postgres://user@host/database, and makes it if there is none. It
// is made in the schema in which the user creates tables.
//
// One that a newer version of the program made is bonafide.StoreNewer. Any other error is the database's, or says that
// tables of these names are no store. No error tells the password.
func Open(ctx context.Context, address string) (*Store, error) {
	config, err := configure(address)
	if err != nil {
		return nil, err
	}
	name := nameOf(config.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", name, err)
	}
	if err := prepare(ctx, pool, name); err != nil {
		pool.Close()
		return nil, err
	}
	watching, stop := context.WithCancel(context.Background())
	s := &Store{pool: pool, updates: make(chan struct{}, atOnce), stop: stop}
	s.gone.Go(func() { s.watch(watching) })
	return s, nil
}

func configure(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the address of a database is like postgres://user@host/database: %w", err)
	}
	if parsed, err := url.Parse(address); err != nil || !parsed.Query().Has("pool_max_conns") {
		config.MaxConns = maxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectWait
	}
	for name, value := range session {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// An acknowledged write is on disk. What is stronger than that is left as the server has it.
		_, err := conn.Exec(ctx, `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`)
		return err
	}
	return config, nil
}

// nameOf returns the address without anything secret.
func nameOf(config *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s@%s:%d/%s", config.User, config.Host, config.Port, config.Database)
}

// prepare makes the tables unless they are there, and looks at their format. Of several processes that do so at once one
// makes them.
func prepare(ctx context.Context, pool *pgxpool.Pool, name string) error {
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		hasFormat, hasData, err := tables(ctx, tx)
		if err == nil && !hasFormat && !hasData {
			if _, err = tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended(current_schema() || '/bonafide', 0))`); err == nil {
				hasFormat, hasData, err = tables(ctx, tx)
			}
		}
		if err != nil {
			return err
		}
		switch {
		case !hasFormat && !hasData:
			return create(ctx, tx)
		case !hasFormat || !hasData:
			return errors.New("its tables are not those of a Bonafide store")
		}
		return checkFormat(ctx, tx, name)
	})
	if err != nil && bonafide.CodeOf(err) != bonafide.StoreNewer {
		return fmt.Errorf("open store %q: %w", name, err)
	}
	return err
}

// findTables reads the catalogue itself, since what a session remembers of it may be older than a lock it has waited for.
const findTables = `select coalesce(bool_or(relname = 'bonafide_format'), false), coalesce(bool_or(relname = 'bonafide_data'), false)
	from pg_catalog.pg_class where relname like 'bonafide\_%' and pg_catalog.pg_table_is_visible(oid)`

// tables tells which of the two tables are there.
func tables(ctx context.Context, tx pgx.Tx) (hasFormat, hasData bool, err error) {
	err = tx.QueryRow(ctx, findTables).Scan(&hasFormat, &hasData)
	return hasFormat, hasData, err
}

func create(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{createFormat, createData} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, insertFormat, format)
	return err
}

func checkFormat(ctx context.Context, tx pgx.Tx, name string) error {
	var text string
	if err := tx.QueryRow(ctx, `select format::text from bonafide_format`).Scan(&text); err != nil {
		return fmt.Errorf("read its format: %w", err)
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("read its format: %w", err)
	}
	if version > format {
		return bonafide.Errorf(bonafide.StoreNewer, name, "has format %d, and this program knows %d", version, format)
	}
	return nil
}

// Counts implements [store.Counter].
func (s *Store) Counts() store.Counts { return s.tally.Counts() }

// Close implements [store.Store].
func (s *Store) Close() error {
	s.stop()
	s.gone.Wait()
	s.pool.Close()
	return nil
}
