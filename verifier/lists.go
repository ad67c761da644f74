package verifier

import (
	"context"
	"errors"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/store"
)

// listRecord is what was last read of a status list. Its bits aren't kept: those that concern an input
// were taken into it in the same transaction.
type listRecord struct {
	ValidFrom  time.Time `json:"valid_from"`
	ValidUntil time.Time `json:"valid_until"`
	FetchedAt  time.Time `json:"fetched_at"`
	ReadAgain  time.Time `json:"read_again"`      // when its ttl is over
	Paused     bool      `json:"paused,omitzero"` // those whose inputs and referrals pause for want of a newer one were told so
}

// dueLists returns the lists that inputs or referrals wait for and that are past their ttl, by issuer.
func (v *Verifier) dueLists(ctx context.Context) (map[bonafide.Origin][]string, error) {
	lists := map[bonafide.Origin][]string{}
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		last := ""
		return r.Scan(store.Prefix(store.Key("verifier", "watch")), func(key, _ []byte) (bool, error) {
			address := store.Parts(key)[2]
			if address == last {
				return true, nil
			}
			last = address
			record, _, err := store.GetJSON[listRecord](r, listKey(address))
			if err != nil || v.now().Before(record.ReadAgain) {
				return true, err
			}
			issuer, err := bonafide.OriginOf(address)
			lists[issuer] = append(lists[issuer], address)
			return true, err
		})
	})
	return lists, err
}

// readList reads a list and takes what it tells.
func (v *Verifier) readList(ctx context.Context, issuer bonafide.Origin, address string) error {
	list, err := v.list(ctx, issuer, address)
	if err != nil {
		return err
	}
	return v.config.Store.Update(ctx, func(tx store.Tx) error { return v.takeList(tx, address, list) })
}

// list returns a list, which is none from before the one that was taken last: this server may remember an older one than
// another on the same store has taken.
func (v *Verifier) list(ctx context.Context, issuer bonafide.Origin, address string) (*fetch.List, error) {
	var kept listRecord
	err := v.config.Store.View(ctx, func(r store.Reader) (err error) {
		kept, _, err = store.GetJSON[listRecord](r, listKey(address))
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.fetch.StatusListSince(ctx, issuer, address, kept.ValidFrom)
}

// takeList keeps what a list tells of every input and referral that waits for it. A list never goes back, not even
// across restarts.
func (v *Verifier) takeList(tx store.Tx, address string, list *fetch.List) error {
	kept, found, err := store.GetJSON[listRecord](tx, listKey(address))
	if err != nil {
		return err
	}
	if found && list.ValidFrom.Before(kept.ValidFrom) {
		return bonafide.Errorf(bonafide.BadStatusList, address, "goes back from %s to %s", instant(kept.ValidFrom), instant(list.ValidFrom))
	}
	if found && !list.FetchedAt.After(kept.FetchedAt) {
		return nil // taken already
	}
	record := listRecord{
		ValidFrom: list.ValidFrom, ValidUntil: list.ValidUntil, FetchedAt: list.FetchedAt, ReadAgain: list.FetchedAt.Add(list.TTL),
	}
	if err := store.PutJSON(tx, listKey(address), record); err != nil {
		return err
	}
	if !v.now().Before(kept.ValidUntil) { // what paused for want of the list counts again
		if err := markAll(tx, store.Prefix(watchersKey(address))); err != nil {
			return err
		}
	}
	ended, err := endedBy(tx, address, list.Bits)
	if err != nil {
		return err
	}
	for _, of := range ended {
		if err := errors.Join(v.endInput(tx, of), v.endByBit(tx, of)); err != nil {
			return err
		}
	}
	return nil
}

// endInput ends an input whose bit is set, if it is one.
func (v *Verifier) endInput(tx store.Tx, of feed) error {
	in, found, err := store.GetJSON[input](tx, inputKey(of.Account, of.ID))
	if err != nil || !found {
		return err
	}
	in.Ended, in.RefreshAt, in.Failures, in.Failure = true, v.now(), 0, ""
	return in.put(tx)
}

// endedBy returns the inputs and referrals whose bit is set. A bit that the list no longer has counts as
// set: what can't be known isn't valid.
func endedBy(tx store.Tx, address string, bits bonafide.Bits) (ended []feed, err error) {
	err = tx.Scan(store.Prefix(watchersKey(address)), func(key, value []byte) (bool, error) {
		parts := store.Parts(key)
		entry := bonafide.StatusEntry{Index: string(value)}
		position, err := entry.Position()
		if err != nil {
			return false, err
		}
		if set, err := bits.Get(position); set || err != nil {
			ended = append(ended, feed{parts[3], parts[4]})
		}
		return true, nil
	})
	return ended, err
}
