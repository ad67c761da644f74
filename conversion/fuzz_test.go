package conversion_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/testdata"
	v1 "bonafide.example/testdata/v1"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// FuzzConvert looks for a question on which Convert panics, whose answer depends on the order of what is asked, or
// in which something counts that a guard refuses.
func FuzzConvert(f *testing.F) {
	for _, c := range questions(f) {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		q, err := bonafide.Parse[conversion.Question](text)
		if err != nil {
			require.NotEqual(t, bonafide.Internal, bonafide.CodeOf(err), "%v", err)
			return
		}
		e := conversion.Convert(q)
		e.Lines(bonafide.French)
		require.Equal(t, e.Level, conversion.Level(q))
		if !sound(q) {
			return
		}
		_, err = bonafide.MarshalJSON(e)
		require.NoError(t, err)
		other := q
		other.Inputs, other.Rules = slices.Clone(q.Inputs), slices.Clone(q.Rules)
		slices.Reverse(other.Inputs)
		slices.Reverse(other.Rules)
		require.Equal(t, e, conversion.Convert(other))
		best := 0
		for _, input := range q.Inputs {
			alone := q
			alone.Inputs = []conversion.Input{input}
			one := conversion.Convert(alone).Inputs[0]
			require.Equal(t, one.Gives > 0, one.Reason == "")
			require.Equal(t, one.Gives > 0, one.Used)
			if one.Used {
				requireGuarded(t, &q, input, one)
			}
			best = max(best, one.Gives)
		}
		require.LessOrEqual(t, e.Level, best+1)
		require.GreaterOrEqual(t, e.Level, best)
		require.Equal(t, e.Agreement, e.Level > best)
		require.Equal(t, e.Verdict == conversion.Converted, e.Level > 0)
	})
}

// questions returns those of the vectors.
func questions(f *testing.F) (all [][]byte) {
	cases, err := testdata.Cases[conversion.Question]("conversion")
	require.NoError(f, err)
	for _, c := range cases {
		data, err := v1.FS.ReadFile("conversion/" + c.Name + ".json")
		require.NoError(f, err)
		var raw struct {
			Input map[string]any `json:"input"`
		}
		require.NoError(f, json.Unmarshal(data, &raw))
		data, err = bonafide.MarshalJSON(raw.Input)
		require.NoError(f, err)
		all = append(all, data)
	}
	return all
}

// sound tells whether the question is one that a verifier can come to: of tables that fit, each version of which is
// one, and of whole statuses.
func sound(q conversion.Question) bool {
	if q.Now.UTC().Year() > 9999 {
		return false
	}
	for n, r := range q.Rules {
		if slices.ContainsFunc(q.Rules[:n], func(o conversion.Rule) bool {
			return r.Table.ID == o.Table.ID && r.Table.Version == o.Table.Version
		}) {
			return false
		}
		to := q.To
		if to != nil && r.Table.To.Mechanism != to.ID {
			to = nil
		}
		if conversion.Check(&r.Table, r.From, to) != nil || r.Table.Origin() != q.Site {
			return false
		}
	}
	for _, i := range q.Inputs {
		if i.Status.Validate() != nil {
			return false
		}
	}
	return true
}

// requireGuarded goes through the guards of the table that was applied, each in other words than Convert's, and
// through the rows above the one that decided.
func requireGuarded(t *testing.T, q *conversion.Question, i conversion.Input, e conversion.InputExplanation) {
	s := i.Status
	at := slices.IndexFunc(q.Rules, func(r conversion.Rule) bool {
		return r.Table.ID == e.Table.ID && r.Table.Version == e.Table.Version && r.Hash == e.Table.Hash && r.Table.From.Mechanism == s.Mechanism
	})
	require.GreaterOrEqual(t, at, 0)
	table := q.Rules[at].Table
	today := q.Now.UTC().Format(time.DateOnly)
	require.Equal(t, conversion.Good, i.Condition)
	require.Equal(t, bonafide.Current, s.State)
	require.Equal(t, table.From.Context, s.Context)
	require.NotEqual(t, q.Site, s.Origin())
	require.NotContains(t, s.Sources, q.Site)
	require.Contains(t, table.From.Versions, s.Version)
	require.True(t, string(table.ValidFrom) <= today && today <= string(table.ValidUntil))
	require.NotEmpty(t, s.EarnedLevel)
	require.True(t, i.ReliedUntil.IsZero() || q.Now.Before(i.ReliedUntil))
	if table.Accept.MaxAgeDays > 0 {
		require.LessOrEqual(t, daysTo(q.Now)-daysTo(s.AsOf.Time()), int64(table.Accept.MaxAgeDays))
	}
	if table.Accept.MinAccountDays > 0 {
		since, err := time.Parse("2006-01", string(s.AccountSince))
		require.NoError(t, err)
		lastDay := time.Date(since.Year(), since.Month()+1, 0, 0, 0, 0, 0, time.UTC)
		require.GreaterOrEqual(t, daysTo(q.Now)-daysTo(lastDay), int64(table.Accept.MinAccountDays))
	}
	require.LessOrEqual(t, e.Gives, table.Cap)
	if table.Measure != nil {
		requireShare(t, &table, s, e)
	}
}

// daysTo returns the number of the day.
func daysTo(t time.Time) int64 { return t.UTC().Truncate(24*time.Hour).Unix() / 86400 }

func requireShare(t *testing.T, table *bonafide.Table, s bonafide.Status, e conversion.InputExplanation) {
	m, stated := s.Measure(table.Measure.Share)
	require.True(t, stated)
	require.GreaterOrEqual(t, m.Total, max(1, table.Accept.MinSample))
	for row, rate := range table.Rates[:e.Table.Row] {
		holds := big.NewRat(m.Positive, m.Total).Cmp(rate.AtLeast.Rat()) >= 0
		if c := table.Measure.Confidence; c != nil {
			holds = reaches(wilsonFormula(m.Positive, m.Total, c.Z2.Rat()), rate.AtLeast.Rat())
		}
		require.Equal(t, row+1 == e.Table.Row, holds, "row %d", row+1)
	}
}
