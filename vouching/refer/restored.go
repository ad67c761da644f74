package refer

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
)

const batchSize = 256 // what is written in one transaction

// Restored has the referrals of a backup, from which the store was filled at that instant, looked at at once: what they rest on was
// revoked with all that the site had signed (issuer.Restored), so that each ends. It may be called again when it was interrupted.
func Restored(ctx context.Context, s store.Store, at bonafide.Seconds) error {
	return store.UpdateEach(ctx, s, store.Prefix(store.Key("refer", "made")), batchSize, func(tx store.Tx, key, value []byte) error {
		r, err := store.DecodeJSON[Referral](key, value)
		if err != nil || r.Over > 0 {
			return err
		}
		return tx.Put(dueKey(at, r.ID), nil)
	})
}
