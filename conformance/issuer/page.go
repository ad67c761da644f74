package issuer

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bonafide.example/conformance/subject"
)

func (w *World) pages() []subject.Check {
	return []subject.Check{
		check("page/policy-badge", "The page of a badge allows no script, nothing from elsewhere and no framing.", w.badgePolicy, "BF-SITE-7"),
		check("page/policy-mechanism", "So does the page of a mechanism.", w.mechanismPolicy, "BF-SITE-7"),
		check("page/policy-refusal", "So does a page that refuses.", w.refusalPolicy, "BF-SITE-7"),
		check("page/policy-consent", "So does the consent page.", w.asking(w.consentPolicy), "BF-SITE-7"),
	}
}

func (w *World) badgePolicy(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return w.policyAt(ctx, b.address, http.StatusOK)
}

func (w *World) mechanismPolicy(ctx context.Context) error {
	return w.policyAt(ctx, w.Issuer.Mechanism, http.StatusOK)
}

func (w *World) refusalPolicy(ctx context.Context) error {
	return w.policyAt(ctx, unknownBadge, http.StatusNotFound)
}

func (w *World) policyAt(ctx context.Context, address string, status int) error {
	x, err := w.get(ctx, address, "text/html")
	return first(err, answered(x, status), w.policy(x))
}

func (w *World) consentPolicy(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	return first(err, answered(x, http.StatusOK), w.policy(x))
}

// policy is a fault unless a page came whose content security policy is as it must be. Of several policies that are sent,
// each one restricts.
func (w *World) policy(x *subject.Exchange) error {
	if err := equal("Content-Type", "text/html", x.Media()); err != nil {
		return err
	}
	sent := strings.Join(x.Header.Values("Content-Security-Policy"), ",")
	due := "a content security policy that allows no script, nothing from elsewhere and no framing"
	noScript, noFraming, nothingElse := false, false, false
	for text := range strings.SplitSeq(sent, ",") {
		p := readPolicy(text)
		noScript = noScript || p.forbids("script-src", "default-src")
		noFraming = noFraming || p.forbids("frame-ancestors")
		nothingElse = nothingElse || p.local(w.Origin)
	}
	return that(noScript && noFraming && nothingElse, due, "%q", sent)
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
