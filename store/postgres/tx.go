package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"bonafide.example/store"
)

const (
	selectKeys = `select key, value from bonafide_data where key = any($1)`
	selectFrom = `select key, value from bonafide_data where key >= $1 order by key limit $2`
	selectTo   = `select key, value from bonafide_data where key >= $1 and key < $3 order by key limit $2`
	putAll     = `insert into bonafide_data (key, value) select * from unnest($1::bytea[], $2::bytea[])
		on conflict (key) do update set value = excluded.value`
	deleteAll = `delete from bonafide_data where key = any($1)`
)

const (
	// A scan reads a page of rows at a time, a short one first: many a scan wants only what comes first.
	firstPage, maxPage = 32, 1024
	pageBytes          = 4 << 20 // after which a page ends early
	pendingBytes       = 1 << 20 // of writes that wait for the next round trip
)

// tx is a [store.Tx], and the [store.Reader] of a View, where nothing is ever pending.
//
// Whatever can wait travels with the next statement that can't: what begins the transaction with the first, writes with
// the next scan or the commit. So an Update that only writes is one round trip, and one that reads once is two.
type tx struct {
	ctx     context.Context
	conn    *pgx.Conn
	begin   []string          // what begins the transaction; nil once it is sent
	pending map[string][]byte // what was written and not yet sent; nil for a key that was deleted
	size    int               // bytes pending
	wrote   bool              // whether anything that writes was sent
	err     error             // of the database, or of the way to it; nothing that was read before it may be relied on
	lost    bool              // against another transaction
	closed  bool              // whether the connection was, after the last statement; later it may be another's
	// Whether the database has answered, and whether it was told to commit.
	answered, committing bool
}

// send sends the statements that queue adds in one round trip, unless an earlier one failed.
func (t *tx) send(ctx context.Context, queue func(*pgx.Batch)) error {
	if t.err != nil {
		return t.err
	}
	batch := &pgx.Batch{}
	for _, sql := range t.begin {
		batch.Queue(sql)
	}
	t.begin = nil
	queue(batch)
	t.err = t.conn.SendBatch(ctx, batch).Close()
	t.closed = t.conn.IsClosed()
	t.answered = t.answered || t.err == nil
	t.lost = isLost(t.err)
	return t.err
}

// queuePending adds the writes, in the order of their keys, so that two transactions seldom wait for each other.
func (t *tx) queuePending(batch *pgx.Batch) {
	var puts, values, deletes [][]byte
	for _, key := range slices.Sorted(maps.Keys(t.pending)) {
		if value := t.pending[key]; value != nil {
			puts, values = append(puts, []byte(key)), append(values, value)
		} else {
			deletes = append(deletes, []byte(key))
		}
	}
	if puts != nil {
		batch.Queue(putAll, puts, values)
	}
	if deletes != nil {
		batch.Queue(deleteAll, deletes)
	}
	t.wrote = t.wrote || len(t.pending) > 0
	t.pending, t.size = nil, 0
}

// Get implements [store.Reader].
func (t *tx) Get(keys ...[]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	at := map[string][]int{} // where the values go that must be asked for
	var ask [][]byte
	for i, key := range keys {
		if value, ok := t.pending[string(key)]; ok {
			values[i] = bytes.Clone(value)
			continue
		}
		if at[string(key)] == nil {
			ask = append(ask, key)
		}
		at[string(key)] = append(at[string(key)], i)
	}
	if ask == nil {
		return values, t.err
	}
	err := t.send(t.ctx, func(batch *pgx.Batch) {
		batch.Queue(selectKeys, ask).Query(func(rows pgx.Rows) error {
			return forEach(rows, func(key, value []byte) bool {
				for _, i := range at[string(key)] {
					values[i] = bytes.Clone(value)
				}
				return true
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// forEach calls fn with the rows until it returns false. The slices are fn's.
func forEach(rows pgx.Rows, fn func(key, value []byte) (more bool)) error {
	for rows.Next() {
		var key, value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return err
		}
		if !fn(key, value) {
			rows.Close()
		}
	}
	return rows.Err()
}

// row is one key and its value.
type row struct{ key, value []byte }

// Scan implements [store.Reader].
func (t *tx) Scan(rng store.Range, fn func(key, value []byte) (bool, error)) error {
	from, rows := rng.From, firstPage
	if from == nil {
		from = []byte{}
	}
	for {
		page, last, err := t.page(from, rng.To, rows)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := t.ctx.Err(); err != nil {
				return err
			}
			// fn may have written what is ahead since the page was read.
			if value, ok := t.pending[string(r.key)]; ok {
				if value == nil {
					continue
				}
				r.value = bytes.Clone(value)
			}
			from = append(bytes.Clone(r.key), 0)
			if more, err := fn(r.key, r.value); err != nil || !more {
				return err
			}
		}
		if last {
			return nil
		}
		rows = min(4*rows, maxPage)
	}
}

// page reads up to so many rows, fewer if they are large. It tells whether it is the last page.
func (t *tx) page(from, to []byte, limit int) (page []row, last bool, err error) {
	sql, args := selectFrom, []any{from, limit}
	if to != nil {
		sql, args = selectTo, append(args, to)
	}
	size := 0
	err = t.send(t.ctx, func(batch *pgx.Batch) {
		t.queuePending(batch)
		batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
			return forEach(rows, func(key, value []byte) bool {
				page = append(page, row{key, value})
				size += len(value)
				return size < pageBytes
			})
		})
	})
	return page, len(page) < limit && size < pageBytes, err
}

// Put implements [store.Tx].
func (t *tx) Put(key, value []byte) error {
	if err := store.CheckSize(key, value); err != nil {
		return err
	}
	return t.write(key, append([]byte{}, value...)) // nil would be a key deleted
}

// Delete implements [store.Tx].
func (t *tx) Delete(key []byte) error { return t.write(key, nil) }

func (t *tx) write(key, value []byte) error {
	if t.pending == nil {
		t.pending = map[string][]byte{}
	}
	t.pending[string(key)] = value
	if t.size += len(key) + len(value); t.size < pendingBytes {
		return t.err
	}
	return t.send(t.ctx, t.queuePending)
}
