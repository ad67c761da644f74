package verifier

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"bonafide.example"
	"bonafide.example/store"
)

// Cover says from when until when a voucher of another site answers for an account: what it takes to tell that site
// of a fault. It outlives the referral whose account is erased, under a keyed hash, for a year from the end: nobody
// gets their voucher out of a fault by erasing. It names nobody.
type Cover struct {
	Issuer      bonafide.Origin  `json:"issuer"`
	Referral    string           `json:"referral"`  // its jti
	Mechanism   string           `json:"mechanism"` // the issuer's
	ConfirmedAt bonafide.Seconds `json:"confirmed_at"`
	Until       bonafide.Seconds `json:"until"`
	EndedAt     bonafide.Seconds `json:"ended_at,omitzero"`
}

// cover returns the referral's; the voucher of one that was never confirmed answers for nothing.
func (r *referral) cover() Cover {
	return Cover{r.Referral.Issuer, r.Referral.ID, r.Referral.Status.Mechanism, r.ConfirmedAt, r.Until, r.EndedAt}
}

// includes tells whether the voucher answers for what was committed at an instant.
func (c *Cover) includes(occurred bonafide.Seconds) bool {
	return c.ConfirmedAt != 0 && c.ConfirmedAt <= occurred && occurred < c.Until
}

// keptUntil returns until when the cover of an erased account is kept.
func (c *Cover) keptUntil() bonafide.Seconds {
	return bonafide.SecondsOf(c.EndedAt.Time().Add(keptAfterEnd))
}

// openSecret reads the secret behind the hashes, and makes it the first time.
func (v *Verifier) openSecret(ctx context.Context) error {
	key := store.Key("verifier", "secret")
	return v.config.Store.Update(ctx, func(tx store.Tx) (err error) {
		found := false
		if v.secret, found, err = store.GetJSON[[]byte](tx, key); err != nil || found {
			return err
		}
		v.secret = make([]byte, 32)
		rand.Read(v.secret)
		return store.PutJSON(tx, key, v.secret)
	})
}

// erasedKey leads to the covers that outlived an account, and from parts, which are an issuer and a jti, to one.
// Without the secret it says nothing of the account.
func (v *Verifier) erasedKey(account string, parts ...string) []byte {
	mac := hmac.New(sha256.New, v.secret)
	mac.Write(store.Key("referral-erased", account))
	hash := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	return store.Key(append([]string{"verifier", "referral-erased", hash}, parts...)...)
}

// coversOf returns those of the account's referrals, and those that outlived its erasure.
func (v *Verifier) coversOf(r store.Reader, account string) ([]Cover, error) {
	kept, err := referralsOf(r, account)
	if err != nil {
		return nil, err
	}
	covers, err := v.erasedCovers(r, account)
	for _, one := range kept {
		covers = append(covers, one.cover())
	}
	return covers, err
}

// erasedCovers returns the covers that outlived the account's erasure.
func (v *Verifier) erasedCovers(r store.Reader, account string) ([]Cover, error) {
	covers := []Cover{}
	err := store.ScanJSON(r, store.Prefix(v.erasedKey(account)), func(_ []byte, c Cover) (bool, error) {
		covers = append(covers, c)
		return true, nil
	})
	return covers, err
}

// eraseReferrals ends the account's referrals and deletes them. Their issuers are told no more than that; what it
// takes to tell them of a fault is kept.
func (v *Verifier) eraseReferrals(tx store.Tx, account string) error {
	kept, err := referralsOf(tx, account)
	if err != nil {
		return err
	}
	for _, r := range kept {
		if err := v.finishReferral(tx, r, bonafide.ReferralEnded, "", true); err != nil {
			return err
		}
		if err := r.drop(tx); err != nil {
			return err
		}
		if r.ConfirmedAt == 0 {
			continue
		}
		if err := store.PutJSON(tx, v.erasedKey(account, string(r.Referral.Issuer), r.Referral.ID), r.cover()); err != nil {
			return err
		}
	}
	return nil
}

// EraseReferrals does, within a transaction of the verifier's store, for a member who is erased what [Verifier.Erase]
// does with referrals. pseudonym is what the member is called from now on in what runs on without them: a fault of
// that name is told as one of the member's would have been.
func (v *Verifier) EraseReferrals(tx store.Tx, member, pseudonym string) error {
	if err := v.eraseReferrals(tx, member); err != nil {
		return err
	}
	covers, err := v.erasedCovers(tx, member)
	if err != nil {
		return err
	}
	for _, c := range covers {
		if err := tx.Delete(v.erasedKey(member, string(c.Issuer), c.Referral)); err != nil {
			return err
		}
		if err := store.PutJSON(tx, v.erasedKey(pseudonym, string(c.Issuer), c.Referral), c); err != nil {
			return err
		}
	}
	return nil
}
