package vouching

import "bonafide.example"

// State is what holds of everyone at an instant. It isn't changed by reading.
type State struct{}

// Evaluate computes the state at an instant from the set of events: their order and repetition don't
// matter, and what happens later than the instant isn't looked at. It is the full and plain form of the
// model; a [Ledger] always agrees with it. An event that fails [Parameters.Check] is an error, as are two
// events with one id (event-conflict).
func Evaluate(p Parameters, events []Event, at bonafide.Seconds) (*State, error) { panic("not yet") }

// At returns the instant.
func (s *State) At() bonafide.Seconds { panic("not yet") }

// Members returns the ids of all members that any event names, in order.
func (s *State) Members() []string { panic("not yet") }

// Member returns what holds of one member; of one that no event names, nothing but the id.
func (s *State) Member(id string) Member { panic("not yet") }

// Vouch returns a vouch, false if there is none with that id.
func (s *State) Vouch(id string) (Vouch, bool) { panic("not yet") }

// Faults returns the ids of all faults, in order.
func (s *State) Faults() []string { panic("not yet") }

// Fault returns a fault, false if there is none with that id.
func (s *State) Fault(id string) (Fault, bool) { panic("not yet") }

// Behind returns the ids of those whom a member stands behind with a live vouch, in order. Their vouched
// levels follow from that member's own.
func (s *State) Behind(id string) []string { panic("not yet") }

// Brake returns the record of a member that bounds new vouches.
func (s *State) Brake(id string) Brake { panic("not yet") }

// Risk returns the most that a new vouch of that stake can cost the member.
func (s *State) Risk(id string, stake int64) Risk { panic("not yet") }

// Refuse tells whether a new event must be refused at this instant; nil if it may be added. Repeating an
// event already known is no error. Beside the codes of [Parameters.Check] these are: future-event,
// event-conflict; for a vouch member-suspended, vouch-twice, vouchee-full, voucher-full, beyond-capacity,
// vouch-brake; for a withdrawal unknown-vouch, vouch-over; for a fault fault-twice; for a reversal
// unknown-fault.
func (s *State) Refuse(e Event) error { panic("not yet") }
