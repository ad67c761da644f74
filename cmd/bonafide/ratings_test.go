package main

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// TestRealRatings runs the one command of examples/ratings, and counts again by other means.
func TestRealRatings(t *testing.T) {
	const shared = "../../../shared/data/otc/otc_network.csv"
	need.File(t, "shared", shared)
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	path, err := filepath.Abs(shared)
	require.NoError(t, err)
	dir := newFolder(t)
	members, outcomes := recount(t, path)
	require.Equal(t, 5858, members)
	want := func(resumed, recorded, published int) string {
		return fmt.Sprintf("35592 rows, %d of them done before; %d new events\n%d badges published, %d of them new\n", resumed, recorded, members, published) +
			"What table.json would give them at market.example:\n" +
			fmt.Sprintf("%7d  level 4\n%7d  level 3\n%7d  level 2\n%7d  level 1\n", outcomes["4"], outcomes["3"], outcomes["2"], outcomes["1"]) +
			fmt.Sprintf("%7d  none (sample-too-small): Too few ratings stand behind the status.\n", outcomes["few"]) +
			fmt.Sprintf("%7d  none (no-earned-level): The status holds no level that was earned there itself.\n", outcomes["no level"]) +
			fmt.Sprintf("%7d  none (no-rate): The status is below the first row of the table.\n", outcomes["below"])
	}
	for _, outcome := range []string{"4", "3", "2", "1", "few", "no level", "below"} {
		require.Positive(t, outcomes[outcome], "%s: the data show nothing of it", outcome)
	}
	run := func() string {
		return output(t, importOf("bonafide", dir, path, "--publish", "--try", "table.json"))
	}
	require.Equal(t, want(0, 35592, members), run())
	require.Equal(t, want(35592, 0, 0), run())
}

// recount reads the ratings and says how many members there are, and how many of them come out how:
// the rules of trader.json and table.json, written down once more.
func recount(t *testing.T, path string) (members int, outcomes map[string]int) {
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	positive, total := map[string]int64{}, map[string]int64{}
	seen := map[string]bool{}
	for _, row := range rows {
		require.False(t, seen[row[0]+" "+row[1]], "a member rates another once")
		seen[row[0]+" "+row[1]] = true
		rating, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		total[row[1]]++
		if rating > 0 {
			positive[row[1]]++
		}
	}
	outcomes = map[string]int{}
	for member, n := range total {
		outcomes[outcome(positive[member], n)]++
	}
	return len(total), outcomes
}

// outcome says what k positive ratings of n come to: a level, or why there is none.
func outcome(k, n int64) string {
	switch {
	case 2*k < n:
		return "no level"
	case n < 20:
		return "few"
	}
	bound := wilson(k, n)
	for _, row := range []struct {
		least *big.Rat
		level string
	}{{big.NewRat(95, 100), "4"}, {big.NewRat(90, 100), "3"}, {big.NewRat(80, 100), "2"}, {big.NewRat(60, 100), "1"}} {
		if bound.Cmp(new(big.Float).SetPrec(200).SetRat(row.least)) >= 0 {
			return row.level
		}
	}
	return "below"
}

// wilson returns Wilson's lower bound of k of n at 95 %, as textbooks write it:
// (p + z²/2n − z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
func wilson(k, n int64) *big.Float {
	real := func(r *big.Rat) *big.Float { return new(big.Float).SetPrec(200).SetRat(r) }
	p, z := big.NewRat(k, n), big.NewRat(196, 100)
	z2 := new(big.Rat).Mul(z, z)
	centre := new(big.Rat).Add(p, new(big.Rat).Mul(z2, big.NewRat(1, 2*n)))
	under := new(big.Rat).Mul(p, new(big.Rat).Sub(big.NewRat(1, 1), p))
	under.Mul(under, big.NewRat(1, n))
	under.Add(under, new(big.Rat).Mul(z2, big.NewRat(1, 4*n*n)))
	margin := new(big.Float).SetPrec(200).Sqrt(real(under))
	margin.Mul(margin, real(z))
	bound := new(big.Float).SetPrec(200).Sub(real(centre), margin)
	return bound.Quo(bound, real(new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Mul(z2, big.NewRat(1, n)))))
}
