package verifier

import (
	"context"
	"errors"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
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
	failures = append(failures, v.deliver(ctx, turn, issuer))
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
	list, err := v.fetch.StatusList(ctx, issuer, address)
	if err != nil {
		return err
	}
	return v.config.Store.Update(ctx, func(tx store.Tx) error { return v.takeList(tx, address, list) })
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

// maxInputs bounds the inputs taken up in one go, of one issuer, so that lists are read in between.
const maxInputs = 500

// dueRefreshes returns the inputs for which a new statement of the issuer is due, the longest due first.
func (v *Verifier) dueRefreshes(ctx context.Context, issuer bonafide.Origin) ([]*input, error) {
	return v.inputsUntilNow(ctx, "due", string(issuer))
}

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

// refresh asks the issuer for a new statement and puts it in place of the input's. A consent that is
// over (consent-withdrawn) deletes the input. Any other failure leaves the statement as it is.
func (v *Verifier) refresh(ctx context.Context, account, id string) error {
	in, err := v.input(ctx, account, id)
	if err != nil {
		return err
	}
	tables, err := v.tables(ctx)
	if err != nil {
		return err
	}
	if err := tables.recognise(in.Statement.Issuer); err != nil {
		return err
	}
	asking, cancel := fetch.Budget(ctx)
	defer cancel()
	s, err := v.askAgain(asking, in)
	if bonafide.CodeOf(err) == bonafide.ConsentWithdrawn {
		if failed := v.withdrawn(ctx, in); failed != nil {
			return failed
		}
		return err
	}
	if err == nil {
		err = v.replace(ctx, in, s)
	}
	if err != nil {
		if failed := v.postpone(ctx, in, bonafide.CodeOf(err)); failed != nil {
			return failed
		}
	}
	return err
}

// askAgain asks for a statement under the consent of the input, and checks it.
func (v *Verifier) askAgain(ctx context.Context, in *input) (*statement, error) {
	issuer := in.Statement.Issuer
	server, err := v.server(ctx, issuer)
	if err != nil {
		return nil, err
	}
	details := in.Details
	details.Nonce = oauth.Random()
	response, err := v.client.Refresh(ctx, server, in.RefreshToken, &details)
	if err != nil {
		return nil, err
	}
	s, err := v.open(ctx, response, issuer, &details)
	if err != nil {
		return nil, err
	}
	if s.Subject != in.Statement.Subject {
		return nil, bonafide.Errorf(bonafide.WrongAccount, string(issuer), "answered about another subject than before")
	}
	return s, nil
}

// change runs fn on the input as it is now, unless it was removed or stated anew since old was read.
func (v *Verifier) change(ctx context.Context, old *input, fn func(store.Tx, *input) error) error {
	return v.config.Store.Update(ctx, func(tx store.Tx) error {
		in, found, err := store.GetJSON[input](tx, old.key())
		if err != nil || !found || in.Token != old.Token {
			return err
		}
		return fn(tx, &in)
	})
}

func (v *Verifier) replace(ctx context.Context, old *input, s *statement) error {
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		if err := v.accept(tx, s); err != nil {
			return err
		}
		in.take(s, v.now())
		return in.put(tx)
	})
}

// withdrawn deletes an input whose consent is over, with its tokens, and leaves a line for its holder.
func (v *Verifier) withdrawn(ctx context.Context, old *input) error {
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		if err := deleteInput(tx, in.Account, in.ID); err != nil {
			return err
		}
		key := append(endingsKey(in.Account), store.Key(instant(v.now()), in.ID)...)
		return store.PutJSON(tx, key, Ending{in.Statement.Issuer, in.Statement.Status.Mechanism, v.now(), bonafide.ConsentWithdrawn})
	})
}

// postpone tries a refresh that failed again later: in 5 minutes, then in twice the time before, up to 6 hours.
func (v *Verifier) postpone(ctx context.Context, old *input, code bonafide.Code) error {
	return v.change(ctx, old, func(tx store.Tx, in *input) error {
		in.RefreshAt = v.now().Add(min(5*time.Minute<<min(in.Failures, 10), 6*time.Hour))
		in.Failure = code
		in.Failures++
		return in.put(tx)
	})
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
