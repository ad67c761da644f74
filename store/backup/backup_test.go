package backup_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	bonafide "bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/backup"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
)

var header = backup.Header{Origin: "https://shop.example", At: time.Unix(1_800_000_000, 0).UTC(), Program: "test"}

// example returns a small store, and its backup.
func example(t testing.TB) (store.Store, []byte) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(tx.Put([]byte("a"), nil), tx.Put([]byte("b\x00"), []byte("\x00\x01\xff")), tx.Put([]byte("c"), make([]byte, 1000)))
	}))
	var out bytes.Buffer
	count, err := backup.Write(context.Background(), &out, header, s)
	require.NoError(t, err)
	require.Equal(t, int64(3), count)
	return s, out.Bytes()
}

// read reads a whole backup.
func read(data []byte) (h backup.Header, sum records.Sum, err error) {
	b, err := backup.Open(bytes.NewReader(data))
	if err != nil {
		return h, sum, err
	}
	sum, err = records.SumOf(context.Background(), func(_ context.Context, fn func(key, value []byte) error) error {
		_, err := b.Each(fn)
		return err
	})
	return b.Header, sum, err
}

func TestBackup(t *testing.T) {
	s, data := example(t)
	h, sum, err := read(data)
	require.NoError(t, err)
	want := header
	want.Records = 1
	require.Equal(t, want, h)
	kept, err := records.SumOf(context.Background(), records.StoreSource(s))
	require.NoError(t, err)
	require.Equal(t, kept, sum)
}

// TestBackupNoticesAll: a backup that is cut short anywhere, or has any one bit changed, is refused.
func TestBackupNoticesAll(t *testing.T) {
	_, data := example(t)
	for n := range data {
		_, _, err := read(data[:n])
		require.Error(t, err, "cut short at %d", n)
		altered := bytes.Clone(data)
		altered[n] ^= 1 << (n % 8)
		_, _, err = read(altered)
		require.Error(t, err, "altered at %d", n)
	}
	_, _, err := read(append(data, 0))
	require.ErrorContains(t, err, "after its end")
}

func TestBackupOfANewerProgram(t *testing.T) {
	_, data := example(t)
	for name, newer := range map[string][]byte{
		"format":  bytes.Replace(data, []byte("bonafide backup 1\n"), []byte("bonafide backup 2\n"), 1),
		"records": bytes.Replace(data, []byte(`"records":1`), []byte(`"records":9`), 1),
	} {
		_, _, err := read(newer)
		require.Equal(t, bonafide.StoreNewer, bonafide.CodeOf(err), "%s: %v", name, err)
	}
}

// failing is a place that has room for so many bytes.
type failing struct{ room int }

var errFull = errors.New("no room is left")

func (f *failing) Write(data []byte) (int, error) {
	if f.room -= len(data); f.room < 0 {
		return 0, errFull
	}
	return len(data), nil
}

func TestWriteTellsOfNoRoom(t *testing.T) {
	s, data := example(t)
	for _, room := range []int{0, 10, len(data) - 1} {
		_, err := backup.Write(context.Background(), &failing{room}, header, s)
		require.ErrorIs(t, err, errFull, "%d bytes", room)
	}
}

func TestNoBackupOfAHalfStore(t *testing.T) {
	s, data := example(t)
	half, err := bolt.Open(filepath.Join(t.TempDir(), "half"))
	require.NoError(t, err)
	defer half.Close()
	died := errors.New("it died")
	_, err = records.Fill(context.Background(), half, "a file", records.StoreSource(s), func(context.Context) error { return died })
	require.ErrorIs(t, err, died)
	var out bytes.Buffer
	_, err = backup.Write(context.Background(), &out, header, half)
	require.ErrorContains(t, err, "half filled")
	require.NotEqual(t, data, out.Bytes())
}
