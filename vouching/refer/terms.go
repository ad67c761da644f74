package refer

import (
	"context"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/issuer"
	"bonafide.example/store"
)

// Terms are what another site makes of a member's referrals.
type Terms struct {
	Site      bonafide.Origin
	Mechanism *bonafide.Mechanism // whose points are put up
	Level     bonafide.Level      // what the member earned under it
	Redeem    string              // where referrals are redeemed there
	Counts    []Count             // at least one
	Least     int64               // the least stake that counts there and may be put up here
}

// Count is what a referral counts for under one mechanism of the other site.
type Count struct {
	To       string // the mechanism's address
	MinStake int64
	Supports int // the highest level there that it supports, from 1
}

// termsOf looks up what a site makes of referrals by a member under a mechanism. The site is asked only if
// the member has earned something and the site is admitted.
func (d *Desk) termsOf(ctx context.Context, member, slug string, site bonafide.Origin) (*Terms, error) {
	t := &Terms{Site: site}
	var err error
	if t.Mechanism, err = d.Issuer.Mechanism(slug); err != nil {
		return nil, err
	}
	if t.Mechanism.Vouching == nil {
		return nil, bonafide.Errorf(bonafide.NoVouching, t.Mechanism.ID, "has no terms for vouching")
	}
	number, err := d.earned(ctx, slug, member)
	if err != nil {
		return nil, err
	}
	t.Level, _ = t.Mechanism.Level(number)
	if err := d.admit(site); err != nil {
		return nil, err
	}
	if err := d.lookUp(ctx, t); err != nil {
		return nil, err
	}
	t.Least = t.Counts[0].MinStake
	for _, c := range t.Counts {
		t.Least = min(t.Least, c.MinStake)
	}
	t.Least = max(t.Least, t.Mechanism.Vouching.MinStake[0])
	return t, nil
}

// earned returns the number of the level that the member earned, 1 or more: only that can be lent.
func (d *Desk) earned(ctx context.Context, slug, member string) (number int, err error) {
	kept, err := d.Issuer.Ledger(slug)
	if err != nil {
		return 0, err
	}
	err = d.Store.View(ctx, func(r store.Reader) error {
		state, err := kept.Around(r, d.instant(), member)
		if err != nil {
			return err
		}
		standing := state.Member(member)
		number = standing.OwnLevel
		switch {
		case standing.Suspended:
			return bonafide.Errorf(bonafide.MemberSuspended, slug, "the account is suspended")
		case number == 0:
			return bonafide.Errorf(bonafide.NoEarnedLevel, slug, "the member has earned none")
		}
		return nil
	})
	return number, err
}

// admit tells whether members may refer people to the site, and whether it may be looked up just now.
func (d *Desk) admit(site bonafide.Origin) error {
	listed := slices.Contains(d.Admission.Listed, site)
	switch {
	case site == d.Origin:
		return bonafide.Errorf(bonafide.ReferralRefused, string(site), "is this site: people are vouched for here")
	case !listed && d.Admission.Policy == issuer.AdmitListed:
		return bonafide.Errorf(bonafide.NotAdmitted, string(site), "is not on the list of %s", d.Origin)
	case !listed && !d.strangers.AllowN(d.now(), 1):
		return bonafide.Errorf(bonafide.RateLimited, string(site), "is not listed, and too many such are looked up just now")
	}
	return nil
}

// lookUp asks the site for its tables. If some can't be had, the others count: the site itself decides in
// the end what a referral is worth.
func (d *Desk) lookUp(ctx context.Context, t *Terms) error {
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	entity, err := d.fetch.Entity(ctx, t.Site)
	if err != nil {
		return err
	}
	v := entity.Metadata.Verifier
	if v == nil || v.RedeemReferral == "" {
		return bonafide.Errorf(bonafide.ReferralRefused, string(t.Site), "publishes no address to redeem referrals at")
	}
	t.Redeem = v.RedeemReferral
	var failed error
	for _, address := range v.Conversions {
		table, err := d.fetch.Table(ctx, address)
		if err != nil {
			failed = err
			continue
		}
		if c, ok := counts(table, t.Mechanism, t.Level.ID, bonafide.DateOf(d.now())); ok {
			t.Counts = append(t.Counts, c)
		}
	}
	switch {
	case len(t.Counts) > 0:
		return nil
	case failed != nil:
		return failed
	default:
		return bonafide.Errorf(bonafide.ReferralRefused, string(t.Site), "has no table by which somebody with the level %q may refer people", t.Level.ID)
	}
}

// counts returns what a table makes of a referral by somebody with that earned level: it supports levels up
// to the one below what the earned level converts to. It is false if the table takes none, or none of these.
func counts(t *bonafide.Table, m *bonafide.Mechanism, level string, today bonafide.Date) (c Count, ok bool) {
	inForce := t.ValidFrom <= today && today <= t.ValidUntil
	if t.Referral == nil || t.From.Mechanism != m.ID || !slices.Contains(t.From.Versions, m.Version) || !inForce {
		return c, false
	}
	for _, rate := range t.Rates {
		if number := m.LevelNumber(rate.Level); number > 0 && number <= m.LevelNumber(level) {
			c = Count{To: t.To.Mechanism, MinStake: t.Referral.MinStake, Supports: min(rate.Gives, t.Cap) - 1}
			return c, c.Supports > 0
		}
	}
	return c, false
}
