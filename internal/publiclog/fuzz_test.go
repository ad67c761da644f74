package publiclog_test

import (
	"bytes"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"github.com/stretchr/testify/require"
)

// FuzzAnswer puts something in the place of one of a log's files. Its reader then learns the truth or nothing.
func FuzzAnswer(f *testing.F) {
	k := newKeeper(f, newKey(f))
	k.note(0, 300)
	last := k.now()
	k.note(300, 600)
	truth, err := k.read(0)
	require.NoError(f, err)
	paths := []string{
		"/log/checkpoint", "/log/tile/entries/000", "/log/tile/entries/002.p/88", "/log/tile/0/000", "/log/tile/0/001",
		"/log/tile/0/002.p/88", "/log/tile/1/000.p/2",
	}
	for n, path := range paths {
		honest := k.answer(path).Body.Bytes()
		altered := bytes.Clone(honest)
		altered[len(altered)/2] ^= 1
		for _, seed := range [][]byte{nil, honest, altered, honest[:len(honest)-1], append(bytes.Clone(honest), 0, 0)} {
			f.Add(uint8(n), seed)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		k.TB = t
		k.lies = map[string]func([]byte) []byte{paths[int(n)%len(paths)]: func([]byte) []byte { return data }}
		lines, err := k.read(0)
		if err == nil {
			require.Equal(t, truth, lines)
		}
		require.NotEqual(t, bonafide.Internal, codeOf(err), "%v", err)
		if now, err := k.source().Checkpoint(t.Context()); err == nil {
			code := codeOf(k.source().Follows(t.Context(), last, now))
			require.NotEqual(t, bonafide.LogRolledBack, code)
			require.NotEqual(t, bonafide.Internal, code)
		}
	})
}

// FuzzCheckpoint looks for a checkpoint of which another could be read than the one that it says.
func FuzzCheckpoint(f *testing.F) {
	const address = string(here) + "/log"
	root := "\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
	for _, seed := range []string{"", "bazar.example/log\n0" + root + "\n", "bazar.example/log\n12" + root + "more\n\n— x y\n", "bazar.example/log\n01" + root + "\n", "bazar.example/log\n0" + strings.Replace(root, "FU=", "FV=", 1) + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := publiclog.OpenCheckpoint(text, address, []string{vkey})
		require.Error(t, err, "nobody has the key")
		require.NotEqual(t, bonafide.Internal, codeOf(err), "%v", err)
		c, err := publiclog.ReadCheckpoint(text, address)
		if err != nil {
			require.Equal(t, bonafide.BadLog, codeOf(err))
			return
		}
		require.True(t, strings.HasPrefix(text, c.Body(address)))
	})
}

// vkey is that of a key that was thrown away.
const vkey = "bazar.example/log+000d5245+AQyb4kfuDM+k2bSqQX7nceoCHndLuRMdZ5szXuGZ/8FG"

// FuzzEntry looks for an entry that speaks of another site, or that isn't what it says once it is written again.
func FuzzEntry(f *testing.F) {
	good := `{"kind":"table","address":"https://bazar.example/conversions/x/v/1","hash":"` + publiclog.HashOfBytes("") + `","at":"2026-11-22T12:00:00Z"}`
	for _, seed := range []string{good, "", "{}", strings.Replace(good, "bazar.example", "bazar.example.evil", 1), strings.Replace(good, "{", `{"later":1,`, 1), strings.Replace(good, "Z", "+01:00", 1), strings.Replace(good, "hash\":\"", "hash\":\"x", 1)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := publiclog.ParseEntry(data, here)
		if err != nil {
			require.Equal(t, bonafide.BadLog, codeOf(err))
			return
		}
		require.True(t, strings.HasPrefix(e.Address, string(here)+"/"))
		require.Len(t, e.Hash, len("sha-256:")+43)
		written, err := bonafide.MarshalJSON(e)
		require.NoError(t, err)
		again, err := publiclog.ParseEntry(written, here)
		require.NoError(t, err)
		require.True(t, e.At.Equal(again.At))
		again.At = e.At
		require.Equal(t, e, again)
	})
}
