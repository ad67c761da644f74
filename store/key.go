package store

import "bytes"

// Range is the keys from From on, up to and without To, in bytewise order. A nil From begins at the first
// key, a nil To ends after the last; Range{} is every key.
type Range struct{ From, To []byte }

// Prefix returns the range of the keys that begin with p.
func Prefix(p []byte) Range {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] < 0xff {
			to := bytes.Clone(p[:i+1])
			to[i]++
			return Range{p, to}
		}
	}
	return Range{From: p} // nothing sorts after a run of 0xff
}

// In a key each part ends with a 0x00; a 0x00 or 0x01 inside a part is written as two bytes that sort alike.
const (
	end    = 0x00
	escape = 0x01
)

// Key joins the parts into a key. Keys sort by their first part, then by their second, and so on; no two
// lists of parts make the same key, and Prefix(Key("a")) holds Key("a", "b"), but not Key("ab"). A number
// sorts as one if it is padded with zeros to a fixed width.
func Key(parts ...string) []byte {
	var key []byte
	for _, part := range parts {
		for i := range len(part) {
			if part[i] <= escape {
				key = append(key, escape, part[i]+1)
			} else {
				key = append(key, part[i])
			}
		}
		key = append(key, end)
	}
	return key
}

// Parts returns the parts that [Key] joined.
func Parts(key []byte) []string {
	var parts []string
	var part []byte
	for i := 0; i < len(key); i++ {
		switch {
		case key[i] == end:
			parts = append(parts, string(part))
			part = part[:0]
		case key[i] == escape && i+1 < len(key):
			i++
			part = append(part, key[i]-1)
		default:
			part = append(part, key[i])
		}
	}
	return parts
}
