package vouching

import "bonafide.example"

// Part is what is known of some members: as much of a history as a question needs, with what followed from
// it worked out before. Nothing in it is void.
type Part struct {
	Earned    map[string]int64 // by member: all points earned
	Suspended map[string]bool  // who is suspended now
	Records   []Record         // in any order, each once
}

// Record is an event and what has followed from it so far: what whoever keeps a history in a store keeps
// for each event.
type Record struct {
	Event     Event            `json:"event"`
	Withdrawn bonafide.Seconds `json:"withdrawn,omitzero"` // of a vouch or referral: when notice of it was given
	Burns     []Burn           `json:"burns,omitzero"`     // of a vouch or referral: what faults cost its voucher
	Charged   []string         `json:"charged,omitzero"`   // of a fault or outcome: the ids of the vouches on which it burns
	Reversed  bool             `json:"reversed,omitzero"`  // of a fault or outcome: then it burns nowhere
}

// Burn is what one fault costs the voucher of a vouch.
type Burn struct {
	Fault  string           `json:"fault"`
	Final  bonafide.Seconds `json:"final"` // when the fault became final
	Hop    int              `json:"hop"`
	Amount int64            `json:"amount"`
}

// LiveAt tells whether the vouch or referral is live at an instant.
func (r *Record) LiveAt(at bonafide.Seconds) bool { return r.vouch().liveAt(at) }

// Stood tells for how long the vouch or referral has been live by an instant.
func (r *Record) Stood(at bonafide.Seconds) bonafide.Seconds { return r.vouch().stood(at) }

func (r *Record) vouch() *vouch {
	return &vouch{accepted: r.Event.At, withdrawn: r.Withdrawn}
}

// Assemble returns the state of a part of the whole. What it tells of a member is right as far as the part
// holds what that rests on: an account, the member's faults and the vouches given; a vouched level, those
// received that are live, and the accounts of their vouchers; a [State.Brake], the accounts of the vouchees too.
// What faults charged is taken as recorded.
func Assemble(p Parameters, at bonafide.Seconds, part Part) (*State, error) {
	b, err := newBook(p)
	if err != nil {
		return nil, err
	}
	for id, earned := range part.Earned {
		b.person(id).earned = earned
	}
	for id, suspended := range part.Suspended {
		if suspended {
			b.person(id).suspended = []bonafide.Seconds{at}
		}
	}
	for _, r := range part.Records {
		b.recall(r)
	}
	for _, r := range part.Records {
		b.recallBurns(r)
	}
	return &State{b, at}, nil
}

// recall places an event with what is known to have become of it.
func (b *book) recall(r Record) {
	switch r.Event.Kind {
	case KindVouch, KindRefer:
		b.placeVouch(r.Event)
		b.vouches[r.Event.ID].withdrawn = r.Withdrawn
	case KindFault, KindOutcome:
		b.placeFault(r.Event)
		b.faults[r.Event.ID].reversed = r.Reversed
	default:
		b.others[r.Event.ID] = r.Event
	}
}

// recallBurns puts down the charges on a vouch. A fault that isn't in the book is known by what the charge
// tells of it.
func (b *book) recallBurns(r Record) {
	for _, burn := range r.Burns {
		f := b.faults[burn.Fault]
		if f == nil {
			f = &fault{id: burn.Fault, final: burn.Final}
		}
		c := charge{f, b.vouches[r.Event.ID], burn.Hop, burn.Amount}
		f.charges = append(f.charges, c)
		insert(&c.vouch.charges, &c, func(c, d *charge) int { return c.fault.compare(d.fault) })
	}
}

// Charges returns what a fault or outcome that isn't known yet would cost whom, in order of member id. The
// state must hold the vouches received by the person at fault and by each of their vouchers, or the referral.
func (s *State) Charges(e Event) []Charge {
	f := s.drawFault(e)
	f.charges = s.cascade(f)
	return s.viewFault(f).Charges
}
