package refer

import (
	"context"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

const (
	lookAgain = time.Minute // how often Run looks for what has fallen due
	batchSize = 100         // how much of it one transaction does
)

// RunDue does at once what is due by now: it ends links that nobody redeemed, referrals that the voucher
// didn't answer to, those that state a level not kept, and those for which they answered long enough, and forgets
// those long over.
func (d *Desk) RunDue(ctx context.Context) error {
	for more := true; more; {
		err := d.change(ctx, func(tx store.Tx) (err error) {
			more, err = d.runSome(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// runSome does so for a batch; more tells whether to look again: what has ended may be long over.
func (d *Desk) runSome(tx store.Tx) (more bool, err error) {
	now := d.instant()
	var due [][]byte
	err = tx.Scan(store.Range{From: store.Key("refer", "due"), To: dueKey(now+1, "")}, func(key, _ []byte) (bool, error) {
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
		r, found, err := store.GetJSON[Referral](tx, referralKey(store.Parts(key)[3]))
		if err != nil {
			return false, err
		}
		if !found {
			continue
		}
		if r.due() > now {
			err = d.lookAfter(tx, &r)
		} else {
			err = d.runOut(tx, &r)
		}
		if err != nil {
			return false, err
		}
	}
	return len(due) > 0, nil
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
