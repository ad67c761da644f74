package issuer

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

// order orders an issue of the badge that says status, and its page, unless the last one does and is neither revoked
// nor old nor signed by a compromised key. An order that waits already is brought up to date.
func (i *Issuer) order(tx store.Tx, code string, b *badgeRecord, status bonafide.Status) ([]string, error) {
	waiting, ordered, err := store.GetJSON[issue](tx, orderKey(code))
	if err != nil {
		return nil, err
	}
	from := i.now()
	page, err := pageToState(tx, code, b, from)
	if err != nil {
		return nil, err
	}
	if last := b.Issued; last != nil && !ordered && !last.Revoked && same(status, last.Status) && page.same(last.Page) &&
		!isAhead(last.ValidFrom, from) && from.Before(last.ValidFrom.Add(renewAfter)) && i.sealer.Holds(string(last.Token)) {
		return nil, nil
	}
	if !ordered {
		if waiting.Entry, err = i.allocate(tx, badgeList, code); err != nil {
			return nil, err
		}
	}
	waiting.Status, waiting.Page = status, page
	waiting.date(begins(from, b.Issued))
	return []string{code}, store.PutJSON(tx, orderKey(code), waiting)
}

// job is one order being carried out.
type job struct {
	code  string
	order []byte // as it was read: should it have changed once signed, it is carried out anew
	issue issue
	badge badgeRecord
}

// issue carries out the orders of these badges. It may be called for one badge at once by several;
// one of them does it.
func (i *Issuer) issue(ctx context.Context, codes []string) error {
	slices.Sort(codes) // in the order of their keys, which trees load fastest
	batches, ctx := errgroup.WithContext(ctx)
	batches.SetLimit(2) // one is signed while another is written
	for batch := range slices.Chunk(slices.Compact(codes), batchSize) {
		batches.Go(func() (err error) {
			for range maxAttempts {
				if batch, err = i.issueBatch(ctx, batch); err != nil || len(batch) == 0 {
					return err
				}
			}
			return nil
		})
	}
	return batches.Wait()
}

// issueBatch returns the codes of badges whose orders changed while they were signed.
func (i *Issuer) issueBatch(ctx context.Context, codes []string) (changed []string, err error) {
	jobs, err := i.jobs(ctx, codes)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	signing, signingCtx := errgroup.WithContext(ctx)
	signing.SetLimit(runtime.GOMAXPROCS(0))
	for n := range jobs {
		signing.Go(func() error { return i.sign(signingCtx, &jobs[n]) })
	}
	if err := signing.Wait(); err != nil {
		return nil, err
	}
	var dated time.Time
	err = i.Store.Update(ctx, func(tx store.Tx) error {
		if changed, err = i.finish(tx, jobs); err == nil {
			dated, err = i.noteDated(tx, jobs)
		}
		return err
	})
	if err == nil {
		i.dated.Store(&dated)
		i.badgesIssued.Add(int64(len(jobs) - len(changed)))
	}
	return changed, err
}

// jobs reads the orders of these badges that can be carried out now.
func (i *Issuer) jobs(ctx context.Context, codes []string) (jobs []job, err error) {
	now := i.now()
	err = i.Store.View(ctx, func(r store.Reader) error {
		jobs = nil
		orders, badges, err := ordersAndBadges(r, codes)
		if err != nil {
			return err
		}
		for n, code := range codes {
			if orders[n] == nil || badges[n] == nil {
				continue
			}
			order, err := store.DecodeJSON[issue](orderKey(code), orders[n])
			if err != nil {
				return err
			}
			badge, err := store.DecodeJSON[badgeRecord](badgeKey(code), badges[n])
			if err != nil {
				return err
			}
			if isAhead(order.ValidFrom, now) {
				order.date(begins(now, badge.Issued))
			}
			if order.ValidFrom.After(now.Add(maxAhead)) { // after dozens of issues within a second the next would begin too far ahead: it waits
				continue
			}
			jobs = append(jobs, job{code, orders[n], order, badge})
		}
		return nil
	})
	return jobs, err
}

// ordersAndBadges reads both of each code, in one go; nil where there is none.
func ordersAndBadges(r store.Reader, codes []string) (orders, badges [][]byte, err error) {
	keys := make([][]byte, 0, 2*len(codes))
	for _, code := range codes {
		keys = append(keys, orderKey(code))
	}
	for _, code := range codes {
		keys = append(keys, badgeKey(code))
	}
	values, err := r.Get(keys...)
	if err != nil {
		return nil, nil, err
	}
	return values[:len(codes)], values[len(codes):], nil
}

func (i *Issuer) sign(ctx context.Context, j *job) error {
	if _, err := i.Mechanism(j.badge.Mechanism); err != nil {
		return err
	}
	stated := bonafide.Badge{
		Address: i.address(j.code), SubjectID: j.badge.SubjectID, IssuerName: i.Name,
		Status: j.issue.Status, Entry: j.issue.Entry, ValidFrom: j.issue.ValidFrom, ValidUntil: j.issue.ValidUntil,
	}
	if page := j.issue.Page; page != nil {
		stated.Page = bonafide.PublishedOn{Address: page.Address, Seen: bonafide.DateOf(page.Seen)}
	}
	token, err := i.sealer.Seal(ctx, bonafide.TypeCredential, i.forms[j.badge.Mechanism].Credential(stated))
	j.issue.Token = i.packer.Pack(token)
	return err
}

// finish keeps what was signed, but for orders that have changed or gone meanwhile.
func (i *Issuer) finish(tx store.Tx, jobs []job) (changed []string, err error) {
	codes := make([]string, len(jobs))
	for n, j := range jobs {
		codes[n] = j.code
	}
	orders, badges, err := ordersAndBadges(tx, codes)
	if err != nil {
		return nil, err
	}
	for n, j := range jobs {
		if !bytes.Equal(orders[n], j.order) {
			changed = append(changed, j.code)
			continue
		}
		b, err := store.DecodeJSON[badgeRecord](badgeKey(j.code), badges[n])
		if err != nil {
			return nil, err
		}
		if last := b.Issued; last != nil && !last.Revoked && isAhead(last.ValidFrom, i.now()) { // or it would hold one day, whatever came since
			if err := i.revoke(tx, last.Entry); err != nil {
				return nil, err
			}
		}
		b.note(j.issue.Status, i.now())
		b.Issued, b.Changed = &j.issue, later(i.now(), b.Changed)
		if err := store.PutJSON(tx, badgeKey(j.code), b); err != nil {
			return nil, err
		}
		if err := tx.Delete(orderKey(j.code)); err != nil {
			return nil, err
		}
		if err := schedule(tx, j.issue.ValidFrom.Add(renewAfter), b.Mechanism, b.Member); err != nil {
			return nil, err
		}
	}
	return changed, nil
}
