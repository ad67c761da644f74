// Package ledger keeps in a store what happens between the members of a site under one mechanism: vouches,
// faults and what follows. What holds is told by [vouching.State]; the ledger brings together the part of it
// that a question needs.
package ledger

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// Facts tells, within a transaction, what the rest of the site knows of a member: the points earned and
// whether they are suspended now.
type Facts func(r store.Reader, member string) (earned int64, suspended bool, err error)

// Ledger keeps the vouches and faults of one mechanism. It holds nothing itself: keys used are those that
// begin with "vouching" and its name.
type Ledger struct {
	name       string
	parameters vouching.Parameters
	facts      Facts
}

// New returns the ledger of the mechanism with that name.
func New(name string, parameters vouching.Parameters, facts Facts) *Ledger {
	return &Ledger{name, parameters, facts}
}

// Parameters returns what the mechanism publishes.
func (l *Ledger) Parameters() vouching.Parameters { return l.parameters }

func (l *Ledger) eventKey(id string) []byte { return store.Key("vouching", l.name, "event", id) }

// Around returns the part of the state at an instant in which [vouching.State.Member], Brake, Risk and
// Behind of these members are as in the whole, and so are the vouches that they gave or received.
func (l *Ledger) Around(r store.Reader, at bonafide.Seconds, members ...string) (*vouching.State, error) {
	var events []vouching.Event
	known := slices.Clone(members)
	err := store.ScanJSON(r, store.Prefix(store.Key("vouching", l.name, "event")), func(_ []byte, e vouching.Event) (bool, error) {
		events = append(events, e)
		known = append(known, e.Member, e.Voucher, e.Vouchee)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(known)
	for _, id := range slices.Compact(known) {
		if id == "" {
			continue
		}
		earned, suspended, err := l.facts(r, id)
		if err != nil {
			return nil, err
		}
		for ; earned > 0; earned -= bonafide.MaxPoints {
			events = append(events, vouching.Event{Kind: vouching.KindEarn, ID: "\x00earned " + id + string(rune('a'+earned%26)), At: 1, Member: id, Points: min(earned, bonafide.MaxPoints)})
		}
		if suspended {
			events = append(events, vouching.Event{Kind: vouching.KindSuspend, ID: "\x00suspended " + id, At: at, Member: id})
		}
	}
	return vouching.Evaluate(l.parameters, events, at)
}

// Add keeps an event that takes place now, unless [vouching.State.Refuse] refuses it, and returns the ids, in
// order, of those whose own account it touched. Adding an event again changes nothing. What members earn and
// their suspensions aren't the ledger's to keep: see [Facts].
func (l *Ledger) Add(tx store.Tx, now bonafide.Seconds, e vouching.Event) (touched []string, err error) {
	before, err := l.Around(tx, now, e.Voucher, e.Vouchee, e.Member)
	if err != nil {
		return nil, err
	}
	if err := before.Refuse(e); err != nil {
		return nil, err
	}
	if err := store.PutJSON(tx, l.eventKey(e.ID), e); err != nil {
		return nil, err
	}
	after, err := l.Around(tx, now, e.Voucher, e.Vouchee, e.Member)
	if err != nil {
		return nil, err
	}
	return after.Members(), nil
}

// Refuse tells what [Ledger.Add] would refuse the event for, now.
func (l *Ledger) Refuse(r store.Reader, now bonafide.Seconds, e vouching.Event) error {
	s, err := l.Around(r, now, e.Voucher, e.Vouchee, e.Member)
	if err != nil {
		return err
	}
	return s.Refuse(e)
}

// Vouch returns a vouch as it stands, false if there is none with that id.
func (l *Ledger) Vouch(r store.Reader, now bonafide.Seconds, id string) (v vouching.Vouch, found bool, err error) {
	s, err := l.Around(r, now)
	if err != nil {
		return v, false, err
	}
	v, found = s.Vouch(id)
	return v, found, nil
}

// Fault returns a fault and its charges as they stand, false if there is none with that id.
func (l *Ledger) Fault(r store.Reader, now bonafide.Seconds, id string) (f vouching.Fault, found bool, err error) {
	s, err := l.Around(r, now)
	if err != nil {
		return f, false, err
	}
	f, found = s.Fault(id)
	return f, found, nil
}

// Rename gives a member another id throughout, such as that of nobody once they are erased.
func (l *Ledger) Rename(tx store.Tx, from, to string) error {
	return store.ScanJSON(tx, store.Prefix(store.Key("vouching", l.name, "event")), func(key []byte, e vouching.Event) (bool, error) {
		for _, id := range []*string{&e.Member, &e.Voucher, &e.Vouchee, &e.AcceptedBy} {
			if *id == from {
				*id = to
			}
		}
		return true, store.PutJSON(tx, key, e)
	})
}

// Events calls fn for every event kept, by id: with what members earned, the history that [vouching.Evaluate]
// takes.
func (l *Ledger) Events(r store.Reader, fn func(vouching.Event) error) error {
	return store.ScanJSON(r, store.Prefix(store.Key("vouching", l.name, "event")), func(_ []byte, e vouching.Event) (bool, error) {
		return true, fn(e)
	})
}
