package conversion_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/testdata"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

func vectors[I any](t *testing.T, topic string) []testdata.Case[I] {
	t.Helper()
	cases, err := testdata.Cases[I](topic)
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	return cases
}

func TestShareVectors(t *testing.T) {
	type input struct {
		Positive int64            `json:"positive"`
		Total    int64            `json:"total"`
		AtLeast  bonafide.Decimal `json:"at_least"`
		Z2       bonafide.Decimal `json:"z2"`
	}
	for _, c := range vectors[input](t, "share") {
		t.Run(c.Name, func(t *testing.T) {
			holds := conversion.ShareAtLeast(c.Input.Positive, c.Input.Total, c.Input.AtLeast)
			if c.Input.Z2 != "" {
				holds = conversion.WilsonAtLeast(c.Input.Positive, c.Input.Total, c.Input.AtLeast, c.Input.Z2)
			}
			got, err := json.Marshal(map[string]bool{"holds": holds})
			require.NoError(t, err)
			require.JSONEq(t, string(c.Result), string(got))
		})
	}
}

func TestConversionVectors(t *testing.T) {
	for _, c := range vectors[conversion.Question](t, "conversion") {
		t.Run(c.Name, func(t *testing.T) {
			e := conversion.Convert(c.Input)
			verdict := testdata.OK
			if e.Verdict == conversion.Nothing && len(e.Inputs) > 0 {
				verdict = e.Inputs[0].Reason
			}
			require.Equal(t, c.Expect, verdict)
			require.JSONEq(t, string(c.Result), withoutTexts(t, e))
		})
	}
}

// withoutTexts returns the explanation's JSON as the vectors hold it, after a look at its texts.
func withoutTexts(t *testing.T, e *conversion.Explanation) string {
	t.Helper()
	for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
		for _, line := range e.Lines(lang) {
			require.NotEmpty(t, line)
			require.NotRegexp(t, `\[|<no value>`, line, "a message is missing")
		}
	}
	data, err := bonafide.MarshalJSON(e)
	require.NoError(t, err)
	var object map[string]any
	require.NoError(t, json.Unmarshal(data, &object))
	delete(object, "sentence")
	delete(object, "notes")
	for _, input := range object["inputs"].([]any) {
		delete(input.(map[string]any), "sentences")
	}
	data, err = json.Marshal(object)
	require.NoError(t, err)
	return string(data)
}

func TestTableVectors(t *testing.T) {
	type input struct {
		Table bonafide.Table      `json:"table"`
		From  *bonafide.Mechanism `json:"from"`
		To    *bonafide.Mechanism `json:"to"`
	}
	for _, c := range vectors[input](t, "table") {
		t.Run(c.Name, func(t *testing.T) {
			err := conversion.Check(&c.Input.Table, c.Input.From, c.Input.To)
			if c.Expect == testdata.OK {
				require.NoError(t, err)
				return
			}
			var fault *bonafide.Error
			require.ErrorAs(t, err, &fault)
			require.Equal(t, c.Expect, fault.Code)
			var result struct {
				Subject string `json:"subject"`
			}
			require.NoError(t, json.Unmarshal(c.Result, &result))
			require.Equal(t, result.Subject, fault.Subject)
		})
	}
}

// Every reason for passing an input over stands in some vector.
func TestEveryReasonHasAVector(t *testing.T) {
	seen := map[bonafide.Code]bool{}
	for _, c := range vectors[conversion.Question](t, "conversion") {
		for _, input := range conversion.Convert(c.Input).Inputs {
			seen[input.Reason] = true
		}
	}
	for _, reason := range []bonafide.Code{
		bonafide.NotRecognised, bonafide.Revoked, bonafide.Paused, bonafide.NotCurrent, bonafide.OwnSource, bonafide.MechanismChanged,
		bonafide.TableExpired, bonafide.Stale, bonafide.NoEarnedLevel, bonafide.AccountTooYoung, bonafide.NoMeasure,
		bonafide.SampleTooSmall, bonafide.NoRate, bonafide.SameSource,
	} {
		require.True(t, seen[reason], reason)
	}
}
