package conversion

import "bonafide.example"

// explain writes down how one input was weighed.
func (q *Question) explain(w *weighing) InputExplanation {
	s := &w.input.Status
	e := InputExplanation{
		ID:     w.input.ID,
		Issuer: s.Origin(), Mechanism: s.Mechanism, Version: s.Version,
		Used: w.used, Decisive: w.decisive, Reason: w.reason, Gives: w.gives, EarnedLevel: s.EarnedLevel,
		Sources: s.Sources, AsOf: s.AsOf, CheckedAt: w.input.CheckedAt, ReliedUntil: w.input.ReliedUntil,
	}
	if w.rule != nil {
		e.Table = &TableExplanation{ID: w.rule.Table.ID, Version: w.rule.Table.Version, Hash: w.rule.Hash}
		e.Inequality = w.inequality()
		e.Next = q.next(w)
	}
	if w.gives > 0 {
		e.Table.Row = w.row + 1
	}
	e.Sentences = q.sentences(w, &e)
	return e
}

// inequality explains the comparison of the row that matched, else of the last one; nil where it didn't
// come to a comparison.
func (w *weighing) inequality() *Inequality {
	t := &w.rule.Table
	if t.Measure == nil || (w.gives == 0 && w.reason != bonafide.NoRate) {
		return nil
	}
	row := min(w.row, len(t.Rates)-1)
	return w.compare(row).explain(w.measure(), *t.Measure, t.Rates[row].AtLeast)
}
