package issuer

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// Referral is somebody of another site who stands behind an account.
type Referral struct {
	Level   int    // the highest that they support
	Account string // what they are called here, if that is known; "" otherwise
}

// ReferredFunc tells, within a transaction of the issuer's store, who of other sites stands behind an
// account under one of this site's mechanisms.
type ReferredFunc func(r store.Reader, mechanism, account string) ([]Referral, error)

// openLedgers opens the ledger of each mechanism under which members can vouch, or be at fault.
func (i *Issuer) openLedgers() error {
	i.ledgers = map[string]*ledger.Ledger{}
	for slug, m := range i.mechanisms {
		if m.Rule.Points == nil || m.Vouching == nil && len(m.Faults) == 0 {
			continue
		}
		parameters, err := vouching.Of(m)
		if err != nil {
			return err
		}
		i.ledgers[slug] = ledger.New(slug, parameters, i.facts(m))
	}
	return nil
}

// KeepsLedgers tells whether there is a mechanism under which members can vouch, or be at fault.
func (i *Issuer) KeepsLedgers() bool { return len(i.ledgers) > 0 }

// Ledger returns the ledger of a mechanism; no-vouching if its members can neither vouch nor be at fault.
func (i *Issuer) Ledger(slug string) (*ledger.Ledger, error) {
	m, err := i.Mechanism(slug)
	if err != nil {
		return nil, err
	}
	if l := i.ledgers[slug]; l != nil {
		return l, nil
	}
	return nil, bonafide.Errorf(bonafide.NoVouching, m.ID, "has neither terms for vouching nor classes of fault")
}

// facts tells a ledger what the issuer knows of members, and of those erased on whom vouches rest.
func (i *Issuer) facts(m *bonafide.Mechanism) ledger.Facts {
	return func(r store.Reader, id string) (earned int64, suspended bool, err error) {
		known, found, err := store.GetJSON[member](r, memberKey(id))
		if err != nil {
			return 0, false, err
		}
		if !found {
			left, _, err := store.GetJSON[nobody](r, nobodyKey(m.Slug(), id))
			return left.Points, left.Suspended, err
		}
		t, err := i.tallyIn(r, m, id)
		return t.Points, known.Suspended, err
	}
}

// stateAround returns the state of the ledger around a member as it is with so many points earned. Should
// the member be suspended, it is as if they weren't: the status says so, and the level is kept for later.
func (i *Issuer) stateAround(r store.Reader, m *bonafide.Mechanism, id string, points int64) (*vouching.State, error) {
	facts := i.facts(m)
	l := ledger.New(m.Slug(), i.ledgers[m.Slug()].Parameters(), func(r store.Reader, other string) (int64, bool, error) {
		if other == id {
			return points, false, nil
		}
		return facts(r, other)
	})
	return l.Around(r, bonafide.SecondsOf(i.now()), id)
}

// settleTally brings a member's tally, kept or not yet, up to now and returns what holds.
func (i *Issuer) settleTally(r store.Reader, m *bonafide.Mechanism, id string, t *tally) (outcome, error) {
	now := i.now()
	t.forget(m, now)
	o := evaluate(m, t, now)
	if i.ledgers[m.Slug()] != nil {
		if err := i.weigh(r, m, id, t, &o); err != nil {
			return outcome{}, err
		}
	}
	t.hold(o, now)
	return o, nil
}

// weigh adds to the outcome what the ledger knows: own faults and those of friends lower the level, and
// supporters hold one up.
func (i *Issuer) weigh(r store.Reader, m *bonafide.Mechanism, id string, t *tally, o *outcome) error {
	state, err := i.stateAround(r, m, id, t.Points)
	if err != nil {
		return err
	}
	standing := state.Member(id)
	referrals, err := i.referrals(r, m, standing)
	if err != nil {
		return err
	}
	if len(referrals) > 0 {
		standing = state.Member(id, referrals...)
	}
	level, _ := m.Level(standing.OwnLevel)
	o.level, o.vouched, o.given = level.ID, standing.VouchedLevel, standing.Given
	o.supporters = supporters(standing, referrals)
	if standing.Next != 0 {
		o.next = standing.Next.Time()
	}
	o.aged = len(standing.Losses) > 0 || slices.ContainsFunc(standing.Given, func(v vouching.Vouch) bool { return len(v.Charges) > 0 })
	return nil
}

// referrals returns the levels that referrals from other sites support beside the member's vouches here.
func (i *Issuer) referrals(r store.Reader, m *bonafide.Mechanism, standing vouching.Member) ([]int, error) {
	if i.Referred == nil {
		return nil, nil
	}
	referred, err := i.Referred(r, m.ID, standing.ID)
	return beside(standing.Received, referred), err
}

// beside returns the levels that referrals support beside the live vouches for the same person. Who vouches for
// them here counts by that alone: one person is one supporter.
func beside(received []vouching.Vouch, referrals []Referral) (levels []int) {
	for _, one := range referrals {
		vouches := func(v vouching.Vouch) bool { return v.Voucher == one.Account }
		if one.Account == "" || !slices.ContainsFunc(received, vouches) {
			levels = append(levels, one.Level)
		}
	}
	return levels
}

// supporters returns how many hold up the vouched level: members here, and those of other sites.
func supporters(standing vouching.Member, referrals []int) (count int) {
	if standing.VouchedLevel == 0 {
		return 0
	}
	for _, v := range standing.Received {
		if v.Supports >= standing.VouchedLevel {
			count++
		}
	}
	for _, level := range referrals {
		if level >= standing.VouchedLevel {
			count++
		}
	}
	return count
}

// supportersOf returns how many hold up the member's vouched level now.
func (i *Issuer) supportersOf(r store.Reader, m *bonafide.Mechanism, member string) (int, error) {
	t, err := i.tallyIn(r, m, member)
	if err != nil {
		return 0, err
	}
	o, err := i.settleTally(r, m, member, &t)
	return o.supporters, err
}
