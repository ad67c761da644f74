package desk

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/google/uuid"
)

// event returns the vouch as the ledger keeps it.
func (v *vouch) event(at bonafide.Seconds, level int, stake int64, acceptedBy string) vouching.Event {
	return vouching.Event{
		Kind: vouching.KindVouch, ID: v.ID, At: at,
		Voucher: v.Voucher.Member, Vouchee: v.Vouchee.Member, Level: level, Stake: stake, AcceptedBy: acceptedBy,
	}
}

// give adds a vouch to the ledger, with what follows from it, unless the ledger refuses it.
func (d *Desk) give(tx store.Tx, v vouch, level int, stake int64, acceptedBy string) error {
	_, l, err := d.terms(v.Mechanism)
	if err != nil {
		return err
	}
	now, err := l.Now(tx, d.now())
	if err != nil {
		return err
	}
	touched, err := l.Add(tx, now, v.event(now, level, stake, acceptedBy))
	if err != nil {
		return err
	}
	if err := d.Issuer.Follow(tx, v.Mechanism, touched...); err != nil {
		return err
	}
	return keep(tx, vouches, v.ID, v, now+vouching.Life+keptAfter, v.Voucher.Member, v.Vouchee.Member)
}

// Withdraw gives notice of a vouch that the member gave: it ends a week later. Its codes are unknown-vouch and
// vouch-over.
func (d *Desk) Withdraw(ctx context.Context, member, id string) error {
	return d.change(ctx, func(tx store.Tx) error {
		v, found, err := find[vouch](tx, vouches, id)
		if err == nil && (!found || v.Voucher.Member != member) {
			err = bonafide.Errorf(bonafide.UnknownVouch, "the vouch", "is none of yours")
		}
		if err != nil {
			return err
		}
		return d.withdraw(tx, v.Mechanism, id)
	})
}

// withdraw gives notice of a vouch. Referrals are none: package refer ends those, with all that was told of them.
func (d *Desk) withdraw(tx store.Tx, mechanism, id string) error {
	l, err := d.Issuer.Ledger(mechanism)
	if err != nil {
		return err
	}
	now, err := l.Now(tx, d.now())
	if err != nil {
		return err
	}
	v, _, err := l.Vouch(tx, now, id)
	if err == nil && v.Site != "" {
		err = bonafide.Errorf(bonafide.UnknownVouch, id, "is a referral")
	}
	if err != nil {
		return err
	}
	e := vouching.Event{Kind: vouching.KindWithdraw, ID: uuid.NewString(), At: now, Vouch: id}
	touched, err := l.Add(tx, now, e)
	if err != nil {
		return err
	}
	if err := tx.Put(dueKey(now+vouching.Notice+keptAfter, vouches, id), nil); err != nil {
		return err
	}
	return d.Issuer.Follow(tx, mechanism, touched...)
}

// nameless returns what the ledger refused something for, without ids of members: they are the site's own.
func nameless(err error) error {
	switch code := bonafide.CodeOf(err); code {
	case bonafide.SelfVouch, bonafide.NotAccepted, bonafide.MemberSuspended, bonafide.VouchTwice, bonafide.VoucheeFull, bonafide.VoucherFull:
		return bonafide.Errorf(code, "the vouch", "can't be given")
	default:
		return err
	}
}

// private returns the same to the one vouched for. What lies with the voucher has one code, for it may be what other
// friends of theirs did; and no figures of theirs are told.
func private(err error) error {
	switch code := bonafide.CodeOf(err); code {
	case "", bonafide.Internal:
		return err
	case bonafide.MemberSuspended, bonafide.VoucherFull, bonafide.BeyondCapacity, bonafide.VouchBrake, bonafide.StakeTooSmall:
		return bonafide.Errorf(bonafide.OfferOver, "the link", "can't be accepted at the moment; ask whoever gave it to you")
	default:
		return bonafide.Errorf(code, "the vouch", "can't be accepted")
	}
}
