package verifier

import (
	"math/big"
	"sort"

	"bonafide.example/conformance/wire"
)

// comparison is that of k positives of n with a row of shares, in the terms of chapter 06 of the spec.
type comparison struct {
	k, n, a, b, c, d, margin, left, right *big.Int // c, d and margin with Wilson's method alone
	holds                                 bool
}

// compare compares k of n with a row's share, with confidence z2 unless that is "".
func compare(k, n int64, atLeast, z2 string) comparison {
	share := rational(atLeast)
	x := comparison{k: big.NewInt(k), n: big.NewInt(n), a: share.Num(), b: share.Denom()}
	kb, an := product(x.k, x.b), product(x.a, x.n)
	if z2 == "" {
		x.left, x.right = kb, an
		x.holds = n > 0 && kb.Cmp(an) >= 0
		return x
	}
	confidence := rational(z2)
	x.c, x.d = confidence.Num(), confidence.Denom()
	x.margin = new(big.Int).Sub(kb, an)
	x.left = product(x.d, x.margin, x.margin)
	x.right = product(x.c, x.n, x.a, new(big.Int).Sub(x.b, x.a))
	x.holds = n > 0 && x.a.Cmp(x.b) < 0 && x.margin.Sign() >= 0 && x.left.Cmp(x.right) >= 0
	return x
}

// rational returns a decimal in lowest terms.
func rational(decimal string) *big.Rat {
	r, ok := new(big.Rat).SetString(decimal)
	if !ok {
		panic(decimal + " is no decimal") // tables are the suite's own
	}
	return r
}

func product(factors ...*big.Int) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

// explain returns the comparison as an explanation has it.
func (x comparison) explain(measure, atLeast, z2 string) wire.Object {
	o := wire.Object{
		"method": "share", "measure": measure, "positive": x.k.String(), "total": x.n.String(), "at_least": atLeast,
		"a": x.a.String(), "b": x.b.String(), "left": x.left.String(), "right": x.right.String(), "holds": x.holds,
	}
	if z2 != "" {
		o["method"], o["z2"], o["c"], o["d"], o["margin"] = "wilson", z2, x.c.String(), x.d.String(), x.margin.String()
	}
	return o
}

// maxMissing is the most further ratings that are looked at.
const maxMissing = 1_000_000_000

// missing returns the least number of further ratings, all positive, with which a row holds; 0 if not even the most do.
func missing(k, n int64, atLeast, z2 string) int64 {
	more := 1 + sort.Search(maxMissing, func(i int) bool {
		m := int64(i) + 1
		return compare(k+m, n+m, atLeast, z2).holds
	})
	if more > maxMissing {
		return 0
	}
	return int64(more)
}
