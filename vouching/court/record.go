package court

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

func caseKey(id string) []byte { return store.Key("court", "case", id) }

func ofKey(member, id string) []byte { return store.Key("court", "of", member, id) }

// dueKey sorts by the instant.
func dueKey(at bonafide.Seconds, id string) []byte {
	return store.Key("court", "due", fmt.Sprintf("%013d", at), id)
}

// rulingKey leads from a ruling that was taken, which is known by its issuer and id, to its case.
func rulingKey(iss bonafide.Origin, jti string) []byte {
	return store.Key("court", "ruling", string(iss), jti)
}

func noCase(id string) error { return bonafide.Errorf(bonafide.NotFound, id, "is no case") }

// load returns a case as it was kept; not-found if there is none.
func load(r store.Reader, id string) (Case, error) {
	k, found, err := store.GetJSON[Case](r, caseKey(id))
	if err == nil && !found {
		err = noCase(id)
	}
	return k, err
}

// casesOf returns the member's cases as they were kept.
func casesOf(r store.Reader, member string) (cases []Case, err error) {
	err = r.Scan(store.Prefix(store.Key("court", "of", member)), func(key, _ []byte) (bool, error) {
		parts := store.Parts(key)
		k, err := load(r, parts[len(parts)-1])
		cases = append(cases, k)
		return true, err
	})
	return cases, err
}

// dueBy returns the ids of the cases whose deadline is over.
func dueBy(r store.Reader, now bonafide.Seconds) (due []string, err error) {
	over := store.Range{From: store.Key("court", "due"), To: dueKey(now+1, "")}
	err = r.Scan(over, func(key, _ []byte) (bool, error) {
		parts := store.Parts(key)
		due = append(due, parts[len(parts)-1])
		return true, nil
	})
	return due, err
}

// keep keeps a case that was as in before, with what follows from its new state.
func (c *Court) keep(tx store.Tx, before, k Case) error {
	if before.Deadline != 0 {
		if err := tx.Delete(dueKey(before.Deadline, k.ID)); err != nil {
			return err
		}
	}
	if k.Deadline != 0 {
		if err := tx.Put(dueKey(k.Deadline, k.ID), nil); err != nil {
			return err
		}
	}
	if err := store.PutJSON(tx, caseKey(k.ID), k); err != nil {
		return err
	}
	if k.State == before.State {
		return nil
	}
	return c.enter(tx, k)
}

// pass returns the case as time leaves it. What time would make final is void if the mechanism doesn't have its class
// any more: nothing says then what it costs.
func (c *Court) pass(k Case, now bonafide.Seconds) Case {
	passed := k.pass(now)
	if !k.State.Pending() || passed.State != StateFinal {
		return passed
	}
	if l, err := c.Issuer.Ledger(k.Mechanism); err == nil {
		if _, known := l.Parameters().Classes[k.Class]; known {
			return passed
		}
	}
	return k.end(StateVoid, k.Deadline)
}

// step is what is done about a case at an instant, as time has left it.
type step func(tx store.Tx, k Case, now bonafide.Seconds) (Case, error)

// changeIn takes one step in a case. If it is refused, neither is kept what time brought about: that is
// for [Court.RunDue].
func (c *Court) changeIn(tx store.Tx, id string, do step) (Case, error) {
	before, err := load(tx, id)
	if err != nil {
		return Case{}, err
	}
	now := max(c.now(), before.latest())
	passed := c.pass(before, now)
	if err := c.keep(tx, before, passed); err != nil {
		return Case{}, err
	}
	after, err := do(tx, passed, now)
	if err != nil {
		return Case{}, err
	}
	return after, c.keep(tx, passed, after)
}

// change takes one step in a case, in a transaction of its own.
func (c *Court) change(ctx context.Context, id string, do step) (changed Case, err error) {
	err = c.Store.Update(ctx, func(tx store.Tx) (err error) {
		changed, err = c.changeIn(tx, id, do)
		return err
	})
	if err != nil {
		return Case{}, err
	}
	c.Issuer.WakeUp()
	return changed, nil
}

// Case returns a case as it stands; not-found if there is none.
func (c *Court) Case(ctx context.Context, id string) (k Case, err error) {
	err = c.Store.View(ctx, func(r store.Reader) (err error) {
		k, err = load(r, id)
		return err
	})
	return c.pass(k, c.now()), err
}

// Cases returns all cases, or those of one state, as they stand: first those with the nearest deadline.
func (c *Court) Cases(ctx context.Context, state State) (cases []Case, err error) {
	now := c.now()
	err = c.Store.View(ctx, func(r store.Reader) error {
		cases = []Case{}
		return store.ScanJSON(r, store.Prefix(store.Key("court", "case")), func(_ []byte, k Case) (bool, error) {
			if k = c.pass(k, now); state == "" || k.State == state {
				cases = append(cases, k)
			}
			return true, nil
		})
	})
	slices.SortStableFunc(cases, func(a, b Case) int {
		never := func(k Case) int { // closed cases come last
			if k.Deadline == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(never(a), never(b)), cmp.Compare(a.Deadline, b.Deadline))
	})
	return cases, err
}

// casesFor returns the member's own cases as they stand, the newest first.
func (c *Court) casesFor(ctx context.Context, member string) (cases []Case, err error) {
	err = c.Store.View(ctx, func(r store.Reader) (err error) {
		cases, err = casesOf(r, member)
		return err
	})
	for n := range cases {
		cases[n] = c.pass(cases[n], c.now())
	}
	slices.SortStableFunc(cases, func(a, b Case) int { return cmp.Compare(b.Reported, a.Reported) })
	return cases, err
}

// Waiting returns how many cases of the member wait for them to contest or accept what was reported.
func (c *Court) Waiting(ctx context.Context, member string) (count int, err error) {
	cases, err := c.casesFor(ctx, member)
	for _, k := range cases {
		if k.State == StateReported {
			count++
		}
	}
	return count, err
}

// Erase makes the cases of a member nobody's: they run on under the pseudonym, with their classes and dates.
// What anybody wrote about them is deleted, the member's words and the arbiters' reasons among it.
func (c *Court) Erase(tx store.Tx, member, pseudonym string) error {
	cases, err := casesOf(tx, member)
	if err != nil {
		return err
	}
	for _, k := range cases {
		k.Member, k.Words, k.Appeal, k.Quashed = pseudonym, "", "", ""
		for n := range k.Rulings {
			k.Rulings[n].Token, k.Rulings[n].Ruling.Reason = "", ""
		}
		if err := tx.Delete(ofKey(member, k.ID)); err != nil {
			return err
		}
		if err := tx.Put(ofKey(pseudonym, k.ID), nil); err != nil {
			return err
		}
		if err := store.PutJSON(tx, caseKey(k.ID), k); err != nil {
			return err
		}
	}
	return nil
}

// Export returns all cases of a member, with everything written in them and every ruling as it was signed.
func (c *Court) Export(r store.Reader, member string) (any, error) {
	cases, err := casesOf(r, member)
	if err != nil {
		return nil, err
	}
	for n := range cases {
		cases[n] = c.pass(cases[n], c.now())
	}
	return append([]Case{}, cases...), nil
}
