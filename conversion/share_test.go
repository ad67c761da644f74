package conversion_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/stretchr/testify/require"
)

func TestWilsonBounds(t *testing.T) {
	for _, c := range []struct {
		positive, total int64
		holds, fails    bonafide.Decimal
	}{
		{20, 20, "0.838869", "0.838870"},
		{99, 100, "0.945512", "0.945513"},
		{200, 200, "0.981153", "0.981154"},
	} {
		require.True(t, conversion.WilsonAtLeast(c.positive, c.total, c.holds, "3.8416"), c)
		require.False(t, conversion.WilsonAtLeast(c.positive, c.total, c.fails, "3.8416"), c)
	}
	// 16 of 16 at z² = 4 is 16/20 exactly: at least means at least.
	require.True(t, conversion.WilsonAtLeast(16, 16, "0.8", "4"))
	require.False(t, conversion.WilsonAtLeast(16, 16, "0.80000000000000001", "4"))
}

func TestEdgesOfShares(t *testing.T) {
	require.True(t, conversion.ShareAtLeast(1, 5, "0.20"))
	require.False(t, conversion.ShareAtLeast(1, 5, "0.20000000000000001"))
	require.True(t, conversion.ShareAtLeast(1<<53, 1<<53, "1"))
	require.False(t, conversion.ShareAtLeast(1<<53-1, 1<<53, "1"))
	require.False(t, conversion.ShareAtLeast(0, 0, "0.1"), "no ratings")
	require.False(t, conversion.WilsonAtLeast(0, 0, "0.1", "3.8416"), "no ratings")
	require.False(t, conversion.WilsonAtLeast(1<<53, 1<<53, "1", "3.8416"), "1 is a spurious root")
	require.False(t, conversion.WilsonAtLeast(50, 100, "0.6", "3.8416"), "the upper root is no lower bound")
	require.False(t, conversion.ShareAtLeast(3, 2, "0.1"), "no share")
	require.False(t, conversion.ShareAtLeast(2, 2, "x"), "no threshold")
	require.False(t, conversion.WilsonAtLeast(2, 2, "0.1", "x"), "no z²")
}

// predicate is one way to decide whether Wilson's lower bound reaches a threshold.
type predicate func(positive, total int64, atLeast, z2 bonafide.Decimal) bool

func TestWilsonAgreesWithItsFormula(t *testing.T) {
	require.Zero(t, disagreements(conversion.WilsonAtLeast, 100_000))
}

// The control: the comparison finds the faults that it is there to find.
func TestComparisonFindsPlantedFaults(t *testing.T) {
	for name, planted := range map[string]predicate{
		"floats": func(positive, total int64, atLeast, z2 bonafide.Decimal) bool {
			k, n := float64(positive), float64(total)
			a, _ := strconv.ParseFloat(string(atLeast), 64)
			z, _ := strconv.ParseFloat(string(z2), 64)
			p := k / n
			return (p+z/(2*n)-math.Sqrt(z*(p*(1-p)/n+z/(4*n*n))))/(1+z/n) >= a
		},
		"no sign": func(positive, total int64, atLeast, z2 bonafide.Decimal) bool {
			return conversion.WilsonAtLeast(positive, total, atLeast, z2) || conversion.WilsonAtLeast(total-positive, total, atLeast, z2)
		},
		"one more": func(positive, total int64, atLeast, z2 bonafide.Decimal) bool {
			return conversion.WilsonAtLeast(positive+1, total+1, atLeast, z2)
		},
		"plain share": func(positive, total int64, atLeast, _ bonafide.Decimal) bool {
			return conversion.ShareAtLeast(positive, total, atLeast)
		},
	} {
		require.NotZero(t, disagreements(planted, 5_000), name)
	}
}

// disagreements counts in how many of so many random cases decide differs from Wilson's formula itself,
// evaluated with 600 bits. Half of the thresholds lie next to the bound.
func disagreements(decide predicate, cases int) (count int) {
	random := rand.New(rand.NewPCG(1927, 22))
	z2s := []bonafide.Decimal{"3.8416", "4", "1", "6.6349", "0.00000000000000001", "99.9999"}
	for range cases {
		total := 1 + random.Int64N(1<<(1+random.IntN(53)))
		positive := random.Int64N(total + 1)
		if random.IntN(4) == 0 {
			positive = total - min(total, random.Int64N(3))
		}
		z2 := z2s[random.IntN(len(z2s))]
		bound := wilsonFormula(positive, total, z2.Rat())
		atLeast := bonafide.Decimal(strconv.FormatFloat(random.Float64(), 'f', 1+random.IntN(16), 64))
		if random.IntN(2) == 0 {
			atLeast = next(bound, 1+random.IntN(17), random.Int64N(3)-1)
		}
		if decide(positive, total, atLeast, z2) != reaches(bound, atLeast.Rat()) {
			count++
		}
	}
	return count
}

const bits = 600

func wide(r *big.Rat) *big.Float { return new(big.Float).SetPrec(bits).SetRat(r) }

// wilsonFormula returns (p + z²/2n − √(z²·(p(1−p)/n + z²/4n²))) / (1 + z²/n), with p = k/n.
func wilsonFormula(k, n int64, z2 *big.Rat) *big.Float {
	float := func(i int64) *big.Float { return new(big.Float).SetPrec(bits).SetInt64(i) }
	do := func(f func(z, x, y *big.Float) *big.Float, x, y *big.Float) *big.Float {
		return f(new(big.Float).SetPrec(bits), x, y)
	}
	add, sub, mul, quo := (*big.Float).Add, (*big.Float).Sub, (*big.Float).Mul, (*big.Float).Quo
	z, size := wide(z2), float(n)
	p := do(quo, float(k), size)
	half := do(quo, z, float(2*n))
	spread := do(quo, do(mul, p, do(sub, float(1), p)), size)
	root := new(big.Float).SetPrec(bits).Sqrt(do(add, do(mul, z, spread), do(mul, half, half)))
	return do(quo, do(sub, do(add, p, half), root), do(add, float(1), do(quo, z, size)))
}

// reaches compares a bound with a threshold. Two that differ at all differ by far more than 2⁻⁴⁰⁰, the
// threshold having 18 digits and the sample 53 bits; so what is nearer is equal.
func reaches(bound *big.Float, atLeast *big.Rat) bool {
	if atLeast.Sign() <= 0 || atLeast.IsInt() {
		return false
	}
	slack := new(big.Float).SetMantExp(big.NewFloat(1), -400)
	return new(big.Float).SetPrec(bits).Sub(wide(atLeast), bound).Cmp(slack) <= 0
}

// next returns the bound cut to so many digits, moved by so many units of the last one.
func next(bound *big.Float, digits int, move int64) bonafide.Decimal {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	cut, _ := new(big.Float).SetPrec(bits).Mul(bound, new(big.Float).SetInt(scale)).Int(nil)
	cut.Add(cut, big.NewInt(move))
	if cut.Sign() < 0 {
		cut.SetInt64(0)
	}
	text := cut.String()
	text = strings.Repeat("0", max(0, digits+1-len(text))) + text
	return bonafide.Decimal(text[:len(text)-digits] + "." + text[len(text)-digits:])
}
