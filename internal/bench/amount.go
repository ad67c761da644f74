package bench

import (
	"fmt"
	"strconv"
)

// Amount is how much of something there is.
type Amount struct {
	Value float64 `json:"value"`
	Unit  Unit    `json:"unit"`
}

// Unit is what an [Amount] counts.
type Unit string

const (
	Nanoseconds Unit = "ns"
	Bytes       Unit = "B"
	PerSecond   Unit = "/s"
)

func nanoseconds(v float64) Amount { return Amount{v, Nanoseconds} }
func bytesOf(v int64) Amount       { return Amount{float64(v), Bytes} }

// String returns the amount with three digits, such as 61.3 µs.
func (a Amount) String() string {
	switch a.Unit {
	case Nanoseconds:
		return scaled(a.Value, 1000, "ns", "µs", "ms", "s")
	case Bytes:
		return scaled(a.Value, 1024, "B", "kB", "MB", "GB")
	case PerSecond:
		return scaled(a.Value, 1000, "/s", "k/s", "M/s")
	default:
		return ""
	}
}

func scaled(value, step float64, units ...string) string {
	for value >= step && len(units) > 1 {
		value, units = value/step, units[1:]
	}
	return short(value) + " " + units[0]
}

// short writes a number with about three digits.
func short(value float64) string {
	switch {
	case value >= 99.5:
		return fmt.Sprintf("%.0f", value)
	case value >= 9.95:
		return fmt.Sprintf("%.1f", value)
	default:
		return fmt.Sprintf("%.2f", value)
	}
}

// Aim is what a ratio, or where there is none the amount, is to be: at most so much, or at least. The zero value
// is none.
type Aim struct {
	Value   float64 `json:"value"`
	Unit    Unit    `json:"unit,omitzero"` // of an amount
	AtLeast bool    `json:"at_least,omitzero"`
}

func atMost(ratio float64) Aim  { return Aim{Value: ratio} }
func atLeast(ratio float64) Aim { return Aim{Value: ratio, AtLeast: true} }

// String returns such as "≤ 1.8".
func (a Aim) String() string {
	if a == (Aim{}) {
		return ""
	}
	sign, value := "≤ ", strconv.FormatFloat(a.Value, 'f', -1, 64)
	if a.AtLeast {
		sign = "≥ "
	}
	if a.Unit != "" {
		value = Amount{a.Value, a.Unit}.String()
	}
	return sign + value
}

// Met tells whether the row is what was aimed at; ok is false where there is no aim.
func (r Row) Met() (met, ok bool) {
	value := r.Ratio
	if r.Aim.Unit != "" {
		value = r.Took.Value
	}
	if r.Aim.AtLeast {
		return value >= r.Aim.Value, true
	}
	return value <= r.Aim.Value, r.Aim != Aim{}
}
