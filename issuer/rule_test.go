package issuer

import (
	"math/big"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func levels(ids ...string) (levels []bonafide.Level) {
	for _, id := range ids {
		levels = append(levels, bonafide.Level{ID: id})
	}
	return levels
}

func shareMechanism(window int) *bonafide.Mechanism {
	return &bonafide.Mechanism{
		Levels:   levels("a", "b", "c"),
		Measures: []bonafide.MeasureDef{{ID: "ratings", WindowDays: window}},
		Rule: bonafide.Rule{Share: &bonafide.ShareRule{
			Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 3, Levels: []bonafide.Decimal{"0.33333333333333333", "0.7", "1"},
		}},
	}
}

func TestShareLevels(t *testing.T) {
	m := shareMechanism(0)
	for _, c := range []struct {
		positive, total int64
		level           string
	}{
		{2, 2, ""}, // too few
		{0, 3, ""}, {1, 3, "a"}, {2, 3, "a"}, {3, 3, "c"},
		{7, 10, "b"}, {69, 100, "a"}, {699, 1000, "a"}, {700, 1000, "b"},
		{333333333333333, 1000000000000000, ""}, {333333333333334, 1000000000000000, "a"},
		{1<<52 - 1, 1 << 52, "b"}, // 1 is reached by 1 alone; a float would round
	} {
		o := evaluate(m, &tally{Positive: c.positive, Total: c.total}, time.Time{})
		require.Equal(t, c.level, o.level, c)
		require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: c.positive, Total: c.total}}, o.measures)
		require.Zero(t, o.next)
	}
}

func TestPointsLevels(t *testing.T) {
	m := &bonafide.Mechanism{Levels: levels("a", "b"), Rule: bonafide.Rule{Points: &bonafide.PointsRule{Levels: []int64{5, 9}}}}
	for points, level := range map[int64]string{0: "", 4: "", 5: "a", 8: "a", 9: "b", 100: "b"} {
		require.Equal(t, level, evaluate(m, &tally{Points: points}, time.Time{}).level, points)
	}
}

func TestStandingUnderANewVersion(t *testing.T) {
	m := &bonafide.Mechanism{
		Levels: levels("a", "b"), Measures: []bonafide.MeasureDef{{ID: "ratings"}}, Rule: bonafide.Rule{Host: &bonafide.HostRule{}},
	}
	ratings := bonafide.Measure{ID: "ratings", Positive: 1, Total: 2}
	told := &tally{Standing: &Standing{Level: "b", Measures: []bonafide.Measure{{ID: "stars", Total: 1}, ratings}}}
	require.Equal(t, outcome{level: "b", measures: []bonafide.Measure{ratings}}, evaluate(m, told, time.Time{}))
	m.Levels = levels("a")
	require.Empty(t, evaluate(m, told, time.Time{}).level)
	require.Empty(t, evaluate(m, &tally{}, time.Time{}))
}

// BF-ISSUER-10
func TestAtLeastAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1<<53).Draw(t, "total")
		positive := rapid.Int64Range(0, total).Draw(t, "positive")
		threshold := bonafide.Decimal(rapid.StringMatching(`0\.[0-9]{1,17}`).Draw(t, "threshold"))
		want := big.NewRat(positive, total).Cmp(threshold.Rat()) >= 0
		if got := atLeast(bonafide.Measure{Positive: positive, Total: total}, threshold); got != want {
			t.Fatalf("%d of %d at least %s: %v", positive, total, threshold, got)
		}
	})
}

// A window of so many days is today and those before it, in UTC.
// BF-ISSUER-11
func TestWindow(t *testing.T) {
	m := shareMechanism(3)
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }
	var sum tally
	for _, e := range []Event{{At: at(3, 0), Positive: new(true)}, {At: at(1, 23), Positive: new(true)}, {At: at(2, 5), Positive: new(false)}} {
		sum.add(m, &e)
	}
	for _, c := range []struct {
		now      time.Time
		positive int64
		total    int64
		next     time.Time
	}{
		{at(3, 23), 2, 3, at(4, 0)},
		{at(4, 0), 1, 2, at(5, 0)},
		{at(5, 0), 1, 1, at(6, 0)},
		{at(6, 0), 0, 0, time.Time{}},
	} {
		o := evaluate(m, &sum, c.now)
		require.Equal(t, bonafide.Measure{ID: "ratings", Positive: c.positive, Total: c.total}, o.measures[0], c.now)
		require.Equal(t, c.next, o.next, c.now)
	}
	settled(&sum, m, at(5, 0))
	require.Len(t, sum.Days, 1, "days that have left are forgotten")
}

// BF-ISSUER-7
func TestOrderOfEventsChangesNothing(t *testing.T) {
	now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		m := shareMechanism(rapid.SampledFrom([]int{0, 7}).Draw(t, "window"))
		var events []Event
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			age := time.Duration(rapid.IntRange(0, 300).Draw(t, "hours ago")) * time.Hour
			events = append(events, Event{At: now.Add(-age), Positive: new(rapid.Bool().Draw(t, "positive"))})
		}
		var one, other tally
		for n := range events {
			one.add(m, &events[n])
		}
		for _, e := range rapid.Permutation(events).Draw(t, "order") {
			other.add(m, &e)
			settled(&other, m, now)
		}
		first, second := settled(&one, m, now), settled(&other, m, now)
		require.Equal(t, first, second)
		require.Equal(t, one.Days, other.Days)
	})
}

func TestSince(t *testing.T) {
	m := shareMechanism(0)
	month := func(m time.Month) time.Time { return time.Date(2025, m, 5, 0, 0, 0, 0, time.UTC) }
	var sum tally
	add := func(at time.Time, positive bool) bonafide.Month {
		sum.add(m, &Event{At: at, Positive: &positive})
		settled(&sum, m, month(12))
		return sum.Since
	}
	require.Empty(t, add(month(1), true))
	require.Empty(t, add(month(2), true))
	require.Equal(t, bonafide.Month("2025-03"), add(month(3), true))
	require.Equal(t, bonafide.Month("2025-03"), add(month(4), true), "the same level still")
	require.Equal(t, bonafide.Month("2025-04"), add(month(1), false), "an old event can't have lowered it before the latest")
}

// BF-ISSUER-23, BF-ISSUER-24
func TestLower(t *testing.T) {
	m := shareMechanism(0)
	status := func(level string, positive, total int64) bonafide.Status {
		return bonafide.Status{Level: level, EarnedLevel: level, State: bonafide.Current, Measures: []bonafide.Measure{{ID: "ratings", Positive: positive, Total: total}}}
	}
	sinceMay, sinceJune, opened := status("b", 5, 10), status("b", 5, 10), status("b", 5, 10)
	sinceMay.Since, sinceJune.Since, opened.AccountSince = "2026-05", "2026-06", "2026-05"
	risen := status("c", 5, 10)
	risen.Since = "2026-06"
	suspended, silent, gone := status("b", 5, 10), status("b", 5, 10), status("z", 5, 10)
	suspended.State, silent.Measures = bonafide.Suspended, nil
	for name, c := range map[string]struct {
		now, before bonafide.Status
		lower       bool
	}{
		"the same":               {status("b", 5, 10), status("b", 5, 10), false},
		"level up":               {status("c", 5, 10), status("b", 5, 10), false},
		"level down":             {status("a", 5, 10), status("b", 5, 10), true},
		"no level":               {status("", 5, 10), status("a", 5, 10), true},
		"first level":            {status("a", 5, 10), status("", 5, 10), false},
		"more, same share":       {status("b", 50, 100), status("b", 5, 10), false},
		"more positive, less so": {status("b", 6, 13), status("b", 5, 10), true},
		"fewer, same share":      {status("b", 4, 8), status("b", 5, 10), true},
		"fewer, higher share":    {status("b", 4, 4), status("b", 5, 10), true},
		"level up, share down":   {status("c", 5, 11), status("b", 5, 10), true},
		"from nothing":           {status("b", 0, 1), status("b", 0, 0), false},
		"not stated any more":    {silent, status("b", 5, 10), true},
		"stated newly":           {status("b", 5, 10), silent, false},
		"the level for longer":   {sinceMay, sinceJune, false},
		"the level for less":     {sinceJune, sinceMay, true},
		"level up, since later":  {risen, sinceMay, false},
		"a younger account":      {status("b", 5, 10), opened, true},
		"an older account":       {opened, status("b", 5, 10), false},
		"suspended":              {suspended, status("b", 5, 10), true},
		"a level that is gone":   {status("c", 5, 10), gone, true},
	} {
		require.Equal(t, c.lower, lower(c.now, c.before, m), name)
	}
}

// BF-ISSUER-16
func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		code := newCode()
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{16}$`, code)
		require.False(t, seen[code])
		seen[code] = true
	}
}

// settled brings a tally up to now under a rule that no ledger adds to.
func settled(t *tally, m *bonafide.Mechanism, now time.Time) outcome {
	t.forget(m, now)
	o := evaluate(m, t, now)
	t.hold(o, now)
	return o
}
