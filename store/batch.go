package store

import "context"

// UpdateEach calls fn with each record of the range, in their order, in Updates of at most n records. What one
// Update kept stays when a later one fails. fn may be called again with the records of an Update, and may write any record
// but those of the range that are yet to come.
func UpdateEach(ctx context.Context, s Store, r Range, n int, fn func(tx Tx, key, value []byte) error) error {
	type record struct{ key, value []byte }
	for {
		var batch []record
		err := s.Update(ctx, func(tx Tx) error {
			batch = nil
			err := tx.Scan(r, func(key, value []byte) (bool, error) {
				batch = append(batch, record{key, value})
				return len(batch) < n, nil
			})
			for _, b := range batch {
				if err == nil {
					err = fn(tx, b.key, b.value)
				}
			}
			return err
		})
		if err != nil || len(batch) < n {
			return err
		}
		r.From = append(batch[len(batch)-1].key, 0)
	}
}
