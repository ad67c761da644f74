package verifier

import (
	"context"
	"errors"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/store"
)

// finishReferral makes a referral count no more, unless it has ended already. tell says that its issuer doesn't
// know yet. r may be nil: its account was erased.
func (v *Verifier) finishReferral(tx store.Tx, r *referral, state bonafide.ReferralState, code bonafide.Code, tell bool) error {
	if r == nil || r.over() {
		return nil
	}
	r.end(state, code, bonafide.SecondsOf(v.now()))
	if err := stopAsking(tx, &r.Referral); err != nil {
		return err
	}
	if tell {
		if err := v.send(tx, &r.Referral, bonafide.Outcome{Event: bonafide.Ended}); err != nil {
			return err
		}
	}
	return r.put(tx)
}

// takeAnswer takes what an issuer says of a referral.
func (v *Verifier) takeAnswer(tx store.Tx, r *referral, answer bonafide.ReferralAnswer) error {
	now := bonafide.SecondsOf(v.now())
	switch {
	case r == nil || r.over() || answer.State == bonafide.ReferralPending:
		return nil
	case answer.State == bonafide.ReferralConfirmed && answer.Until > now:
		r.confirm(answer.Until, now)
		return r.put(tx)
	case answer.State == bonafide.ReferralDeclined:
		return v.finishReferral(tx, r, bonafide.ReferralDeclined, bonafide.ReferralOver, false)
	}
	return v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.ReferralOver, false)
}

// takeRefusal notes that an issuer refused what it was told. A referral of which it doesn't take that it was redeemed
// can't be confirmed.
func (v *Verifier) takeRefusal(tx store.Tx, r *referral, code bonafide.Code, asked bool) error {
	if r == nil {
		return nil
	}
	r.Refused = code
	if asked {
		return v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.ReferralOver, false)
	}
	return r.put(tx)
}

// endByBit ends a referral whose bit is set, if it is one. Its issuer is told, so that what stood for it is free
// again: a bit may also be set because the voucher's level fell.
func (v *Verifier) endByBit(tx store.Tx, of feed) error {
	r, _, err := store.GetJSON[*referral](tx, referralKey(of.Account, of.ID))
	if err != nil {
		return err
	}
	return v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.Revoked, true)
}

// endOwn ends the account's referrals that come from what it imports itself now.
func (v *Verifier) endOwn(tx store.Tx, account string, issuer bonafide.Origin, subject string) error {
	kept, err := referralsOf(tx, account)
	if err != nil {
		return err
	}
	for _, r := range kept {
		if r.Referral.Issuer != issuer || r.Referral.Subject != subject {
			continue
		}
		if err := v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.ReferralOwn, true); err != nil {
			return err
		}
	}
	return nil
}

// turnReferrals ends the referrals whose time is over, and drops those that ended long ago.
func (v *Verifier) turnReferrals(ctx context.Context) error {
	var due [][]byte
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		due = nil
		return r.Scan(v.untilNow("referral-turn"), func(key, _ []byte) (bool, error) {
			due = append(due, key)
			return len(due) < maxInputs, nil
		})
	})
	for _, key := range due {
		err = errors.Join(err, v.config.Store.Update(ctx, func(tx store.Tx) error { return v.turnReferral(tx, key) }))
	}
	return err
}

func (v *Verifier) turnReferral(tx store.Tx, key []byte) error {
	to := store.Parts(key)[3:]
	r, found, err := store.GetJSON[*referral](tx, referralKey(to[0], to[1]))
	switch {
	case err != nil:
		return err
	case !found || v.now().Before(r.turn().Time()): // it was erased, or confirmed anew, meanwhile
		return nil
	case r.over():
		return r.drop(tx)
	}
	return v.finishReferral(tx, r, bonafide.ReferralEnded, bonafide.ReferralOver, false)
}

// overReferrals calls fn with the key of each row that only remembers something past its time: that the token
// of an erased account was used, who answered for that account, and what a fault was told as.
func (v *Verifier) overReferrals(r store.Reader, fn func(key []byte)) error {
	now := bonafide.SecondsOf(v.now())
	used := store.ScanJSON(r, store.Prefix(store.Key("verifier", "referral-used")), func(key []byte, u usedReferral) (bool, error) {
		if u.Account == "" && u.Until <= now {
			fn(key)
		}
		return true, nil
	})
	told := store.ScanJSON(r, store.Prefix(store.Key("verifier", "referral-fault")), func(key []byte, t toldFault) (bool, error) {
		if t.Until <= now {
			fn(key)
		}
		return true, nil
	})
	erased := store.ScanJSON(r, store.Prefix(store.Key("verifier", "referral-erased")), func(key []byte, c Cover) (bool, error) {
		if c.keptUntil() <= now {
			fn(key)
		}
		return true, nil
	})
	return errors.Join(used, told, erased)
}

// ask asks the issuer at once, at the holder's wish, how a referral stands.
func (v *Verifier) ask(ctx context.Context, account, id string) error {
	var question *sending
	err := v.config.Store.Update(ctx, func(tx store.Tx) error {
		question = nil
		r, err := referralIn(tx, account, id)
		if err != nil || r.State != bonafide.ReferralPending {
			return err
		}
		waiting, err := sendings(tx, &r.Referral)
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			question = waiting[0]
		}
		return nil
	})
	if err != nil || question == nil {
		return err
	}
	asking, cancel := fetch.Budget(ctx)
	defer cancel()
	return v.tellIssuer(asking, question)
}

// endHere ends a referral at its holder's wish.
func (v *Verifier) endHere(ctx context.Context, account, id string) error {
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		r, err := referralIn(tx, account, id)
		if err != nil {
			return err
		}
		return v.finishReferral(tx, r, bonafide.ReferralEnded, "", true)
	})
}

// referralIn returns one referral of the account, [bonafide.NotFound] if it has no such.
func referralIn(r store.Reader, account, id string) (*referral, error) {
	kept, found, err := store.GetJSON[*referral](r, referralKey(account, id))
	if err == nil && !found {
		err = bonafide.Errorf(bonafide.NotFound, id, "is no referral of this account")
	}
	return kept, err
}
