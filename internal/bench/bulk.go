package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bonafide.example/issuer"
	"bonafide.example/store"
)

// singly is how many badges are issued one by one in a round.
const singly = 20

// bulk measures what it takes to issue badges and keep them, by the clock: what is kept is on disk.
func (b *bench) bulk(ctx context.Context) error {
	var share []float64
	c, err := b.fewer().rounds(func() ([2]float64, error) {
		spent, stored, err := b.bulkRound(ctx)
		share = append(share, stored)
		return spent, err
	})
	if err != nil {
		return err
	}
	what := fmt.Sprintf("issue %d badges at once, each; during %.0f %% of it something is written", b.Badges, 100*median(share))
	b.add(c.row(what, "one by one, each", atLeast(5)))
	return b.storeAlone(ctx)
}

// fewer is for what waits for the disk: it takes long, and varies little.
func (b *bench) fewer() *bench {
	few := *b
	few.Rounds = min(b.Rounds, 5)
	return &few
}

// bulkRound issues badges of a new site, and tells how much of the time of issuing them at once went by within
// transactions.
func (b *bench) bulkRound(ctx context.Context) (spent [2]float64, stored float64, err error) {
	shop, err := b.place("shop", issuing)
	if err != nil {
		return spent, 0, err
	}
	defer ended(&err, shop.close)
	if err := recordMembers(ctx, shop.Issuer, 0, singly+b.Badges); err != nil {
		return spent, 0, err
	}
	start := time.Now()
	for n := range singly {
		if _, err := shop.Issuer.PublishBadge(ctx, "seller", memberName(n), ""); err != nil {
			return spent, 0, err
		}
	}
	spent[1] = float64(time.Since(start)) / singly
	timed := &timedStore{Store: shop.store.Store}
	shop.Issuer.Store = timed
	start = time.Now()
	if _, err := shop.Issuer.PublishAll(ctx, "seller"); err != nil {
		return spent, 0, err
	}
	took := float64(time.Since(start))
	spent[0] = took / float64(b.Badges)
	return spent, float64(timed.spent) / took, nil
}

func memberName(n int) string { return fmt.Sprintf("member-%08d", n) }

// recordMembers records a rating of each of the members from one number to another.
func recordMembers(ctx context.Context, i *issuer.Issuer, from, to int) error {
	const atOnce = 1000
	for ; from < to; from += atOnce {
		batch := issuer.Batch{Import: "members", Row: int64(min(from+atOnce, to))}
		for n := from; n < min(from+atOnce, to); n++ {
			batch.Events = append(batch.Events, rating(memberName(n), 0, true))
		}
		if _, err := i.RecordBatch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// timedStore counts the time in which at least one transaction writes.
type timedStore struct {
	store.Store
	mu     sync.Mutex
	active int
	since  time.Time
	spent  time.Duration
}

func (t *timedStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	t.count(1)
	defer t.count(-1)
	return t.Store.Update(ctx, fn)
}

func (t *timedStore) count(change int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active == 0 {
		t.since = time.Now()
	}
	if t.active += change; t.active == 0 {
		t.spent += time.Since(t.since)
	}
}

// storeAlone measures records of the size of a badge, in the order of their keys.
func (b *bench) storeAlone(ctx context.Context) (err error) {
	const size, atOnce = 2500, 5000
	kept, err := b.open("records")
	if err != nil {
		return err
	}
	defer ended(&err, kept.remove)
	next := 0
	put := func(records int) error {
		begin := next
		next += records
		return kept.Update(ctx, func(tx store.Tx) error {
			for n := range records {
				if err := tx.Put(store.Key("record", fmt.Sprintf("%09d", begin+n)), make([]byte, size)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	c, err := b.fewer().rounds(func() (spent [2]float64, err error) {
		start := time.Now()
		if err := put(atOnce); err != nil {
			return spent, err
		}
		spent[0] = float64(time.Since(start)) / atOnce
		start = time.Now()
		for range singly {
			if err := put(1); err != nil {
				return spent, err
			}
		}
		spent[1] = float64(time.Since(start)) / singly
		return spent, nil
	})
	if err != nil {
		return err
	}
	b.add(c.row("the store alone: a record of 2500 B in order, among 5000", "one by one, each", atLeast(50)))
	return nil
}
