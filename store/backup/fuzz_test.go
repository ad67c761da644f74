package backup_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store/backup"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
)

// FuzzOpen: whatever is taken as a backup fills a store that backs up to the same bytes, its header's spelling aside.
func FuzzOpen(f *testing.F) {
	_, data := example(f)
	f.Add(data)
	f.Add(data[:len(data)-1])
	f.Add([]byte(backup.Mark + "1\n{}\n\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, sum, err := read(data)
		if err != nil {
			return
		}
		s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
		require.NoError(t, err)
		defer s.Close()
		filled, err := records.Fill(t.Context(), s, "it", func(_ context.Context, fn func(key, value []byte) error) error {
			b, err := backup.Open(bytes.NewReader(data))
			require.NoError(t, err)
			_, err = b.Each(fn)
			return err
		}, func(context.Context) error { return nil })
		require.NoError(t, err)
		require.Equal(t, sum, filled)
		var out bytes.Buffer
		_, err = backup.Write(t.Context(), &out, h, s)
		require.NoError(t, err)
		_, again, err := read(out.Bytes())
		require.NoError(t, err)
		require.Equal(t, sum, again)
	})
}
