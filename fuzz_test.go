package bonafide_test

import (
	"bytes"
	"encoding/base64"
	stdjson "encoding/json"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"bonafide.example"
	"bonafide.example/testdata"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// requireCode tells whether what is refused is refused with a code of the closed list, and by a rule.
func requireCode(t *testing.T, err error) {
	t.Helper()
	code := bonafide.CodeOf(err)
	require.NotEqual(t, bonafide.Internal, code, "%v", err)
	require.Contains(t, bonafide.Codes(), code, "%v", err)
}

func parseSeeds(f *testing.F) []testdata.Case[parseInput] {
	cases, err := testdata.Cases[parseInput]("parse")
	require.NoError(f, err)
	require.NotEmpty(f, cases)
	return cases
}

// FuzzJSON looks for a text that is taken here, and that another reader understands otherwise.
func FuzzJSON(f *testing.F) {
	for _, c := range parseSeeds(f) {
		f.Add([]byte(c.Input.Text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := bonafide.CheckJSON(text); err != nil {
			requireCode(t, err)
			return
		}
		d := stdjson.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var value any
		require.NoError(t, d.Decode(&value))
		require.False(t, d.More(), "something follows")
		require.LessOrEqual(t, depth(t, value), 32)
		theirs, err := stdjson.Marshal(value)
		require.NoError(t, err)
		require.Equal(t, canonical(t, text), canonical(t, theirs))
	})
}

// depth returns how deep a value is nested. No reader that doesn't mind the case of a name finds it twice in an
// object, and none whose numbers are floats finds another number.
func depth(t *testing.T, value any) (deepest int) {
	switch value := value.(type) {
	case map[string]any:
		names := map[string]bool{}
		for name, v := range value {
			require.False(t, names[strings.ToLower(name)], name)
			names[strings.ToLower(name)] = true
			deepest = max(deepest, depth(t, v))
		}
	case []any:
		for _, v := range value {
			deepest = max(deepest, depth(t, v))
		}
	case stdjson.Number:
		n, err := value.Int64()
		require.NoError(t, err)
		require.True(t, -1<<53 <= n && n <= 1<<53, n)
		return 0
	default:
		return 0
	}
	return deepest + 1
}

func canonical(t *testing.T, text []byte) string {
	value := jsontext.Value(bytes.Clone(text))
	require.NoError(t, value.Canonicalize())
	return string(value)
}

// objects are the ways to decode each object of the vectors and to write it again.
var objects = []struct {
	name  string
	again func([]byte) ([]byte, error)
}{
	{"mechanism", again(bonafide.Parse[bonafide.Mechanism])},
	{"table", again(bonafide.Parse[bonafide.Table])},
	{"authorization-details", again(bonafide.Parse[bonafide.AuthorizationDetails])},
	{"signed-mechanism", again(bonafide.ParsePeer[bonafide.SignedMechanism])},
	{"signed-table", again(bonafide.ParsePeer[bonafide.SignedTable])},
	{"badge", again(bonafide.ParsePeer[bonafide.Credential])},
	{"consented-status", again(bonafide.ParsePeer[bonafide.ConsentedStatus])},
	{"ruling", again(bonafide.ParsePeer[bonafide.Ruling])},
	{"referral", again(bonafide.ParsePeer[bonafide.Referral])},
	{"outcome", again(bonafide.ParsePeer[bonafide.Outcome])},
	{"entity-configuration", again(bonafide.ParsePeer[bonafide.EntityConfiguration])},
}

func again[T any](read func([]byte) (T, error)) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) {
		object, err := read(data)
		if err != nil {
			return nil, err
		}
		return bonafide.MarshalJSON(object)
	}
}

// FuzzObject looks for an object that is taken, and no longer once it is written again.
func FuzzObject(f *testing.F) {
	judged := make([]parseInput, len(objects)) // by what each object is checked against
	for _, c := range parseSeeds(f) {
		for i, object := range objects {
			if object.name == c.Input.Object {
				f.Add(uint8(i), c.Input.Text)
				if c.Expect == testdata.OK {
					judged[i] = c.Input
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, object uint8, text string) {
		i := int(object) % len(objects)
		in := judged[i]
		in.Text = text
		if err := in.parse(); err != nil {
			requireCode(t, err)
			return
		}
		written, err := objects[i].again([]byte(text))
		require.NoError(t, err)
		in.Text = string(written)
		require.NoError(t, in.parse(), "%s", written)
		twice, err := objects[i].again(written)
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))
	})
}

// FuzzOrigin looks for an origin, address or DID that is taken in two spellings, or that another reader of
// addresses takes to another site.
func FuzzOrigin(f *testing.F) {
	for _, c := range parseSeeds(f) {
		switch c.Input.Object {
		case "origin", "address", "did":
			f.Add(c.Input.Text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if origin, err := bonafide.ParseOrigin(text); err == nil {
			require.Equal(t, text, string(origin))
			require.True(t, origin.Owns(text))
			back, err := bonafide.OriginOfDID(origin.DID())
			require.NoError(t, err)
			require.Equal(t, origin, back)
			within, err := bonafide.OriginOf(text + "/b/CODE?a=b")
			require.NoError(t, err)
			require.Equal(t, origin, within)
		} else {
			requireCode(t, err)
		}
		if origin, err := bonafide.OriginOf(text); err == nil {
			u, err := url.Parse(text)
			require.NoError(t, err)
			require.Equal(t, string(origin), u.Scheme+"://"+u.Host)
			require.Equal(t, text, u.ResolveReference(u).String(), "the address changes on its way")
			rest, found := strings.CutPrefix(text, string(origin))
			require.True(t, found && (rest == "" || rest[0] == '/' || rest[0] == '?'), rest)
			require.Equal(t, -1, strings.IndexFunc(rest, func(r rune) bool { return r <= ' ' || r == '\\' || r > '~' }), rest)
		} else {
			requireCode(t, err)
		}
		if origin, err := bonafide.OriginOfDID(text); err == nil {
			require.Equal(t, text, origin.DID())
		} else {
			requireCode(t, err)
		}
	})
}

// FuzzStatusList looks for a list that unpacks to more or less than a list may have, or that is another one
// once it is packed again.
func FuzzStatusList(f *testing.F) {
	cases, err := testdata.Cases[map[string]any]("statuslist")
	require.NoError(f, err)
	for _, c := range cases {
		_, rest, _ := strings.Cut(c.Input["token"].(string), ".")
		payload, _, _ := strings.Cut(rest, ".")
		list, err := bonafide.ParsePeer[bonafide.StatusList](decoded(payload))
		if err == nil && len(list.Subject.EncodedList) < 10_000 {
			f.Add(list.Subject.EncodedList, c.Input["index"].(string))
		}
	}
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, packed, index string) {
		list := bonafide.StatusList{Subject: bonafide.StatusListSubject{EncodedList: packed}}
		bits, err := list.Bits()
		if err != nil {
			requireCode(t, err)
			bits = make(bonafide.Bits, 16)
		} else {
			require.GreaterOrEqual(t, len(bits)*8, bonafide.MinListSize)
			require.LessOrEqual(t, len(bits)*8, bonafide.MaxListSize)
			again, err := bonafide.NewStatusList("https://bazar.example", "https://bazar.example/status/1", bits, start, start.Add(time.Hour))
			require.NoError(t, err)
			unpacked, err := again.Bits()
			require.NoError(t, err)
			require.True(t, bytes.Equal(bits, unpacked))
		}
		position, err := (&bonafide.StatusEntry{Index: index}).Position()
		if err != nil {
			requireCode(t, err)
			return
		}
		require.Equal(t, index, bonafide.NewStatusEntry("", "", position).Index)
		_, err = bits.Get(position)
		require.Equal(t, position < len(bits)*8, err == nil)
	})
}

// FuzzValues looks for a decimal, a day, a month or a text that is taken and isn't what it must be.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{"0.95", "1", "0", "00.5", "0.10", "123456789012345678", "-1", "1e3", "2026-11-22", "2026-02-30", "2026-11", "2026-13",
		"Camille", "deux\nlignes", "a\u202eb", "\u200d", " ", "\xff"} {
		f.Add(seed, int64(412), int64(417))
	}
	f.Fuzz(func(t *testing.T, text string, positive, total int64) {
		requireDecimal(t, text)
		var day bonafide.Date
		if day.UnmarshalText([]byte(text)) == nil {
			require.Equal(t, text, string(bonafide.DateOf(day.Time())))
		}
		var month bonafide.Month
		if month.UnmarshalText([]byte(text)) == nil {
			require.Equal(t, text, string(bonafide.MonthOf(month.Time())))
		}
		for name, err := range map[string]error{"words": bonafide.CheckWords("words", text), "name": bonafide.CheckName("name", text)} {
			if err != nil {
				requireCode(t, err)
				continue
			}
			require.NotEmpty(t, strings.TrimSpace(text))
			require.False(t, strings.ContainsFunc(text, func(r rune) bool {
				line := name == "words" && (r == '\n' || r == '\r')
				return unicode.IsControl(r) && !line || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar && !strings.Contains(text, "\ufffd")
			}), "%s %q", name, text)
		}
		requireCoarse(t, bonafide.Measure{ID: "ratings", Positive: positive, Total: total})
	})
}

func requireDecimal(t *testing.T, text string) {
	var d bonafide.Decimal
	if err := d.UnmarshalText([]byte(text)); err != nil {
		requireCode(t, err)
		return
	}
	require.Regexp(t, `^(0|[1-9][0-9]*)(\.[0-9]+)?$`, text)
	exact, ok := new(big.Rat).SetString(text)
	require.True(t, ok)
	require.Zero(t, exact.Cmp(d.Rat()))
	percent, ok := new(big.Rat).SetString(string(d.Percent()))
	require.True(t, ok)
	require.Zero(t, percent.Cmp(exact.Mul(exact, big.NewRat(100, 1))))
	require.Equal(t, text, strings.ReplaceAll(d.In(bonafide.French), ",", "."))
}

// requireCoarse tells whether a measure that a status may state is told with two figures, and never better.
func requireCoarse(t *testing.T, m bonafide.Measure) {
	if m.Positive < 0 || m.Total < m.Positive || m.Total > 1<<53 {
		return
	}
	c := m.Coarse()
	require.Equal(t, c, c.Coarse())
	require.LessOrEqual(t, len(strings.TrimRight(big.NewInt(c.Total).String(), "0")), 2)
	require.True(t, 0 <= c.Positive && c.Positive <= c.Total && c.Total <= m.Total, "%v", c)
	told, is := new(big.Int).Mul(big.NewInt(c.Positive), big.NewInt(m.Total)), new(big.Int).Mul(big.NewInt(m.Positive), big.NewInt(c.Total))
	require.LessOrEqual(t, told.Cmp(is), 0, "%v of %v", c, m)
}

func decoded(part string) []byte {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil
	}
	return data
}
