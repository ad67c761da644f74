package verifier

import (
	"bytes"
	"context"
	"errors"

	"bonafide.example/store"
	"github.com/google/uuid"
)

// ChangedFunc is told of an account whose inputs or referrals have changed, after the change is kept: at least once,
// and again when it failed.
type ChangedFunc func(ctx context.Context, account string) error

// changedKey stands for an account of which [ChangedFunc] has yet to be told. Its value differs with
// each change, so that one which comes while it is told isn't forgotten.
func changedKey(account string) []byte { return store.Key("verifier", "changed", account) }

// markChanged belongs in the transaction of the change.
func markChanged(tx store.Tx, account string) error {
	mark := uuid.New()
	return tx.Put(changedKey(account), mark[:])
}

// markAll does so for the accounts of many inputs or referrals: keys are those of rows that lead to such, and
// end with the account and an id.
func markAll(tx store.Tx, keys store.Range) error {
	accounts := map[string]bool{}
	err := tx.Scan(keys, func(key, _ []byte) (bool, error) {
		parts := store.Parts(key)
		accounts[parts[len(parts)-2]] = true
		return true, nil
	})
	if err != nil {
		return err
	}
	for account := range accounts {
		if err := markChanged(tx, account); err != nil {
			return err
		}
	}
	return nil
}

// markPaused marks the accounts of what pauses since its list has come to its end, once.
func (v *Verifier) markPaused(ctx context.Context) error {
	paused := map[string]listRecord{}
	find := func(r store.Reader) error {
		clear(paused)
		return store.ScanJSON(r, store.Prefix(store.Key("verifier", "list")), func(key []byte, list listRecord) (bool, error) {
			if !list.Paused && !v.now().Before(list.ValidUntil) {
				list.Paused = true
				paused[store.Parts(key)[2]] = list
			}
			return true, nil
		})
	}
	if err := v.config.Store.View(ctx, find); err != nil || len(paused) == 0 {
		return err
	}
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		err := find(tx)
		for address, list := range paused {
			err = errors.Join(err, store.PutJSON(tx, listKey(address), list), markAll(tx, store.Prefix(watchersKey(address))))
		}
		return err
	})
}

// tellChanged tells of every account that changed. What fails stays for [Verifier.RunDue], and keeps
// nothing else waiting.
func (v *Verifier) tellChanged(ctx context.Context) error {
	marks := map[string][]byte{}
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(store.Key("verifier", "changed")), func(key, mark []byte) (bool, error) {
			marks[store.Parts(key)[2]] = mark
			return true, nil
		})
	})
	failures := []error{err}
	for account, mark := range marks {
		failures = append(failures, v.tellOne(ctx, account, mark))
	}
	return errors.Join(failures...)
}

// tellOne tells of one account, and forgets the mark unless another change has come meanwhile.
func (v *Verifier) tellOne(ctx context.Context, account string, mark []byte) error {
	if v.config.Changed != nil {
		if err := v.config.Changed(ctx, account); err != nil {
			return err
		}
	}
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		now, err := tx.Get(changedKey(account))
		if err != nil || !bytes.Equal(now[0], mark) {
			return err
		}
		return tx.Delete(changedKey(account))
	})
}

// tell is for who has changed an account: the change is kept whatever becomes of the telling.
func (v *Verifier) tell(ctx context.Context) {
	if err := v.tellChanged(ctx); err != nil {
		v.log.Warn("what follows from a change is done later", "error", err)
	}
}
