package court

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
)

// Appeal contests a case for the member, with their words. While it can be contested, other words replace
// those before. Codes: bad-value, not-found unless it is the member's own, appeal-late, case-over.
func (c *Court) Appeal(ctx context.Context, member, id, words string) (Case, error) {
	return c.change(ctx, id, func(_ store.Tx, k Case, now bonafide.Seconds) (Case, error) {
		if k.Member != member {
			return Case{}, noCase(id)
		}
		if err := bonafide.CheckWords("words", words); err != nil {
			return Case{}, err
		}
		return k.contest(words, now)
	})
}

// Accept makes a pending case final at the member's wish. Codes: not-found, case-over.
func (c *Court) Accept(ctx context.Context, member, id string) (Case, error) {
	return c.change(ctx, id, func(_ store.Tx, k Case, now bonafide.Seconds) (Case, error) {
		if k.Member != member {
			return Case{}, noCase(id)
		}
		return k.accept(now)
	})
}
