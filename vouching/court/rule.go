package court

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// Rule takes a ruling: a bonafide-ruling+jwt of an arbiter whom the mechanism of the case names. Another
// organisation's keys are fetched, but nothing is of whom no mechanism here names: not-arbiter. A ruling is known
// by its issuer and id: with those of one taken before, whatever it says, it changes nothing, and what is returned is
// the case that the one before was on. Other codes are those of [seal.Parse], [bonafide.Ruling.Check] and
// [fetch.Open]; not-found; case-over; bad-value for a class that isn't lower, or for upholding what nobody
// contests; unknown-class; fault-twice if that is what it is lowered to.
func (c *Court) Rule(ctx context.Context, token string) (Case, error) {
	r, err := c.openRuling(ctx, token)
	if err != nil {
		return Case{}, err
	}
	if err := r.Check(c.Origin, c.Now()); err != nil {
		return Case{}, err
	}
	var ruled Case
	err = c.Store.Update(ctx, func(tx store.Tx) error {
		first, taken, err := store.GetJSON[string](tx, rulingKey(r.Issuer, r.ID))
		switch {
		case err != nil:
			return err
		case taken:
			ruled, err = load(tx, first)
			ruled = c.pass(ruled, c.now())
			return err
		}
		if ruled, err = c.ruleIn(tx, token, r); err != nil {
			return err
		}
		return store.PutJSON(tx, rulingKey(r.Issuer, r.ID), r.Case)
	})
	if err != nil {
		return Case{}, err
	}
	c.Issuer.WakeUp()
	return ruled, nil
}

// ruleIn rules on the case by a ruling that wasn't taken before.
func (c *Court) ruleIn(tx store.Tx, token string, r bonafide.Ruling) (Case, error) {
	return c.changeIn(tx, r.Case, func(tx store.Tx, k Case, now bonafide.Seconds) (Case, error) {
		m, err := c.Issuer.Mechanism(k.Mechanism)
		if err != nil {
			return Case{}, err
		}
		if !slices.Contains(m.ArbitersOf(), r.Issuer) {
			return Case{}, notArbiter(r.Issuer)
		}
		l, err := c.Issuer.Ledger(k.Mechanism)
		if err != nil {
			return Case{}, err
		}
		if r.Decision == bonafide.Lower {
			lower := k.Report
			lower.Class = r.Class
			if err := checkTwice(tx, lower); err != nil {
				return Case{}, err
			}
		}
		return k.rule(Ruled{Token: token, At: now, Ruling: r}, l.Parameters().Classes)
	})
}

// openRuling opens a token that an arbiter of one of the mechanisms must have signed.
func (c *Court) openRuling(ctx context.Context, token string) (r bonafide.Ruling, err error) {
	parsed, err := seal.Parse(token, bonafide.TypeRuling)
	if err != nil {
		return r, err
	}
	arbiter, err := parsed.Issuer()
	if err != nil {
		return r, err
	}
	if !c.namesArbiter(arbiter) {
		return r, notArbiter(arbiter)
	}
	if arbiter == c.Origin {
		var keys seal.KeySet
		if keys, err = c.sealer.Keys(); err != nil {
			return r, err
		}
		r, err = seal.OpenAs[bonafide.Ruling](parsed, keys)
	} else {
		r, err = fetch.Open[bonafide.Ruling](ctx, c.fetch, parsed, arbiter)
	}
	if err == nil && r.Issuer != arbiter {
		err = bonafide.Errorf(bonafide.WrongIssuer, "ruling", "is of %q, but %q signed it", string(r.Issuer), string(arbiter))
	}
	return r, err
}

// namesArbiter tells whether any mechanism of the site names the arbiter.
func (c *Court) namesArbiter(arbiter bonafide.Origin) bool {
	return slices.ContainsFunc(c.Issuer.Slugs(), func(slug string) bool {
		m, err := c.Issuer.Mechanism(slug)
		return err == nil && slices.Contains(m.ArbitersOf(), arbiter)
	})
}

func notArbiter(origin bonafide.Origin) error {
	return bonafide.Errorf(bonafide.NotArbiter, string(origin), "is not among the arbiters")
}

// decideWithin is how long the site's own rulings may be delivered, which is at once.
const decideWithin = time.Hour

// Decide rules as the site's own arbiter: it signs a ruling, and takes it as [Court.Rule] takes any. class is
// for [bonafide.Lower] alone; reason is for the member to read.
func (c *Court) Decide(ctx context.Context, id string, d bonafide.Decision, class, reason string) (Case, error) {
	r := bonafide.Ruling{
		Issuer: c.Origin, Audience: c.Origin, ID: rand.Text(), IssuedAt: c.now(), Expires: bonafide.SecondsOf(c.Now().Add(decideWithin)),
		Case: id, Decision: d, Class: class, Reason: reason,
	}
	if err := r.Check(c.Origin, c.Now()); err != nil { // nothing is signed that couldn't be taken
		return Case{}, err
	}
	token, err := c.sealer.Seal(ctx, bonafide.TypeRuling, r)
	if err != nil {
		return Case{}, err
	}
	return c.Rule(ctx, token)
}

// Quash reverses a case as an arbiter would, but without a ruling: the other site says that there was no
// fault. Why is for the record. Of a case that doesn't count anyway it changes nothing. Call
// [issuer.Issuer.WakeUp] once the transaction is done. Codes: bad-value, not-found.
func (c *Court) Quash(tx store.Tx, id, why string) error {
	if err := bonafide.CheckWords("why", why); err != nil {
		return err
	}
	_, err := c.changeIn(tx, id, func(_ store.Tx, k Case, now bonafide.Seconds) (Case, error) { return k.quash(why, now) })
	return err
}
