package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"bonafide.example/issuer"
	"golang.org/x/sync/errgroup"
)

// ingest measures how fast events are recorded, by the clock: one that is acknowledged is on disk.
func (b *bench) ingest(ctx context.Context) (err error) {
	const members, clients = 1000, 64
	shop, err := b.place("shop", issuing)
	if err != nil {
		return err
	}
	defer ended(&err, shop.close)
	if err := recordMembers(ctx, shop.Issuer, 0, members); err != nil {
		return err
	}
	next := new(atomic.Int64)
	event := func() issuer.Event {
		n := int(next.Add(1))
		return rating(memberName(n*7919%members), n, n%50 > 0)
	}
	one := func() error {
		_, err := shop.Issuer.Record(ctx, event())
		return err
	}
	singly := side{meter: clock, do: repeat(one)}
	sides := []struct {
		what string
		side
	}{
		{fmt.Sprintf("from %d clients at once", clients), side{meter: clock, do: func(times int) error { return byClients(clients, times, one) }}},
		{"in bulk", side{meter: clock, do: func(times int) error {
			for begin := 0; begin < times; begin += 1000 {
				batch := issuer.Batch{Import: "bench", Row: next.Add(1)}
				for range min(1000, times-begin) {
					batch.Events = append(batch.Events, event())
				}
				if _, err := shop.Issuer.RecordBatch(ctx, batch); err != nil {
					return err
				}
			}
			return nil
		}}},
	}
	for n, s := range sides {
		c, err := b.slower().compare(s.side, singly)
		if err != nil {
			return err
		}
		if n == 0 {
			b.add(Row{What: "events recorded one by one", Took: perSecond(c.base)})
		}
		row := c.row("events recorded "+s.what, "one by one", Aim{AtLeast: true})
		row.Took, row.Base, row.Aim = perSecond(c.ours), perSecond(c.base), Aim{}
		b.add(row)
	}
	return nil
}

// slower is for what waits for the disk: its rounds are longer.
func (b *bench) slower() *bench {
	slow := b.fewer()
	slow.Round = 10 * b.Round
	return slow
}

// perSecond turns how long one takes, in nanoseconds, into how many there are in a second.
func perSecond(each float64) Amount { return Amount{float64(time.Second) / each, PerSecond} }

// byClients has it done so many times, by some at once.
func byClients(clients, times int, one func() error) error {
	var group errgroup.Group
	left := new(atomic.Int64)
	left.Store(int64(times))
	for range clients {
		group.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := one(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
