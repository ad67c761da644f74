package verifier

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
)

var restoredKey = store.Key("verifier", "restored") // → when the store was last filled from a backup

const batchSize = 256 // what is written in one transaction

// Restored makes of a store that was filled from a backup at that instant one that a verifier may go on with. Which referrals were
// redeemed between the backup and the loss is unknown, so that those made before are refused; imports under way begin anew. It may be
// called again when it was interrupted.
func Restored(ctx context.Context, s store.Store, at bonafide.Seconds) error {
	if err := s.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, restoredKey, at) }); err != nil {
		return err
	}
	return store.UpdateEach(ctx, s, store.Prefix(store.Key("verifier", "flow")), batchSize, func(tx store.Tx, key, _ []byte) error {
		return tx.Delete(key)
	})
}

// refuseRestored refuses a referral that may have been redeemed in what was lost.
func refuseRestored(r store.Reader, referral *bonafide.Referral) error {
	at, _, err := store.GetJSON[bonafide.Seconds](r, restoredKey)
	if err == nil && referral.IssuedAt <= at {
		err = bonafide.Errorf(bonafide.ReferralUsed, "referral", "is of before this site's records were restored, and may have been redeemed since")
	}
	return err
}
