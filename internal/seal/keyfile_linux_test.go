package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// A key's file is never there half written, at whatever instant the program dies: such a file would be read instead of the
// one that it is to replace. So nothing is written to it once it has its name.
func TestKeyFileIsWhole(t *testing.T) {
	for name, write := range map[string]func(key *seal.PrivateKey, path string) error{
		"clear":     func(key *seal.PrivateKey, path string) error { return key.WriteFile(path) },
		"encrypted": func(key *seal.PrivateKey, path string) error { return key.WriteEncryptedFile(path, "correct horse", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			key, err := seal.GenerateKey()
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "key")
			written := writtenIn(t, filepath.Dir(path))
			require.NoError(t, write(key, path))
			names := written()
			require.NotEmpty(t, names)
			require.NotContains(t, names, "key")

			before, err := os.ReadFile(path)
			require.NoError(t, err)
			require.ErrorIs(t, write(key, path), os.ErrExist)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, before, after)
			files, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, files, 1, "nothing is left beside it")
		})
	}
}

// writtenIn returns what tells under which names files of a folder were written to since.
func writtenIn(t *testing.T, folder string) func() (names []string) {
	watch, err := syscall.InotifyInit1(syscall.IN_NONBLOCK)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Close(watch)) })
	_, err = syscall.InotifyAddWatch(watch, folder, syscall.IN_MODIFY)
	require.NoError(t, err)
	return func() (names []string) {
		events := make([]byte, 1<<16)
		n, err := syscall.Read(watch, events)
		require.NoError(t, err)
		for at := 0; at < n; {
			event := (*syscall.InotifyEvent)(unsafe.Pointer(&events[at]))
			begin := at + syscall.SizeofInotifyEvent
			at = begin + int(event.Len)
			names = append(names, string(bytes.TrimRight(events[begin:at], "\x00")))
		}
		return names
	}
}
