package verifier

import (
	"slices"
	"time"

	"bonafide.example/conformance/wire"
)

// question is what an explanation answers, with the names of the test vectors: site, now, to (the mechanism whose levels are
// given), rules (each table with its hash and, as from, the mechanism whose levels are at hand), inputs (each status with
// condition, checked_at and relied_until) and contest.
type question struct {
	wire.Object
	now time.Time
}

// weighed is one input as the suite reckons it.
type weighed struct {
	input, status, rule, table wire.Object // rule and table nil: none takes it
	reason                     string      // why it isn't used; "": it gives something
	row                        int         // the row that matched, from 1
	gives                      int64
	used, decisive             bool
}

// weigh reckons one input alone.
func (q *question) weigh(input wire.Object) *weighed {
	x := &weighed{input: input, status: object(input, "status")}
	x.rule = q.ruleFor(x.status)
	if x.rule != nil {
		x.table = object(x.rule, "table")
	}
	if x.reason = q.refusal(x); x.reason != "" {
		return x
	}
	rates, _ := x.table["rates"].([]any)
	for i := range rates {
		if x.holds(i) {
			x.row, x.gives = i+1, q.given(x.table, i)
			return x
		}
	}
	x.reason = "no-rate"
	return x
}

// ruleFor returns the rule that takes a status, nil if there is none.
func (q *question) ruleFor(status wire.Object) (found wire.Object) {
	rules, _ := q.Object["rules"].([]any)
	for _, r := range rules {
		rule := r.(wire.Object)
		takes := wire.Text(rule, "table", "from", "mechanism") == wire.Text(status, "mechanism") &&
			wire.Text(rule, "table", "from", "context") == wire.Text(status, "context") &&
			wire.Text(rule, "table", "to", "mechanism") == wire.Text(q.Object, "to", "id")
		if takes && (found == nil || q.before(rule, found, status)) {
			found = rule
		}
	}
	return found
}

// before tells whether one of two rules that take a status is chosen before the other (BF-CONV-31).
func (q *question) before(rule, other, status wire.Object) bool {
	table, another := object(rule, "table"), object(other, "table")
	atHand := func(r wire.Object) bool { return wire.At(r, "from", "version") == status["version"] }
	switch {
	case q.inForce(table) != q.inForce(another):
		return q.inForce(table)
	case wire.Text(table, "id") != wire.Text(another, "id"):
		return wire.Text(table, "id") < wire.Text(another, "id")
	case number(table, "version") != number(another, "version"):
		return number(table, "version") > number(another, "version")
	}
	return atHand(rule) && !atHand(other)
}

func (q *question) today() time.Time { return q.now.UTC().Truncate(24 * time.Hour) }

func (q *question) inForce(table wire.Object) bool {
	return !q.today().Before(date(wire.Text(table, "valid_from"))) && !q.today().After(date(wire.Text(table, "valid_until")))
}

// refusal returns the reason of the first guard that refuses an input, "" if none does (BF-CONV-2).
func (q *question) refusal(x *weighed) string {
	if x.rule == nil {
		return "not-recognised"
	}
	site := wire.Text(q.Object, "site")
	versions, _ := wire.At(x.table, "from", "versions").([]any)
	reliance := wire.Text(x.input, "relied_until")
	oldest := number(x.table, "accept", "max_age_days")
	youngest := number(x.table, "accept", "min_account_days")
	measured := wire.Text(x.table, "measure", "share") != ""
	for _, guard := range []struct {
		reason  string
		refuses bool
	}{
		{"revoked", wire.Text(x.input, "condition") == "revoked"},
		{"paused", wire.Text(x.input, "condition") == "paused"},
		{"not-current", wire.Text(x.status, "state") != "current"},
		{"own-source", slices.Contains(x.origins(), site)},
		{"mechanism-changed", !slices.Contains(versions, x.status["version"]) || !measured && x.levels() == nil},
		{"table-expired", !q.inForce(x.table)},
		{"stale", oldest > 0 && date(wire.Text(x.status, "as_of")).AddDate(0, 0, int(oldest)).Before(q.today())},
		{"stale", reliance != "" && !q.now.Before(instant(reliance))},
		{"no-earned-level", x.earned() == 0},
		{"account-too-young", youngest > 0 && (x.oldEnough().IsZero() || q.now.Before(x.oldEnough()))},
		{"no-measure", measured && x.measure() == nil},
		{"sample-too-small", measured && number(x.measure(), "total") < number(x.table, "accept", "min_sample")},
	} {
		if guard.refuses {
			return guard.reason
		}
	}
	return ""
}

// levels returns the ids of the levels at hand, nil if there are none.
func (x *weighed) levels() (ids []string) {
	if wire.At(x.rule, "from", "version") != x.status["version"] {
		return nil
	}
	all, _ := wire.At(x.rule, "from", "levels").([]any)
	for _, level := range all {
		ids = append(ids, wire.Text(level, "id"))
	}
	return ids
}

// earned returns the number of the earned level, 0 for none, and 1 if there is one whose order isn't known.
func (x *weighed) earned() int {
	level, levels := wire.Text(x.status, "earned_level"), x.levels()
	if levels == nil && level != "" {
		return 1
	}
	return slices.Index(levels, level) + 1
}

// measure returns the table's measure as the status states it, nil if it doesn't.
func (x *weighed) measure() wire.Object {
	all, _ := x.status["measures"].([]any)
	for _, m := range all {
		if wire.Text(m, "id") == wire.Text(x.table, "measure", "share") {
			return m.(wire.Object)
		}
	}
	return nil
}

// oldEnough returns the instant from which the account is old enough, zero if its age isn't told.
func (x *weighed) oldEnough() time.Time {
	since, err := time.Parse("2006-01", wire.Text(x.status, "account_since"))
	if err != nil {
		return time.Time{}
	}
	return since.AddDate(0, 1, -1).AddDate(0, 0, int(number(x.table, "accept", "min_account_days")))
}

// origins returns the sources and the issuer.
func (x *weighed) origins() []string {
	return append(wire.Strings(x.status, "sources"), originOf(wire.Text(x.status, "mechanism")))
}

// compare compares the measure with a row.
func (x *weighed) compare(row int) comparison {
	m := x.measure()
	return compare(number(m, "positive"), number(m, "total"), wire.Text(x.table, "rates", row, "at_least"), x.z2())
}

func (x *weighed) z2() string { return wire.Text(x.table, "measure", "confidence", "z2") }

// holds tells whether a row holds.
func (x *weighed) holds(row int) bool {
	if level := wire.Text(x.table, "rates", row, "level"); level != "" {
		return x.earned() >= slices.Index(x.levels(), level)+1
	}
	return x.compare(row).holds
}

// given returns the level that a row gives: no more than the cap and the levels that there are.
func (q *question) given(table wire.Object, row int) int64 {
	return min(number(table, "rates", row, "gives"), number(table, "cap"), q.top())
}

// top returns how many levels there are to give.
func (q *question) top() int64 {
	levels, _ := wire.At(q.Object, "to", "levels").([]any)
	return int64(len(levels))
}

func object(value any, path ...any) wire.Object {
	o, _ := wire.At(value, path...).(wire.Object)
	return o
}

// number returns the integer that stands there, 0 if there is none.
func number(value any, path ...any) int64 {
	n, err := wire.Int(value, path...)
	if err != nil {
		return 0
	}
	return n
}

// date returns the beginning of a day, zero for what is none.
func date(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// instant returns an instant, zero for what is none.
func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
