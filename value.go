package bonafide

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Decimal is an exact decimal written in full: "0.95", "3.8416", "1". At most 18 digits, no sign, no
// exponent, no superfluous zero before the point.
type Decimal string

// Rat returns the decimal's exact value; that of a malformed one is 0.
func (d Decimal) Rat() *big.Rat {
	if d.validate("") != nil {
		return new(big.Rat)
	}
	whole, fraction, _ := strings.Cut(string(d), ".")
	digits, err := strconv.ParseInt(whole+fraction, 10, 64) // at most 18 of them
	if err != nil {
		return new(big.Rat)
	}
	unit := int64(1)
	for range fraction {
		unit *= 10
	}
	return big.NewRat(digits, unit)
}

// In returns the decimal with the sign that the language writes it with: "0.95", in French "0,95".
func (d Decimal) In(lang Lang) string {
	if lang == French {
		return strings.Replace(string(d), ".", ",", 1)
	}
	return string(d)
}

// Percent returns the hundredfold of the decimal: of the share "0.5" it is "50".
func (d Decimal) Percent() Decimal {
	hundredfold := new(big.Rat).Mul(d.Rat(), big.NewRat(100, 1))
	return Decimal(strings.TrimRight(strings.TrimRight(hundredfold.FloatString(18), "0"), "."))
}

func (d Decimal) validate(field string) error {
	whole, fraction, point := strings.Cut(string(d), ".")
	digits := whole + fraction
	ok := whole != "" && (!point || fraction != "") && len(digits) <= 18 && (whole == "0" || whole[0] != '0')
	for _, c := range []byte(digits) {
		ok = ok && '0' <= c && c <= '9'
	}
	if !ok {
		return Errorf(BadValue, field, "%q is not a decimal such as \"0.95\"", string(d))
	}
	return nil
}

// UnmarshalText refuses a malformed decimal.
func (d *Decimal) UnmarshalText(text []byte) error {
	*d = Decimal(text)
	return d.validate("")
}

// Date is a day in UTC, written 2026-11-22. Month is one written 2026-11.
type (
	Date  string
	Month string
)

// DateOf returns the day of t.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// MonthOf returns the month of t.
func MonthOf(t time.Time) Month { return Month(t.UTC().Format("2006-01")) }

// Time returns the first instant of the day, the zero time for a malformed one.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// Time returns the first instant of the month, the zero time for a malformed one.
func (m Month) Time() time.Time {
	t, _ := time.Parse("2006-01", string(m))
	return t
}

// UnmarshalText refuses a day that isn't in the calendar.
func (d *Date) UnmarshalText(text []byte) error {
	*d = Date(text)
	if d.Time().IsZero() {
		return Errorf(BadValue, "", "%q is not a day such as \"2026-11-22\"", text)
	}
	return nil
}

// UnmarshalText refuses what is no month.
func (m *Month) UnmarshalText(text []byte) error {
	*m = Month(text)
	if m.Time().IsZero() {
		return Errorf(BadValue, "", "%q is not a month such as \"2026-11\"", text)
	}
	return nil
}

// Seconds is an instant in a token: whole seconds since 1970 in UTC (RFC 7519, NumericDate).
type Seconds int64

// SecondsOf returns the instant of t.
func SecondsOf(t time.Time) Seconds { return Seconds(t.Unix()) }

// Time returns the instant.
func (s Seconds) Time() time.Time { return time.Unix(int64(s), 0).UTC() }

// Leeway is how far two sites' clocks may be apart.
const Leeway = 60 * time.Second

// CheckTimes tells whether now lies from notBefore to expires, give or take [Leeway]. Every signed
// object has both ends; what is named in errors is its kind.
func CheckTimes(what string, notBefore, expires Seconds, now time.Time) error {
	switch {
	case notBefore <= 0 || expires <= notBefore:
		return Errorf(BadCredential, what, "has no start and a later end")
	case now.Add(Leeway).Before(notBefore.Time()):
		return Errorf(NotYetValid, what, "is valid from %s", notBefore.Time().Format(time.RFC3339))
	case !now.Add(-Leeway).Before(expires.Time()):
		return Errorf(Expired, what, "expired at %s", expires.Time().Format(time.RFC3339))
	}
	return nil
}

// validName tells whether s may stand as an id within an address: a to z, digits and inner hyphens, at most 40.
func validName(s string) bool {
	if s == "" || len(s) > 40 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// wholeNumber reads a number of 0 or more that stands in a string: decimal digits without sign and leading zero, at
// most 2^53.
func wholeNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && 0 <= n && n <= maxInteger && strconv.FormatInt(n, 10) == s
}

// validUUID tells whether s is the URN of a UUID (RFC 9562, section 4), of hexadecimal digits in lower case.
func validUUID(s string) bool {
	id, ok := strings.CutPrefix(s, "urn:uuid:")
	if !ok || len(id) != 36 {
		return false
	}
	for i, c := range []byte(id) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (c == '-') || !hyphen && !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// mulDiv returns ⌊a·b/c⌋ without overflow, for c > 0.
func mulDiv(a, b, c int64) int64 {
	p := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	return p.Div(p, big.NewInt(c)).Int64()
}
