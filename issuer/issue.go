package issuer

import (
	"bytes"
	"context"
	"runtime"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

// order orders an issue of the badge that says status, unless the last one does and is neither revoked
// nor old. An order that waits already is brought up to date.
func (i *Issuer) order(tx store.Tx, code string, b *badgeRecord, status bonafide.Status) ([]string, error) {
	waiting, ordered, err := store.GetJSON[issue](tx, orderKey(code))
	if err != nil {
		return nil, err
	}
	from := i.now()
	if last := b.Issued; last != nil {
		if !ordered && !last.Revoked && same(status, last.Status) && from.Before(last.ValidFrom.Add(renewAfter)) {
			return nil, nil
		}
		from = later(from, last.ValidFrom)
	}
	if !ordered {
		if waiting.Entry, err = i.allocate(tx, badgeList, code); err != nil {
			return nil, err
		}
	}
	waiting.Status, waiting.ValidFrom, waiting.ValidUntil = status, from, from.Add(badgeLife)
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
	slices.Sort(codes)
	for batch := range slices.Chunk(codes, batchSize) {
		for range maxAttempts {
			var err error
			if batch, err = i.issueBatch(ctx, batch); err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
		}
	}
	return nil
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
	err = i.Store.Update(ctx, func(tx store.Tx) error {
		changed, err = i.finish(tx, jobs)
		return err
	})
	return changed, err
}

// jobs reads the orders of these badges that can be carried out now.
func (i *Issuer) jobs(ctx context.Context, codes []string) (jobs []job, err error) {
	latest := i.now().Add(maxAhead)
	err = i.Store.View(ctx, func(r store.Reader) error {
		jobs = nil
		for _, code := range codes {
			order, found, err := store.GetJSON[issue](r, orderKey(code))
			if err != nil {
				return err
			}
			// After dozens of issues within a second the next would begin too far ahead: it waits.
			if !found || order.ValidFrom.After(latest) {
				continue
			}
			b, _, err := store.GetJSON[badgeRecord](r, badgeKey(code))
			if err != nil {
				return err
			}
			raw, err := r.Get(orderKey(code))
			if err != nil {
				return err
			}
			jobs = append(jobs, job{code, raw[0], order, b})
		}
		return nil
	})
	return jobs, err
}

func (i *Issuer) sign(ctx context.Context, j *job) error {
	m, err := i.Mechanism(j.badge.Mechanism)
	if err != nil {
		return err
	}
	credential := bonafide.NewCredential(bonafide.Badge{
		Address: i.address(j.code), SubjectID: j.badge.SubjectID, IssuerName: i.Name,
		Status: j.issue.Status, Entry: j.issue.Entry, ValidFrom: j.issue.ValidFrom, ValidUntil: j.issue.ValidUntil,
	}, m)
	j.issue.Token, err = i.sealer.Seal(ctx, bonafide.TypeCredential, credential)
	return err
}

// finish keeps what was signed, but for orders that have changed or gone meanwhile.
func (i *Issuer) finish(tx store.Tx, jobs []job) (changed []string, err error) {
	for _, j := range jobs {
		raw, err := tx.Get(orderKey(j.code))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(raw[0], j.order) {
			changed = append(changed, j.code)
			continue
		}
		b, _, err := store.GetJSON[badgeRecord](tx, badgeKey(j.code))
		if err != nil {
			return nil, err
		}
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
