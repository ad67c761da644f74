package verifier

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// said writes a change as its id and what it names.
func said(id string, fields ...any) bonafide.Text {
	text := id
	for n := 1; n < len(fields); n += 2 {
		text += fmt.Sprintf(" %v", fields[n])
	}
	return bonafide.Text{EN: text}
}

func shares() *bonafide.Table {
	return &bonafide.Table{
		ID: "https://outils.example/conversions/bazar", Version: 1,
		From:    bonafide.TableFrom{Issuer: "https://bazar.example", Mechanism: "https://bazar.example/mechanisms/seller", Versions: []int{1}, Context: "selling"},
		To:      bonafide.TableTo{Mechanism: "https://outils.example/mechanisms/member"},
		Accept:  bonafide.Accept{MinSample: 20, MaxAgeDays: 90, MinAccountDays: 180},
		Measure: &bonafide.MeasureBy{Share: "ratings", Confidence: &bonafide.Confidence{Method: "wilson", Z2: "3.8416"}},
		Rates:   []bonafide.Rate{{AtLeast: "0.95", Gives: 2}, {AtLeast: "0.80", Gives: 1}},
		Cap:     2, ValidFrom: "2026-01-01", ValidUntil: "2027-12-31",
	}
}

func levels() *bonafide.Table {
	t := shares()
	t.Measure, t.Accept = nil, bonafide.Accept{}
	t.Rates = []bonafide.Rate{{Level: "gold", Gives: 2}, {Level: "silver", Gives: 1}}
	t.Referral = &bonafide.ReferralTerms{MinStake: 20, Classes: map[string]string{"kept": "theft"}}
	return t
}

func TestTableChanges(t *testing.T) {
	for name, c := range map[string]struct {
		of     func() *bonafide.Table
		change func(*bonafide.Table)
		said   []string
	}{
		"nothing":             {shares, func(*bonafide.Table) {}, []string{"changed-else"}},
		"a rate":              {shares, func(t *bonafide.Table) { t.Rates[0].AtLeast = "0.975" }, []string{"changed-row 2 95\u00a0% 97.5\u00a0%"}},
		"a row more and less": {shares, func(t *bonafide.Table) { t.Rates[0].Gives = 3; t.Cap = 3 }, []string{"changed-row-added 3 95\u00a0%", "changed-row-removed 2 95\u00a0%", "changed-cap 2 3"}},
		"a level":             {levels, func(t *bonafide.Table) { t.Rates[1].Level = "bronze" }, []string{"changed-row 1 silver bronze"}},
		"versions":            {shares, func(t *bonafide.Table) { t.From.Versions = []int{3, 1} }, []string{"changed-versions 1 1, 3"}},
		"the plain share":     {shares, func(t *bonafide.Table) { t.Measure.Confidence = nil }, []string{"changed-measure"}},
		"levels for shares":   {shares, func(t *bonafide.Table) { *t = *levels(); t.Referral, t.Accept = nil, shares().Accept }, []string{"changed-measure", "changed-row 2 95\u00a0% gold", "changed-row 1 80\u00a0% silver"}},
		"agreement":           {shares, func(t *bonafide.Table) { t.Agreement = true }, []string{"changed-agreement-added"}},
		"no referrals":        {levels, func(t *bonafide.Table) { t.Referral = nil }, []string{"changed-referral-removed"}},
		"the end":             {levels, func(t *bonafide.Table) { t.ValidUntil = "2028-12-31" }, []string{"changed-valid-until 2027-12-31 2028-12-31"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := c.of()
			c.change(after)
			var got []string
			for _, change := range tableChanges(c.of(), after, said) {
				got = append(got, change.EN)
			}
			require.Equal(t, c.said, got)
		})
	}
}

// Whatever is written otherwise in a table is told of in words.
func TestTableChangesPassNothingOver(t *testing.T) {
	unchanged := map[string]bool{"id": true, "version": true, "from.issuer": true} // the mechanism is on the issuer's origin
	for _, base := range []func() *bonafide.Table{shares, levels} {
		data, err := json.Marshal(base())
		require.NoError(t, err)
		var whole map[string]any
		require.NoError(t, json.Unmarshal(data, &whole))
		var walk func(value any, path string, set func(any))
		walk = func(value any, path string, set func(any)) {
			var other any = fmt.Sprint(value) + "7"
			switch v := value.(type) {
			case map[string]any:
				for key, inner := range v {
					walk(inner, path+"."+key, func(x any) { v[key] = x })
				}
				return
			case []any:
				for n, inner := range v {
					walk(inner, fmt.Sprintf("%s.%d", path, n), func(x any) { v[n] = x })
				}
				return
			case float64:
				other = v + 1
			case string:
				if strings.HasPrefix(path, ".valid_") {
					other = "2027-06-30"
				}
			}
			if unchanged[path[1:]] {
				return
			}
			set(other)
			data, err := json.Marshal(whole)
			require.NoError(t, err)
			set(value)
			var after bonafide.Table
			require.NoError(t, json.Unmarshal(data, &after), path)
			require.NotEqual(t, "changed-else", tableChanges(base(), &after, said)[0].EN, path)
		}
		walk(whole, "", nil)
	}
}
