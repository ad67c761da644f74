// Package store is a small contract for keeping things: an ordered map from keys to values, read and
// written in transactions.
//
// What keys and values mean is their owner's business; [Key] builds keys that sort by their parts, and
// [GetJSON], [PutJSON] and [ScanJSON] keep JSON records under them. The contract asks for no more than
// an embedded tree (store/bolt), one SQL table under serialisable transactions, or a distributed
// key-value engine can give, so that the rest of the program is the same over each of them.
// store/storetest tells whether an implementation honours it.
package store

import (
	"context"
	"fmt"
)

// Sizes that every store takes.
const (
	MaxKey   = 1024    // bytes in a key; the least is 1
	MaxValue = 8 << 20 // bytes in a value; the least is 0
)

// Store keeps values under keys. It may be used by many goroutines at once.
//
// Updates are serialisable: they come out as if they had run one after the other. A function given
// to View or Update uses the store through its argument alone, and only until it returns: it neither
// calls the store nor waits for another transaction. A store may end one that rests for many seconds.
type Store interface {
	// View calls fn with a snapshot of the store, which is what was committed at one instant: fn sees everything
	// acknowledged before View was called, and nothing that changes after its first read. It is called once, or again if
	// its first read failed. An open View holds up neither other Views nor Updates. View returns the error of fn or,
	// once ctx has ended, that of ctx.
	View(ctx context.Context, fn func(Reader) error) error

	// Update calls fn and keeps what it wrote, all or nothing. When Update returns nil, the writes are
	// on disk. When fn returns an error or panics, or ctx ends before it returns, nothing of it is kept,
	// and Update returns that error or panics likewise.
	//
	// fn may run more than once, each time on a fresh transaction, and only what its last run wrote is
	// kept: it must set, rather than add to, what it leaves outside the transaction.
	//
	// Only when the writing itself fails (a full disk, a lost connection) does the error leave open
	// whether anything was kept; it is an [AwayError] then.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close waits for the transactions under way and releases the store. Later ones fail.
	Close() error
}

// Marker is a [Store] that can tell cheaply whether anything was written, for who keeps in memory what it read. A
// store that several processes write is none, unless it knows of what the others write.
type Marker interface {
	// Mark returns a number that an Update which writes changes before it returns; what another process wrote changes
	// it within a second. So who reads, and later finds the mark that it saw before it read, would read the same again,
	// or what was the same a second ago. The number may also change while nothing is written, and never comes again.
	Mark() uint64
}

// Leader is a [Store] that several processes may have open, and that can choose one of them for what only one should do. What a
// process has alone needs none.
type Leader interface {
	// Lead waits until no other process leads under that name, calls fn, and returns its error; nobody else leads until fn
	// has returned. When the lead is lost, because the process or its way to the store was out for seconds, another
	// takes over, fn's ctx is cancelled, and Lead waits again once fn has returned. A lead may end before fn knows: what fn
	// does must bear being done by two at once. When ctx ends Lead returns its error, or fn's.
	Lead(ctx context.Context, name string, fn func(context.Context) error) error
}

// Reader reads in one transaction.
type Reader interface {
	// Get returns the values of the keys, in their order: nil for a key that isn't there, an empty slice
	// for an empty value. The values are copies. Asking for many keys at once saves round trips.
	Get(keys ...[]byte) ([][]byte, error)

	// Scan calls fn for each key of the range, in bytewise order, until it returns false or an error,
	// which Scan returns. Key and value are copies.
	//
	// Within an Update the scan sees what the transaction has written so far, and fn may write while it
	// runs. Each key comes at most once; whether fn's own writes ahead of the scan come too is left open.
	Scan(r Range, fn func(key, value []byte) (more bool, err error)) error
}

// Tx reads and writes in one transaction.
type Tx interface {
	Reader
	// Put keeps a copy of the value under the key, in place of any before; a nil value is an empty one.
	// A key or value out of size is refused ([CheckSize]).
	Put(key, value []byte) error
	// Delete removes the key. It is no error if it isn't there.
	Delete(key []byte) error
}

// CheckSize tells whether a store takes the key and value: [MaxKey], [MaxValue].
func CheckSize(key, value []byte) error {
	if len(key) == 0 || len(key) > MaxKey {
		return fmt.Errorf("store: a key of %d bytes is not within 1 and %d", len(key), MaxKey)
	}
	if len(value) > MaxValue {
		return fmt.Errorf("store: a value of %d bytes is above %d", len(value), MaxValue)
	}
	return nil
}
