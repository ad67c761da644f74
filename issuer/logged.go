package issuer

import (
	"context"
	"strconv"

	"bonafide.example/store"
)

// LoggedFunc enters in the site's public log that something is published at the path, by its hash, within the
// transaction that publishes it.
type LoggedFunc func(tx store.Tx, path, hash string) error

// EachList calls fn with the address of each status list, and with the list as it is signed now.
func (i *Issuer) EachList(ctx context.Context, fn func(address, token string)) error {
	var numbers []int // with gaps since the store was restored
	err := i.Store.View(ctx, func(r store.Reader) error {
		numbers = nil
		return r.Scan(store.Prefix(store.Key("i", "list")), func(key, _ []byte) (bool, error) {
			number, err := strconv.Atoi(lastPart(key))
			numbers = append(numbers, number)
			return true, err
		})
	})
	if err != nil {
		return err
	}
	for _, number := range numbers {
		list, err := i.signedList(ctx, number)
		if err != nil {
			return err
		}
		fn(i.listAddress(number), list.token)
	}
	return nil
}
