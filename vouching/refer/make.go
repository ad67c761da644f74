package refer

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// maxOpen is how many links of one member under one mechanism may wait to be redeemed or confirmed at once.
const maxOpen = 16

// Make makes a link by which somebody whom the member means can be referred to the site, with a stake in
// the mechanism's points. Nothing is locked yet, but what couldn't be is refused already, with the codes of
// the ledger. Others are no-earned-level, member-suspended, not-admitted, referral-refused,
// stake-too-small, rate-limited for too many open links, and those of looking the site up.
func (d *Desk) Make(ctx context.Context, account bonafide.Account, slug string, site bonafide.Origin, stake int64) (*Referral, error) {
	terms, r, err := d.draft(ctx, account.ID, slug, site, stake)
	if err != nil {
		return nil, err
	}
	err = d.change(ctx, func(tx store.Tx) error {
		if err := d.Issuer.Know(tx, account); err != nil {
			return err
		}
		if err := d.refuse(tx, r); err != nil {
			return err
		}
		if r.Link, err = d.link(ctx, tx, r, terms.Redeem); err != nil {
			return err
		}
		return d.put(tx, r)
	})
	return r, err
}

// draft returns a referral that isn't kept yet, on terms that the other site takes.
func (d *Desk) draft(ctx context.Context, member, slug string, site bonafide.Origin, stake int64) (*Terms, *Referral, error) {
	terms, err := d.termsOf(ctx, member, slug, site)
	if err != nil {
		return nil, nil, err
	}
	if stake < terms.Least {
		return nil, nil, bonafide.Errorf(bonafide.StakeTooSmall, string(site), "%d is below the least stake, %d", stake, terms.Least)
	}
	made := d.instant()
	return terms, &Referral{
		ID: rand.Text(), Mechanism: slug, Voucher: member, Site: site, Stake: stake,
		Made: made, Expires: made + bonafide.Seconds(bonafide.MaxRedemption/time.Second), State: waiting,
	}, nil
}

// refuse tells what stands against the referral as things are now.
func (d *Desk) refuse(r store.Reader, of *Referral) error {
	all, err := madeBy(r, of.Voucher)
	if err != nil {
		return err
	}
	open := 0
	for _, other := range all {
		if other.open() && other.Mechanism == of.Mechanism {
			open++
		}
	}
	if open >= maxOpen {
		return bonafide.Errorf(bonafide.RateLimited, of.Mechanism, "%d links wait to be redeemed or confirmed; withdraw one first", open)
	}
	kept, err := d.Issuer.Ledger(of.Mechanism)
	if err != nil {
		return err
	}
	now, err := kept.Now(r, of.Made) // somebody may have been quicker since
	if err != nil {
		return err
	}
	return kept.Refuse(r, now, of.event(now))
}

// event returns the event of the ledger that the referral becomes once it is confirmed.
func (r *Referral) event(at bonafide.Seconds) vouching.Event {
	return vouching.Event{Kind: vouching.KindRefer, ID: r.ID, At: at, Voucher: r.Voucher, Site: r.Site, Stake: r.Stake}
}

// link signs the referral and returns the address to give to whomever the member means. It also sets the
// level and the entry that the referral states.
func (d *Desk) link(ctx context.Context, tx store.Tx, r *Referral, redeem string) (string, error) {
	status, entry, err := d.Issuer.Watch(tx, r.Mechanism, r.Voucher)
	if err != nil {
		return "", err
	}
	r.Level, r.Entry = status.EarnedLevel, entry
	pseudonym, err := d.Issuer.Pseudonym(tx, r.Site, r.Voucher)
	if err != nil {
		return "", err
	}
	token, err := d.sealer.Seal(ctx, bonafide.TypeReferral, &bonafide.Referral{
		Issuer: d.Origin, Audience: r.Site, Subject: pseudonym, ID: r.ID, IssuedAt: r.Made, Expires: r.Expires,
		Stake: r.Stake, Status: status, CredentialStatus: entry,
	})
	if err != nil {
		return "", err
	}
	address, err := url.Parse(redeem)
	if err != nil {
		return "", bonafide.Errorf(bonafide.BadMetadata, redeem, "is not an address").Because(err)
	}
	query := address.Query()
	query.Set("token", token)
	address.RawQuery = query.Encode()
	return address.String(), nil
}
