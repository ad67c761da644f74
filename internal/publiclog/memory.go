package publiclog

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"bonafide.example/internal/aside"
)

// Memory keeps the last checkpoint apart from the store, such as beside the keys: what was signed can't be unsaid by
// putting an old store back. It keeps the entries too, from which such a store is brought up to what was signed.
type Memory interface {
	Read() (string, error) // the checkpoint, "" if there is none
	Write(text string) error
	Entries(most int64) ([][]byte, error)       // the first entries, no more than that many
	Append(after int64, entries [][]byte) error // puts entries in the place of all after the first ones
}

// File is a [Memory] in a file of that name; the entries are in another, beside it.
type File string

// Read returns what the file holds, "" if there is none.
func (f File) Read() (string, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

// Write replaces the file as a whole: a crash leaves the one before.
func (f File) Write(text string) error {
	return aside.Write(string(f), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}
