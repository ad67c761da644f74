package conversion_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/stretchr/testify/require"
)

// Guards of any number of days hold, and days past the year 9999, which no date can name, aren't told.
func TestGuardsOfAnyNumberOfDays(t *testing.T) {
	for _, days := range []int{4_000_000, 106_751_991_167_300, 213_503_982_334_601, 1 << 47, 1 << 48, 1 << 53} {
		r := shares(bazar)
		r.Table.Accept.MinAccountDays = days
		young := conversion.Convert(ask([]conversion.Rule{r}, rated(bazar, 400, 400)))
		require.Equal(t, bonafide.AccountTooYoung, young.Inputs[0].Reason, days)
		require.Nil(t, young.Inputs[0].Next, days)

		r = shares(bazar)
		r.Table.Accept.MaxAgeDays, r.Table.ValidUntil = days, "9999-12-31"
		counted := conversion.Convert(ask([]conversion.Rule{r}, rated(bazar, 400, 400)))
		require.True(t, counted.Inputs[0].Used, days)
		for _, e := range []*conversion.Explanation{young, counted} {
			require.True(t, e.Expires.IsZero(), days)
			_, err := bonafide.MarshalJSON(e)
			require.NoError(t, err)
		}
	}
}
