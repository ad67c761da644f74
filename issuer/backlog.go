package issuer

import (
	"context"
	"time"

	"bonafide.example/store"
)

// Backlog is what waits to be done, of each kind as far as 10,000.
type Backlog struct {
	Due    int       // statuses that are to be looked at by now
	Since  time.Time // since when the first of them waits; zero: none does
	Orders int       // badges that are to be signed
}

// Backlog looks what waits.
func (i *Issuer) Backlog(ctx context.Context) (b Backlog, err error) {
	due := store.Range{From: store.Key("i", "due"), To: store.Key("i", "due", i.now().Add(time.Second).Format(dueInstant))}
	err = i.Store.View(ctx, func(r store.Reader) error {
		b = Backlog{}
		err := r.Scan(due, func(key, _ []byte) (more bool, err error) {
			if b.Due++; b.Due == 1 {
				b.Since, err = time.Parse(dueInstant, store.Parts(key)[2])
			}
			return b.Due < maxCounted, err
		})
		if err != nil {
			return err
		}
		return r.Scan(store.Prefix(store.Key("i", "order")), func(_, _ []byte) (bool, error) {
			b.Orders++
			return b.Orders < maxCounted, nil
		})
	})
	return b, err
}

// Done is what the issuer has done since it was made.
type Done struct {
	Badges int64 // issued
	Lists  int64 // status lists signed
}

// Done returns what was done so far.
func (i *Issuer) Done() Done { return Done{i.badgesIssued.Load(), i.listsSigned.Load()} }
