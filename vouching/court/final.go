package court

import (
	"crypto/rand"

	"bonafide.example/store"
	"bonafide.example/vouching"
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
	e, err := k.event(tx, l, c.now())
	if err != nil {
		return err
	}
	if err := c.record(tx, k, e); err != nil {
		return err
	}
	return tell(tx, c.Final, k)
}

// restore reverses in the ledger a case that was final.
func (c *Court) restore(tx store.Tx, k Case) error {
	e := vouching.Event{Kind: vouching.KindReverse, ID: rand.Text(), At: k.Reversed, Fault: k.ID}
	if err := c.record(tx, k, e); err != nil {
		return err
	}
	return tell(tx, c.Reversed, k)
}

// record adds an event to the ledger of the case, and has followed whom it touches.
func (c *Court) record(tx store.Tx, k Case, e vouching.Event) error {
	l, err := c.Issuer.Ledger(k.Mechanism)
	if err != nil {
		return err
	}
	touched, err := l.Add(tx, c.now(), e)
	if err != nil {
		return err
	}
	return c.Issuer.Follow(tx, k.Mechanism, touched...)
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
