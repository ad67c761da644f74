package desk

import (
	"context"

	"bonafide.example/store"
)

// Restored ends the links that were open in a backup from which the store was filled: each works once, and may have been
// accepted since. Who made one sees why it ended until it would have expired. It may be called again when it was interrupted.
func Restored(ctx context.Context, s store.Store) error {
	return store.UpdateEach(ctx, s, store.Prefix(store.Key("desk", string(offers))), batchSize, func(tx store.Tx, key, value []byte) error {
		o, err := store.DecodeJSON[offer](key, value)
		if err != nil {
			return err
		}
		o.Restored = true
		return store.PutJSON(tx, key, o)
	})
}
