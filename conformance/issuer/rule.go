package issuer

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"bonafide.example/conformance/wire"
)

// rule is what the mechanism judged says about how levels are computed.
type rule struct {
	mechanism  wire.Object
	name       string // the NAME in its address
	measure    string
	kind       string // an event that counts
	minTotal   int64
	windowDays int64 // 0: none
	levels     []string
	shares     []share
}

// share is a/b.
type share struct{ a, b *big.Int }

// readRule reads a mechanism whose rule is a share.
func readRule(mechanism wire.Object) (*rule, error) {
	id := wire.Text(mechanism, "id")
	r := &rule{
		mechanism: mechanism, name: id[strings.LastIndexByte(id, '/')+1:],
		measure: wire.Text(mechanism, "rule", "share", "measure"),
	}
	kinds := wire.Strings(mechanism, "rule", "share", "kinds")
	if r.measure == "" || len(kinds) == 0 {
		return nil, errors.New("its rule is no share")
	}
	r.kind = kinds[0]
	var err error
	if r.minTotal, err = wire.Int(mechanism, "rule", "share", "min_total"); err != nil {
		return nil, err
	}
	for _, text := range wire.Strings(mechanism, "rule", "share", "levels") {
		s, err := readShare(text)
		if err != nil {
			return nil, err
		}
		r.shares = append(r.shares, s)
	}
	for _, level := range array(mechanism, "levels") {
		r.levels = append(r.levels, wire.Text(level, "id"))
	}
	if len(r.levels) != len(r.shares) {
		return nil, fmt.Errorf("it has %d levels and %d thresholds", len(r.levels), len(r.shares))
	}
	for _, measure := range array(mechanism, "measures") {
		if wire.Text(measure, "id") == r.measure && wire.At(measure, "window_days") != nil {
			if r.windowDays, err = wire.Int(measure, "window_days"); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// array returns the items of the array that stands there.
func array(value any, path ...any) []any {
	items, _ := wire.At(value, path...).([]any)
	return items
}

// readShare reads a decimal such as 0.95.
func readShare(text string) (share, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	a, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return share{}, fmt.Errorf("%q is no decimal", text)
	}
	b := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction))), nil)
	common := new(big.Int).GCD(nil, nil, a, b)
	return share{a.Div(a, common), b.Div(b, common)}, nil
}

// reached tells whether positive of total is the share or more: k·b ≥ a·n.
func (s share) reached(positive, total int64) bool {
	left := new(big.Int).Mul(big.NewInt(positive), s.b)
	right := new(big.Int).Mul(s.a, big.NewInt(total))
	return left.Cmp(right) >= 0
}

// least returns how many of total must be positive to reach the share.
func (s share) least(total int64) int64 {
	product := new(big.Int).Mul(s.a, big.NewInt(total))
	whole, rest := new(big.Int).DivMod(product, s.b, new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return whole.Int64()
}

// level returns the id of the level that positive of total come to, "" for none.
func (r *rule) level(positive, total int64) string {
	level := ""
	if total < r.minTotal || total == 0 {
		return ""
	}
	for n, s := range r.shares {
		if s.reached(positive, total) {
			level = r.levels[n]
		}
	}
	return level
}

// maxTrap is the largest total at which thresholds are tried.
const maxTrap = 1000

// trap returns the total, not below least, at which arithmetic with floats is most likely to miss the share: where its
// double times the total isn't the integer that it ought to be. Without such a total it is one where the share is met exactly.
func (s share) trap(least int64) int64 {
	decimal, _ := new(big.Rat).SetFrac(s.a, s.b).Float64()
	exact := least
	for total := maxTrap; int64(total) >= least; total-- {
		product := new(big.Int).Mul(s.a, big.NewInt(int64(total)))
		if new(big.Int).Mod(product, s.b).Sign() != 0 {
			continue
		}
		exact = int64(total)
		if decimal*float64(total) != float64(s.least(exact)) {
			return exact
		}
	}
	return exact
}

// coarse returns a measure as it is told: the total cut to two significant figures, of which as large a part is positive.
func coarse(positive, total int64) (int64, int64) {
	unit := int64(1)
	for total/unit >= 100 {
		unit *= 10
	}
	cut := total / unit * unit
	if cut == total {
		return positive, total
	}
	part := new(big.Int).Mul(big.NewInt(positive), big.NewInt(cut))
	return part.Div(part, big.NewInt(total)).Int64(), cut
}
