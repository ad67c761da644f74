package publiclog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrOlder says that the store isn't the one that the site went on from.
var ErrOlder = errors.New("it is an older state, or another site's")

// Behind is how a store stands to what the site is known to have signed.
type Behind struct {
	Has    int64 // entries in the store
	Signed int64 // of the last checkpoint that is remembered; 0: none is
	Copied bool  // the copy of the entries has all that the store lacks
}

// Compare tells how the store stands to what the memory has of the log at the address. It fails with [ErrOlder] if the
// store has other entries than the site signed.
func Compare(ctx context.Context, s store.Store, memory Memory, origin bonafide.Origin) (Behind, error) {
	b, _, err := compare(ctx, s, memory, string(origin)+Path)
	return b, err
}

// compare also returns the tree of the copied entries, if the store lacks some of them.
func compare(ctx context.Context, s store.Store, memory Memory, address string) (b Behind, copied *copiedTree, err error) {
	text, err := memory.Read()
	if err != nil {
		return b, nil, err
	}
	last := &Checkpoint{}
	if text != "" {
		if last, err = ReadCheckpoint(text, address); err != nil {
			return b, nil, fmt.Errorf("the last checkpoint, kept beside the keys, can't be read: %w", err)
		}
	}
	b.Signed = last.Size
	err = s.View(ctx, func(r store.Reader) error {
		if b.Has, _, err = store.GetJSON[int64](r, sizeKey()); err != nil {
			return err
		}
		if b.Has < b.Signed {
			copied, err = copyOf(memory, r, b.Has, last)
			b.Copied = copied != nil
			return err
		}
		return begins(hashesIn{r}, last.Size, last.Root)
	})
	return b, copied, err
}

// fewer says that the store lacks what was signed.
func fewer(has, signed int64) error {
	return fmt.Errorf("the store has %d entries of the public log, but the site signed that there are %d: %w", has, signed, ErrOlder)
}

// begins tells whether the first entries of a tree have that root.
func begins(hashes tlog.HashReader, size int64, root tlog.Hash) error {
	if size == 0 {
		return nil
	}
	is, err := tlog.TreeHash(size, hashes)
	if err == nil && is != root {
		err = fmt.Errorf("the store has other entries of the public log than the %d that the site signed: %w", size, ErrOlder)
	}
	return err
}

// copiedTree is the entries of a copy, with the hashes of their tree.
type copiedTree struct {
	entries [][]byte
	hashes  []tlog.Hash // by tlog's index of stored hashes
}

// ReadHashes returns the hashes of the indexes.
func (t *copiedTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("the copy of the public log lacks the hash %d", index)
		}
		found[i] = t.hashes[index]
	}
	return found, nil
}

// copyOf returns the copy of the entries that the last checkpoint is of, nil if it isn't whole. The store, which has the first of them,
// must have the same.
func copyOf(memory Memory, r store.Reader, has int64, last *Checkpoint) (*copiedTree, error) {
	entries, err := memory.Entries(last.Size)
	if err != nil || int64(len(entries)) < last.Size {
		return nil, err
	}
	t := &copiedTree{entries: entries}
	for n, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, t)
		if err != nil {
			return nil, err
		}
		t.hashes = append(t.hashes, hashes...)
	}
	if root, err := tlog.TreeHash(last.Size, t); err != nil || root != last.Root {
		return nil, err // it is of another log: as good as none
	}
	if has == 0 {
		return t, nil
	}
	root, err := tlog.TreeHash(has, t)
	if err != nil {
		return nil, err
	}
	return t, begins(hashesIn{r}, has, root)
}

// catchUp brings the store up to all that the site is known to have signed.
func (l *Log) catchUp(ctx context.Context) error {
	if l.Memory == nil {
		return nil
	}
	b, copied, err := compare(ctx, l.Store, l.Memory, l.address)
	if err != nil || b.Has >= b.Signed {
		return err
	}
	if copied == nil {
		return fewer(b.Has, b.Signed)
	}
	l.Log.Info("the public log is brought up to what the site had signed, from the copy beside the keys", "had", b.Has, "signed", b.Signed)
	return l.Store.Update(ctx, func(tx store.Tx) error {
		has, _, err := store.GetJSON[int64](tx, sizeKey())
		for n := has; err == nil && n < b.Signed; n++ { // another server may have begun
			err = l.enterAgain(tx, copied.entries[n])
		}
		return err
	})
}

// enterAgain enters an entry as it was.
func (l *Log) enterAgain(tx store.Tx, entry []byte) error {
	e, err := ParseEntry(entry, l.Origin)
	if err != nil {
		return err
	}
	if e.Kind == StatusList {
		if err := store.PutJSON(tx, listsDayKey(), e.At.Truncate(24*time.Hour)); err != nil {
			return err
		}
	}
	return l.append(tx, e, entry)
}
