package verifier

import (
	"context"
	"time"

	"bonafide.example/store"
)

// Backlog is what waits to be done, counted as far as 10,000.
type Backlog struct {
	Due   int       // statements that are to be asked for anew by now
	Since time.Time // since when the first of them waits; zero: none does
}

// Backlog looks what waits.
func (v *Verifier) Backlog(ctx context.Context) (b Backlog, err error) {
	tables, err := v.tables(ctx)
	if err != nil {
		return b, err
	}
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		b = Backlog{}
		for _, issuer := range tables.issuers() {
			err := r.Scan(v.untilNow("due", string(issuer)), func(key, _ []byte) (bool, error) {
				at, err := time.Parse(time.RFC3339, store.Parts(key)[3])
				if b.Due++; b.Since.IsZero() || at.Before(b.Since) {
					b.Since = at
				}
				return b.Due < maxCounted, err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return b, err
}
