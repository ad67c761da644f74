package conversion

import "bonafide.example"

// next says what is missing for the next better row, or for the input to count at all; nil where there
// is no better row, or where the reason's mend says all that can be said.
func (q *Question) next(w *weighing) *Next {
	switch w.reason {
	case bonafide.Stale:
		return &Next{Refresh: true}
	case bonafide.AccountTooYoung:
		if from := written(w.oldEnoughFrom()); !from.IsZero() {
			return &Next{FromDate: bonafide.DateOf(from)}
		}
	case bonafide.SampleTooSmall:
		return &Next{MissingSample: w.rule.Table.Accept.MinSample - w.measure().Total}
	case "", bonafide.NoRate:
		return q.betterRow(w)
	}
	return nil
}

// betterRow says what the nearest row that gives more would take.
func (q *Question) betterRow(w *weighing) *Next {
	row := w.row - 1
	for row >= 0 && q.given(w.rule, row) <= w.gives {
		row-- // rows that the mechanism's top level cuts to the same
	}
	if row < 0 {
		return nil
	}
	t := &w.rule.Table
	n := &Next{Row: row + 1, Gives: q.given(w.rule, row), AtLeast: t.Rates[row].AtLeast, Level: t.Rates[row].Level}
	if t.Measure == nil {
		return n
	}
	missing, reachable := missingPositive(w.measure(), *t.Measure, n.AtLeast)
	n.MissingPositive, n.OutOfReach = missing, !reachable
	return n
}
