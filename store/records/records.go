// Package records knows the version of what a site keeps in its store, and brings what an older version of the program
// wrote forward. The version of a store's file or tables is another matter, and the store's own.
package records

import (
	"context"
	"fmt"
	"slices"

	bonafide "bonafide.example"
	"bonafide.example/store"
)

// Version is the version of the records that this program writes.
const Version = 2

// Migration turns a record of one version into what takes its place in the next. It is called with each record once,
// in the order of their keys, in transactions of many records; what it writes must sort before or at the record's key, or be of a kind
// that it leaves alone, lest it meets that again. A nil one leaves every record as it is.
type Migration func(tx store.Tx, key, value []byte) error

// migrations brings records forward: the first those of version 1 to 2, and so on.
//
// From version 2 on the token of a badge may be packed. One that isn't is read as before, and packed when the badge is issued
// again, so that there is nothing to do but to keep older programs from a store that they can't read.
func migrations() []Migration { return []Migration{nil} }

// batch is how many records are brought forward in one transaction.
const batch = 500

// Own is the range of the keys of this package: how far the records are, and what is being filled.
var Own = store.Prefix(store.Key("bonafide"))

var stateKey = store.Key("bonafide", "records")

// state is how far the records of a store are.
type state struct {
	Version int    `json:"version"`
	Done    []byte `json:"done,omitzero"` // the last key that was brought to the next version
}

// VersionOf returns the version of the records that the reader sees. A store of before versions were kept has version 1, and
// so has an empty one.
func VersionOf(r store.Reader) (int, error) {
	s, found, err := store.GetJSON[state](r, stateKey)
	if err != nil || !found {
		return 1, err
	}
	if s.Version < 1 {
		return 0, fmt.Errorf("the store says that its records are of version %d, which is none: it is damaged", s.Version)
	}
	return s.Version, nil
}

// Prepare makes a store ready for the program: it refuses one with records of a newer version ([bonafide.StoreNewer]) and one
// that isn't filled to the end, notes the version in one that has none, and brings older records forward. When that is interrupted the
// next call goes on. Nobody else may write the store meanwhile unless they call Prepare too.
func Prepare(ctx context.Context, s store.Store) error {
	return prepare(ctx, s, migrations())
}

func prepare(ctx context.Context, s store.Store, all []Migration) error {
	newest := 1 + len(all)
	for {
		var version int
		err := s.View(ctx, func(r store.Reader) (err error) {
			if err = Complete(r); err == nil {
				version, err = VersionOf(r)
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case version > newest:
			return Newer(version)
		case version == newest:
			return note(ctx, s, newest)
		}
		if err := forward(ctx, s, version, all[version-1]); err != nil {
			return fmt.Errorf("bringing the store's records from version %d to %d: %w", version, version+1, err)
		}
	}
}

// Current refuses records that Prepare would change or refuse.
func Current(r store.Reader) error {
	if err := Complete(r); err != nil {
		return err
	}
	switch version, err := VersionOf(r); {
	case err != nil:
		return err
	case version > Version:
		return Newer(version)
	case slices.ContainsFunc(migrations()[version-1:], func(m Migration) bool { return m != nil }):
		return fmt.Errorf("the records are of version %d, and this program's of %d; bonafide serve brings them forward", version, Version)
	}
	return nil
}

// Newer refuses records of a version that this program doesn't know.
func Newer(version int) error {
	return bonafide.Errorf(bonafide.StoreNewer, "records", "are of version %d, and this program knows %d", version, Version)
}

// note writes the version down in a store that doesn't tell it.
func note(ctx context.Context, s store.Store, version int) error {
	return s.Update(ctx, func(tx store.Tx) error {
		if _, found, err := store.GetJSON[state](tx, stateKey); err != nil || found {
			return err
		}
		return store.PutJSON(tx, stateKey, state{Version: version})
	})
}

// forward brings all records of that version to the next.
func forward(ctx context.Context, s store.Store, version int, migrate Migration) error {
	for more := true; more; {
		err := s.Update(ctx, func(tx store.Tx) (err error) {
			more, err = forwardBatch(tx, version, migrate)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forwardBatch brings the next records forward. more is false once the store is of the next version.
func forwardBatch(tx store.Tx, version int, migrate Migration) (more bool, err error) {
	now, found, err := store.GetJSON[state](tx, stateKey)
	if err != nil || found && now.Version != version { // another process came first
		return false, err
	}
	if migrate == nil {
		return false, store.PutJSON(tx, stateKey, state{Version: version + 1})
	}
	now.Version = version
	type record struct{ key, value []byte }
	var next []record
	err = tx.Scan(store.Range{From: after(now.Done)}, func(key, value []byte) (bool, error) {
		if !isOwn(key) {
			next = append(next, record{key, value})
		}
		return len(next) < batch, nil
	})
	if err != nil {
		return false, err
	}
	for _, r := range next {
		if err := migrate(tx, r.key, r.value); err != nil {
			return false, err
		}
		now.Done = r.key
	}
	if len(next) == 0 {
		now = state{Version: version + 1}
	}
	return len(next) > 0, store.PutJSON(tx, stateKey, now)
}

// after returns the least key after this one; nil, the first of all, after none.
func after(key []byte) []byte {
	if key == nil {
		return nil
	}
	return append(key[:len(key):len(key)], 0)
}

func isOwn(key []byte) bool {
	return string(key) >= string(Own.From) && string(key) < string(Own.To)
}
