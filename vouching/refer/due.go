package refer

import (
	"context"
	"errors"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
)

// RunDue does at once what is due by now: it ends links that nobody redeemed, referrals that the voucher
// didn't answer to, those that state a level not kept or whose stake was burned, and those for which they answered long enough, and forgets
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

// lookAfter ends a referral whose entry was set, since the other site counts it no more, and one whose stake was
// burned. Neither needs the stake locked any longer.
func (d *Desk) lookAfter(tx store.Tx, r *Referral) error {
	if r.Over > 0 {
		return nil // it was scheduled before that
	}
	watched, err := d.Issuer.Watched(tx, r.Entry)
	if err != nil {
		return err
	}
	if !watched {
		return d.endUnwatched(tx, r)
	}
	spent, err := d.spent(tx, r)
	if err != nil {
		return err
	}
	if spent {
		return d.end(tx, r, d.instant(), burned)
	}
	return d.schedule(tx, r)
}

// endUnwatched ends a referral whose entry was set, by the level that fell or by a restore.
func (d *Desk) endUnwatched(tx store.Tx, r *Referral) error {
	last, err := issuer.RestoredAt(tx)
	if err != nil {
		return err
	}
	why := fallen
	if r.Made <= last {
		why = restored
	}
	return d.end(tx, r, d.instant(), why)
}

// spent tells whether faults burned so much of the stake that less than the least is left: then another would cost
// nothing. A stake that only a later version of the mechanism makes too small isn't.
func (d *Desk) spent(r store.Reader, of *Referral) (bool, error) {
	kept, err := d.Issuer.Ledger(of.Mechanism)
	if bonafide.CodeOf(err) == bonafide.NoVouching {
		return false, nil // its mechanism keeps no ledger any more
	}
	if err != nil {
		return false, err
	}
	v, _, err := kept.Vouch(r, d.instant(), of.ID)
	least := kept.Parameters().MinStake
	return v.Burned > 0 && len(least) > 0 && v.Remaining < least[0], err
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
