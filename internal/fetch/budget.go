package fetch

import (
	"context"
	"sync/atomic"
	"time"

	"bonafide.example"
)

// What one verification may cost.
const (
	BudgetFetches = 20 // redirects included
	BudgetTime    = 10 * time.Second
)

type budgetKey struct{}

// Budget returns a context for one verification: at most 20 fetches and 10 s for all that is done under
// it, beyond which everything fails with fetch-budget. What is remembered costs nothing. There is no
// bound on depth to spend: no method here follows an address that it found in an object, save that of
// the keys. Within a budget, Budget grants no further one.
func Budget(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Value(budgetKey{}) != nil {
		return context.WithCancel(ctx)
	}
	left := new(atomic.Int64)
	left.Store(BudgetFetches)
	late := bonafide.Errorf(bonafide.FetchBudget, "", "took longer than %s in all", BudgetTime)
	return context.WithTimeoutCause(context.WithValue(ctx, budgetKey{}, left), BudgetTime, late)
}

// spend takes one fetch from the budget of ctx, if it has one.
func spend(ctx context.Context, address string) error {
	left, bounded := ctx.Value(budgetKey{}).(*atomic.Int64)
	if bounded && left.Add(-1) < 0 {
		return bonafide.Errorf(bonafide.FetchBudget, address, "would be fetch %d of one verification", BudgetFetches+1)
	}
	return nil
}

// spent tells whether nothing is left of the budget of ctx.
func spent(ctx context.Context) bool {
	left, bounded := ctx.Value(budgetKey{}).(*atomic.Int64)
	return bounded && left.Load() <= 0
}
