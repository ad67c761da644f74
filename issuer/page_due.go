package issuer

import (
	"context"
	"time"

	"bonafide.example/store"
	"golang.org/x/sync/errgroup"
)

const (
	// lookAfter is how long after a page last linked it is looked at again: a day before it can't be stated any more.
	// What is seen then makes a new issue of the badge, so that the page and the badge are renewed by one.
	lookAfter   = renewAfter - oneDay
	pagesAtOnce = 16 // pages that are looked at at once
)

// pageQueue holds, by instant, the badges whose pages are to be looked at.
const pageQueue = "page-due"

// schedulePage has the page of the badge looked at at that instant. As with [schedule], once too often does no harm.
func schedulePage(tx store.Tx, at time.Time, code string) error {
	return tx.Put(store.Key("i", pageQueue, at.UTC().Format(dueInstant), code), nil)
}

// fresh tells whether the page may still be stated at that instant, without being looked at again.
func (p *pageProof) fresh(at time.Time) bool { return at.Before(p.Seen.Add(renewAfter)) }

// pageToState returns the page that an issue of the badge at that instant states, nil for none. One that wasn't looked
// at in time is looked at soon.
func pageToState(tx store.Tx, code string, b *badgeRecord, at time.Time) (*pageProof, error) {
	page := b.Page.stated()
	if page == nil || page.fresh(at) {
		return page, nil
	}
	return nil, schedulePage(tx, at, code)
}

// duePage is a page that is looked at again.
type duePage struct {
	code          string
	targets       []string
	before, after pageProof
}

// lookAtPages looks again at all the pages of which that is due. One that no longer links, or can't be had, is no longer
// stated.
func (i *Issuer) lookAtPages(ctx context.Context) error {
	for {
		due, err := i.dueNow(ctx, pageQueue)
		if err != nil || len(due) == 0 {
			return err
		}
		pages, err := i.duePages(ctx, due)
		if err != nil {
			return err
		}
		looking := errgroup.Group{}
		looking.SetLimit(pagesAtOnce)
		for n := range pages {
			looking.Go(func() error { return i.lookAgain(ctx, &pages[n]) })
		}
		if err := looking.Wait(); err != nil {
			return err
		}
		err = i.change(ctx, func(tx store.Tx) ([]string, error) { return i.keepPages(tx, due, pages) })
		if err != nil {
			return err
		}
	}
}

// duePages returns the pages of these badges that are to be looked at, each once: not those that were taken back or
// named anew.
func (i *Issuer) duePages(ctx context.Context, due [][]byte) (pages []duePage, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		pages = nil
		codes := map[string]bool{}
		for _, key := range due {
			codes[lastPart(key)] = true
		}
		for code := range codes {
			b, _, err := store.GetJSON[badgeRecord](r, badgeKey(code))
			if err != nil {
				return err
			}
			page := b.Page.stated()
			if page == nil || i.now().Before(page.Seen.Add(lookAfter)) {
				continue
			}
			targets, err := i.targetsOf(r, code, &b)
			if err != nil {
				return err
			}
			pages = append(pages, duePage{code: code, targets: targets, before: *page})
		}
		return nil
	})
	return pages, err
}

// lookAgain looks at one page. A visit that was cut short says nothing of the page.
func (i *Issuer) lookAgain(ctx context.Context, p *duePage) error {
	p.after = p.before
	if p.after.Lost = i.lookAtPage(ctx, p.before.Address, p.targets); p.after.Lost == "" {
		p.after.Seen = i.now()
	}
	return ctx.Err()
}

// keepPages keeps what became of the pages, and returns the codes of badges to issue.
func (i *Issuer) keepPages(tx store.Tx, due [][]byte, pages []duePage) (codes []string, err error) {
	for _, key := range due {
		if err := tx.Delete(key); err != nil {
			return nil, err
		}
	}
	for n := range pages {
		p := &pages[n]
		ordered, err := i.keepPage(tx, p.code, &p.before, &p.after)
		if err != nil {
			return nil, err
		}
		codes = append(codes, ordered...)
	}
	return codes, nil
}
