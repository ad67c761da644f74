package erasures_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example/internal/erasures"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/records"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

type world struct {
	*testing.T
	*erasures.Journal
	at time.Time
}

func newWorld(t *testing.T, file string) *world {
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	w := &world{T: t, at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.Journal, err = erasures.Open(t.Context(), erasures.Config{Store: kept, File: file, Now: func() time.Time { return w.at }})
	require.NoError(t, err)
	return w
}

func (w *world) note(deed erasures.Deed, of ...string) {
	require.NoError(w, w.Store.Update(w.Context(), func(tx store.Tx) error { return w.Note(tx, deed, of...) }))
}

func (w *world) missing() []erasures.Entry {
	all, err := w.Missing(w.Context())
	require.NoError(w, err)
	return all
}

// What the file has and an older store lacks is missing there, until it was carried out again; the file loses nothing by it, and names
// nobody.
func TestJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "erasures.json")
	w := newWorld(t, file)
	require.Empty(t, w.missing(), "there is no file yet")
	w.note(erasures.Member, "ann@town")
	require.NoError(t, w.Copy(t.Context()))
	require.Empty(t, w.missing())

	older := newWorld(t, file)
	missing := older.missing()
	require.Equal(t, w.Hash(erasures.Member, "ann@town"), missing[0].Hash)
	require.NotEqual(t, older.Hash(erasures.Member, "ann@town"), missing[0].Hash, "each store has a secret of its own")
	older.note(erasures.Badge, "seller", "bob@town")
	require.NoError(t, older.Copy(t.Context()))
	require.Equal(t, missing, older.missing(), "nobody carried it out yet")
	require.NoError(t, older.Enter(t.Context(), missing))
	require.Empty(t, older.missing())
	require.Len(t, w.missing(), 1)

	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, name := range []string{"@town", "seller", "member", "badge"} {
		require.NotContains(t, string(data), name)
	}
	report := &records.Report{}
	require.NoError(t, older.Store.View(t.Context(), func(r store.Reader) error { return erasures.Check(r, report) }))
	require.Empty(t, report.Faults)
	require.Equal(t, int64(2), report.Counts["erasures entry"])
}

// Servers that share the folder of their keys lose nothing of each other's.
func TestOneFileOfSeveralServers(t *testing.T) {
	first := newWorld(t, filepath.Join(t.TempDir(), "erasures.json"))
	var servers errgroup.Group
	for n := range 4 {
		j, err := erasures.Open(t.Context(), first.Config)
		require.NoError(t, err)
		servers.Go(func() error {
			for k := range 25 {
				member := fmt.Sprint(n, "-", k)
				if err := j.Store.Update(t.Context(), func(tx store.Tx) error { return j.Note(tx, erasures.Member, member) }); err != nil {
					return err
				}
				if err := j.Copy(t.Context()); err != nil {
					return err
				}
				if data, err := os.ReadFile(j.File); err != nil || !strings.Contains(string(data), j.Hash(erasures.Member, member)) {
					return errors.Join(err, fmt.Errorf("the file lacks %s, which was copied", member))
				}
			}
			return nil
		})
	}
	require.NoError(t, servers.Wait())
}

// The deeds and whom they are of can't be taken for one another.
func TestHash(t *testing.T) {
	w := newWorld(t, "")
	seen := map[string]bool{}
	for _, of := range [][]string{{"member", "a"}, {"account", "a"}, {"badge", "a"}, {"badge", "a", "b"}, {"badge", "ab"}, {"badge", "b", "a"}} {
		hash := w.Hash(erasures.Deed(of[0]), of[1:]...)
		require.False(t, seen[hash], "%q", of)
		seen[hash] = true
	}
	again, err := erasures.Open(t.Context(), w.Config)
	require.NoError(t, err)
	require.Equal(t, w.Hash(erasures.Member, "a"), again.Hash(erasures.Member, "a"))
}

// What is done again and again has one entry, which says when it was done last: later each time, though the clock was put back. So a store of before the
// last time lacks it.
func TestDoneAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "erasures.json")
	w := newWorld(t, file)
	for n := range 3 {
		w.note(erasures.Public, "seller", "ann")
		older, err := erasures.Compare(t.Context(), w.Store, file)
		require.NoError(t, err)
		require.Empty(t, older.Entries)
		require.NoError(t, w.Copy(t.Context()))
		before := newWorld(t, file)
		missing := before.missing()
		require.Len(t, missing, 1)
		require.NoError(t, before.Enter(t.Context(), missing))
		require.Empty(t, before.missing())
		w.at = w.at.Add(-time.Hour)
		w.note(erasures.Public, "seller", "ann")
		require.NoError(t, w.Copy(t.Context()))
		require.Len(t, before.missing(), 1, "time %d", n)
	}
}

// The file says how far it reaches: it is written anew each hour, and when the clock was put back.
func TestHowFarTheFileReaches(t *testing.T) {
	file := filepath.Join(t.TempDir(), "erasures.json")
	w := newWorld(t, file)
	for _, c := range []struct {
		later   time.Duration
		renewed bool
	}{{0, true}, {59 * time.Minute, false}, {time.Minute, true}, {-time.Second, true}} {
		w.at = w.at.Add(c.later)
		require.NoError(t, w.Copy(t.Context()))
		ahead, err := erasures.Compare(t.Context(), w.Store, file)
		require.NoError(t, err)
		require.True(t, ahead.Found && ahead.Keyed)
		require.Equal(t, c.renewed, ahead.Until.Equal(w.at), "%s later", c.later)
	}
	none, err := erasures.Compare(t.Context(), w.Store, file+"x")
	require.NoError(t, err)
	require.Equal(t, erasures.Ahead{}, none)
}

// A file that can't be read is left as it is, and nobody goes on without it.
func TestFileThatCantBeRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "erasures.json")
	w := newWorld(t, file)
	for _, text := range []string{"", "{", `{"format":2,"until":"2026-11-22T12:00:00Z","entries":[]}`} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.ErrorContains(t, w.Copy(t.Context()), "can't be read")
		_, err := w.Missing(t.Context())
		require.ErrorContains(t, err, file)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, text, string(data))
	}
}
