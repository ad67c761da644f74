package verifier

import (
	"context"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"github.com/google/uuid"
)

// presented is a referral that was checked, with what it takes to keep it.
type presented struct {
	token string
	bonafide.Referral
	mechanism *bonafide.Mechanism // the version that the voucher's status speaks of
	list      *fetch.List         // on which its bit isn't set
	supports  []Support
}

// present checks a referral: that a site from which this one takes referrals signed it, for this site, and
// that it holds and counts for something. Of another site nothing is fetched.
func (v *Verifier) present(ctx context.Context, token string) (*presented, error) {
	parsed, err := seal.Parse(token, bonafide.TypeReferral)
	if err != nil {
		return nil, err
	}
	issuer, err := parsed.Issuer()
	if err != nil {
		return nil, err
	}
	tables, err := v.tables(ctx)
	if err != nil {
		return nil, err
	}
	if len(tables.referring().mechanisms(issuer)) == 0 {
		return nil, bonafide.Errorf(bonafide.ReferralRefused, string(issuer), "no conversion table of this site takes referrals from there")
	}
	if err := v.trust(ctx, issuer); err != nil {
		return nil, err
	}
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	p := &presented{token: token}
	if p.Referral, err = fetch.Open[bonafide.Referral](ctx, v.fetch, parsed, issuer); err != nil {
		return nil, err
	}
	if p.Issuer != issuer {
		return nil, bonafide.Errorf(bonafide.WrongIssuer, "referral", "speaks for %q, but is signed by %q", string(p.Issuer), string(issuer))
	}
	if err := p.Check(v.config.Origin, v.now()); err != nil {
		return nil, err
	}
	if err := tables.referring().take(&p.Status); err != nil {
		return nil, err
	}
	if p.list, err = v.readBit(ctx, issuer, &p.CredentialStatus); err != nil {
		return nil, err
	}
	if p.mechanism, err = v.fetch.Mechanism(ctx, p.Status.Mechanism, p.Status.Version); err != nil {
		return nil, err
	}
	if err := v.fit(ctx, p.mechanism); err != nil {
		return nil, err
	}
	p.supports, err = v.weigh(tables, &p.Referral, p.list.FetchedAt, []*bonafide.Mechanism{p.mechanism})
	return p, err
}

// redeem redeems a referral for an account, and has its issuer told under the name that the account's holder
// chose. The same again changes nothing.
func (v *Verifier) redeem(ctx context.Context, account, token, name string) error {
	if err := bonafide.CheckName("name", name); err != nil {
		return err
	}
	p, err := v.present(ctx, token)
	if err != nil {
		return err
	}
	id := uuid.NewString()
	err = v.config.Store.Update(ctx, func(tx store.Tx) error {
		used, found, err := store.GetJSON[usedReferral](tx, usedKey(p.Issuer, p.ID))
		if err != nil {
			return err
		}
		if found {
			return again(tx, used, account, name)
		}
		if err := v.redeemable(tx, account, &p.Referral); err != nil {
			return err
		}
		if err := store.PutJSON(tx, mechanismKey(p.mechanism.ID, p.mechanism.Version), p.mechanism); err != nil {
			return err
		}
		if err := v.takeList(tx, p.CredentialStatus.Credential, p.list); err != nil {
			return err
		}
		r := &referral{
			ID: id, Account: account, Token: token, Referral: p.Referral, Name: name,
			State: bonafide.ReferralPending, RedeemedAt: bonafide.SecondsOf(v.now()),
		}
		if err := store.PutJSON(tx, r.usedKey(), usedReferral{Account: account, ID: id, Until: triedUntil(&p.Referral)}); err != nil {
			return err
		}
		if err := r.put(tx); err != nil {
			return err
		}
		return v.send(tx, &p.Referral, bonafide.Outcome{Event: bonafide.Redeemed, Name: name})
	})
	if err == nil {
		v.WakeUp() // whoever referred them may be waiting
	}
	return err
}

// again refuses a referral that was redeemed before, unless that was the same person's doing.
func again(r store.Reader, used usedReferral, account, name string) error {
	kept, found, err := store.GetJSON[referral](r, referralKey(used.Account, used.ID))
	switch {
	case err != nil:
		return err
	case !found || used.Account != account || kept.Name != name:
		return bonafide.Errorf(bonafide.ReferralUsed, "referral", "was redeemed before, by another account or under another name")
	case kept.over():
		return bonafide.Errorf(bonafide.ReferralOver, "referral", "was redeemed before, and has ended")
	}
	return nil
}

// redeemable tells whether the account may redeem the referral beside what it imported and redeemed before.
func (v *Verifier) redeemable(r store.Reader, account string, referral *bonafide.Referral) error {
	if err := refuseRestored(r, referral); err != nil {
		return err
	}
	voucher, err := importedBy(r, referral.Issuer, referral.Subject)
	if err != nil {
		return err
	}
	if voucher == account {
		return bonafide.Errorf(bonafide.ReferralOwn, string(referral.Issuer), "the voucher's account there is the one that this account imported from")
	}
	kept, err := referralsOf(r, account)
	if err != nil {
		return err
	}
	for _, other := range kept {
		if !other.over() && other.Referral.Issuer == referral.Issuer {
			return bonafide.Errorf(bonafide.ReferralTwice, string(referral.Issuer), "this account redeemed another referral from there, which hasn't ended")
		}
	}
	covers, err := v.coversOf(r, account) // erasing makes no room
	if err != nil {
		return err
	}
	if len(covers) >= maxReferrals {
		return bonafide.Errorf(bonafide.VoucheeFull, "referral", "the account redeemed %d within a year", len(kept))
	}
	return nil
}
