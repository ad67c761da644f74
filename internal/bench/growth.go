package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"time"

	"bonafide.example/site"
)

// growth measures sites of several sizes: each figure against that of the size before.
func (b *bench) growth(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	b.add(Row{What: "the program", Took: bytesOf(info.Size())})
	var before []figure
	for n, members := range b.Sizes {
		figures, err := b.grown(ctx, members)
		if err != nil {
			return err
		}
		for k, f := range figures {
			row := Row{What: fmt.Sprintf("%s, with %s members and badges", f.what, rounded(members)), Took: f.took}
			if n > 0 {
				row.Against, row.Base = "with "+rounded(b.Sizes[n-1]), before[k].took
				row.Ratio = f.took.Value / before[k].took.Value
			}
			b.add(row)
		}
		before = figures
	}
	return nil
}

// rounded writes a number in thousands or millions.
func rounded(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%g M", float64(n)/1e6)
	case n >= 1000:
		return fmt.Sprintf("%g k", float64(n)/1e3)
	default:
		return fmt.Sprint(n)
	}
}

// figure is one figure of a site of some size.
type figure struct {
	what string
	took Amount
}

// figures collects those of one site.
type figures struct {
	all []figure
	err error
}

// time adds how long something takes, for each of so many, unless something failed before.
func (f *figures) time(what string, times int, do func() error) {
	if f.err != nil {
		return
	}
	start := time.Now()
	if f.err = do(); f.err != nil {
		f.err = fmt.Errorf("%s: %w", what, f.err)
	}
	f.all = append(f.all, figure{what, nanoseconds(float64(time.Since(start)) / float64(times))})
}

// grown makes a site with so many members, each with a badge, and measures it.
func (b *bench) grown(ctx context.Context, members int) (_ []figure, err error) {
	shop, err := b.place("shop", issuing)
	if err != nil {
		return nil, err
	}
	defer ended(&err, shop.close)
	f := &figures{}
	f.time("an event in bulk", members, func() error { return recordMembers(ctx, shop.Issuer, 0, members) })
	f.time("a badge in bulk", members, func() error {
		_, err := shop.Issuer.PublishAll(ctx, "seller")
		return err
	})
	f.time("the work of a new day", 1, func() error { return shop.RunDue(ctx) })
	before := inUse()
	var again *site.Site
	f.time("a start", 1, func() error {
		var err error
		again, err = b.site(shop.Origin, shop.store, site.Config{Name: "Bench", Issues: true, Mechanisms: shop.Mechanisms, Keys: shop.Keys})
		return err
	})
	f.time("looking for what is due", 1, func() error { return again.RunDue(ctx) })
	f.time("the first status list", 1, func() error { return get(again, "/status/1") })
	var address string
	f.time("an event that issues a badge anew", singly, func() error {
		for n := range singly {
			if _, err := again.Issuer.Record(ctx, rating(memberName(n*members/singly), 1, false)); err != nil {
				return err
			}
		}
		address, err = again.Issuer.PublishBadge(ctx, "seller", memberName(0), "")
		return err
	})
	f.time("a status list after a change", 1, func() error { return get(again, "/status/1") })
	f.time("a badge's token", 1, func() error { return get(again, strings.TrimPrefix(address, string(shop.Origin))+".jwt") })
	if f.err != nil {
		return nil, f.err
	}
	size, err := shop.store.size()
	if err != nil {
		return nil, err
	}
	memory := inUse() - before
	runtime.KeepAlive(again)
	f.all = append(f.all, figure{"the store, for each", bytesOf(size / int64(members))}, figure{"memory", bytesOf(max(memory, 1))})
	f.time("a badge renewed when all are due", members, func() error { return b.renewed(ctx, shop) })
	return f.all, f.err
}

// renewed does what is due at the shop when each of its badges is to be renewed, a month from now.
func (b *bench) renewed(ctx context.Context, shop *place) error {
	then := time.Now().AddDate(0, 0, 31)
	next, err := b.site(shop.Origin, shop.store, site.Config{
		Name: "Bench", Issues: true, Mechanisms: shop.Mechanisms, Keys: shop.Keys, Now: func() time.Time { return then },
	})
	if err != nil {
		return err
	}
	return next.RunDue(ctx)
}

// get asks a site for a path.
func get(s *site.Site, path string) error {
	answer := httptest.NewRecorder()
	s.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	if answer.Code != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", path, answer.Code)
	}
	return nil
}

// inUse returns how many bytes of memory are used.
func inUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
