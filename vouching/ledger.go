package vouching

import "bonafide.example"

// Ledger is a [State] that goes on: events are added, in any order, and the instant moves forward. One
// event costs what it touches, however many members there are. It isn't safe for concurrent use.
type Ledger struct{ *State }

// New returns a ledger without events, at an instant.
func New(p Parameters, at bonafide.Seconds) (*Ledger, error) { panic("not yet") }

// Add adds an event and returns the ids, in order, of those whose own account it touched; the vouched levels of
// those [State.Behind] whom they stand may follow. It refuses with the codes of [Parameters.Check],
// future-event and event-conflict; whoever takes new events asks [State.Refuse] before. Adding an event
// again touches nobody.
func (l *Ledger) Add(e Event) (touched []string, err error) { panic("not yet") }

// Advance moves the instant forward and returns the ids, in order, of those whose own account time has
// changed since: a vouch ended, a charge or a loss healed a step. An instant before the present one is
// no change.
func (l *Ledger) Advance(at bonafide.Seconds) (touched []string) { panic("not yet") }

// Next returns the first instant at which [Ledger.Advance] may have somebody to touch; 0 if none.
func (l *Ledger) Next() bonafide.Seconds { panic("not yet") }
