package conversion

import (
	"cmp"
	"slices"

	"bonafide.example"
)

// combination is what several inputs give together.
type combination struct {
	level     int
	best      *weighing // whose table gives the level; nil if none does
	agreement bool      // one level of it is owed to a second input
}

// combine decides the level and marks the inputs used, decisive or of the same source as another.
//
// Two inputs are independent if they have no origin in common, neither among their sources nor as
// issuers. The level is the greatest given by any single input, or by two independent ones whose tables
// both allow agreement: one more than either gives, within that one's cap. Taking the greatest over all
// such choices, rather than dropping the lower of two inputs with a common source beforehand, makes sure
// that a good rating never lowers anybody. Then one source counts once: what shares an origin with a
// decisive input, or with one that goes before it, is passed over as same-source. Inputs go in order of
// what they give, from the greatest, then of issuer, mechanism and the rest of the status.
func (q *Question) combine(weighed []*weighing) combination {
	var passed []*weighing
	for _, w := range weighed {
		if w.gives > 0 {
			passed = append(passed, w)
		}
	}
	if len(passed) == 0 {
		return combination{}
	}
	slices.SortStableFunc(passed, func(x, y *weighing) int { return cmp.Compare(y.gives, x.gives) })
	c := combination{level: passed[0].gives, best: passed[0]}
	chosen := passed[:1]
	for i, x := range passed {
		for j, y := range passed {
			if i == j || !agree(x, y) {
				continue
			}
			if raised := min(x.gives+1, q.top(x.rule)); raised > c.level {
				c = combination{level: raised, best: x, agreement: true}
				chosen = []*weighing{x, y}
			}
		}
	}
	for _, w := range chosen {
		w.decisive = true
	}
	markUsed(chosen, passed)
	return c
}

// agree tells whether two inputs count as two voices.
func agree(x, y *weighing) bool {
	return x.rule.Table.Agreement && y.rule.Table.Agreement && independent(x, y)
}

func independent(x, y *weighing) bool {
	return !slices.ContainsFunc(x.origins(), func(o bonafide.Origin) bool { return slices.Contains(y.origins(), o) })
}

// markUsed marks the chosen inputs as used, then each of the others that is independent of all used
// so far.
func markUsed(chosen, passed []*weighing) {
	var used []*weighing
	for _, w := range slices.Concat(chosen, passed) {
		switch {
		case w.used:
		case slices.ContainsFunc(used, func(u *weighing) bool { return !independent(u, w) }):
			w.reason = bonafide.SameSource
		default:
			w.used = true
			used = append(used, w)
		}
	}
}
