package bonafide

import "unicode/utf8"

// plain passes over JSON of the plainest kind, which is all that most peers ever send: names in ASCII without escapes,
// strings without \u, integers of at most 15 digits. What it takes, [checkJSON] takes; what it doesn't may be good
// all the same. For the payload of a badge it needs a sixth of the time, which matters since everything is checked.
type plain struct {
	data  []byte
	at    int
	names [][]byte // of the open objects
}

// maxPlainNames is how many names one object may have: each is compared with those before.
const maxPlainNames = 32

// isPlain tells whether the data is plain JSON that is sure to be good.
func isPlain(data []byte) bool {
	p := plain{data: data, names: make([][]byte, 0, 2*maxPlainNames)}
	if !utf8.Valid(data) || !p.value(0) {
		return false
	}
	p.space()
	return p.at == len(data)
}

func (p *plain) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// next passes over space, and returns the byte that comes then; 0 at the end.
func (p *plain) next() byte {
	p.space()
	if p.at == len(p.data) {
		return 0
	}
	return p.data[p.at]
}

// take passes over space and the byte, if it comes then.
func (p *plain) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

// value passes over a value within so many others.
func (p *plain) value(depth int) bool {
	switch c := p.next(); c {
	case '{':
		return depth < maxDepth && p.object(depth+1)
	case '[':
		return depth < maxDepth && p.array(depth+1)
	case '"':
		return p.text()
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return p.integer()
	default:
		return false
	}
}

func (p *plain) object(depth int) bool {
	p.at++
	first := len(p.names)
	for more := !p.take('}'); more; {
		if p.next() != '"' || !p.name(first) || !p.take(':') || !p.value(depth) {
			return false
		}
		if more = p.take(','); !more && !p.take('}') {
			return false
		}
	}
	p.names = p.names[:first]
	return true
}

func (p *plain) array(depth int) bool {
	p.at++
	for more := !p.take(']'); more; {
		if p.next() == 'n' || !p.value(depth) { // no null in an array
			return false
		}
		if more = p.take(','); !more && !p.take(']') {
			return false
		}
	}
	return true
}

// name passes over a name that none of those from first on is in another case.
func (p *plain) name(first int) bool {
	p.at++
	start := p.at
	for p.at < len(p.data) && p.data[p.at] != '"' {
		if c := p.data[p.at]; c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
		p.at++
	}
	if p.at == len(p.data) || len(p.names)-first == maxPlainNames {
		return false
	}
	name := p.data[start:p.at]
	p.at++
	for _, other := range p.names[first:] {
		if sameFold(name, other) {
			return false
		}
	}
	p.names = append(p.names, name)
	return true
}

// sameFold tells whether two names in ASCII are the same but for case.
func sameFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if a[n] != b[n] && lowered(a[n]) != lowered(b[n]) {
			return false
		}
	}
	return true
}

func lowered(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// text passes over a string.
func (p *plain) text() bool {
	for p.at++; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			p.at++
			if p.at == len(p.data) {
				return false
			}
			switch p.data[p.at] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			default:
				return false
			}
		}
	}
	return false
}

func (p *plain) word(w string) bool {
	if len(p.data)-p.at < len(w) || string(p.data[p.at:p.at+len(w)]) != w {
		return false
	}
	p.at += len(w)
	return true
}

// integer passes over an integer; a fraction or exponent that follows is no comma, bracket or end.
func (p *plain) integer() bool {
	if p.data[p.at] == '-' {
		p.at++
	}
	start := p.at
	for p.at < len(p.data) && '0' <= p.data[p.at] && p.data[p.at] <= '9' {
		p.at++
	}
	digits := p.at - start
	return digits == 1 || digits > 1 && digits <= 15 && p.data[start] != '0'
}
