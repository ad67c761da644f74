package issuer

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
)

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
	for _, of := range touched {
		if err := tx.Delete(touchedKey(of.slug, of.member)); err != nil {
			return false, err
		}
		if err := i.lookAt(tx, of); err != nil {
			return false, err
		}
		if err := i.scheduleBehind(tx, of); err != nil {
			return false, err
		}
	}
	return len(touched) == batchSize, nil
}

// scheduleBehind has those looked at whom the member stands behind.
func (i *Issuer) scheduleBehind(tx store.Tx, of account) error {
	behind, err := i.behind(tx, of)
	if err != nil {
		return err
	}
	for _, vouchee := range behind {
		if err := schedule(tx, i.now(), of.slug, vouchee); err != nil {
			return err
		}
	}
	return nil
}

// behind returns whom the member stands behind, suspended or not: a vouch of the second of the suspension would
// count as void otherwise.
func (i *Issuer) behind(r store.Reader, of account) ([]string, error) {
	if i.ledgers[of.slug] == nil {
		return nil, nil
	}
	const points = 0 // whatever was earned
	state, err := i.stateAround(r, i.mechanisms[of.slug], of.member, points)
	if err != nil {
		return nil, err
	}
	return state.Behind(of.member), nil
}

// followPoints has those looked at whom the member's vouches support otherwise than before: what the member
// earned has changed, but isn't kept yet, and the outcome is that of now. Whoever stands behind nobody costs
// nothing here, so that events can be recorded by the million.
func (i *Issuer) followPoints(tx store.Tx, m *bonafide.Mechanism, member string, t *tally, o outcome) error {
	if len(o.given) == 0 {
		return nil
	}
	before, err := i.tallyIn(tx, m, member)
	if err != nil || before.Points == t.Points {
		return err
	}
	state, err := i.stateAround(tx, m, member, before.Points)
	if err != nil {
		return err
	}
	for _, v := range o.given {
		if was, _ := state.Vouch(v.ID); was.Supports == v.Supports || v.Vouchee == "" {
			continue
		}
		if err := schedule(tx, i.now(), m.Slug(), v.Vouchee); err != nil {
			return err
		}
	}
	return nil
}

// Know makes sure that somebody who signed in here is known as a member.
func (i *Issuer) Know(tx store.Tx, account bonafide.Account) error {
	return learn(tx, account.ID, "", account.Since)
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
