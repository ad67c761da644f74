package issuer

import (
	"context"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

const (
	lookAgain    = 15 * time.Second // how often Run looks for what has fallen due
	askEvery     = 15 * time.Minute // how often a host is asked about members of whom something is out
	ordersAtOnce = 8 * batchSize    // so that the cores have something to sign while a batch is written
	dueInstant   = "2006-01-02T15:04:05Z"
)

func lookKey(at time.Time, slug, member string) []byte {
	return store.Key("i", "due", at.UTC().Format(dueInstant), slug, member)
}

// schedule has the member's status under a mechanism looked at again at that instant. To look once too
// often does no harm, so nothing is ever unscheduled.
func schedule(tx store.Tx, at time.Time, slug, member string) error {
	return tx.Put(lookKey(at, slug, member), nil)
}

// scheduleAsking has a host asked about the member again, soon. The instants are the same for everybody,
// so that asking for one reason doesn't come on top of asking for another.
func (i *Issuer) scheduleAsking(tx store.Tx, m *bonafide.Mechanism, member string) error {
	if m.Rule.Host == nil {
		return nil
	}
	return schedule(tx, i.now().Truncate(askEvery).Add(askEvery), m.Slug(), member)
}

// Run issues what is ordered and does what falls due, until ctx is done; then it returns nil. Pages of members, which
// may be slow, are looked at beside the rest and hold up none of it.
func (i *Issuer) Run(ctx context.Context) error {
	working := sync.WaitGroup{}
	working.Go(func() { i.repeat(ctx, nil, i.lookAtPages) })
	working.Go(func() { i.repeat(ctx, i.wake, i.runDue) })
	working.Wait()
	return nil
}

// repeat does some work at once, every so often and when it is woken, until ctx is done.
func (i *Issuer) repeat(ctx context.Context, wake <-chan struct{}, work func(context.Context) error) {
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			i.Log.Error("what is due is done later", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-ticker.C:
		}
	}
}

// RunDue does at once what is due by now: pages of members to look at, levels that change by the passing of time,
// badges to renew, orders left over, what a compromised key signed, consents to forget, and once a day the shares of holders and who
// recognises this site.
func (i *Issuer) RunDue(ctx context.Context) error {
	if err := i.lookAtPages(ctx); err != nil {
		return err
	}
	return i.runDue(ctx)
}

// runDue does so but for the pages.
func (i *Issuer) runDue(ctx context.Context) error {
	if err := i.Store.Update(ctx, func(tx store.Tx) error { return forget(tx, i.now()) }); err != nil {
		return err
	}
	if err := i.followTouched(ctx); err != nil {
		return err
	}
	for {
		due, err := i.dueNow(ctx, "due")
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		if err := i.doDue(ctx, due); err != nil {
			return err
		}
	}
	if err := i.orderAgain(ctx); err != nil {
		return err
	}
	if err := i.issueAll(ctx); err != nil {
		return err
	}
	if err := i.countShares(ctx); err != nil {
		return err
	}
	return i.lookAtVerifiers(ctx)
}

// Waiting tells whether something is to be done at once, which may be another server's doing. Orders are none of it: whoever
// made one carries it out, or else it is found later.
func (i *Issuer) Waiting(ctx context.Context) (waiting bool, err error) {
	due, err := i.dueNow(ctx, "due")
	if err != nil || len(due) > 0 {
		return len(due) > 0, err
	}
	err = i.Store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(store.Key("i", "touched")), func([]byte, []byte) (bool, error) {
			waiting = true
			return false, nil
		})
	})
	return waiting, err
}

// dueNow returns keys of what is due in a queue, a batch of them at most.
func (i *Issuer) dueNow(ctx context.Context, queue string) (due [][]byte, err error) {
	all := store.Range{From: store.Key("i", queue), To: store.Key("i", queue, i.now().Add(time.Second).Format(dueInstant))}
	err = i.Store.View(ctx, func(r store.Reader) error {
		due = nil
		return r.Scan(all, func(key, _ []byte) (bool, error) {
			due = append(due, key)
			return len(due) < batchSize, nil
		})
	})
	return due, err
}

func (i *Issuer) doDue(ctx context.Context, due [][]byte) error {
	silent := map[account]bool{}
	accounts := make([]account, len(due))
	for n, key := range due {
		of := dueOf(key)
		accounts[n] = of
		m, err := i.Mechanism(of.slug)
		if err != nil || m.Rule.Host == nil {
			continue
		}
		if err := i.Refresh(ctx, of.slug, of.member); err != nil {
			i.Log.Warn("the host is asked again later", "mechanism", of.slug, "code", bonafide.CodeOf(err))
			silent[of] = true
		}
	}
	return i.Store.Update(ctx, func(tx store.Tx) error {
		tx, err := store.Ahead(tx, accountKeys(accounts)...)
		if err != nil {
			return err
		}
		for n, of := range accounts {
			if err := tx.Delete(due[n]); err != nil {
				return err
			}
			if silent[of] {
				if err := i.scheduleAsking(tx, i.mechanisms[of.slug], of.member); err != nil {
					return err
				}
				continue
			}
			if err := i.lookAt(tx, of); err != nil {
				return err
			}
		}
		return nil
	})
}

func dueOf(key []byte) account {
	parts := store.Parts(key)
	return account{parts[len(parts)-2], parts[len(parts)-1]}
}

// lookAt settles what time has changed. Who is gone, or whose mechanism is, needs nothing.
func (i *Issuer) lookAt(tx store.Tx, of account) error {
	m, err := i.Mechanism(of.slug)
	if err != nil {
		return nil
	}
	t, err := i.tallyIn(tx, m, of.member)
	if err != nil {
		return err
	}
	if _, err = i.settle(tx, m, of.member, &t); bonafide.CodeOf(err) == bonafide.NoSuchMember {
		return i.forgetNobody(tx, of)
	}
	return err
}

// issueAll carries out every order.
func (i *Issuer) issueAll(ctx context.Context) error {
	orders := store.Prefix(store.Key("i", "order"))
	for {
		var codes []string
		err := i.Store.View(ctx, func(r store.Reader) error {
			codes = nil
			return r.Scan(orders, func(key, _ []byte) (bool, error) {
				codes = append(codes, lastPart(key))
				orders.From = append(key, 0) // the next key at the earliest
				return len(codes) < ordersAtOnce, nil
			})
		})
		if err != nil || len(codes) == 0 {
			return err
		}
		if err := i.issue(ctx, codes); err != nil {
			return err
		}
	}
}

// followVersions brings every tally to the newest version of its mechanism, with what follows for
// members. It goes on where it was interrupted.
func (i *Issuer) followVersions(ctx context.Context) error {
	for _, slug := range i.Slugs() {
		m := i.mechanisms[slug]
		keys := store.Prefix(store.Key("i", "tally", slug))
		for more := true; more; {
			var rest []byte
			err := i.Store.Update(ctx, func(tx store.Tx) (err error) {
				rest, more, err = i.followBatch(tx, m, keys)
				return err
			})
			if err != nil {
				return err
			}
			keys.From = rest
		}
	}
	return nil
}

// followBatch does so for some tallies and returns where the rest begins; more tells whether some may be left.
func (i *Issuer) followBatch(tx store.Tx, m *bonafide.Mechanism, keys store.Range) (rest []byte, more bool, err error) {
	counted, _, err := store.GetJSON[int](tx, countedKey(m.Slug()))
	if err != nil || counted == m.Version {
		return nil, false, err
	}
	var members []string
	rest = keys.From
	err = tx.Scan(keys, func(key, _ []byte) (bool, error) {
		members = append(members, lastPart(key))
		rest = append(key, 0)
		return len(members) < batchSize, nil
	})
	if err != nil {
		return nil, false, err
	}
	for _, member := range members {
		if err := i.lookAt(tx, account{m.Slug(), member}); err != nil {
			return nil, false, err
		}
	}
	if len(members) == 0 {
		return nil, false, store.PutJSON(tx, countedKey(m.Slug()), m.Version)
	}
	return rest, true, nil
}
