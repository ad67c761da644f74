package awkward

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxSpelt is how long what was spelt awkwardly may be, in bytes. Signed it is a third longer, and a token has
// 16,384 bytes at most (BF-TOKEN-3).
const maxSpelt = 11_000

// Spell returns another text of a JSON value, different each time: with fields that readers ignore, in any order,
// among white space, and with characters escaped that needn't be. A long one only changes its order.
func Spell(text []byte) ([]byte, error) {
	value, err := read(text)
	if err != nil {
		return nil, err
	}
	var long bytes.Buffer
	if write(&long, extend("", value), true); long.Len() <= maxSpelt {
		return long.Bytes(), nil
	}
	if value, err = read(text); err != nil {
		return nil, err
	}
	var short bytes.Buffer
	write(&short, value, false)
	return short.Bytes(), nil
}

// read decodes a JSON text of this site's own, whose numbers are integers.
func read(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading what is to be spelt: %w", err)
	}
	return value, nil
}

// write writes a value, its fields in any order; loosely with white space and escapes.
func write(b *bytes.Buffer, value any, loosely bool) {
	space := func() {
		if loosely {
			b.WriteString(spaces[rand.IntN(len(spaces))])
		}
	}
	space()
	switch value := value.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(value))
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		b.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, name, loosely)
			b.WriteByte(':')
			write(b, value[name], loosely)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, item, loosely)
		}
		b.WriteByte(']')
	case string:
		quote(b, value, loosely)
	default: // a number, true, false or null
		fmt.Fprint(b, literal(value))
	}
	space()
}

// spaces are the white space of RFC 8259, section 2; mostly there is none.
var spaces = []string{"", "", "", "", "", "", "", " ", "\n", "\t", "\r\n"}

// literal returns the text of a value that has only one.
func literal(value any) any {
	if value == nil {
		return "null"
	}
	return value
}

// quote writes a string (RFC 8259, section 7). Loosely, it escapes a character now and then that needn't be.
func quote(b *bytes.Buffer, text string, loosely bool) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			escape(b, r)
		case loosely && r == '/' && rand.IntN(4) == 0:
			b.WriteString(`\/`)
		case loosely && rand.IntN(50) == 0:
			escape(b, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// escape writes a character by its number, one beyond the first plane as a surrogate pair.
func escape(b *bytes.Buffer, r rune) {
	for _, unit := range utf16.AppendRune(nil, r) {
		digits := fmt.Sprintf("%04x", unit)
		if rand.IntN(2) == 0 {
			digits = strings.ToUpper(digits)
		}
		b.WriteString(`\u` + digits)
	}
}
