package verifier

import (
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// referral is one that an account redeemed here. It is kept for a year after its end: a fault that was
// committed while it counted may become final later.
type referral struct {
	ID          string                 `json:"id"`
	Account     string                 `json:"account"`
	Token       string                 `json:"token"` // the referral as its issuer signed it
	Referral    bonafide.Referral      `json:"referral"`
	Name        string                 `json:"name"` // what the voucher is told of who redeemed it
	State       bonafide.ReferralState `json:"state"`
	RedeemedAt  bonafide.Seconds       `json:"redeemed_at"`
	ConfirmedAt bonafide.Seconds       `json:"confirmed_at,omitzero"` // when this site was told so
	Until       bonafide.Seconds       `json:"until,omitzero"`        // until when the voucher answers; unless it ends before, it counts as long
	EndedAt     bonafide.Seconds       `json:"ended_at,omitzero"`
	Code        bonafide.Code          `json:"code,omitzero"`    // why it ended; "" by its holder
	Refused     bonafide.Code          `json:"refused,omitzero"` // with what its issuer last refused an outcome
}

const (
	// maxReferrals is how many are kept for one account, those that have ended included.
	maxReferrals = 32
	// keptAfterEnd is how long one that has ended is kept. A fault is reported within 180 days, contested
	// within 14 and ruled on within 60.
	keptAfterEnd = 365 * 24 * time.Hour
	// notice is how long a voucher answers on after the end: nobody gets out of what they see coming.
	notice = 7 * 24 * time.Hour
)

// over tells whether it counts no more, and never will again.
func (r *referral) over() bool { return r.EndedAt != 0 }

// counts tells whether it counts at an instant. list is what was last read of its list.
func (r *referral) counts(list listRecord, now time.Time) bool {
	return r.State == bonafide.ReferralConfirmed && now.Before(r.Until.Time()) && now.Before(list.ValidUntil)
}

// confirm takes the issuer's word that the voucher meant this person, or that they answer less long than
// it said before.
func (r *referral) confirm(until, now bonafide.Seconds) {
	if r.State == bonafide.ReferralPending {
		r.State, r.ConfirmedAt = bonafide.ReferralConfirmed, now
	}
	r.Until = min(until, bonafide.SecondsOf(r.ConfirmedAt.Time().Add(bonafide.Liability)))
}

// end makes it count no more, in the state and for the reason given.
func (r *referral) end(state bonafide.ReferralState, code bonafide.Code, now bonafide.Seconds) {
	r.State, r.Code, r.EndedAt = state, code, now
	r.Until = min(r.Until, bonafide.SecondsOf(now.Time().Add(notice)))
}

// turn returns when it changes by itself: what is confirmed ends, what has ended is dropped. A pending
// one waits for its issuer: 0.
func (r *referral) turn() bonafide.Seconds {
	switch {
	case r.over():
		return bonafide.SecondsOf(r.EndedAt.Time().Add(keptAfterEnd))
	default:
		return r.Until
	}
}

// usedReferral says that a referral was redeemed: by which account, or, once that is erased, only until when
// the token could be tried again.
type usedReferral struct {
	Account string           `json:"account,omitzero"`
	ID      string           `json:"id,omitzero"`
	Until   bonafide.Seconds `json:"until"`
}

func referralsKey(account string) []byte    { return store.Key("verifier", "referral", account) }
func referralKey(account, id string) []byte { return store.Key("verifier", "referral", account, id) }

// usedKey leads from a referral, as its issuer names it, to who redeemed it.
func usedKey(issuer bonafide.Origin, jti string) []byte {
	return store.Key("verifier", "referral-used", string(issuer), jti)
}

func (r *referral) key() []byte     { return referralKey(r.Account, r.ID) }
func (r *referral) usedKey() []byte { return usedKey(r.Referral.Issuer, r.Referral.ID) }

// watchKey leads from the list to the referral, beside the inputs that wait for that list.
func (r *referral) watchKey() []byte {
	return store.Key("verifier", "watch", r.Referral.CredentialStatus.Credential, r.Account, r.ID)
}

// turnKey leads to the referral when it changes by itself.
func (r *referral) turnKey() []byte {
	return store.Key("verifier", "referral-turn", instant(r.turn().Time()), r.Account, r.ID)
}

// put keeps the referral, with the rows that lead to it, in place of what stands under its key.
func (r *referral) put(tx store.Tx) error {
	before, found, err := store.GetJSON[referral](tx, r.key())
	if err != nil {
		return err
	}
	if found {
		if err := tx.Delete(before.turnKey()); err != nil {
			return err
		}
	}
	if r.over() {
		err = tx.Delete(r.watchKey())
	} else {
		err = tx.Put(r.watchKey(), []byte(r.Referral.CredentialStatus.Index))
	}
	if err != nil {
		return err
	}
	if r.turn() != 0 {
		if err := tx.Put(r.turnKey(), nil); err != nil {
			return err
		}
	}
	if err := store.PutJSON(tx, r.key(), r); err != nil {
		return err
	}
	return markChanged(tx, r.Account)
}

// drop deletes the referral. That its token was used is remembered as long as it could be tried.
func (r *referral) drop(tx store.Tx) error {
	for _, key := range [][]byte{r.watchKey(), r.turnKey(), r.key()} {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	if err := store.PutJSON(tx, r.usedKey(), usedReferral{Until: triedUntil(&r.Referral)}); err != nil {
		return err
	}
	return markChanged(tx, r.Account)
}

// triedUntil returns from when on a referral is refused as expired, whoever's clock goes wrong.
func triedUntil(r *bonafide.Referral) bonafide.Seconds {
	return bonafide.SecondsOf(r.Expires.Time().Add(2 * bonafide.Leeway))
}

// referralsOf returns the referrals that the account redeemed.
func referralsOf(r store.Reader, account string) (all []*referral, err error) {
	err = store.ScanJSON(r, store.Prefix(referralsKey(account)), func(_ []byte, kept *referral) (bool, error) {
		all = append(all, kept)
		return true, nil
	})
	return all, err
}

// redeemed returns the record of a referral as its issuer names it, nil if there is none any more.
func redeemed(r store.Reader, issuer bonafide.Origin, jti string) (*referral, error) {
	used, found, err := store.GetJSON[usedReferral](r, usedKey(issuer, jti))
	if err != nil || !found || used.Account == "" {
		return nil, err
	}
	kept, _, err := store.GetJSON[*referral](r, referralKey(used.Account, used.ID))
	return kept, err
}
