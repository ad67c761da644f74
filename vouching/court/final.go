package court

import (
	"crypto/rand"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// enter does what follows from a case having come into its state.
func (c *Court) enter(tx store.Tx, k Case) error {
	switch k.State {
	case StateFinal:
		return c.enforce(tx, k)
	case StateReversed:
		return c.restore(tx, k)
	}
	return nil
}

// enforce puts a case that became final into the ledger. It is dated then, even if that is noticed later:
// healing counts from there.
func (c *Court) enforce(tx store.Tx, k Case) error {
	l, err := c.Issuer.Ledger(k.Mechanism)
	if err != nil {
		return err
	}
	e, err := event(tx, l, k, c.now())
	if err != nil {
		return err
	}
	if err := c.record(tx, l, k, e); err != nil {
		return err
	}
	return tell(tx, c.Final, k)
}

// restore reverses in the ledger a case that was final.
func (c *Court) restore(tx store.Tx, k Case) error {
	l, err := c.Issuer.Ledger(k.Mechanism)
	if err != nil {
		return err
	}
	e := vouching.Event{Kind: vouching.KindReverse, ID: rand.Text(), At: k.Reversed, Fault: k.ID}
	if err := c.record(tx, l, k, e); err != nil {
		return err
	}
	return tell(tx, c.Reversed, k)
}

// record adds an event to the ledger of the case, and has followed whom it touches.
func (c *Court) record(tx store.Tx, l *ledger.Ledger, k Case, e vouching.Event) error {
	touched, err := l.Add(tx, max(c.now(), e.At), e)
	if err != nil {
		return err
	}
	return c.Issuer.Follow(tx, k.Mechanism, touched...)
}

// event returns what the ledger is to hold of a final case.
func event(r store.Reader, l *ledger.Ledger, k Case, now bonafide.Seconds) (vouching.Event, error) {
	e := vouching.Event{Kind: vouching.KindFault, ID: k.ID, At: k.Closed, Class: k.Finding, Occurred: k.Occurred}
	if k.Referral == "" {
		e.Member, e.Reported, e.Attested = k.Member, k.Reported, k.Attested
		return e, nil
	}
	points, err := outcomePoints(r, l, k, k.Finding, now)
	e.Kind, e.Referral, e.Points, e.Reported = vouching.KindOutcome, k.Referral, points, k.ReportedThere
	return e, err
}

// outcomePoints returns what another site's finding costs the member if it becomes final now.
func outcomePoints(r store.Reader, l *ledger.Ledger, k Case, class string, now bonafide.Seconds) (int64, error) {
	state, err := l.Around(r, now, k.Member)
	if err != nil {
		return 0, err
	}
	return state.OutcomePoints(k.Referral, class)
}

// tell tells the hook, if there is one, of the member's own fault. What somebody did elsewhere whom the
// member referred there isn't: liability goes no further.
func tell(tx store.Tx, hook func(store.Tx, Final) error, k Case) error {
	if hook == nil || k.Referral != "" {
		return nil
	}
	return hook(tx, Final{
		Mechanism: k.Mechanism, Member: k.Member, Fault: k.ID, Class: k.Finding, Occurred: k.Occurred, Reported: k.Reported,
	})
}
