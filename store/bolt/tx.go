package bolt

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"bonafide.example/store"
)

// reader is a [store.Reader] in a View, and the reading half of a [tx].
type reader struct {
	ctx    context.Context
	data   *bbolt.Bucket
	writes int // how often the transaction has written
}

func (r *reader) Get(keys ...[]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = bytes.Clone(r.data.Get(key))
	}
	return values, nil
}

func (r *reader) Scan(rng store.Range, fn func(key, value []byte) (bool, error)) error {
	cursor := r.data.Cursor()
	key, value := cursor.Seek(rng.From)
	for key != nil && (rng.To == nil || bytes.Compare(key, rng.To) < 0) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		// The cursor loses its place when fn writes, and fn may change the slices it is given.
		writes, next := r.writes, append(bytes.Clone(key), 0)
		more, err := fn(bytes.Clone(key), bytes.Clone(value))
		if err != nil || !more {
			return err
		}
		if r.writes == writes {
			key, value = cursor.Next()
		} else {
			key, value = cursor.Seek(next)
		}
	}
	return nil
}

// tx is a [store.Tx].
type tx struct{ reader }

func (t *tx) Put(key, value []byte) error {
	if err := store.CheckSize(key, value); err != nil {
		return err
	}
	t.writes++
	return t.data.Put(key, append([]byte{}, value...)) // bbolt keeps the slice, and reads nil as absent
}

func (t *tx) Delete(key []byte) error {
	t.writes++
	return t.data.Delete(key)
}
