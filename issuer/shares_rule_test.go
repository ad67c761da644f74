package issuer

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// However members spread, what is told of a level fits five numbers of holders or more.
func TestSharesGiveNobodyAway(t *testing.T) {
	for members := range 400 {
		fits := map[int]int{}
		for holders := range members + 1 {
			step, from := coarsely([]int{members - holders, holders})
			require.Equal(t, members < 20, step == 0, "%d", members)
			if step > 0 {
				fits[from[1]]++
			}
		}
		for from, numbers := range fits {
			require.GreaterOrEqual(t, numbers, 5, "%d%% of %d members", from, members)
		}
	}
}
