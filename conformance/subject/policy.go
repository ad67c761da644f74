package subject

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Page checks that the answer is a page, as [Exchange.Restricted] has it.
func (x *Exchange) Page() error {
	if x.Status != http.StatusOK {
		return Wrong("a page", "%d with %s", x.Status, x.Media())
	}
	return x.Restricted()
}

// Restricted checks that the answer is a page, of whatever status, with a content security policy that allows no script but
// files of the site's own, nothing from elsewhere and no framing (Content Security Policy Level 3). Of several policies that
// are sent, each one restricts.
func (x *Exchange) Restricted() error {
	if x.Media() != "text/html" {
		return Wrong("a page", "%d with %s", x.Status, x.Media())
	}
	if err := x.NoSniff(); err != nil {
		return err
	}
	address, err := url.Parse(x.Request.Address)
	if err != nil {
		return err
	}
	sent := strings.Join(x.Header.Values("Content-Security-Policy"), ",")
	origin := address.Scheme + "://" + address.Host
	ownScripts, noFraming, nothingElse := false, false, false
	for text := range strings.SplitSeq(sent, ",") {
		p := readPolicy(text)
		ownScripts = ownScripts || p.scripted(origin)
		noFraming = noFraming || p.forbids("frame-ancestors")
		nothingElse = nothingElse || p.local(origin)
	}
	if ownScripts && noFraming && nothingElse {
		return nil
	}
	return Wrong("a content security policy that allows no script but the site's own files, nothing from elsewhere and no framing", "%q", sent)
}

// Inert checks that what came, a picture, may load and run nothing.
func (x *Exchange) Inert() error {
	sent := x.Header.Get("Content-Security-Policy")
	if p := readPolicy(sent); p.forbids("default-src") && p.forbids("script-src", "default-src") {
		return nil
	}
	return Wrong("a content security policy default-src 'none'", "%q", sent)
}

// policy is a content security policy: sources by directive.
type policy map[string][]string

// readPolicy reads a policy (Content Security Policy Level 3, section 2.2). The first of two directives counts.
func readPolicy(text string) policy {
	p := policy{}
	for directive := range strings.SplitSeq(text, ";") {
		words := strings.Fields(strings.ToLower(directive))
		if len(words) == 0 {
			continue
		}
		if _, twice := p[words[0]]; !twice {
			p[words[0]] = words[1:]
		}
	}
	return p
}

// forbids tells whether the first of these directives that there is allows nothing.
func (p policy) forbids(directives ...string) bool {
	for _, name := range directives {
		if sources, ok := p[name]; ok {
			return len(sources) == 0 || slices.Equal(sources, []string{"'none'"})
		}
	}
	return false
}

// scripted tells whether the only scripts that may run, if any, are files of the site: what a member wrote into a page
// never is one.
func (p policy) scripted(origin string) bool {
	sources, ok := p["script-src"]
	if !ok {
		sources, ok = p["default-src"]
	}
	return ok && !slices.ContainsFunc(sources, func(source string) bool { return source != "'none'" && source != "'self'" && source != origin })
}

// local tells whether nothing may be fetched from other sites: there is a default, and all sources are the site itself
// or the page.
func (p policy) local(origin string) bool {
	if _, ok := p["default-src"]; !ok {
		return false
	}
	for name, sources := range p {
		if !strings.HasSuffix(name, "-src") {
			continue
		}
		for _, source := range sources {
			if !strings.HasPrefix(source, "'") && source != "data:" && source != origin {
				return false
			}
		}
	}
	return true
}
