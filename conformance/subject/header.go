package subject

import (
	"slices"
	"strings"
)

// NoSniff checks that the answer's media type may not be guessed at.
func (x *Exchange) NoSniff() error {
	if got := x.Header.Get("X-Content-Type-Options"); !strings.EqualFold(got, "nosniff") {
		return Wrong("X-Content-Type-Options: nosniff", "%q", got)
	}
	return nil
}

// Open checks that pages of any site may read the answer (Fetch Standard, CORS protocol).
func (x *Exchange) Open() error {
	if got := x.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		return Wrong("Access-Control-Allow-Origin: *", "%q", got)
	}
	return x.NoSniff()
}

// Page checks that the answer is a page with a content security policy that allows no script, nothing from elsewhere and no
// framing (Content Security Policy Level 3).
func (x *Exchange) Page() error {
	if x.Status != 200 || x.Media() != "text/html" {
		return Wrong("a page", "%d with %s", x.Status, x.Media())
	}
	if err := x.NoSniff(); err != nil {
		return err
	}
	return checkPolicy(x.Header.Get("Content-Security-Policy"))
}

// checkPolicy checks one content security policy.
func checkPolicy(policy string) error {
	directives := map[string][]string{}
	for _, directive := range strings.Split(policy, ";") {
		if words := strings.Fields(strings.ToLower(directive)); len(words) > 0 {
			directives[words[0]] = words[1:]
		}
	}
	scripts, stated := directives["script-src"]
	if !stated {
		scripts, stated = directives["default-src"]
	}
	if !stated || !forbids(scripts) {
		return Wrong("a content security policy without scripts", "%q", policy)
	}
	if framing, ok := directives["frame-ancestors"]; !ok || !forbids(framing) {
		return Wrong("frame-ancestors 'none'", "%q", policy)
	}
	if _, ok := directives["default-src"]; !ok {
		return Wrong("a default-src", "%q", policy)
	}
	for name, sources := range directives {
		if elsewhere := slices.IndexFunc(sources, isElsewhere); strings.HasSuffix(name, "-src") && elsewhere >= 0 {
			return Wrong("nothing from elsewhere", "%s %s", name, sources[elsewhere])
		}
	}
	return nil
}

// forbids tells whether a list of sources matches nothing.
func forbids(sources []string) bool {
	return len(sources) == 0 || len(sources) == 1 && sources[0] == "'none'"
}

// isElsewhere tells whether a source may be that of another site.
func isElsewhere(source string) bool { return !strings.HasPrefix(source, "'") && source != "data:" }
