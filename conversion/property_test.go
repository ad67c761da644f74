package conversion_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyQuestion draws a question of one to five inputs from four issuers, whose sources may overlap.
func anyQuestion(t *rapid.T) conversion.Question {
	issuers := []bonafide.Origin{bazar, depot, "https://ferme.example", "https://gares.example"}
	var rules []conversion.Rule
	for _, issuer := range issuers {
		r := shares(issuer)
		r.Table.Agreement = rapid.Bool().Draw(t, "agreement")
		r.Table.Accept.MinSample = rapid.Int64Range(0, 30).Draw(t, "min_sample")
		if rapid.Bool().Draw(t, "plain") {
			r = plainly(r)
		}
		r.Table.Cap = rapid.IntRange(3, 5).Draw(t, "cap")
		r.Table.Rates = r.Table.Rates[rapid.IntRange(0, 2).Draw(t, "from row"):]
		if len(r.Table.Rates) < 3 {
			r.Table.Cap = rapid.IntRange(r.Table.Rates[0].Gives, 3).Draw(t, "lower cap")
		}
		rules = append(rules, r)
	}
	var inputs []conversion.Input
	for range rapid.IntRange(1, 5).Draw(t, "inputs") {
		total := rapid.Int64Range(0, 600).Draw(t, "total")
		bad := rapid.Int64Range(0, min(total, 60)).Draw(t, "bad")
		input := rated(rapid.SampledFrom(issuers).Draw(t, "issuer"), total-bad, total)
		if rapid.IntRange(0, 3).Draw(t, "relays") == 0 {
			input.Status.Sources = append(input.Status.Sources, rapid.SampledFrom(issuers).Draw(t, "source"))
		}
		inputs = append(inputs, input)
	}
	return ask(rules, inputs...)
}

// changed returns the question with one measure changed.
func changed(q conversion.Question, i int, positive, total int64) conversion.Question {
	q.Inputs = slices.Clone(q.Inputs)
	m := q.Inputs[i].Status.Measures[0]
	q.Inputs[i].Status.Measures = []bonafide.Measure{{ID: m.ID, Positive: m.Positive + positive, Total: m.Total + total}}
	return q
}

func TestGoodRatingNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		i := rapid.IntRange(0, len(q.Inputs)-1).Draw(t, "rated")
		require.GreaterOrEqual(t, conversion.Convert(changed(q, i, 1, 1)).Level, conversion.Convert(q).Level)
	})
}

// A bad rating can raise in one way alone: by completing a sample that was too small.
func TestBadRatingNeverRaises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		i := rapid.IntRange(0, len(q.Inputs)-1).Draw(t, "rated")
		alone := q
		alone.Inputs = q.Inputs[i : i+1]
		if conversion.Convert(alone).Inputs[0].Reason == bonafide.SampleTooSmall {
			t.Skip("the sample is too small")
		}
		require.LessOrEqual(t, conversion.Convert(changed(q, i, 0, 1)).Level, conversion.Convert(q).Level)
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		other := q
		other.Inputs = rapid.Permutation(q.Inputs).Draw(t, "inputs")
		other.Rules = rapid.Permutation(q.Rules).Draw(t, "rules")
		require.Equal(t, conversion.Convert(q), conversion.Convert(other))
	})
}

func TestShownLevelDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		if rapid.Bool().Draw(t, "level tables") {
			for i := range q.Rules {
				q.Rules[i].Table.Measure, q.Rules[i].Table.Accept = nil, bonafide.Accept{}
				q.Rules[i].Table.Rates = []bonafide.Rate{{Level: "gold", Gives: 2}, {Level: "bronze", Gives: 1}}
			}
		}
		other := q
		other.Inputs = slices.Clone(q.Inputs)
		for i := range other.Inputs {
			earned := rapid.SampledFrom([]string{"", "bronze", "silver"}).Draw(t, "earned")
			q.Inputs[i].Status.EarnedLevel, other.Inputs[i].Status.EarnedLevel = earned, earned
			other.Inputs[i].Status.Level = rapid.SampledFrom([]string{"", "bronze", "silver", "gold"}).Draw(t, "level")
			other.Inputs[i].Status.Kind = rapid.SampledFrom([]bonafide.Kind{bonafide.Vouched, bonafide.Converted}).Draw(t, "kind")
		}
		require.Equal(t, conversion.Convert(q), conversion.Convert(other))
	})
}

func TestLevelKeepsWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		e := conversion.Convert(q)
		most, best := 0, 0
		seen := map[bonafide.Origin]bool{}
		for i, input := range e.Inputs {
			if !input.Used {
				require.NotEmpty(t, input.Reason)
				continue
			}
			best = max(best, input.Gives)
			for _, r := range q.Rules {
				if r.Table.ID == input.Table.ID {
					most = max(most, r.Table.Cap)
				}
			}
			for _, o := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(input.Sources), input.Issuer)))) {
				require.False(t, seen[o], "input %d: %s counts twice", i, o)
				seen[o] = true
			}
		}
		require.LessOrEqual(t, e.Level, min(most, len(member().Levels)))
		if e.Agreement {
			best++
		}
		require.LessOrEqual(t, e.Level, best)
		require.Equal(t, e.Level > 0, e.Verdict == conversion.Converted)
	})
}

// The rows of protocol.md's table, counted by Wilson's formula itself.
func TestRowsAgreeWithTheFormula(t *testing.T) {
	rule := shares(bazar)
	require.Zero(t, miscounts(rule, func(positive, total int64) int {
		return conversion.Convert(ask([]conversion.Rule{rule}, rated(bazar, positive, total))).Level
	}))
}

// The control: a conversion off by one row is found.
func TestRecountFindsRowOffByOne(t *testing.T) {
	rule := shares(bazar)
	for name, shift := range map[string]int{"row above": -1, "row below": 1} {
		require.NotZero(t, miscounts(rule, func(positive, total int64) int {
			e := conversion.Convert(ask([]conversion.Rule{rule}, rated(bazar, positive, total)))
			row := 4 // past the last
			if e.Level > 0 {
				row = e.Inputs[0].Table.Row
			}
			if row += shift; 1 <= row && row <= 3 {
				return rule.Table.Rates[row-1].Gives
			}
			return 0
		}), name)
	}
}

func miscounts(rule conversion.Rule, level func(positive, total int64) int) (count int) {
	random := rand.New(rand.NewPCG(20, 80))
	t := &rule.Table
	for range 800 {
		total := random.Int64N(2000)
		positive := total - random.Int64N(total/10+1)
		want := 0
		if total >= max(1, t.Accept.MinSample) {
			bound := wilsonFormula(positive, total, t.Measure.Confidence.Z2.Rat())
			for _, rate := range slices.Backward(t.Rates) {
				if reaches(bound, rate.AtLeast.Rat()) {
					want = rate.Gives
				}
			}
		}
		if level(positive, total) != want {
			count++
		}
	}
	return count
}
