// Package conversion computes what statuses earned elsewhere count for at a site that publishes
// conversion tables, and explains it.
//
// [Convert] is a pure function: the same [Question] has the same answer everywhere, whatever the order
// of its inputs and rules. There is no clock, no network and no float in it. What it is given has been
// checked already: signatures, audiences and status lists are the verifier's business.
//
// Each input is looked at by itself, against the one table that names its mechanism. Guards can only
// pass it over, in this order, each with its reason: not-recognised, revoked, paused, not-current,
// own-source, mechanism-changed, table-expired, stale, no-earned-level, account-too-young, no-measure,
// sample-too-small. Then the table's first row that holds says what the input gives, cut by the table's
// cap; if none does, the reason is no-rate. How several inputs combine is told at [Convert].
package conversion

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"bonafide.example"
)

// Condition is what has become of a statement since its issuer made it.
type Condition string

const (
	Good    Condition = "good"    // it still holds, as far as its status list tells
	Revoked Condition = "revoked" // its bit is set in the issuer's status list
	Paused  Condition = "paused"  // the status list is past its end and can't be had
)

// Input is one status given to be converted.
type Input struct {
	ID          string          `json:"-"` // what the asker calls it, to find it in the [Explanation]; it decides nothing
	Status      bonafide.Status `json:"status"`
	Condition   Condition       `json:"condition"`
	CheckedAt   time.Time       `json:"checked_at,omitzero"`   // when the status list was last read; zero if it wasn't
	ReliedUntil time.Time       `json:"relied_until,omitzero"` // from then on it counts no more; zero: its table alone bounds it
}

// Rule is a published table with what is needed to apply it.
type Rule struct {
	Table bonafide.Table `json:"table"`
	Hash  string         `json:"hash"` // the [bonafide.Hash] of the table, shown in explanations

	// From is the version of the table's from mechanism that statuses are read by. A table that
	// accepts several versions may stand once for each. It may be nil for a table with a measure;
	// a table of levels passes over statuses whose version isn't From's.
	From *bonafide.Mechanism `json:"from,omitzero"`
}

// Question is everything that an answer depends on.
type Question struct {
	Site    bonafide.Origin     `json:"site"`        // the site that converts
	To      *bonafide.Mechanism `json:"to,omitzero"` // whose levels are given; nil where only the tables are at hand, all to one mechanism
	Rules   []Rule              `json:"rules"`       // tables to other mechanisms than To are left out
	Inputs  []Input             `json:"inputs"`
	Now     time.Time           `json:"now"`
	Contest string              `json:"contest,omitzero"` // the address where the answer can be contested
}

// Convert answers the question. The explanation holds every input, in order of issuer and mechanism.
//
// Several inputs count as their best. Where two inputs of independent origins both give something and
// the tables of both allow agreement, it is one level more than either gives, never above the cap of
// that one's table nor the mechanism's top level. Inputs with a common origin count once: the one that
// gives less is passed over as same-source.
func Convert(q Question) *Explanation {
	weighed := q.weighAll()
	c := q.combine(weighed)
	e := &Explanation{
		Verdict: Nothing, At: q.Now.UTC().Truncate(time.Second), Level: c.level, Agreement: c.agreement,
		Inputs: []InputExplanation{}, Expires: expiry(weighed, q.Now), Contest: q.Contest,
	}
	if q.To != nil {
		e.Mechanism = q.To.ID
	}
	if c.best != nil {
		e.Verdict, e.Mechanism = Converted, c.best.rule.Table.To.Mechanism
		e.CapReached = c.level == q.top(c.best.rule)
	}
	if q.To != nil && c.level > 0 {
		level, _ := q.To.Level(c.level)
		e.LevelID, e.LevelName = level.ID, level.Name
	}
	for _, w := range weighed {
		e.Inputs = append(e.Inputs, q.explain(w))
	}
	q.sayVerdict(e, c)
	return e
}

// Level returns the level of the answer alone, 0 for none. What it rests on, and the words of two languages for it,
// take many times as long.
func Level(q Question) int { return q.combine(q.weighAll()).level }

// weighAll weighs each input, in the order of the explanation.
func (q *Question) weighAll() []*weighing {
	weighed := make([]*weighing, len(q.Inputs))
	for i, input := range q.Inputs {
		weighed[i] = q.weigh(input)
	}
	slices.SortFunc(weighed, compareInputs)
	return weighed
}

// compareInputs orders inputs by issuer, then mechanism, then their canonical JSON, so that an answer doesn't depend on
// the order in which they came.
func compareInputs(x, y *weighing) int {
	sx, sy := &x.input.Status, &y.input.Status
	if order := cmp.Or(cmp.Compare(sx.Origin(), sy.Origin()), cmp.Compare(sx.Mechanism, sy.Mechanism)); order != 0 {
		return order
	}
	return bytes.Compare(canonical(x.input), canonical(y.input))
}

// canonical returns an input in the one way in which it can be written, without what is shown and never matters.
func canonical(i Input) []byte {
	i.Status.Level, i.Status.Kind, i.Status.Since = "", "", ""
	i.CheckedAt, i.ReliedUntil = second(i.CheckedAt), second(i.ReliedUntil)
	text, err := bonafide.CanonicalJSON(i)
	if err != nil {
		return nil // of an instant beyond the year 9999; such inputs keep the order in which they came
	}
	return text
}

// second returns an instant without fraction and in UTC; none stays none.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// expiry returns the earliest instant at which the answer may change though nothing is stated or
// published anew: an input that counts becomes stale, a table ends, or one that waits begins to count.
func expiry(weighed []*weighing, now time.Time) time.Time {
	var first time.Time
	for _, w := range weighed {
		switch {
		case w.used:
			first = earliest(first, w.staleFrom(), w.rule.Table.ValidUntil.Time().AddDate(0, 0, 1))
		case w.reason == bonafide.AccountTooYoung:
			first = earliest(first, w.oldEnoughFrom())
		case w.reason == bonafide.TableExpired && now.Before(w.rule.Table.ValidFrom.Time()):
			first = earliest(first, w.rule.Table.ValidFrom.Time())
		}
	}
	return written(first)
}
