package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"
)

// Hash returns the hash of a value, as objects name the version before: of its canonical JSON.
func Hash(value any) (string, error) {
	text, err := Canonical(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "sha-256:" + Encode(sum[:]), nil
}

// Canonical returns the canonical JSON of a value (RFC 8785).
func Canonical(value any) ([]byte, error) {
	var text bytes.Buffer
	err := canonical(&text, value)
	return text.Bytes(), err
}

// canonical writes a value as RFC 8785 has it. Of numbers it takes integers alone: there are no others.
func canonical(out *bytes.Buffer, value any) error {
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		fmt.Fprint(out, value)
	case string:
		canonicalString(out, value)
	case int, int64:
		fmt.Fprint(out, value)
	case json.Number:
		integer, err := strconv.ParseInt(value.String(), 10, 64)
		fmt.Fprintf(out, "%d", integer)
		return err
	case []any:
		out.WriteByte('[')
		for n, item := range value {
			if n > 0 {
				out.WriteByte(',')
			}
			if err := canonical(out, item); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	case Object:
		out.WriteByte('{')
		names := slices.SortedFunc(maps.Keys(value), func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		})
		for n, name := range names {
			if n > 0 {
				out.WriteByte(',')
			}
			canonicalString(out, name)
			out.WriteByte(':')
			if err := canonical(out, value[name]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	default:
		return fmt.Errorf("%T is no value of JSON", value)
	}
	return nil
}

// canonicalString writes a string with the escapes of RFC 8785, section 3.2.2.2.
func canonicalString(out *bytes.Buffer, text string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	out.WriteByte('"')
	for _, r := range text {
		switch escape := short[r]; {
		case escape != "":
			out.WriteString(escape)
		case r < ' ':
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
