package keyfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"bonafide.example/internal/aside"
	"bonafide.example/internal/seal"
)

// Encrypted tells whether any private half is encrypted.
func (f *Folder) Encrypted() (bool, error) {
	for _, key := range f.Keys() {
		if key.File == "" {
			continue
		}
		switch _, err := os.Lstat(filepath.Join(f.path, key.File+encryptedSuffix)); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, err
		}
	}
	return false, nil
}

// Recast keeps every private half encrypted, or in the clear, from now on. Each is written anew
// before the file of the other kind is removed; what was interrupted is finished by doing it again. It returns how many it changed.
func (f *Folder) Recast(encrypted bool) (changed int, err error) {
	done, err := f.change()
	if err != nil {
		return 0, err
	}
	defer done()
	if f.held.Load().legacy {
		if err := f.writeRecord(f.Keys()); err != nil {
			return 0, err
		}
	}
	for _, key := range f.Keys() {
		if key.File == "" {
			continue
		}
		did, err := f.recast(key, encrypted)
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	did, err := f.recastFile(logFile, encrypted, func() (*seal.PrivateKey, error) { return f.readPrivate(logFile) })
	if did {
		changed++
	}
	return changed, errors.Join(err, aside.SyncFolder(f.path))
}

func (f *Folder) recast(key Key, encrypted bool) (bool, error) {
	return f.recastFile(key.File, encrypted, func() (*seal.PrivateKey, error) { return f.privateOf(key, f.held.Load()) })
}

// recastFile writes a private half anew, which read reads.
func (f *Folder) recastFile(file string, encrypted bool, read func() (*seal.PrivateKey, error)) (bool, error) {
	from := filepath.Join(f.path, file)
	to := from + encryptedSuffix
	if !encrypted {
		from, to = to, from
	}
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	// What is beside it may be half written, by an earlier program that was interrupted; it would be read first.
	if encrypted {
		if err := remove(to); err != nil {
			return false, err
		}
	}
	private, err := read()
	if err != nil {
		return false, err
	}
	if err := remove(to); err != nil {
		return false, err
	}
	if _, err := f.writePrivate(file, private, encrypted); err != nil {
		return false, err
	}
	if encrypted {
		if _, err := f.readPrivate(file); err != nil {
			return false, errors.Join(err, os.Remove(to))
		}
	}
	return true, os.Remove(from)
}

// remove removes a file that may not be there.
func remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
