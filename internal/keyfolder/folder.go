// Package keyfolder keeps a site's keys in a folder: for each use the key that signs, the one that will, and those that
// signed before. What becomes of a key goes by instants that the folder's record holds, so that several servers with the
// same folder do the same. Private halves are files of their own, in the clear or encrypted with a passphrase.
package keyfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"bonafide.example"
	"bonafide.example/internal/aside"
	"bonafide.example/internal/seal"
)

// Uses are what a site has keys for, each for one thing and nothing else.
var Uses = []bonafide.KeyUse{bonafide.UseCredential, bonafide.UseClient, bonafide.UseFederation}

// Config says where the keys are and what opens them.
type Config struct {
	Path string
	// Passphrase returns what opens encrypted key files. It is called once, when the first is met; nil: there is none.
	Passphrase func() (string, error)
	Work       int              // base 2 logarithm of what it costs to try a passphrase; 0: 16
	Now        func() time.Time // nil: time.Now
}

// usualWork costs 64 MiB of memory and a fifth of a second. age's own choice, 18, needs four times as much, more than
// small machines leave to a server.
const usualWork = 16

// Folder is a folder of keys. It is safe for concurrent use, and by several processes: who changes it waits for the
// others that do.
type Folder struct {
	path    string
	now     func() time.Time
	secret  func() (string, error)
	looking bool // encrypted halves are left alone
	work    int

	mu   sync.Mutex  // held while the folder is read or changed
	seen fs.FileInfo // the record when it was read; nil: there was none
	held atomic.Pointer[holding]
}

// holding is what the folder held when it was read last.
type holding struct {
	keys    []Key
	private map[string]*seal.PrivateKey // by thumbprint, of the keys that sign or will
	legacy  bool                        // there is no record: the folder is older than records
}

func newFolder(c Config) *Folder {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Work == 0 {
		c.Work = usualWork
	}
	if c.Passphrase == nil {
		c.Passphrase = func() (string, error) { return "", nil }
	}
	return &Folder{path: c.Path, now: c.Now, secret: sync.OnceValues(c.Passphrase), work: c.Work}
}

// Create makes a folder with a new key for each use (ES256, readable by its owner alone), encrypted or not, and one for the
// public log, so that all servers to which it is copied have the same. A folder that has any key already is refused
// (fs.ErrExist), and left as it is.
func Create(c Config, encrypted bool) (*Folder, error) {
	f := newFolder(c)
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, err
	}
	if has, err := f.hasKeys(); err != nil {
		return nil, err
	} else if has {
		return nil, fmt.Errorf("%q has keys, without which this would be another site: %w", f.path, fs.ErrExist)
	}
	if err := f.create(encrypted); err != nil {
		return nil, err
	}
	if _, err := f.Refresh(); err != nil {
		return nil, err
	}
	_, err := f.LogKey()
	return f, err
}

// create makes the keys and the record, or nothing.
func (f *Folder) create(encrypted bool) (err error) {
	var written []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range written {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	var keys []Key
	held := map[string]*seal.PrivateKey{}
	for _, use := range Uses {
		private, err := seal.GenerateKey()
		if err != nil {
			return err
		}
		key, err := newKey(use, private, f.instant())
		if err != nil {
			return err
		}
		key.File = string(use) + ".jwk"
		path, err := f.writePrivate(key.File, private, encrypted)
		if err != nil {
			return err
		}
		written = append(written, path)
		keys, held[key.Thumbprint()] = append(keys, key), private
	}
	f.held.Store(&holding{private: held})
	return f.writeRecord(keys)
}

// Open reads a folder that [Create] made. It fails with fs.ErrNotExist where a key is missing.
func Open(c Config) (*Folder, error) {
	f := newFolder(c)
	_, err := f.Refresh()
	return f, err
}

// Look reads a folder without opening what is encrypted. It can tell of its keys, and sign nothing.
func Look(c Config) (*Folder, error) {
	f := newFolder(c)
	f.looking = true
	_, err := f.Refresh()
	return f, err
}

// HasKeys tells whether the folder has at least one key.
func HasKeys(path string) (bool, error) { return newFolder(Config{Path: path}).hasKeys() }

func (f *Folder) hasKeys() (bool, error) {
	names := []string{recordFile}
	for _, use := range Uses {
		names = append(names, string(use)+".jwk", string(use)+".jwk"+encryptedSuffix)
	}
	return f.hasAny(names...)
}

// hasAny tells whether one of these files is there.
func (f *Folder) hasAny(names ...string) (bool, error) {
	for _, name := range names {
		_, err := os.Lstat(filepath.Join(f.path, name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// Refresh reads the folder again if it changed since it was read, and tells whether it did. What can't be read
// leaves everything as it was.
func (f *Folder) Refresh() (changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refresh()
}

// refresh is Refresh for who holds mu.
func (f *Folder) refresh() (bool, error) {
	info, err := f.stat()
	if err != nil {
		return false, err
	}
	before := f.held.Load()
	if before != nil && f.isSeen(info) {
		return false, nil
	}
	read := f.read
	if info == nil {
		read = f.readLegacy
	}
	after, err := read(before)
	if err != nil {
		return false, err
	}
	f.seen = info
	f.held.Store(after)
	return before != nil, nil
}

// change reads the folder as it is, for who changes it, and lets nobody else do so until done is called.
func (f *Folder) change() (done func(), err error) {
	f.mu.Lock()
	unlock, err := aside.Lock(filepath.Join(f.path, recordFile))
	if err != nil {
		f.mu.Unlock()
		return nil, err
	}
	done = func() {
		unlock()
		f.mu.Unlock()
	}
	if _, err := f.refresh(); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// stat looks at the record; nil: there is none, and there was none when it was read last.
func (f *Folder) stat() (fs.FileInfo, error) {
	info, err := os.Stat(filepath.Join(f.path, recordFile))
	if errors.Is(err, fs.ErrNotExist) && f.seen == nil {
		return nil, nil
	}
	return info, err
}

// isSeen tells whether the record is the one that was read last. Every change writes it anew, under another inode.
func (f *Folder) isSeen(info fs.FileInfo) bool {
	if info == nil || f.seen == nil {
		return info == f.seen
	}
	return os.SameFile(info, f.seen) && info.ModTime().Equal(f.seen.ModTime())
}

// Keys returns the keys, in the order in which they were made.
func (f *Folder) Keys() []Key { return f.held.Load().keys }

// instant is now as the record keeps it.
func (f *Folder) instant() time.Time { return f.now().UTC().Truncate(time.Second) }
