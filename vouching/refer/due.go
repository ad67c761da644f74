package refer

import (
	"context"
	"errors"

	"bonafide.example"
	"bonafide.example/store"
)

// RunDue does at once what is due by now: it ends links that nobody redeemed, referrals that the voucher
// didn't answer to, those that state a level not kept, and those for which they answered long enough, and forgets
// those long over. One that fails holds up no other.
func (d *Desk) RunDue(ctx context.Context) error {
	for {
		due, err := d.dueNow(ctx)
		done := false
		for _, key := range due {
			failed := d.change(ctx, func(tx store.Tx) error { return d.runOne(tx, key) })
			done = done || failed == nil
			err = errors.Join(err, failed)
		}
		if !done { // what has ended may be long over, so it is looked again
			return err
		}
	}
}

// dueNow returns the keys of what is due.
func (d *Desk) dueNow(ctx context.Context) (due [][]byte, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		due = nil
		return r.Scan(store.Range{From: store.Key("refer", "due"), To: dueKey(d.instant()+1, "")}, func(key, _ []byte) (bool, error) {
			due = append(due, key)
			return true, nil
		})
	})
	return due, err
}

// runOne does what is due under a key.
func (d *Desk) runOne(tx store.Tx, key []byte) error {
	if err := tx.Delete(key); err != nil {
		return err
	}
	r, found, err := store.GetJSON[Referral](tx, referralKey(store.Parts(key)[3]))
	switch {
	case err != nil || !found:
		return err
	case r.due() > d.instant():
		return d.lookAfter(tx, &r)
	default:
		return d.runOut(tx, &r)
	}
}

// lookAfter ends a referral whose entry was set: the other site counts it no more, and so the stake needs to be
// locked no longer.
func (d *Desk) lookAfter(tx store.Tx, r *Referral) error {
	if r.Over > 0 {
		return nil // it was scheduled before that
	}
	watched, err := d.Issuer.Watched(tx, r.Entry)
	switch {
	case err != nil:
		return err
	case watched:
		return d.schedule(tx, r)
	default:
		return d.end(tx, r, d.instant(), fallen)
	}
}

// runOut does what is due of one referral. It ends when it was due, however late that is noticed.
func (d *Desk) runOut(tx store.Tx, r *Referral) error {
	switch r.State {
	case waiting:
		return d.end(tx, r, r.due(), expired)
	case bonafide.ReferralPending:
		return d.end(tx, r, r.due(), neglected)
	case bonafide.ReferralConfirmed:
		return d.end(tx, r, r.due(), ranOut)
	default:
		return forget(tx, r)
	}
}
