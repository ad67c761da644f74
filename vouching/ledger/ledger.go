// Package ledger keeps in a store what happens between the members of a site under one mechanism: vouches,
// faults and what follows. What holds is told by [vouching.State]; the ledger brings together the part of it
// that a question needs. So a question, like an event, costs what it touches, however many members there are.
//
// It keeps each event with what followed from it ([vouching.Record]), and for each member the ids of their faults and
// of the vouches given and received. What a fault charges is worked out once, when the fault is added, and written
// down on the vouches in the same transaction. That it never has to be worked out again rests on this:
//
//   - Events take place in the order in which they are added. A vouch, referral or withdrawal is dated now, and the
//     ledger's clock never goes back ([Ledger.Now]), whatever happens to the site's.
//   - A fault occurred before the second in which it is added. A vouch accepted at the very instant of a fault
//     answers for it, and there may yet be one.
//   - Nothing that [vouching.State.Refuse] refuses is kept, so nothing kept is void, and of suspensions all that
//     counts is who is suspended now.
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

// Now returns the ledger's time, which is that of the clock unless the ledger has seen a later one: by this
// an event that takes place now is dated. Whoever reads the clock reads it within the transaction.
func (l *Ledger) Now(r store.Reader, clock bonafide.Seconds) (bonafide.Seconds, error) {
	p, err := l.read(r, clock)
	return p.at, err
}

// Around returns the part of the state at an instant, or now if that is later, in which [vouching.State.Member],
// Brake, Risk, Behind and OutcomePoints of these members are as in the whole, and so are the vouches that they gave
// or received, and the refusal of a new vouch between them. What it tells of others isn't. Of a member of whom nothing
// is kept it reads the facts and one empty range.
func (l *Ledger) Around(r store.Reader, at bonafide.Seconds, members ...string) (*vouching.State, error) {
	p, err := l.read(r, at)
	if err != nil {
		return nil, err
	}
	for _, member := range members {
		if err := p.whole(member); err != nil {
			return nil, err
		}
	}
	return p.state()
}

// Refuse tells what [Ledger.Add] would refuse the event for, now.
func (l *Ledger) Refuse(r store.Reader, now bonafide.Seconds, e vouching.Event) error {
	p, err := l.read(r, now)
	if err != nil {
		return err
	}
	return p.refuse(e)
}

// Vouch returns a vouch or referral as it stands, false if there is none with that id.
func (l *Ledger) Vouch(r store.Reader, now bonafide.Seconds, id string) (v vouching.Vouch, found bool, err error) {
	p, err := l.read(r, now)
	if err != nil {
		return v, false, err
	}
	records, err := p.fetch(id)
	if err != nil {
		return v, false, err
	}
	for _, r := range records {
		if _, err := p.account(r.Event.Voucher); err != nil {
			return v, false, err
		}
	}
	s, err := p.state()
	if err != nil {
		return v, false, err
	}
	v, found = s.Vouch(id)
	return v, found, nil
}

// Fault returns a fault or outcome and its charges as they stand, false if there is none with that id.
func (l *Ledger) Fault(r store.Reader, now bonafide.Seconds, id string) (f vouching.Fault, found bool, err error) {
	p, err := l.read(r, now)
	if err != nil {
		return f, false, err
	}
	records, err := p.fetch(id)
	if err != nil {
		return f, false, err
	}
	for _, r := range records {
		if _, err := p.fetch(r.Charged...); err != nil {
			return f, false, err
		}
	}
	s, err := p.state()
	if err != nil {
		return f, false, err
	}
	f, found = s.Fault(id)
	return f, found, nil
}

// Events calls fn for every event kept, by id: with what members earned, the history that [vouching.Evaluate]
// takes.
func (l *Ledger) Events(r store.Reader, fn func(vouching.Event) error) error {
	return store.ScanJSON(r, store.Prefix(l.key("event")), func(_ []byte, r vouching.Record) (bool, error) {
		return true, fn(r.Event)
	})
}

// Rename gives a member another id throughout, such as that of nobody once they are erased. It must be one
// that the ledger doesn't know.
func (l *Ledger) Rename(tx store.Tx, from, to string) error {
	p, err := l.read(tx, 0)
	if err != nil {
		return err
	}
	lists, err := p.list(from)
	if err != nil {
		return err
	}
	for role, ids := range lists {
		records, err := p.fetch(ids...)
		if err != nil {
			return err
		}
		for _, r := range records {
			e := &r.Event
			for _, id := range []*string{&e.Member, &e.Voucher, &e.Vouchee, &e.AcceptedBy} {
				if *id == from {
					*id = to
				}
			}
			if err := l.put(tx, r); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := tx.Delete(l.listKey(from, role, id)); err != nil {
				return err
			}
			if err := tx.Put(l.listKey(to, role, id), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// What a member's lists are of.
const (
	faults   = "faults"
	given    = "given" // referrals among them
	received = "received"
)

func (l *Ledger) key(parts ...string) []byte {
	return store.Key(slices.Concat([]string{"vouching", l.name}, parts)...)
}

func (l *Ledger) nowKey() []byte            { return l.key("now") }       // the instant of the last event added
func (l *Ledger) eventKey(id string) []byte { return l.key("event", id) } // its vouching.Record

// reservedKey is there if the id is kept for a fault or an outcome.
func (l *Ledger) reservedKey(id string) []byte { return l.key("reserved", id) }

// listKey is there if the member has the event in that list.
func (l *Ledger) listKey(member, role, id string) []byte { return l.key("member", member, role, id) }

// outcomeKey is there if the outcome is of that referral.
func (l *Ledger) outcomeKey(referral, id string) []byte { return l.key("outcome", referral, id) }

func (l *Ledger) put(tx store.Tx, r *vouching.Record) error {
	return store.PutJSON(tx, l.eventKey(r.Event.ID), r)
}
