package conversion

import (
	"math/big"
	"strconv"

	"bonafide.example"
)

// ShareAtLeast tells whether positive of total is at least the share atLeast, which lies in (0, 1].
// Nothing is a share of no ratings.
func ShareAtLeast(positive, total int64, atLeast bonafide.Decimal) bool {
	return compare(bonafide.Measure{Positive: positive, Total: total}, bonafide.MeasureBy{}, atLeast).holds
}

// WilsonAtLeast tells whether Wilson's lower bound of the share positive of total, at z squared = z2, is
// at least atLeast, which lies in (0, 1]. It is decided exactly, by the inequality that [Inequality]
// describes. No bound reaches 1, and there is none without ratings.
func WilsonAtLeast(positive, total int64, atLeast, z2 bonafide.Decimal) bool {
	by := bonafide.MeasureBy{Confidence: &bonafide.Confidence{Method: wilson, Z2: z2}}
	return compare(bonafide.Measure{Positive: positive, Total: total}, by, atLeast).holds
}

const (
	plain  = "share"
	wilson = "wilson"
)

// comparison is the inequality of one row, worked out. The letters are those of [Inequality]; c, d and
// margin are nil for the plain share.
type comparison struct {
	a, b, c, d, margin, left, right *big.Int
	holds                           bool
}

func compare(m bonafide.Measure, by bonafide.MeasureBy, atLeast bonafide.Decimal) comparison {
	k, n := big.NewInt(m.Positive), big.NewInt(m.Total)
	share := atLeast.Rat()
	x := comparison{a: share.Num(), b: share.Denom()}
	defined := m.Total > 0 && 0 <= m.Positive && m.Positive <= m.Total && x.a.Sign() > 0

	x.left, x.right = product(k, x.b), product(x.a, n)
	if by.Confidence == nil {
		x.holds = defined && x.left.Cmp(x.right) >= 0
		return x
	}
	z2 := by.Confidence.Z2.Rat()
	x.c, x.d = z2.Num(), z2.Denom()
	x.margin = new(big.Int).Sub(x.left, x.right)
	rest := new(big.Int).Sub(x.b, x.a)
	x.left, x.right = product(x.d, x.margin, x.margin), product(x.c, n, x.a, rest)
	x.holds = defined && x.c.Sign() > 0 && rest.Sign() > 0 && x.margin.Sign() >= 0 && x.left.Cmp(x.right) >= 0
	return x
}

func product(factors ...*big.Int) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

// explain writes the comparison out.
func (x comparison) explain(m bonafide.Measure, by bonafide.MeasureBy, atLeast bonafide.Decimal) *Inequality {
	e := &Inequality{
		Method: plain, Measure: m.ID, AtLeast: atLeast,
		Positive: strconv.FormatInt(m.Positive, 10), Total: strconv.FormatInt(m.Total, 10),
		A: x.a.String(), B: x.b.String(), Left: x.left.String(), Right: x.right.String(), Holds: x.holds,
	}
	if by.Confidence != nil {
		e.Method, e.Z2 = wilson, by.Confidence.Z2
		e.C, e.D, e.Margin = x.c.String(), x.d.String(), x.margin.String()
	}
	return e
}

// outOfReach bounds the search for missing ratings.
const outOfReach = 1_000_000_000

// missingPositive returns the least number of further ratings, all positive, with which the share
// reaches atLeast; false if up to a thousand million don't. A further positive rating never makes a row
// fail that held, so the number can be found by halving.
func missingPositive(m bonafide.Measure, by bonafide.MeasureBy, atLeast bonafide.Decimal) (int64, bool) {
	holds := func(more int64) bool {
		return compare(bonafide.Measure{Positive: m.Positive + more, Total: m.Total + more}, by, atLeast).holds
	}
	if !holds(outOfReach) {
		return 0, false
	}
	low, high := int64(-1), int64(outOfReach) // low doesn't hold (or is before the start), high does
	for high-low > 1 {
		if middle := low + (high-low)/2; holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}
