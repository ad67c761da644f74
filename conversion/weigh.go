package conversion

import (
	"cmp"
	"slices"
	"time"

	"bonafide.example"
)

// weighing is one input, looked at by itself.
type weighing struct {
	input  Input
	rule   *Rule         // nil if no table names its mechanism
	reason bonafide.Code // why it is passed over; "" if it gives something
	row    int           // the first row that holds, from 0; the number of rows if none does
	gives  int

	used, decisive bool // as the combination decides
}

// weigh applies the guards in their order, then the rows.
func (q *Question) weigh(input Input) *weighing {
	w := &weighing{input: input, rule: q.ruleFor(input.Status)}
	if w.rule == nil {
		w.reason = bonafide.NotRecognised
		return w
	}
	w.row = len(w.rule.Table.Rates)
	if w.reason = w.refused(q.Site, q.Now); w.reason != "" {
		return w
	}
	if w.row = w.firstRow(); w.row == len(w.rule.Table.Rates) {
		w.reason = bonafide.NoRate
		return w
	}
	w.gives = q.given(w.rule, w.row)
	return w
}

// ruleFor returns the rule of the table that names the status's mechanism and context, nil for none.
// Should a site have published two such tables, the one in force goes first, then the one whose address
// sorts first, then its later version.
func (q *Question) ruleFor(s bonafide.Status) *Rule {
	var found []*Rule
	for i := range q.Rules {
		t := &q.Rules[i].Table
		if t.From.Mechanism == s.Mechanism && t.From.Context == s.Context && (q.To == nil || t.To.Mechanism == q.To.ID) {
			found = append(found, &q.Rules[i])
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(x, y *Rule) int {
		return cmp.Or(
			falseFirst(!inForce(&x.Table, q.Now), !inForce(&y.Table, q.Now)),
			cmp.Compare(x.Table.ID, y.Table.ID),
			cmp.Compare(y.Table.Version, x.Table.Version),
			falseFirst(!x.reads(s.Version), !y.reads(s.Version)),
		)
	})
}

func falseFirst(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	default:
		return 1
	}
}

// reads tells whether the rule has the mechanism's version at hand.
func (r *Rule) reads(version int) bool { return r.From != nil && r.From.Version == version }

func inForce(t *bonafide.Table, now time.Time) bool {
	today := bonafide.DateOf(now)
	return t.ValidFrom <= today && today <= t.ValidUntil
}

// refused returns the reason of the first guard that passes the input over, "" for none.
func (w *weighing) refused(site bonafide.Origin, now time.Time) bonafide.Code {
	s, t := &w.input.Status, &w.rule.Table
	switch {
	case w.input.Condition == Revoked:
		return bonafide.Revoked
	case w.input.Condition != Good: // what isn't known to hold doesn't count
		return bonafide.Paused
	case s.State != bonafide.Current:
		return bonafide.NotCurrent
	case slices.Contains(w.origins(), site):
		return bonafide.OwnSource
	case !slices.Contains(t.From.Versions, s.Version) || (t.Measure == nil && !w.rule.reads(s.Version)):
		return bonafide.MechanismChanged
	case !inForce(t, now):
		return bonafide.TableExpired
	case !w.staleFrom().IsZero() && !now.Before(w.staleFrom()):
		return bonafide.Stale
	case s.EarnedLevel == "" || (w.rule.reads(s.Version) && w.rule.From.LevelNumber(s.EarnedLevel) == 0):
		return bonafide.NoEarnedLevel
	case now.Before(w.oldEnoughFrom()) || (t.Accept.MinAccountDays > 0 && s.AccountSince == ""):
		return bonafide.AccountTooYoung
	}
	if t.Measure == nil {
		return ""
	}
	m, stated := s.Measure(t.Measure.Share)
	switch {
	case !stated:
		return bonafide.NoMeasure
	case m.Total < t.Accept.MinSample:
		return bonafide.SampleTooSmall
	}
	return ""
}

// staleFrom returns the instant from which the statement is too old: its relied_until, or the end of
// the last day on which its as_of is at most max_age_days ago, whichever comes first; the zero time if
// neither bounds it.
func (w *weighing) staleFrom() time.Time {
	var tooOld time.Time
	if days := w.rule.Table.Accept.MaxAgeDays; days > 0 {
		tooOld = later(w.input.Status.AsOf.Time(), days+1)
	}
	return earliest(w.input.ReliedUntil, tooOld)
}

// earliest returns the earliest of the instants that aren't zero; the zero time if all are.
func earliest(instants ...time.Time) time.Time {
	var first time.Time
	for _, t := range instants {
		if first.IsZero() || (!t.IsZero() && t.Before(first)) {
			first = t
		}
	}
	return first
}

// oldEnoughFrom returns the first instant of the day on which the account is min_account_days old. It
// is counted from the last day of the month that is stated, so that rounding never makes it older; the
// zero time if there is no such guard, or no month.
func (w *weighing) oldEnoughFrom() time.Time {
	days, since := w.rule.Table.Accept.MinAccountDays, w.input.Status.AccountSince
	if days == 0 || since == "" {
		return time.Time{}
	}
	return later(since.Time().AddDate(0, 1, -1), days)
}

// later returns the day so many days after another. It doesn't overflow: so many days that no date could be written
// lead past the year 9999.
func later(day time.Time, days int) time.Time {
	const millennia = 10_000 * 366
	return day.AddDate(0, 0, min(days, millennia))
}

// written returns the instant if RFC 3339 can write it, else the zero time.
func written(t time.Time) time.Time {
	if t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// origins returns whom the status rests on: its sources, and its issuer.
func (w *weighing) origins() []bonafide.Origin {
	return append(slices.Clip(w.input.Status.Sources), w.input.Status.Origin())
}

// firstRow returns the first row that holds, the number of rows if none does.
func (w *weighing) firstRow() int {
	t := &w.rule.Table
	for i, rate := range t.Rates {
		if t.Measure != nil && w.compare(i).holds {
			return i
		}
		if t.Measure == nil && w.reaches(rate.Level) {
			return i
		}
	}
	return len(t.Rates)
}

// measure returns the measure that the table's rates compare.
func (w *weighing) measure() bonafide.Measure {
	m, _ := w.input.Status.Measure(w.rule.Table.Measure.Share)
	return m
}

// compare works out one row's inequality.
func (w *weighing) compare(row int) comparison {
	return compare(w.measure(), *w.rule.Table.Measure, w.rule.Table.Rates[row].AtLeast)
}

// reaches tells whether the level earned is at least the one with that id. A level that the mechanism
// doesn't have is reached by nobody.
func (w *weighing) reaches(level string) bool {
	wanted := w.rule.From.LevelNumber(level)
	return wanted > 0 && w.rule.From.LevelNumber(w.input.Status.EarnedLevel) >= wanted
}

// top returns the highest level that the rule can give.
func (q *Question) top(r *Rule) int {
	if q.To == nil {
		return r.Table.Cap
	}
	return min(r.Table.Cap, len(q.To.Levels))
}

// given returns the level that a row gives.
func (q *Question) given(r *Rule, row int) int { return min(r.Table.Rates[row].Gives, q.top(r)) }
