package refer

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// Confirm takes the member's word that whoever redeemed the referral is whom they meant: from now on the
// stake is locked, and they answer for that person. It is refused with referral-over if the referral isn't
// there to be confirmed, or states a level that the member didn't keep, and with the codes of the ledger.
// Confirming twice changes nothing.
func (d *Desk) Confirm(ctx context.Context, member, id string) error {
	return d.change(ctx, func(tx store.Tx) error {
		r, err := mine(tx, member, id)
		if err != nil || r.State == bonafide.ReferralConfirmed {
			return err
		}
		if err := d.answerable(r); err != nil {
			return err
		}
		if err := d.refuseFallen(tx, r); err != nil {
			return err
		}
		now, err := d.ledgerTime(tx, r)
		if err != nil {
			return err
		}
		if err := d.record(tx, r, r.event(now)); err != nil {
			return err
		}
		r.State, r.Confirmed, r.Until = bonafide.ReferralConfirmed, now, now+vouching.Life
		return d.put(tx, r)
	})
}

// answerable tells whether the referral waits for the member's word, and not too long already.
func (d *Desk) answerable(r *Referral) error {
	if r.State != bonafide.ReferralPending || d.instant() >= r.due() {
		return bonafide.Errorf(bonafide.ReferralOver, r.ID, "is %s, or was redeemed too long ago", string(r.State))
	}
	return nil
}

// refuseFallen refuses a referral whose entry is set already: points would be locked for what counts nowhere.
func (d *Desk) refuseFallen(tx store.Tx, r *Referral) error {
	watched, err := d.Issuer.Watched(tx, r.Entry)
	if err == nil && !watched {
		err = bonafide.Errorf(bonafide.ReferralOver, r.ID, "states the level %q, which wasn't kept", r.Level)
	}
	return err
}

// ledgerTime returns by which time an event of the referral that takes place now is dated.
func (d *Desk) ledgerTime(r store.Reader, of *Referral) (bonafide.Seconds, error) {
	kept, err := d.Issuer.Ledger(of.Mechanism)
	if err != nil {
		return 0, err
	}
	return kept.Now(r, d.instant())
}

// record adds an event to the ledger and has what follows done.
func (d *Desk) record(tx store.Tx, r *Referral, e vouching.Event) error {
	kept, err := d.Issuer.Ledger(r.Mechanism)
	if err != nil {
		return err
	}
	touched, err := kept.Add(tx, e.At, e)
	if err != nil {
		return err
	}
	return d.Issuer.Follow(tx, r.Mechanism, touched...)
}

// Decline takes the member's word that they meant somebody else. Nothing was locked. It is refused with
// referral-over once the referral is confirmed or over; declining twice changes nothing.
func (d *Desk) Decline(ctx context.Context, member, id string) error {
	return d.change(ctx, func(tx store.Tx) error {
		r, err := mine(tx, member, id)
		if err != nil || r.State == bonafide.ReferralDeclined {
			return err
		}
		if err := d.answerable(r); err != nil {
			return err
		}
		if err := d.Issuer.Unwatch(tx, r.Entry); err != nil {
			return err
		}
		r.State, r.Over = bonafide.ReferralDeclined, d.instant()
		return d.put(tx, r)
	})
}

// Withdraw ends a referral of the member: at once if it isn't confirmed, otherwise they answer for another
// 7 days. The other site sees at once, in the status list, that it counts no more. Withdrawing what is over
// changes nothing.
func (d *Desk) Withdraw(ctx context.Context, member, id string) error {
	return d.change(ctx, func(tx store.Tx) error {
		r, err := mine(tx, member, id)
		if err != nil {
			return err
		}
		return d.end(tx, r, d.instant(), withdrawn)
	})
}

// end ends a referral that isn't over, as of that instant. What ended it doesn't matter to the ledger.
func (d *Desk) end(tx store.Tx, r *Referral, at bonafide.Seconds, why reason) error {
	if r.Over > 0 {
		return nil
	}
	if err := d.Issuer.Unwatch(tx, r.Entry); err != nil {
		return err
	}
	if r.State == bonafide.ReferralConfirmed {
		if err := d.giveNotice(tx, r); err != nil {
			return err
		}
	}
	r.State, r.Over, r.Why, r.Link = bonafide.ReferralEnded, at, why, ""
	return d.put(tx, r)
}

// giveNotice gives the ledger notice of a referral that is confirmed, unless it has run out, or its mechanism
// keeps no ledger any more: then nothing is locked.
func (d *Desk) giveNotice(tx store.Tx, r *Referral) error {
	now, err := d.ledgerTime(tx, r)
	switch {
	case bonafide.CodeOf(err) == bonafide.NoVouching:
		r.Until = min(r.Until, d.instant()+vouching.Notice)
		return nil
	case err != nil || now >= r.Until:
		return err
	}
	notice := vouching.Event{Kind: vouching.KindWithdraw, ID: r.ID + "-withdrawn", At: now, Vouch: r.ID}
	r.Until = min(r.Until, now+vouching.Notice)
	return d.record(tx, r, notice)
}
