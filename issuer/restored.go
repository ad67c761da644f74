package issuer

import (
	"context"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// restoredKey leads to the instant at which the store was last filled from a backup.
var restoredKey = store.Key("i", "restored")

// Restored makes of a store that was filled from a backup one that an issuer may go on with. What it did between the backup and
// the loss is unknown: which entries it gave out, which bits it set, which lists it began, who withdrew a consent.
//
// So every entry of every list is revoked, the next lists have numbers that none had before, and badges are issued anew once the
// issuer runs. Consents end, requests and codes under way are void, and no client assertion of before is taken. It may
// be called again when it was interrupted.
func Restored(ctx context.Context, s store.Store, at time.Time) error {
	if err := s.Update(ctx, func(tx store.Tx) error { return beginRestored(tx, at) }); err != nil {
		return err
	}
	for _, each := range []struct {
		kind string
		fn   func(tx store.Tx, key, value []byte) error
	}{
		{"list", endList},
		{"open-list", drop},
		{"order", drop},
		{"badge", reissueAt(at)},
		{"watch", drop}, // who made the statements looks whether they are watched
		{"watch-of", drop},
		{"consent", endRestored(bonafide.SecondsOf(at))},
		{"consent-refresh", drop},
		{"consent-request", drop},
		{"consent-code", drop},
	} {
		if err := store.UpdateEach(ctx, s, store.Prefix(store.Key("i", each.kind)), batchSize, each.fn); err != nil {
			return err
		}
	}
	return nil
}

// beginRestored notes the instant and has the next list numbered by it, in seconds. No list had that number, nor a later one: those of a
// site count from 1, those begun after an earlier restore from its second, and no list is full within a second.
func beginRestored(tx store.Tx, at time.Time) error {
	last, _, err := store.GetJSON[int](tx, lastListKey())
	if err != nil {
		return err
	}
	if err := store.PutJSON(tx, lastListKey(), max(last, int(at.Unix()))); err != nil {
		return err
	}
	return store.PutJSON(tx, restoredKey, bonafide.SecondsOf(at))
}

func drop(tx store.Tx, key, _ []byte) error { return tx.Delete(key) }

// endList revokes all entries of a list.
func endList(tx store.Tx, key, value []byte) error {
	list, err := store.DecodeJSON[listRecord](key, value)
	if err != nil || list.Over {
		return err
	}
	list.Over = true
	list.Generation++
	return store.PutJSON(tx, key, list)
}

// reissueAt has a badge issued anew: what was issued of it is revoked.
func reissueAt(at time.Time) func(tx store.Tx, key, value []byte) error {
	return func(tx store.Tx, key, value []byte) error {
		b, err := store.DecodeJSON[badgeRecord](key, value)
		if err != nil {
			return err
		}
		if b.Issued != nil {
			b.Issued.Revoked = true
			if err := store.PutJSON(tx, key, b); err != nil {
				return err
			}
		}
		if b.Withdrawn || b.Member == "" {
			return nil
		}
		return schedule(tx, at, b.Mechanism, b.Member)
	}
}

// endRestored ends a consent.
func endRestored(at bonafide.Seconds) func(tx store.Tx, key, value []byte) error {
	return func(tx store.Tx, key, value []byte) error {
		c, err := store.DecodeJSON[consent](key, value)
		if err != nil {
			return err
		}
		c.Statements = nil
		if c.Withdrawn == 0 {
			c.Withdrawn = at
		}
		return store.PutJSON(tx, key, c)
	}
}

// RestoredAt returns when the store was last filled from a backup, 0 if it never was.
func RestoredAt(r store.Reader) (bonafide.Seconds, error) {
	at, _, err := store.GetJSON[bonafide.Seconds](r, restoredKey)
	return at, err
}
