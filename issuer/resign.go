package issuer

import (
	"context"
	"slices"
	"time"

	"bonafide.example/store"
)

// onceMoreAfter is how long after a key was found to be compromised badges are looked at once more: until then another
// server on the store, which looks at its keys every quarter of a minute, may have signed with it.
const onceMoreAfter = time.Minute

// signers is which keys what stands in the store was signed by.
type signers struct {
	Kids  []string  `json:"kids"`
	Again time.Time `json:"again,omitzero"` // when badges are looked at once more
}

func signersKey() []byte { return store.Key("i", "signers") }

// orderAgain orders an issue of every live badge whose key is compromised, once a key is, and of those that a clock dated which was
// ahead, once it is set back. Interrupted, it begins again, and finds the badges that are left; as long as neither
// happened, it looks at none.
func (i *Issuer) orderAgain(ctx context.Context) error {
	own, err := i.sealer.Keys()
	if err != nil {
		return err
	}
	var before signers
	var dated time.Time
	err = i.Store.View(ctx, func(r store.Reader) error {
		if before, _, err = store.GetJSON[signers](r, signersKey()); err == nil {
			dated, _, err = store.GetJSON[time.Time](r, datedKey())
		}
		return err
	})
	if err != nil {
		return err
	}
	after := signers{own.KeyIDs(), before.Again}
	ahead := isAhead(dated, i.now())
	lost := ahead || slices.ContainsFunc(before.Kids, func(kid string) bool { return !own.Has(kid) })
	again := !before.Again.IsZero() && !i.now().Before(before.Again)
	switch {
	case lost:
		after.Again = i.now().Add(onceMoreAfter)
	case again:
		after.Again = time.Time{}
	case slices.Equal(before.Kids, after.Kids):
		return nil
	}
	if lost || again {
		if err := i.orderVoid(ctx); err != nil {
			return err
		}
	}
	return i.Store.Update(ctx, func(tx store.Tx) error {
		if ahead {
			if err := store.PutJSON(tx, datedKey(), i.now()); err != nil {
				return err
			}
		}
		return store.PutJSON(tx, signersKey(), after)
	})
}

// orderVoid orders an issue of every live badge that nobody takes.
func (i *Issuer) orderVoid(ctx context.Context) error {
	badges := store.Prefix(store.Key("i", "badge"))
	return store.UpdateEach(ctx, i.Store, badges, batchSize, func(tx store.Tx, key, value []byte) error {
		b, err := store.DecodeJSON[badgeRecord](key, value)
		if err != nil || b.Issued == nil || !i.isVoid(b.Issued) {
			return err
		}
		code := lastPart(key)
		_, waits, err := store.GetJSON[issue](tx, orderKey(code))
		if err != nil || waits { // an order that says something newer is signed with the new key too
			return err
		}
		_, err = i.order(tx, code, &b, b.Issued.Status)
		return err
	})
}

// isVoid tells whether what was issued would hold if its key weren't compromised, or its date given by a clock that was ahead.
func (i *Issuer) isVoid(issued *issue) bool {
	now := i.now()
	return !issued.Revoked && now.Before(issued.ValidUntil) && (isAhead(issued.ValidFrom, now) || !i.sealer.Holds(string(issued.Token)))
}
