package verifier

import (
	"context"
	"errors"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// RunDue does at once what is due: it reads the status lists past their ttl, each once for all inputs and
// referrals that it tells of, ends those whose bit is set, tells issuers what became of their referrals,
// asks for new statements where one is due, and drops what has run out. Issuers are asked beside one another, so that one which is slow or gone holds
// up no other. A peer's failure is logged; only this site's own are returned.
func (v *Verifier) RunDue(ctx context.Context) error {
	tables, err := v.tables(ctx)
	if err != nil {
		return err
	}
	lists, err := v.dueLists(ctx)
	if err != nil {
		return err
	}
	issuers := tables.issuers()
	failures := make([]error, len(issuers))
	var all sync.WaitGroup
	for i, issuer := range issuers {
		all.Go(func() { failures[i] = v.follow(ctx, issuer, lists[issuer]) })
	}
	all.Wait()
	return errors.Join(append(failures, v.endConsents(ctx), v.turnReferrals(ctx), v.markPaused(ctx), v.prune(ctx), v.tellChanged(ctx))...)
}

// followTime is how long one issuer is asked in one go: after it, nothing more is begun.
const followTime = time.Minute

// follow does what is due of one issuer. What it doesn't come to stays due.
func (v *Verifier) follow(ctx context.Context, issuer bonafide.Origin, lists []string) error {
	turn, cancel := context.WithTimeout(ctx, followTime)
	defer cancel()
	var failures []error
	for _, address := range lists {
		if turn.Err() == nil {
			failures = append(failures, v.ownFailure(issuer, v.readList(ctx, issuer, address)))
		}
	}
	failures = append(failures, v.ownFailure(issuer, v.watch(turn, issuer)), v.deliver(ctx, turn, issuer))
	due, err := v.dueRefreshes(ctx, issuer)
	failures = append(failures, err)
	for _, in := range due {
		if turn.Err() != nil {
			break
		}
		err := v.refresh(ctx, in.Account, in.ID)
		failures = append(failures, v.ownFailure(issuer, err))
		if bonafide.CodeOf(err) == bonafide.Unreachable {
			break
		}
	}
	return errors.Join(failures...)
}

// maxInputs bounds the inputs taken up in one go, of one issuer, so that lists are read in between.
const maxInputs = 500

// endConsents deletes the inputs whose holders' consent has run out, whether or not their issuers say so.
func (v *Verifier) endConsents(ctx context.Context) error {
	over, err := v.inputsUntilNow(ctx, "over")
	for _, in := range over {
		err = errors.Join(err, v.withdrawn(ctx, in))
	}
	return err
}

// inputsUntilNow returns the first inputs to which rows lead whose keys begin with the parts and go on
// with an instant not after now, an account and the input's id.
func (v *Verifier) inputsUntilNow(ctx context.Context, parts ...string) (inputs []*input, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		return r.Scan(v.untilNow(parts...), func(key, _ []byte) (bool, error) {
			to := store.Parts(key)[len(parts)+2:]
			in, found, err := store.GetJSON[*input](r, inputKey(to[0], to[1]))
			if found {
				inputs = append(inputs, in)
			}
			return len(inputs) < maxInputs, err
		})
	})
	return inputs, err
}

// untilNow returns the rows of a kind whose keys begin with the parts and go on with an instant not after now.
func (v *Verifier) untilNow(parts ...string) store.Range {
	parts = append([]string{"verifier"}, parts...)
	return store.Range{From: store.Key(parts...), To: store.Prefix(store.Key(append(parts, instant(v.now()))...)).To}
}

// ownFailure returns err if it is this site's own; a peer's failure is logged, by its code alone: the
// rest may be in the peer's words, and name a badge or a pseudonym.
func (v *Verifier) ownFailure(issuer bonafide.Origin, err error) error {
	if err == nil || bonafide.CodeOf(err) == bonafide.Internal {
		return err
	}
	v.log.Info("asking an issuer", "issuer", issuer, "code", bonafide.CodeOf(err))
	return nil
}

// prune drops imports that weren't finished in time, statements and referrals whose reuse their expiry prevents
// by now, what was told of faults long healed, and lists past their end that nothing waits for.
func (v *Verifier) prune(ctx context.Context) error {
	var over [][]byte
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		flows := store.ScanJSON(r, store.Prefix(store.Key("verifier", "flow")), func(key []byte, f flow) (bool, error) {
			if !v.now().Before(f.Expires) {
				over = append(over, key)
			}
			return true, nil
		})
		seen := store.ScanJSON(r, store.Prefix(store.Key("verifier", "seen")), func(key []byte, until time.Time) (bool, error) {
			if !v.now().Before(until) {
				over = append(over, key)
			}
			return true, nil
		})
		lists := store.ScanJSON(r, store.Prefix(store.Key("verifier", "list")), func(key []byte, record listRecord) (bool, error) {
			watched := false
			err := r.Scan(store.Prefix(watchersKey(store.Parts(key)[2])), func(_, _ []byte) (bool, error) {
				watched = true
				return false, nil
			})
			if !watched && !v.now().Before(record.ValidUntil.Add(bonafide.Leeway)) {
				over = append(over, key)
			}
			return true, err
		})
		return errors.Join(flows, seen, lists, v.overReferrals(r, func(key []byte) { over = append(over, key) }))
	})
	if err != nil || len(over) == 0 {
		return err
	}
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		for _, key := range over {
			if err := tx.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}
