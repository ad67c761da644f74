package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/store"
	"bonafide.example/store/backup"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
)

// inFile opens a new store in a file.
func inFile(t *testing.T) store.Store {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// written returns the bytes of a backup of the store.
func written(t *testing.T, s store.Store) []byte {
	var out bytes.Buffer
	_, err := backup.Write(t.Context(), &out, backup.Header{At: time.Unix(1, 0).UTC()}, s)
	require.NoError(t, err)
	return out.Bytes()
}

// TestCopyThereAndBack: from a file into a database, with an interruption, and back into a file: all three back up to the same bytes.
func TestCopyThereAndBack(t *testing.T) {
	from, between, to := inFile(t), open(t, pgtest.Start(t)), inFile(t)
	require.NoError(t, from.Update(t.Context(), func(tx store.Tx) error {
		for n := range 12_000 {
			if err := tx.Put(store.Key("r", fmt.Sprintf("%06d", n)), []byte{0, byte(n), 0xff}); err != nil {
				return err
			}
		}
		return errors.Join(tx.Put([]byte{0}, nil), tx.Put([]byte{0xff, 0xff}, make([]byte, 1<<20)))
	}))
	cut := func(ctx context.Context, fn func(key, value []byte) error) error {
		n := 0
		return records.StoreSource(from)(ctx, func(key, value []byte) error {
			if n++; n > 9000 {
				return errors.New("it was interrupted")
			}
			return fn(key, value)
		})
	}
	finish := func(context.Context) error { return nil }
	_, err := records.Fill(t.Context(), between, "a", cut, finish)
	require.ErrorContains(t, err, "interrupted")
	there, err := records.Fill(t.Context(), between, "a", records.StoreSource(from), finish)
	require.NoError(t, err)
	back, err := records.Fill(t.Context(), to, "b", records.StoreSource(between), finish)
	require.NoError(t, err)
	require.Equal(t, there, back)
	require.Equal(t, int64(12_002), back.Records)
	require.Equal(t, written(t, from), written(t, between))
	require.Equal(t, written(t, from), written(t, to))
}
