package desk

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

const (
	keptAfter = 365 * vouching.Day // how long a vouch stays on record once it has ended
	batchSize = 256                // what is forgotten in one transaction
)

// keptUntil returns until when a vouch stays on record: a year from its end, and as long as it costs anything.
func keptUntil(v vouching.Vouch) bonafide.Seconds {
	until := v.Ends + keptAfter
	for _, c := range v.Charges {
		until = max(until, c.HealedBy)
	}
	return until
}

// RunDue forgets at once what is past by now: asks and offers that have expired, and the names in vouches that
// ended a year ago.
func (d *Desk) RunDue(ctx context.Context) error {
	for more := true; more; {
		err := d.Store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = d.forgetSome(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetSome does so for a batch; more tells whether there may be others.
func (d *Desk) forgetSome(tx store.Tx) (more bool, err error) {
	var due [][]byte
	past := store.Range{From: store.Key("desk", "due"), To: dueKey(d.now()+1, "", "")}
	err = tx.Scan(past, func(key, _ []byte) (bool, error) {
		due = append(due, key)
		return len(due) < batchSize, nil
	})
	if err != nil {
		return false, err
	}
	for _, key := range due {
		if err := tx.Delete(key); err != nil {
			return false, err
		}
		parts := store.Parts(key)
		if err := d.forget(tx, kind(parts[3]), parts[4]); err != nil {
			return false, err
		}
	}
	return len(due) == batchSize, nil
}

// forget drops a record if it is time.
func (d *Desk) forget(tx store.Tx, k kind, id string) error {
	switch k {
	case asks:
		a, found, err := find[ask](tx, asks, id)
		if err != nil || !found || a.Expires > d.now() {
			return err
		}
		return drop(tx, asks, id, a.Asker.Member, a.Asked.Member)
	case offers:
		o, found, err := find[offer](tx, offers, id)
		if err != nil || !found || o.Expires > d.now() {
			return err
		}
		return drop(tx, offers, id, o.Voucher.Member)
	default:
		return d.forgetVouch(tx, id)
	}
}

// forgetVouch drops the names in a vouch if it is time, and comes back when it is otherwise.
func (d *Desk) forgetVouch(tx store.Tx, id string) error {
	v, found, err := find[vouch](tx, vouches, id)
	if err != nil || !found {
		return err
	}
	if l, err := d.Issuer.Ledger(v.Mechanism); err == nil { // otherwise the mechanism is gone
		stands, found, err := l.Vouch(tx, d.now(), id)
		if err != nil {
			return err
		}
		if until := keptUntil(stands); found && until > d.now() {
			return tx.Put(dueKey(until, vouches, id), nil)
		}
	}
	return drop(tx, vouches, id, v.Voucher.Member, v.Vouchee.Member)
}
