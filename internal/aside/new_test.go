package aside

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A new file takes no other's place, whatever the file system can do.
func TestWriteNew(t *testing.T) {
	unable := func(string, string) error { return errors.ErrUnsupported }
	for name, link := range map[string]func(from, to string) error{"links": os.Link, "no links": unable} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			put := func(text string) error {
				fill := func(w io.Writer) error {
					_, err := io.WriteString(w, text)
					return err
				}
				return write(path, fill, func(from, to string) error { return placeNew(from, to, link) })
			}
			require.NoError(t, put("first"))
			require.ErrorIs(t, put("second"), fs.ErrExist)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, "first", string(data))
			files, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, files, 1, "nothing is left beside it")
		})
	}
}
