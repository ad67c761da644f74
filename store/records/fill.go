package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"bonafide.example/store"
)

// Source gives records in the order of their keys, each time the same. It ends with the error of fn, or with its own.
type Source func(ctx context.Context, fn func(key, value []byte) error) error

// Sum is what a set of records comes to: two that are equal have the same, and no others.
type Sum struct {
	Records int64
	Digest  [sha256.Size]byte // of the records, each with its lengths, in the order of their keys
}

// fillingKey leads to the filling of a store that isn't filled to the end.
var fillingKey = store.Key("bonafide", "filling")

// filling is how far a store is filled.
type filling struct {
	From string `json:"from"`          // the source's name
	Done []byte `json:"done,omitzero"` // the last key that came
	Full bool   `json:"full,omitzero"` // all came, and was compared
}

const (
	fillRecords = 5000    // in one transaction at most
	fillBytes   = 4 << 20 // after which a transaction ends early
)

// Fill puts all that the source gives into an empty store, compares, and calls finish. Until that has returned, the store is of no use
// to a site, and another Fill from a source of that name goes on where the last was interrupted; finish may then run again.
//
// It fails if the store holds anything else, if another program fills it beside, and if what it holds in the end isn't what the source gives, because that has changed.
func Fill(ctx context.Context, to store.Store, name string, from Source, finish func(context.Context) error) (Sum, error) {
	f, err := begin(ctx, to, name)
	if err != nil {
		return Sum{}, err
	}
	p := &pouring{to: to, filling: f, seen: newSummer()}
	var sum Sum
	if f.Full {
		sum, err = SumOf(ctx, StoreSource(to))
	} else {
		sum, err = p.fill(ctx, from)
	}
	if err != nil {
		return Sum{}, err
	}
	if err := to.View(ctx, p.alone); err != nil {
		return Sum{}, err
	}
	if err := finish(ctx); err != nil {
		return Sum{}, err
	}
	return sum, to.Update(ctx, func(tx store.Tx) error { return errors.Join(p.alone(tx), tx.Delete(fillingKey)) })
}

// fill puts what the source gives into the store, and compares.
func (p *pouring) fill(ctx context.Context, from Source) (Sum, error) {
	came, err := p.pour(ctx, from)
	if err != nil {
		return Sum{}, err
	}
	kept, err := SumOf(ctx, StoreSource(p.to))
	if err != nil {
		return Sum{}, err
	}
	if came != kept {
		return Sum{}, fmt.Errorf("the store holds %d records and isn't what %s holds now, which are %d: that changed meanwhile; begin anew with an empty store",
			kept.Records, p.filling.From, came.Records)
	}
	next := p.filling
	next.Full = true
	return came, p.mark(ctx, next, func(store.Tx) error { return nil })
}

// begin marks an empty store as one that is being filled, or returns how far it is.
func begin(ctx context.Context, to store.Store, name string) (f filling, err error) {
	err = to.Update(ctx, func(tx store.Tx) error {
		var found bool
		if f, found, err = store.GetJSON[filling](tx, fillingKey); err != nil {
			return err
		}
		if found && f.From != name {
			return fmt.Errorf("the store is half filled from %s; go on with that, or begin anew with an empty one", f.From)
		}
		if found {
			return nil
		}
		f = filling{From: name}
		err := tx.Scan(store.Range{}, func([]byte, []byte) (bool, error) {
			return false, errors.New("the store isn't empty; only an empty one is filled")
		})
		if err != nil {
			return err
		}
		return store.PutJSON(tx, fillingKey, f)
	})
	return f, err
}

// pouring is a store that is being filled.
type pouring struct {
	to           store.Store
	filling      filling // as the store has it
	seen         *summer
	keys, values [][]byte // that wait
	size         int      // their bytes
}

// pour puts the records after those that came already, and returns the sum of all.
func (p *pouring) pour(ctx context.Context, from Source) (Sum, error) {
	done := p.filling.Done
	err := from(ctx, func(key, value []byte) error {
		p.seen.add(key, value)
		if bytes.Compare(key, done) <= 0 {
			return nil
		}
		p.keys, p.values = append(p.keys, key), append(p.values, value)
		if p.size += len(key) + len(value); len(p.keys) < fillRecords && p.size < fillBytes {
			return nil
		}
		return p.flush(ctx)
	})
	if err == nil {
		err = p.flush(ctx)
	}
	return p.seen.sum(), err
}

func (p *pouring) flush(ctx context.Context) error {
	if len(p.keys) == 0 {
		return nil
	}
	next := p.filling
	next.Done = p.keys[len(p.keys)-1]
	err := p.mark(ctx, next, func(tx store.Tx) error {
		for n, key := range p.keys {
			if err := tx.Put(key, p.values[n]); err != nil {
				return err
			}
		}
		return nil
	})
	p.keys, p.values, p.size = nil, nil, 0
	return err
}

// mark writes how far the store is filled from now on, with what is put.
func (p *pouring) mark(ctx context.Context, next filling, put func(store.Tx) error) error {
	err := p.to.Update(ctx, func(tx store.Tx) error {
		if err := p.alone(tx); err != nil {
			return err
		}
		return errors.Join(put(tx), store.PutJSON(tx, fillingKey, next))
	})
	if err == nil {
		p.filling = next
	}
	return err
}

// alone refuses to go on where another program has: it may be done, and a site at work on what it filled.
func (p *pouring) alone(r store.Reader) error {
	now, found, err := store.GetJSON[filling](r, fillingKey)
	if err == nil && (!found || now.Full != p.filling.Full || !bytes.Equal(now.Done, p.filling.Done)) {
		err = errors.New("another program fills the store, or has filled it; see how that ends")
	}
	return err
}

// Complete refuses a store that isn't filled to the end.
func Complete(r store.Reader) error {
	f, found, err := store.GetJSON[filling](r, fillingKey)
	if err == nil && found {
		err = fmt.Errorf("the store is half filled from %s; run the command again that fills it", f.From)
	}
	return err
}

// StoreSource gives what a store holds at one instant, but for the mark of what is being filled.
func StoreSource(s store.Store) Source {
	return func(ctx context.Context, fn func(key, value []byte) error) error {
		return s.View(ctx, func(r store.Reader) error {
			return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
				if bytes.Equal(key, fillingKey) {
					return true, nil
				}
				return true, fn(key, value)
			})
		})
	}
}

// SumOf returns the sum of what the source gives.
func SumOf(ctx context.Context, from Source) (Sum, error) {
	s := newSummer()
	err := from(ctx, func(key, value []byte) error { s.add(key, value); return nil })
	return s.sum(), err
}

type summer struct {
	records int64
	hash    hash.Hash
	lengths []byte
}

func newSummer() *summer { return &summer{hash: sha256.New()} }

func (s *summer) add(key, value []byte) {
	s.records++
	s.lengths = binary.AppendUvarint(binary.AppendUvarint(s.lengths[:0], uint64(len(key))), uint64(len(value)))
	s.hash.Write(s.lengths)
	s.hash.Write(key)
	s.hash.Write(value)
}

func (s *summer) sum() (sum Sum) {
	sum.Records = s.records
	s.hash.Sum(sum.Digest[:0])
	return sum
}
