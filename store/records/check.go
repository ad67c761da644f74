package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bonafide.example/store"
)

// maxFaults is how many faults are kept in words.
const maxFaults = 100

// Report is what a check of a store finds.
type Report struct {
	Counts map[string]int64 // records, by kind: the first two parts of their keys
	Faults []string         // what is wrong, the first hundred; they may name members
	Wrong  int64            // how many faults there are in all
}

// Fault notes that something is wrong with what is under a key.
func (p *Report) Fault(key []byte, format string, args ...any) {
	p.Wrong++
	if len(p.Faults) < maxFaults {
		var parts []string
		for _, part := range store.Parts(key) {
			parts = append(parts, strconv.QuoteToGraphic(part))
		}
		p.Faults = append(p.Faults, strings.Join(parts, "/")+": "+fmt.Sprintf(format, args...))
	}
}

// Read tells whether a record is of its kind.
type Read func(key, value []byte) error

// JSON reads records of T.
func JSON[T any](key, value []byte) error {
	_, err := store.DecodeJSON[T](key, value)
	return err
}

// Bare reads records that are their key alone.
func Bare(_, value []byte) error {
	if len(value) > 0 {
		return errors.New("it has a value, and needs none")
	}
	return nil
}

// Text reads records that hold a text, such as the last part of another key.
func Text(_, value []byte) error {
	if len(value) == 0 {
		return errors.New("it has no value")
	}
	return nil
}

// Kinds reads every record whose key begins with that part, the owner's, by its kind, which the second part is.
func (p *Report) Kinds(r store.Reader, owner string, kinds map[string]Read) error {
	return r.Scan(store.Prefix(store.Key(owner)), func(key, value []byte) (bool, error) {
		parts := store.Parts(key)
		if len(parts) < 2 || kinds[parts[1]] == nil {
			p.Fault(key, "nothing has such a key")
			return true, nil
		}
		p.Count(owner + " " + parts[1])
		if err := kinds[parts[1]](key, value); err != nil {
			p.Fault(key, "%v", err)
		}
		return true, nil
	})
}

// CheckOwn tells whether the record of this package is whole; see [Current] for a store that is being filled.
func CheckOwn(r store.Reader, report *Report) error {
	return report.Kinds(r, "bonafide", map[string]Read{"records": JSON[state]})
}

// Count counts a record of a kind.
func (p *Report) Count(kind string) {
	if p.Counts == nil {
		p.Counts = map[string]int64{}
	}
	p.Counts[kind]++
}

// Leads checks that what each record of the range leads to is there: to returns its key from the record's, nil for one
// that leads nowhere.
func (p *Report) Leads(r store.Reader, from store.Range, to func(parts []string, value []byte) []byte) error {
	const atOnce = 256
	var sources, targets [][]byte
	look := func() error {
		if len(targets) == 0 {
			return nil
		}
		values, err := r.Get(targets...)
		if err != nil {
			return err
		}
		for n, value := range values {
			if value == nil {
				p.Fault(sources[n], "what it leads to isn't there")
			}
		}
		sources, targets = nil, nil
		return nil
	}
	err := r.Scan(from, func(key, value []byte) (bool, error) {
		if target := to(store.Parts(key), value); target != nil {
			sources, targets = append(sources, key), append(targets, target)
		}
		if len(targets) < atOnce {
			return true, nil
		}
		return true, look()
	})
	if err != nil {
		return err
	}
	return look()
}

// Each calls fn with each record of the range that can be read as T. That others can't is told by [Report.Kinds].
func Each[T any](r store.Reader, rng store.Range, fn func(key []byte, value T) (more bool, err error)) error {
	return r.Scan(rng, func(key, data []byte) (bool, error) {
		value, err := store.DecodeJSON[T](key, data)
		if err != nil {
			return true, nil
		}
		return fn(key, value)
	})
}
