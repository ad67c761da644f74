package issuer

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
)

// tally is what a member's events add up to under one version of a mechanism.
type tally struct {
	Version  int       `json:"version"` // another version may count otherwise: then the events are counted again
	Points   int64     `json:"points,omitzero"`
	Positive int64     `json:"positive,omitzero"`
	Total    int64     `json:"total,omitzero"`
	Days     []day     `json:"days,omitzero"`     // of a measure with a window, in order; Positive and Total are unused then
	Latest   time.Time `json:"latest,omitzero"`   // of the latest event
	Standing *Standing `json:"standing,omitzero"` // what the host said, for a rule of its own
	AsOf     time.Time `json:"as_of,omitzero"`    // and when

	Level string         `json:"level,omitzero"` // as last evaluated
	Since bonafide.Month `json:"since,omitzero"` // since when that level is held
}

// day is what happened on one day of a window.
type day struct {
	Date     bonafide.Date `json:"date"`
	Positive int64         `json:"positive,omitzero"`
	Total    int64         `json:"total"`
}

// outcome is what a rule makes of a tally at one instant.
type outcome struct {
	level    string // by id; "" for none
	measures []bonafide.Measure
	next     time.Time // when it changes by the mere passing of time; zero: never
	aged     bool      // whether the level may have come about otherwise than by the latest event

	vouched    int              // the level held by supporters, by number; 0: none
	supporters int              // how many hold it
	given      []vouching.Vouch // the member's vouches for others
}

// check tells whether the mechanism counts the event.
func (e *Event) check(m *bonafide.Mechanism) error {
	counted := false
	switch {
	case m.Rule.Points != nil:
		_, counted = m.Rule.Points.Kinds[e.Kind]
		if e.Positive != nil {
			return bonafide.Errorf(bonafide.BadValue, "positive", "is only for a mechanism that takes a share")
		}
	case m.Rule.Share != nil:
		counted = slices.Contains(m.Rule.Share.Kinds, e.Kind)
		if e.Positive == nil {
			return bonafide.Errorf(bonafide.BadValue, "positive", "must be true or false: the mechanism takes a share")
		}
	}
	if !counted {
		return bonafide.Errorf(bonafide.UnknownKind, "kind", "%q isn't counted by %s", e.Kind, m.ID)
	}
	return nil
}

// add counts an event that m counts. The order in which events are added changes nothing but Days that
// have left the window.
func (t *tally) add(m *bonafide.Mechanism, e *Event) {
	if e.At.After(t.Latest) {
		t.Latest = e.At
	}
	if m.Rule.Points != nil {
		t.Points += m.Rule.Points.Kinds[e.Kind]
		return
	}
	var positive int64
	if *e.Positive {
		positive = 1
	}
	if window(m) == 0 {
		t.Positive += positive
		t.Total++
		return
	}
	date := bonafide.DateOf(e.At)
	at, found := slices.BinarySearchFunc(t.Days, date, func(d day, date bonafide.Date) int { return cmp.Compare(d.Date, date) })
	if !found {
		t.Days = slices.Insert(t.Days, at, day{Date: date})
	}
	t.Days[at].Positive += positive
	t.Days[at].Total++
}

// window returns the days that a share rule looks back, 0 for all.
func window(m *bonafide.Mechanism) int {
	if m.Rule.Share == nil {
		return 0
	}
	measure, _ := m.Measure(m.Rule.Share.Measure)
	return measure.WindowDays
}

// leaves returns when a day leaves a window of so many days, today included.
func (d day) leaves(window int) time.Time { return d.Date.Time().AddDate(0, 0, window) }

// evaluate applies the mechanism's rule.
func evaluate(m *bonafide.Mechanism, t *tally, now time.Time) outcome {
	switch {
	case m.Rule.Points != nil:
		return outcome{level: reached(m, func(n int) bool { return t.Points >= m.Rule.Points.Levels[n] })}
	case m.Rule.Share != nil:
		return evaluateShare(m, t, now)
	case t.Standing == nil:
		return outcome{}
	default:
		return evaluateStanding(m, t.Standing)
	}
}

// evaluateStanding takes the host's word, but for what it said under an earlier version of the
// mechanism and this one no longer has.
func evaluateStanding(m *bonafide.Mechanism, s *Standing) outcome {
	var o outcome
	if m.LevelNumber(s.Level) > 0 {
		o.level = s.Level
	}
	for _, measure := range s.Measures {
		if _, ok := m.Measure(measure.ID); ok {
			o.measures = append(o.measures, measure)
		}
	}
	return o
}

func evaluateShare(m *bonafide.Mechanism, t *tally, now time.Time) outcome {
	o := outcome{aged: window(m) > 0}
	measure := bonafide.Measure{ID: m.Rule.Share.Measure, Positive: t.Positive, Total: t.Total}
	if days := window(m); days > 0 {
		for _, d := range t.Days {
			leaves := d.leaves(days)
			if !now.Before(leaves) {
				continue
			}
			if o.next.IsZero() {
				o.next = leaves
			}
			measure.Positive += d.Positive
			measure.Total += d.Total
		}
	}
	if measure.Total >= m.Rule.Share.MinTotal {
		o.level = reached(m, func(n int) bool { return atLeast(measure, m.Rule.Share.Levels[n]) })
	}
	o.measures = []bonafide.Measure{measure}
	return o
}

// atLeast tells exactly whether the measure's share reaches threshold a/b: k·b ≥ a·n.
func atLeast(m bonafide.Measure, threshold bonafide.Decimal) bool {
	r := threshold.Rat()
	kb := new(big.Int).Mul(big.NewInt(m.Positive), r.Denom())
	an := new(big.Int).Mul(r.Num(), big.NewInt(m.Total))
	return kb.Cmp(an) >= 0
}

// reached returns the id of the highest level whose threshold holds; thresholds rise.
func reached(m *bonafide.Mechanism, holds func(n int) bool) string {
	level := ""
	for n := range m.Levels {
		if !holds(n) {
			break
		}
		level = m.Levels[n].ID
	}
	return level
}

// forget drops the days that have left the window.
func (t *tally) forget(m *bonafide.Mechanism, now time.Time) {
	days := window(m)
	t.Days = slices.DeleteFunc(t.Days, func(d day) bool { return !now.Before(d.leaves(days)) })
}

// hold takes over the level of the outcome, and since when it is held.
//
// A level is held since the month of the latest event, which is never too early even when events come
// out of order; where something else can change the level, since the month of now.
func (t *tally) hold(o outcome, now time.Time) {
	if o.level == t.Level && (o.level == "" || t.Since != "") {
		return
	}
	t.Level, t.Since = o.level, ""
	switch {
	case o.level == "":
	case !o.aged && !t.Latest.IsZero():
		t.Since = bonafide.MonthOf(t.Latest)
	default:
		t.Since = bonafide.MonthOf(now)
	}
}

// lower tells whether what was said before would now be said lower: what was issued then must no longer
// be relied on. A rise of one thing doesn't make up for the fall of another.
func lower(now, before bonafide.Status, m *bonafide.Mechanism) bool {
	if now.State != bonafide.Current {
		return true
	}
	if lowerLevel(now.Level, before.Level, m) || lowerLevel(now.EarnedLevel, before.EarnedLevel, m) {
		return true
	}
	if later := now.Level == before.Level && isLater(now.Since, before.Since); later || isLater(now.AccountSince, before.AccountSince) {
		return true
	}
	for _, was := range before.Measures {
		is, ok := now.Measure(was.ID)
		if !ok || is.Positive < was.Positive {
			return true
		}
		share := new(big.Int).Mul(big.NewInt(is.Positive), big.NewInt(was.Total))
		shareBefore := new(big.Int).Mul(big.NewInt(was.Positive), big.NewInt(is.Total))
		if share.Cmp(shareBefore) < 0 {
			return true
		}
	}
	return false
}

// isLater tells whether what was said to last since a month lasts for less long.
func isLater(now, before bonafide.Month) bool { return before != "" && (now == "" || now > before) }

// lowerLevel compares two levels by their numbers. A level that the mechanism no longer has can't be
// compared, and counts as a fall.
func lowerLevel(now, before string, m *bonafide.Mechanism) bool {
	if now == before || before == "" {
		return false
	}
	number := m.LevelNumber(before)
	return number == 0 || m.LevelNumber(now) < number
}
