package issuer

import (
	"context"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// ReferredFunc tells, within a transaction of the issuer's store, who of other sites stands behind an
// account under one of this site's mechanisms: for each the highest level that they support.
type ReferredFunc func(r store.Reader, mechanism, account string) (levels []int, err error)

// ErasingFunc is told, in the transaction that erases a member, what they are called from now on where
// something runs on without them, such as a vouch: pseudonym is new and means nobody.
type ErasingFunc func(tx store.Tx, member, pseudonym string) error

// ExportingFunc returns what others hold on a member, for the member's export; it becomes JSON.
type ExportingFunc func(r store.Reader, member string) (any, error)

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

func (i *Issuer) facts(m *bonafide.Mechanism) ledger.Facts {
	return func(r store.Reader, id string) (earned int64, suspended bool, err error) {
		known, _, err := store.GetJSON[member](r, memberKey(id))
		if err != nil {
			return 0, false, err
		}
		t, err := i.tallyIn(r, m, id)
		return t.Points, known.Suspended, err
	}
}

// settleTally brings a member's tally, kept or not yet, up to now and returns what holds.
func (i *Issuer) settleTally(r store.Reader, m *bonafide.Mechanism, id string, t *tally) (outcome, error) {
	now := i.now()
	t.forget(m, now)
	o := evaluate(m, t, now)
	if err := i.lend(r, m, id, t, &o); err != nil {
		return outcome{}, err
	}
	t.hold(o, now)
	return o, nil
}

// lend adds to the outcome what the ledger knows: own faults and those of friends lower the level, and
// supporters hold one up.
func (i *Issuer) lend(r store.Reader, m *bonafide.Mechanism, id string, t *tally, o *outcome) error {
	kept := i.ledgers[m.Slug()]
	if kept == nil {
		return nil
	}
	facts := i.facts(m)
	kept = ledger.New(m.Slug(), kept.Parameters(), func(r store.Reader, other string) (int64, bool, error) {
		if other == id {
			return t.Points, false, nil // suspended, the status says so, and the level is kept for later
		}
		return facts(r, other)
	})
	now := bonafide.SecondsOf(i.now())
	state, err := kept.Around(r, now, id)
	if err != nil {
		return err
	}
	var referrals []int
	if i.Referred != nil {
		if referrals, err = i.Referred(r, m.ID, id); err != nil {
			return err
		}
	}
	standing := state.Member(id, referrals...)
	level, _ := m.Level(standing.OwnLevel)
	o.level, o.vouched = level.ID, standing.VouchedLevel
	if standing.Next != 0 {
		o.next = standing.Next.Time()
	}
	o.aged = len(standing.Losses) > 0 || slices.ContainsFunc(standing.Given, func(v vouching.Vouch) bool { return len(v.Charges) > 0 })
	return nil
}

func touchedKey(slug, member string) []byte { return store.Key("i", "touched", slug, member) }

// Follow has what follows from a change of the ledger of a mechanism done soon, by [Issuer.Run] or
// [Issuer.RunDue], whatever happens to this process: the statuses of those whose own account it touched and
// of whom they stand behind. Call [Issuer.WakeUp] once the transaction is done.
func (i *Issuer) Follow(tx store.Tx, slug string, touched ...string) error {
	for _, member := range touched {
		if err := tx.Put(touchedKey(slug, member), nil); err != nil {
			return err
		}
	}
	return nil
}

// followTouched does what [Issuer.Follow] noted.
func (i *Issuer) followTouched(ctx context.Context) error {
	for more := true; more; {
		err := i.Store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = i.followSome(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followSome does so for a batch; more tells whether there may be others.
func (i *Issuer) followSome(tx store.Tx) (more bool, err error) {
	var touched []account
	err = tx.Scan(store.Prefix(store.Key("i", "touched")), func(key, _ []byte) (bool, error) {
		touched = append(touched, dueOf(key))
		return len(touched) < batchSize, nil
	})
	if err != nil {
		return false, err
	}
	now := i.now()
	for _, of := range touched {
		if err := tx.Delete(touchedKey(of.slug, of.member)); err != nil {
			return false, err
		}
		if err := i.lookAt(tx, of); err != nil {
			return false, err
		}
		if err := i.scheduleBehind(tx, of, now); err != nil {
			return false, err
		}
	}
	return len(touched) == batchSize, nil
}

// scheduleBehind has those looked at whom the member stands behind.
func (i *Issuer) scheduleBehind(tx store.Tx, of account, now time.Time) error {
	kept := i.ledgers[of.slug]
	if kept == nil {
		return nil
	}
	state, err := kept.Around(tx, bonafide.SecondsOf(now), of.member)
	if err != nil {
		return err
	}
	for _, vouchee := range state.Behind(of.member) {
		if err := schedule(tx, now, of.slug, vouchee); err != nil {
			return err
		}
	}
	return nil
}

// Know makes sure that somebody who signed in here is known as a member.
func (i *Issuer) Know(tx store.Tx, account bonafide.Account) error {
	return learn(tx, account.ID, account.Since)
}

// Knows tells whether somebody is known here as a member.
func (i *Issuer) Knows(r store.Reader, id string) (bool, error) {
	_, found, err := store.GetJSON[member](r, memberKey(id))
	return found, err
}

// Pseudonym returns what the member is called towards one verifier: always the same, and unlike what any
// other verifier is told.
func (i *Issuer) Pseudonym(tx store.Tx, verifier bonafide.Origin, member string) (string, error) {
	if err := makeSecret(tx); err != nil {
		return "", err
	}
	return pseudonym(tx, verifier, member)
}
