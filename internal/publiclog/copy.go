package publiclog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bonafide.example/internal/aside"
)

// entriesSuffix follows the name of the checkpoint's file in that of the file with the entries, each after its length in
// two bytes, as in a tile.
const entriesSuffix = ".entries"

// Entries returns the first entries of the copy, as many as it has whole.
func (f File) Entries(most int64) (all [][]byte, err error) {
	file, err := os.Open(string(f) + entriesSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	from := bufio.NewReader(file)
	for int64(len(all)) < most {
		entry, err := readEntryOf(from)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return all, nil // a crash may have cut the last one short
		}
		if err != nil {
			return nil, err
		}
		all = append(all, entry)
	}
	return all, nil
}

func readEntryOf(from *bufio.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	entry := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(from, entry)
	return entry, err
}

// Append puts entries after the first ones of the copy, in the place of what comes there, and has them on disk.
func (f File) Append(after int64, entries [][]byte) (err error) {
	before, err := f.Entries(after)
	if err != nil {
		return err
	}
	if int64(len(before)) < after {
		return fmt.Errorf("%s%s has %d entries, fewer than %d", f, entriesSuffix, len(before), after)
	}
	offset := int64(0)
	for _, entry := range before {
		offset += 2 + int64(len(entry))
	}
	file, err := os.OpenFile(string(f)+entriesSuffix, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.Truncate(offset); err != nil {
		return err
	}
	if _, err := file.WriteAt(bundle(entries), offset); err != nil {
		return err
	}
	return errors.Join(file.Sync(), aside.SyncFolder(filepath.Dir(string(f))))
}

// bundle writes entries one after the other, each after its length in two bytes.
func bundle(entries [][]byte) (data []byte) {
	for _, entry := range entries {
		data = binary.BigEndian.AppendUint16(data, uint16(len(entry)))
		data = append(data, entry...)
	}
	return data
}
