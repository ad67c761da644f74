// Package bolt keeps a store in one file, by bbolt. One process at a time may have it open.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	bonafide "bonafide.example"
	"bonafide.example/store"
)

const (
	// format is the version of the file: the buckets below. It says nothing of the records in them,
	// which are their owners' business.
	format = 1

	lockWait = 200 * time.Millisecond // long enough for a program that is just closing the store
	growth   = 4 << 20                // bytes by which the file grows, once it does
	// mapped is how many bytes of address space are set aside at least, and four times the size of a larger file. While the
	// file is smaller it never needs to be mapped anew, for which bbolt would wait until every View has returned: a
	// backup of a large store is a long one.
	mapped = 256 << 20
)

// What the file holds: a bucket of data, and one for the record of its format.
const (
	dataBucket = "data"
	metaBucket = "bonafide"
	formatKey  = "format"
)

// Store is a [store.Store] in one file.
//
// Callers of Update share commits: while one commit is being written, those who arrive queue up and are
// run together in the next. A caller who is alone never waits for company.
type Store struct {
	db    *bbolt.DB
	mark  atomic.Uint64
	tally store.Tally

	mu         sync.Mutex
	queue      []*call // those to run in the next commits, in the order of their arrival
	committing bool    // a goroutine is emptying the queue
}

// Open opens the store at path, and makes it if there is none; its directory must exist.
//
// A store that another process has open is bonafide.StoreLocked, one that a newer version of the program
// made is bonafide.StoreNewer. Any other error is the file system's, or says that the file is no store.
func Open(path string) (*Store, error) {
	var size int64
	if info, err := os.Stat(path); err == nil {
		size = info.Size()
	} else if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("create store %q: %w", path, err)
		}
	}
	db, err := bbolt.Open(path, 0o600, options(size))
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, bonafide.Errorf(bonafide.StoreLocked, path, "another program has it open").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", path, err)
	}
	db.AllocSize = growth
	if err := db.View(func(tx *bbolt.Tx) error { return checkFormat(path, tx) }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db}, nil
}

// options is for a file of so many bytes.
func options(size int64) *bbolt.Options {
	return &bbolt.Options{Timeout: lockWait, InitialMmapSize: int(max(mapped, 4*size)), FreelistType: bbolt.FreelistMapType}
}

// create makes an empty store at path, whole or not at all: it is built aside, under a name of its own,
// and takes its place by a link. Unlike a rename, a link never replaces the store of another process
// that came first; that one then is the store. A crash may leave the file aside behind; it is of no use.
func create(path string) error {
	aside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	if err := aside.Close(); err != nil {
		return err
	}
	if err := build(aside.Name()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func build(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte(metaBucket))
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket([]byte(dataBucket)); err != nil {
			return err
		}
		return meta.Put([]byte(formatKey), []byte(strconv.Itoa(format)))
	})
	return errors.Join(err, db.Close())
}

// syncDir puts the directory's entries on disk: a file that is synced but not listed is lost all the same.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func checkFormat(path string, tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(metaBucket))
	if meta == nil || tx.Bucket([]byte(dataBucket)) == nil {
		return fmt.Errorf("open store %q: the file is not a Bonafide store", path)
	}
	version, err := strconv.Atoi(string(meta.Get([]byte(formatKey))))
	if err != nil {
		return fmt.Errorf("open store %q: read its format: %w", path, err)
	}
	if version > format {
		return bonafide.Errorf(bonafide.StoreNewer, path, "has format %d, and this program knows %d", version, format)
	}
	return nil
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.tally.Views.Add(1)
	return s.db.View(func(tx *bbolt.Tx) error {
		if err := fn(&reader{ctx: ctx, data: tx.Bucket([]byte(dataBucket))}); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// Mark implements [store.Marker]: nobody else can write the file.
func (s *Store) Mark() uint64 { return s.mark.Load() }

// Counts implements [store.Counter].
func (s *Store) Counts() store.Counts { return s.tally.Counts() }

// Close implements [store.Store].
func (s *Store) Close() error { return s.db.Close() }
