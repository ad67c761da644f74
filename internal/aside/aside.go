// Package aside writes files whole: what is new is written beside what is there, and takes its place once it is on disk. A
// crash leaves either, and at most a file beside it that is of no use.
package aside

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Lock waits until no other program changes the file at path, of those that ask in this way, and has them wait until unlock is called.
// Who only reads needs no lock, since files are replaced whole.
func Lock(path string) (unlock func(), err error) {
	return lockedfile.MutexAt(path + ".lock").Lock()
}

// Write has fill write a file for its owner alone, which then is the one at path. If fill fails, what was there stays.
func Write(path string, fill func(io.Writer) error) error { return write(path, fill, os.Rename) }

// WriteNew does so where there is no file yet. One that is there stays (fs.ErrExist).
func WriteNew(path string, fill func(io.Writer) error) error {
	return write(path, fill, func(from, to string) error { return placeNew(from, to, os.Link) })
}

// placeNew moves a file to where none is: a rename would replace what another program made meanwhile. On a file system without
// links the name is taken by an empty file first.
func placeNew(from, to string, link func(from, to string) error) error {
	err := link(from, to)
	switch {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	empty, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(empty.Close(), os.Rename(from, to))
}

// write has fill write a file, which place then puts at path.
func write(path string, fill func(io.Writer) error, place func(from, to string) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	if err = fill(file); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = place(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder puts the folder's entries on disk: a file that is synced but not listed is lost all the same.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
