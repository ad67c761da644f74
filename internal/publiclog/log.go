package publiclog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Path is where a site's log is served, on its origin.
const Path = "/log"

// Config says whose log it is.
type Config struct {
	Origin bonafide.Origin
	Store  store.Store     // keys used: those that begin with "log"
	Key    bonafide.Signer // on Ed25519; signs checkpoints and nothing else
	Memory Memory          // the last checkpoint, kept apart from the store; nil: nowhere
	Now    func() time.Time
	Log    *slog.Logger
}

// Log is a site's public log. Several servers may keep it in one store.
type Log struct {
	Config
	address  string
	key      string // as readers take it
	verifier note.Verifier

	mu     sync.Mutex
	signed Checkpoint // the last one
	copied int64      // entries that the memory is known to have
}

// New returns the log of the site. If the store lacks what the site has signed before, it was put back to an earlier
// state: it is brought up to that from the memory, and where that hasn't the entries, New fails with [ErrOlder].
func New(ctx context.Context, config Config) (*Log, error) {
	l := &Log{Config: config, address: string(config.Origin) + Path}
	var err error
	if l.key, err = verifierKey(l.address, config.Key); err != nil {
		return nil, err
	}
	if l.verifier, err = note.NewVerifier(l.key); err != nil {
		return nil, err
	}
	return l, l.catchUp(ctx)
}

// Metadata returns what the site says of its log.
func (l *Log) Metadata() *bonafide.LogMetadata {
	return &bonafide.LogMetadata{Address: l.address, Keys: []string{l.key}}
}

func sizeKey() []byte          { return store.Key("log", "size") } // → how many entries there are
func entryKey(n int64) []byte  { return store.Key("log", "entry", fmt.Sprintf("%015d", n)) }
func hashKey(i int64) []byte   { return store.Key("log", "hash", fmt.Sprintf("%015d", i)) }     // by tlog's index of stored hashes
func latestKey(e Entry) []byte { return store.Key("log", "latest", string(e.Kind), e.Address) } // → the hash
func listsDayKey() []byte      { return store.Key("log", "lists-day") }                         // → the day on which the status lists were entered last

// Says tells whether that is what the log said last of the address.
func (l *Log) Says(r store.Reader, kind Kind, address, hash string) (bool, error) {
	latest, _, err := store.GetJSON[string](r, latestKey(Entry{Kind: kind, Address: address}))
	return err == nil && latest == hash, err
}

// Note enters that something is published, in the transaction that publishes it. What the log said last of the same
// address stays unsaid, so that noting again does nothing.
func (l *Log) Note(tx store.Tx, kind Kind, address, hash string) error {
	return l.note(tx, Entry{kind, address, hash, l.Now().UTC().Truncate(time.Second)})
}

func (l *Log) note(tx store.Tx, e Entry) error {
	said, err := l.Says(tx, e.Kind, e.Address, e.Hash)
	if err != nil || said {
		return err
	}
	data, err := bonafide.MarshalJSON(e)
	if err != nil {
		return err
	}
	if len(data) > MaxEntry {
		return fmt.Errorf("an entry of the log has %d bytes, more than %d", len(data), MaxEntry)
	}
	return l.append(tx, e, data)
}

// append puts an entry after the others.
func (l *Log) append(tx store.Tx, e Entry, data []byte) error {
	n, _, err := store.GetJSON[int64](tx, sizeKey())
	if err != nil {
		return err
	}
	hashes, err := tlog.StoredHashes(n, data, hashesIn{tx})
	if err != nil {
		return err
	}
	for i, hash := range hashes {
		if err := tx.Put(hashKey(tlog.StoredHashIndex(0, n)+int64(i)), hash[:]); err != nil {
			return err
		}
	}
	return errors.Join(tx.Put(entryKey(n), data), store.PutJSON(tx, sizeKey(), n+1), store.PutJSON(tx, latestKey(e), e.Hash))
}

// NoteLists enters the status lists as they are signed now, if that wasn't done yet this day (UTC). each is to call
// its argument with the address and the token of each list; it runs outside of a transaction.
func (l *Log) NoteLists(ctx context.Context, each func(func(address, token string)) error) error {
	day := l.Now().UTC().Truncate(24 * time.Hour)
	done := func(r store.Reader) (bool, error) {
		last, _, err := store.GetJSON[time.Time](r, listsDayKey())
		return !last.Before(day), err
	}
	over := false
	err := l.Store.View(ctx, func(r store.Reader) (err error) {
		over, err = done(r)
		return err
	})
	if err != nil || over {
		return err
	}
	var entries []Entry
	if err := each(func(address, token string) {
		entries = append(entries, Entry{StatusList, address, HashOfBytes(token), day})
	}); err != nil {
		return err
	}
	return l.Store.Update(ctx, func(tx store.Tx) error {
		if over, err := done(tx); err != nil || over { // another server was faster
			return err
		}
		for _, e := range entries {
			if err := l.note(tx, e); err != nil {
				return err
			}
		}
		return store.PutJSON(tx, listsDayKey(), day)
	})
}

// Checkpoint returns the log's checkpoint as it is now, signed.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, err := l.tree(ctx)
	if err != nil || l.signed.Text != "" && l.signed.Size == now.Size {
		return l.signed, err
	}
	if err := now.sign(l.address, &signer{l.verifier, l.Key, ctx}); err != nil {
		return now, fmt.Errorf("signing a checkpoint: %w", err)
	}
	if l.Memory != nil {
		if err := l.remember(ctx, now); err != nil { // a full disk doesn't end the log
			l.Log.Error("the last checkpoint isn't kept beside the keys", "error", err)
		}
	}
	l.signed = now
	return now, nil
}

// remember has the memory keep the entries that it lacks, and then the checkpoint.
func (l *Log) remember(ctx context.Context, now Checkpoint) error {
	var entries [][]byte
	err := l.Store.View(ctx, func(r store.Reader) (err error) {
		entries, err = entriesIn(r, l.copied, now.Size)
		return err
	})
	if err == nil {
		err = l.Memory.Append(l.copied, entries)
	}
	if err == nil {
		l.copied = now.Size
	}
	return errors.Join(err, l.Memory.Write(now.Text))
}

// entriesIn returns the entries from one up to, but without, another.
func entriesIn(r store.Reader, from, to int64) (all [][]byte, err error) {
	keys := make([][]byte, 0, to-from)
	for n := from; n < to; n++ {
		keys = append(keys, entryKey(n))
	}
	return r.Get(keys...)
}

// tree returns the size and root of what the store holds. The root of a tree that was signed already isn't worked out again.
// A database may be put back while the site runs: what doesn't begin with what was signed last fails with [ErrOlder].
func (l *Log) tree(ctx context.Context) (c Checkpoint, err error) {
	err = l.Store.View(ctx, func(r store.Reader) error {
		if c.Size, _, err = store.GetJSON[int64](r, sizeKey()); err != nil {
			return err
		}
		if l.signed.Text != "" {
			if c.Size == l.signed.Size {
				return nil
			}
			if c.Size < l.signed.Size {
				return fewer(c.Size, l.signed.Size)
			}
			if err := begins(hashesIn{r}, l.signed.Size, l.signed.Root); err != nil {
				return err
			}
		}
		c.Root, err = tlog.TreeHash(c.Size, hashesIn{r})
		return err
	})
	return c, err
}

// hashesIn reads the tree's hashes from the store.
type hashesIn struct{ store.Reader }

// ReadHashes returns the hashes of the indexes.
func (h hashesIn) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	keys := make([][]byte, len(indexes))
	for i, index := range indexes {
		keys[i] = hashKey(index)
	}
	values, err := h.Get(keys...)
	if err != nil {
		return nil, err
	}
	hashes := make([]tlog.Hash, len(values))
	for i, value := range values {
		if len(value) != tlog.HashSize {
			return nil, fmt.Errorf("the store lacks the hash %d of the public log", indexes[i])
		}
		hashes[i] = tlog.Hash(value)
	}
	return hashes, nil
}
