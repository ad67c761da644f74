package publiclog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/store"
	"bonafide.example/store/records"
	"github.com/stretchr/testify/require"
)

// putBack gives the keeper a store that has the first entries alone, and its memory.
func putBack(t *testing.T, k *keeper, entries int) *keeper {
	older := newKeeper(t, k.config.Key)
	older.note(0, entries)
	older.config.Memory = k.config.Memory
	return older
}

// BF-LOG-6, BF-LOG-7: a store that was put back is brought up to what the site had signed from the copy of the entries; readers find the log
// as it was. Without the copy, with one that is short, and with another log's, it is refused.
func TestPutBackAndCaughtUp(t *testing.T) {
	memory := publiclog.File(filepath.Join(t.TempDir(), "checkpoint"))
	k := newKeeper(t, newKey(t))
	k.config.Memory = memory
	k.start()
	for _, size := range []int{3, 260, 300} { // more than a tile has, signed in parts
		k.note(int(k.now().Size), size)
		k.now()
	}
	last := k.now()

	for _, had := range []int{0, 3, 299} {
		t.Run(fmt.Sprint(had), func(t *testing.T) {
			older := putBack(t, k, had)
			b, err := publiclog.Compare(t.Context(), older.config.Store, memory, here)
			require.NoError(t, err)
			require.Equal(t, publiclog.Behind{Has: int64(had), Signed: 300, Copied: true}, b)
			older.start()
			now := older.now()
			require.Equal(t, last.Root, now.Root)
			require.NoError(t, older.source().Follows(t.Context(), last, now))
			report := &records.Report{}
			require.NoError(t, older.Store.View(t.Context(), func(r store.Reader) error { return publiclog.Check(r, report) }))
			require.Empty(t, report.Faults)
			older.start()
		})
	}

	entries := string(memory) + ".entries"
	whole, err := os.ReadFile(entries)
	require.NoError(t, err)
	for name, data := range map[string][]byte{"none": nil, "short": whole[:len(whole)-400], "another's": append([]byte{whole[0], whole[1], 'x'}, whole[3:]...)} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(entries, data, 0o600))
			older := putBack(t, k, 3)
			b, err := publiclog.Compare(t.Context(), older.config.Store, memory, here)
			require.NoError(t, err)
			require.False(t, b.Copied)
			_, err = publiclog.New(t.Context(), older.config)
			require.ErrorIs(t, err, publiclog.ErrOlder)
		})
	}
}

// A store that went on otherwise isn't caught up: whoever remembers the log would see it change.
func TestForkedIsNotCaughtUp(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.config.Memory = publiclog.File(filepath.Join(t.TempDir(), "checkpoint"))
	k.start()
	k.note(0, 9)
	k.now()
	other := newKeeper(t, k.config.Key)
	other.note(20, 24)
	other.config.Memory = k.config.Memory
	_, err := publiclog.New(t.Context(), other.config)
	require.ErrorIs(t, err, publiclog.ErrOlder)
	require.ErrorContains(t, err, "other entries")
}

// A day's lists that were entered before the store was put back aren't entered again.
func TestListsOfTheDayStayEntered(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.config.Memory = publiclog.File(filepath.Join(t.TempDir(), "checkpoint"))
	k.start()
	lists := func(of *keeper) {
		require.NoError(t, of.NoteLists(t.Context(), func(fn func(address, token string)) error {
			fn(string(here)+"/status/1", fmt.Sprint(time.Now()))
			return nil
		}))
	}
	lists(k)
	require.Equal(t, int64(1), k.now().Size)
	older := putBack(t, k, 0)
	older.start()
	lists(older)
	require.Equal(t, int64(1), older.now().Size)
}

// Of a copy that a crash cut short the whole entries count; what is appended takes the rest's place.
func TestCopyOfEntries(t *testing.T) {
	f := publiclog.File(filepath.Join(t.TempDir(), "checkpoint"))
	none, err := f.Entries(5)
	require.NoError(t, err)
	require.Empty(t, none)
	a, b, c := []byte("a"), []byte("bb"), []byte("ccc")
	require.NoError(t, f.Append(0, [][]byte{a, b, c}))
	require.NoError(t, os.Truncate(string(f)+".entries", 11))
	all, err := f.Entries(5)
	require.NoError(t, err)
	require.Equal(t, [][]byte{a, b}, all)
	require.NoError(t, f.Append(1, [][]byte{c}))
	all, err = f.Entries(5)
	require.NoError(t, err)
	require.Equal(t, [][]byte{a, c}, all)
	require.ErrorContains(t, f.Append(3, nil), "has 2 entries")
	all, err = f.Entries(1)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, bonafide.Internal, bonafide.CodeOf(publiclog.File(filepath.Join(string(f), "x")).Append(0, [][]byte{a})))
}
