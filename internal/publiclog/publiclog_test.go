package publiclog_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// BF-LOG-2, BF-LOG-4, BF-LOG-6: sizes around those of tiles and bundles, from an empty log on.
func TestReadersProveWhatTheyRead(t *testing.T) {
	k := newKeeper(t, newKey(t))
	last := k.now()
	require.Zero(t, last.Size)
	for _, size := range []int64{0, 1, 2, 3, 255, 256, 257, 511, 513} {
		k.note(int(last.Size), int(size))
		now := k.now()
		require.Equal(t, size, now.Size)
		require.NoError(t, k.source().Follows(t.Context(), last, now), "from %d to %d", last.Size, now.Size)
		lines, err := k.read(max(0, now.Size-2))
		require.NoError(t, err)
		require.Len(t, lines, int(min(2, size)))
		if size > 0 {
			require.Equal(t, fmt.Sprintf("%d /mechanisms/m/v/%d", size-1, size-1), lines[len(lines)-1])
		}
		last = now
	}
	k.asked = nil
	all, err := k.read(0)
	require.NoError(t, err)
	require.Len(t, all, 513)
	require.Len(t, k.asked, 1+3+4, "the checkpoint, three bundles, their hashes and what leads up to the root: each once: %v", k.asked)
	beyond, err := k.read(513)
	require.NoError(t, err)
	require.Empty(t, beyond)
}

// Others' tools read the checkpoint: the Go checksum database's own.
func TestCheckpointIsANote(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.note(0, 3)
	verifier, err := note.NewVerifier(k.Metadata().Keys[0])
	require.NoError(t, err)
	opened, err := note.Open([]byte(k.now().Text), note.VerifierList(verifier))
	require.NoError(t, err)
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (all []tlog.Hash, err error) {
		for _, i := range indexes {
			all = append(all, hashes[i])
		}
		return all, nil
	})
	for n := range int64(3) {
		entry := fmt.Sprintf(`{"kind":"mechanism","address":"https://bazar.example/mechanisms/m/v/%d","hash":"%s","at":"2026-11-22T12:00:00Z"}`, n, publiclog.HashOfBytes(fmt.Sprint(n)))
		stored, err := tlog.StoredHashes(n, []byte(entry), read)
		require.NoError(t, err)
		hashes = append(hashes, stored...)
	}
	root, err := tlog.TreeHash(3, read)
	require.NoError(t, err)
	require.Equal(t, "bazar.example/log\n3\n"+root.String()+"\n", opened.Text)

	answer := k.answer("/log/checkpoint")
	require.Equal(t, "text/plain; charset=utf-8", answer.Header().Get("Content-Type"))
	require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
	require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
}

// What is noted again, or by a server that begins anew, stands once; what changes stands twice.
func TestNotedOnce(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.note(0, 2)
	k.start()
	k.note(0, 2)
	require.EqualValues(t, 2, k.now().Size)
	for _, hash := range []string{"a", "b", "b", "a"} {
		require.NoError(t, k.Store.Update(t.Context(), func(tx store.Tx) error {
			return k.Note(tx, publiclog.Metadata, string(here)+"/x", publiclog.HashOfBytes(hash))
		}))
	}
	require.EqualValues(t, 5, k.now().Size)
	gone := errors.New("gone")
	require.ErrorIs(t, k.Store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(k.Note(tx, publiclog.Metadata, string(here)+"/x", publiclog.HashOfBytes("c")), gone)
	}), gone)
	require.EqualValues(t, 5, k.now().Size, "what isn't published isn't in the log")
}

// Two servers on one store go on from one another.
func TestTwoServers(t *testing.T) {
	key := newKey(t)
	a := newKeeper(t, key)
	b := &keeper{TB: t, config: a.config}
	b.start()
	a.note(0, 3)
	first := b.now()
	b.note(3, 300)
	require.Equal(t, b.now(), a.now())
	require.NoError(t, a.source().Follows(t.Context(), first, a.now()))
}

func TestTiles(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.note(0, 300)
	for path, length := range map[string]int{
		"0/000": 8192, "0/000.p/7": 7 * 32, "0/001.p/44": 44 * 32, "0/001.p/1": 32, "1/000.p/1": 32,
		"0/001": 0, "0/001.p/45": 0, "1/000.p/2": 0, "1/000": 0, "2/000.p/1": 0, "0/002.p/1": 0, "63/000.p/1": 0,
		"0/0": 0, "00/000": 0, "-1/000": 0, "data/000": 0, "0/000.p/0": 0, "0/000.p/256": 0, "0/x000/000": 0, "0/": 0, "": 0, "0/000.p/07": 0,
		"0/x999/x999/x999/x999/x999/999.p/1": 0, "entries/002.p/1": 0, "entries/001.p/45": 0, "entries/x001/000": 0, "entries/": 0,
	} {
		answer := k.answer("/log/tile/" + path)
		if length == 0 {
			require.Equal(t, http.StatusNotFound, answer.Code, path)
			continue
		}
		require.Equal(t, http.StatusOK, answer.Code, path)
		require.Equal(t, length, answer.Body.Len(), path)
		require.Equal(t, "public, max-age=31536000, immutable", answer.Header().Get("Cache-Control"))
	}
	require.Equal(t, "\x00", k.answer("/log/tile/entries/000").Body.String()[:1])
}

// BF-LOG-11, BF-LOG-12: each misbehaviour of a site is found for what it is.
func TestDishonestLogs(t *testing.T) {
	key := newKey(t)
	grown := func(t *testing.T, to int) *keeper {
		k := newKeeper(t, key)
		k.note(0, to)
		return k
	}
	other := func(t *testing.T, to int) *keeper { // as the first, but for one entry in the middle
		k := newKeeper(t, key)
		k.note(0, 100)
		k.note(9_000, 9_001)
		k.note(101, to)
		return k
	}
	for name, c := range map[string]struct {
		then func(*testing.T, int) *keeper
		size int
		code bonafide.Code
	}{
		"the same":                   {grown, 300, ""},
		"grown":                      {grown, 301, ""},
		"grown by a tile":            {grown, 700, ""},
		"rolled back":                {grown, 299, bonafide.LogRolledBack},
		"rolled back to nothing":     {grown, 0, bonafide.LogRolledBack},
		"another of the same size":   {other, 300, bonafide.LogForked},
		"another that is longer":     {other, 301, bonafide.LogForked},
		"another, longer by a tile":  {other, 700, bonafide.LogForked},
		"rolled back to another one": {other, 200, bonafide.LogRolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			last, k := grown(t, 300).now(), c.then(t, c.size)
			require.Equal(t, c.code, codeOf(k.source().Follows(t.Context(), last, k.now())))
		})
	}
}

// codeOf is "" where nothing is wrong.
func codeOf(err error) bonafide.Code {
	if err == nil {
		return ""
	}
	return bonafide.CodeOf(err)
}

// BF-LOG-9, BF-LOG-10: nothing is taken that the root doesn't bear out.
func TestWhatIsAlteredIsRefused(t *testing.T) {
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte {
			data = bytes.Clone(data)
			data[at] ^= 1
			return data
		}
	}
	cut := func(data []byte) []byte { return data[:len(data)-1] }
	more := func(data []byte) []byte { return append(bytes.Clone(data), 0) }
	replace := func(was, is string) func([]byte) []byte {
		return func(data []byte) []byte { return []byte(strings.Replace(string(data), was, is, 1)) }
	}
	for name, c := range map[string]struct {
		path string
		lie  func([]byte) []byte
		code bonafide.Code
	}{
		"an entry":                  {"/log/tile/entries/000", flip(70), bonafide.BadLog},
		"a length":                  {"/log/tile/entries/000", flip(1), bonafide.BadLog},
		"a bundle cut short":        {"/log/tile/entries/001.p/44", cut, bonafide.BadLog},
		"a bundle too long":         {"/log/tile/entries/001.p/44", more, bonafide.BadLog},
		"a hash":                    {"/log/tile/0/000", flip(1000), bonafide.BadLog},
		"a tile cut short":          {"/log/tile/0/001.p/44", cut, bonafide.BadLog},
		"a tile too long":           {"/log/tile/1/000.p/1", more, bonafide.BadLog},
		"the size":                  {"/log/checkpoint", replace("\n300\n", "\n301\n"), bonafide.BadSignature},
		"the name":                  {"/log/checkpoint", replace("bazar.example/log\n", "bazar.example/lag\n"), bonafide.BadSignature},
		"no signature":              {"/log/checkpoint", func(data []byte) []byte { return data[:bytes.Index(data, []byte("\n\n"))+2] }, bonafide.BadLog},
		"nothing":                   {"/log/checkpoint", func([]byte) []byte { return nil }, bonafide.BadLog},
		"a checkpoint that is huge": {"/log/checkpoint", func(data []byte) []byte { return bytes.Repeat(data, 1000) }, bonafide.BadLog},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeeper(t, newKey(t))
			k.note(0, 300)
			lines, err := k.read(0)
			require.NoError(t, err)
			require.Len(t, lines, 300)
			k.lies[c.path] = c.lie
			_, err = k.read(0)
			require.Equal(t, c.code, codeOf(err), "%v", err)
		})
	}
	t.Run("by another key", func(t *testing.T) {
		k := newKeeper(t, newKey(t))
		s := newKeeper(t, newKey(t)).source()
		s.Get = k.get
		_, err := s.Checkpoint(t.Context())
		require.Equal(t, bonafide.UnknownKey, codeOf(err))
	})
}

// BF-LOG-1, BF-LOG-9: checkpoints that the log's own key signed, and that say nothing a reader can take.
func TestCheckpointsOutOfForm(t *testing.T) {
	key := newKey(t)
	k := newKeeper(t, key)
	verifier, err := note.NewVerifier(k.Metadata().Keys[0])
	require.NoError(t, err)
	root := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	for body, code := range map[string]bonafide.Code{
		"bazar.example/log\n0\n" + root + "\n":                   "",
		"bazar.example/log\n0\n" + root + "\nmore\n":             "",
		"bazar.example/log\n00\n" + root + "\n":                  bonafide.BadLog,
		"bazar.example/log\n+1\n" + root + "\n":                  bonafide.BadLog,
		"bazar.example/log\n-1\n" + root + "\n":                  bonafide.BadLog,
		"bazar.example/log\n9223372036854775807\n" + root + "\n": bonafide.BadLog,
		"bazar.example/log\n0\n" + root[4:] + "\n":               bonafide.BadLog,
		"bazar.example/log\n0\n" + root[:42] + "V=\n":            bonafide.BadLog,
		"bazar.example/log\n0\n":                                 bonafide.BadLog,
		"other.example/log\n0\n" + root + "\n":                   bonafide.BadLog,
		"https://bazar.example/log\n0\n" + root + "\n":           bonafide.BadLog,
	} {
		text, err := note.Sign(&note.Note{Text: body}, signing{verifier, key, t})
		require.NoError(t, err)
		_, err = publiclog.OpenCheckpoint(string(text), string(here)+"/log", k.Metadata().Keys)
		require.Equal(t, code, codeOf(err), "%q: %v", body, err)
		_, err = publiclog.ReadCheckpoint(string(text), string(here)+"/log")
		require.Equal(t, code, codeOf(err), "%q: %v", body, err)
	}
	for _, keys := range [][]string{nil, make([]string, 17), {"x"}, {strings.Replace(k.Metadata().Keys[0], "bazar", "other", 1)}} {
		_, err := publiclog.OpenCheckpoint(k.now().Text, string(here)+"/log", keys)
		require.Equal(t, bonafide.BadMetadata, codeOf(err))
	}
}

type signing struct {
	note.Verifier
	key *seal.PrivateKey
	t   *testing.T
}

func (s signing) Sign(text []byte) ([]byte, error) { return s.key.Sign(s.t.Context(), text) }

// BF-LOG-3
func TestEntriesRefused(t *testing.T) {
	good := `{"kind":"table","address":"https://bazar.example/conversions/x/v/1","hash":"` + publiclog.HashOfBytes("") + `","at":"2026-11-22T12:00:00Z"}`
	e, err := publiclog.ParseEntry([]byte(good), here)
	require.NoError(t, err)
	require.Equal(t, noon, e.At)
	for _, is := range [][2]string{{`"table"`, `""`}, {"bazar", "other"}, {"sha-256:", "sha-512:"}, {"U\"", "V\""}, {`"2026-11-22T12:00:00Z"`, "5"}, {`,"at":"2026-11-22T12:00:00Z"`, ""}, {"{", "["}, {`"kind"`, `"Kind":"x","kind"`}, {`"x/v/1"`, ""}} {
		changed := strings.Replace(good, is[0], is[1], 1)
		if changed == good {
			continue
		}
		_, err := publiclog.ParseEntry([]byte(changed), here)
		require.Equal(t, bonafide.BadLog, codeOf(err), changed)
	}
	_, err = publiclog.ParseEntry([]byte(strings.Replace(good, "conversions", strings.Repeat("c", publiclog.MaxEntry), 1)), here)
	require.Equal(t, bonafide.BadLog, codeOf(err))
	_, err = publiclog.ParseEntry([]byte(strings.Replace(good, "{", `{"later":"field",`, 1)), here)
	require.NoError(t, err)
}

// BF-LOG-5: what a day's entries say of status lists, they say once and of midnight.
func TestListsOnceADay(t *testing.T) {
	k := newKeeper(t, newKey(t))
	now, asked := noon, 0
	k.config.Now = func() time.Time { return now }
	k.start()
	each := func(fn func(address, token string)) error {
		asked++
		fn(string(here)+"/status/1", now.String())
		fn(string(here)+"/status/2", now.String())
		return nil
	}
	for range 3 {
		require.NoError(t, k.NoteLists(t.Context(), each))
		now = now.Add(time.Hour)
	}
	require.Equal(t, 1, asked)
	require.EqualValues(t, 2, k.now().Size)
	now = now.Add(12 * time.Hour)
	require.Error(t, k.NoteLists(t.Context(), func(func(string, string)) error { return errors.New("not now") }))
	require.NoError(t, k.NoteLists(t.Context(), each))
	require.EqualValues(t, 4, k.now().Size)
	s := k.source()
	require.NoError(t, s.Entries(t.Context(), k.now(), 2, func(_ int64, e publiclog.Entry) error {
		require.Equal(t, publiclog.StatusList, e.Kind)
		require.Equal(t, noon.Truncate(24*time.Hour).AddDate(0, 0, 1), e.At)
		return nil
	}))
}

// BF-LOG-7: a store that was put back is noticed by the site itself.
func TestStorePutBack(t *testing.T) {
	key := newKey(t)
	memory := publiclog.File(filepath.Join(t.TempDir(), "checkpoint"))
	k := newKeeper(t, key)
	k.config.Memory = memory
	k.start()
	k.note(0, 5)
	text := k.now().Text
	kept, err := memory.Read()
	require.NoError(t, err)
	require.Equal(t, text, kept)
	k.note(5, 9) // never signed
	k.start()
	require.NoError(t, os.Remove(string(memory)+".entries"))

	older := newKeeper(t, key)
	older.note(0, 4)
	older.config.Memory = memory
	_, err = publiclog.New(t.Context(), older.config)
	require.ErrorIs(t, err, publiclog.ErrOlder)
	older.note(10, 20)
	_, err = publiclog.New(t.Context(), older.config)
	require.ErrorIs(t, err, publiclog.ErrOlder)
	require.ErrorContains(t, err, "other entries")

	k.now()
	k.Store = older.Store // while the site runs
	older.note(20, 30)
	_, err = k.Checkpoint(t.Context())
	require.ErrorIs(t, err, publiclog.ErrOlder)

	require.NoError(t, os.WriteFile(string(memory), []byte("x"), 0o600))
	_, err = publiclog.New(t.Context(), k.config)
	require.ErrorContains(t, err, "can't be read")
	require.NoError(t, os.Remove(string(memory)))
	_, err = publiclog.New(t.Context(), k.config)
	require.NoError(t, err, "an operator who has nothing newer goes on, and readers will notice")
}

// A memory that can't be written doesn't end the log; a key of another kind does.
func TestNoMemory(t *testing.T) {
	k := newKeeper(t, newKey(t))
	k.config.Memory = publiclog.File(filepath.Join(t.TempDir(), "no", "folder"))
	k.start()
	k.note(0, 1)
	require.EqualValues(t, 1, k.now().Size)
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	k.config.Key = key
	_, err = publiclog.New(t.Context(), k.config)
	require.ErrorContains(t, err, "Ed25519")
}
