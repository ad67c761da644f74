package bonafide

import (
	"net/url"
	"strconv"
	"strings"
)

// Origin is the identity of a site: its canonical web origin (RFC 6454), such as
// "https://bazar.example". The host is a lower-case A-label name, never an IP address; the default port
// is left out. Plain http stands only before a name under .localhost, for demonstrations and tests:
// whether such a site may be visited is for the fetcher to decide.
type Origin string

// ParseOrigin returns the origin that s writes in canonical form, and refuses any other form of it.
func ParseOrigin(s string) (Origin, error) {
	scheme, host, ok := strings.Cut(s, "://")
	if !ok || (scheme != "https" && scheme != "http") {
		return "", Errorf(BadOrigin, s, "doesn't start with https://")
	}
	name, port, hasPort := strings.Cut(host, ":")
	if err := checkHost(name); err != nil {
		return "", Errorf(BadOrigin, s, "%s", err.Detail)
	}
	if hasPort {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port || (scheme == "https" && n == 443) || (scheme == "http" && n == 80) {
			return "", Errorf(BadOrigin, s, "port %q isn't a number other than the default one", port)
		}
	}
	if local := strings.HasSuffix(name, ".localhost"); local != (scheme == "http") {
		return "", Errorf(BadOrigin, s, "https belongs before every name but those under .localhost")
	}
	return Origin(s), nil
}

func checkHost(name string) *Error {
	if len(name) > 253 || !strings.Contains(name, ".") {
		return Errorf(BadOrigin, name, "%q isn't a full host name", name)
	}
	last := ""
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return Errorf(BadOrigin, name, "%q isn't a host name", name)
		}
		for _, c := range []byte(label) {
			if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
				return Errorf(BadOrigin, name, "%q has other characters than a-z, 0-9, hyphen and dot; write an international name as its A-label", name)
			}
		}
		last = label
	}
	// WHATWG URL: a host whose last label is a number is an IPv4 address, if in disguise ("127.1").
	if '0' <= last[0] && last[0] <= '9' {
		return Errorf(BadOrigin, name, "an IP address names no site")
	}
	return nil
}

// OriginOf returns the origin of an address on some site. Addresses in the protocol are canonical: of the characters
// of RFC 3986 alone, without user, fragment, and empty or dotted segments.
func OriginOf(address string) (Origin, error) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return "", Errorf(BadOrigin, address, "is not an absolute address")
	}
	host := rest
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		host = rest[:end]
	}
	origin, err := ParseOrigin(address[:len(address)-len(rest)+len(host)])
	if err != nil {
		return "", err
	}
	if !origin.Owns(address) {
		return "", Errorf(BadOrigin, address, "is not written in canonical form")
	}
	return origin, nil
}

// Owns tells whether the address is on this origin, written canonically.
func (o Origin) Owns(address string) bool {
	if path, ok := strings.CutPrefix(address, string(o)); ok && o != "" && plainPath(path) {
		return true
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Fragment != "" || u.Scheme+"://"+u.Host != string(o) {
		return false
	}
	// Browsers take %2e for a dot and walk up: a dot is written as one.
	dotted := strings.Contains(strings.ToLower(u.EscapedPath()), "%2e")
	return plainAddress(address) && u.String() == address && !dotted && (u.Path == "" || u.JoinPath().String() == address)
}

// plainPath tells whether a path is of letters, digits, hyphens and single slashes before them alone, as nearly all are:
// there is nothing in it that could be written otherwise. To find that out takes a fiftieth of the time of a parser,
// and each badge has several addresses.
func plainPath(path string) bool {
	before := byte(0)
	for _, c := range []byte(path) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
			if before == 0 {
				return false
			}
		case c != '/' || before == '/':
			return false
		}
		before = c
	}
	return before != 0 && before != '/'
}

// Hosts tells whether an address, in whatever spelling, is on this origin's host and port: more than it owns.
func (o Origin) Hosts(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(strings.TrimSuffix(u.Host, ":443"), o.Host())
}

// ownsNamed tells whether the address is ORIGIN/KIND/NAME on this origin, that of a mechanism or a table.
func (o Origin) ownsNamed(kind, address string) bool {
	name, ok := strings.CutPrefix(address, string(o)+"/"+kind+"/")
	return ok && validName(name)
}

// plainAddress tells whether an address has only the characters that path and query may have (RFC 3986, sections 3.3
// and 3.4), each % standing before two hexadecimal digits.
func plainAddress(address string) bool {
	for i, c := range []byte(address) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~!$&'()*+,;=:@/?", c) >= 0:
		case c != '%' || len(address) < i+3 || !isHex(address[i+1]) || !isHex(address[i+2]):
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// Host returns the host with its port if any: what a person is shown of the origin.
func (o Origin) Host() string {
	_, host, _ := strings.Cut(string(o), "://")
	return host
}

// Hostname returns the host without its port.
func (o Origin) Hostname() string {
	name, _, _ := strings.Cut(o.Host(), ":")
	return name
}

// DID returns the origin as a DID of the web method: did:web:bazar.example, did:web:bazar.example%3A8443.
func (o Origin) DID() string {
	return "did:web:" + strings.Replace(o.Host(), ":", "%3A", 1)
}

// OriginOfDID is the reverse of [Origin.DID].
func OriginOfDID(did string) (Origin, error) {
	host, ok := strings.CutPrefix(did, "did:web:")
	if !ok || strings.Contains(host, ":") {
		return "", Errorf(BadOrigin, did, "is not a did:web of a whole origin")
	}
	host = strings.Replace(host, "%3A", ":", 1)
	scheme := "https://"
	if name, _, _ := strings.Cut(host, ":"); strings.HasSuffix(name, ".localhost") {
		scheme = "http://"
	}
	return ParseOrigin(scheme + host)
}

// UnmarshalText lets JSON hold canonical origins only.
func (o *Origin) UnmarshalText(text []byte) error {
	parsed, err := ParseOrigin(string(text))
	*o = parsed
	return err
}
