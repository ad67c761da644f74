package verifier

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) asking() []subject.Check {
	return []subject.Check{
		check("request/parameters", "The pushed request has the parameters that the spec wants, each once, and no others of OAuth's.", w.parameters,
			"BF-IMPORT-5"),
		check("request/details", "It asks about the mechanism, for a purpose in both languages, for at most 365 days.", w.details,
			"BF-IMPORT-5", "BF-STATUS-8"),
		check("request/fresh", "Each request has a state, nonce, code challenge and assertion of its own.", w.fresh, "BF-IMPORT-5"),
		check("request/claims-of-shares", "For a table of shares that guards against young accounts it asks for all three claims.",
			w.claims([]string{"account_since", "level", "measures"}), "BF-IMPORT-5"),
		check("request/claims-without-age", "For a table without that guard it doesn't ask how old the account is.",
			w.claims([]string{"level", "measures"}, without("accept", "min_account_days")), "BF-IMPORT-5"),
		check("request/claims-of-levels", "For a table of levels it asks for the level alone.", w.claims([]string{"level"}, byLevels), "BF-IMPORT-5"),
		check("request/badge", "An import that began from a badge names it.", w.badge, "BF-IMPORT-6"),
		check("request/authorization", "The browser is sent to the issuer with client_id and request_uri alone.", w.authorization, "BF-IMPORT-5"),
		check("request/assertion", "The verifier proves who it is by an assertion of its published client key.", w.assertions,
			"BF-OAUTH-4", "BF-OAUTH-5", "BF-OAUTH-6", "BF-OAUTH-7", "BF-OAUTH-8", "BF-VERIFIER-7"),
		check("request/exchange", "The code is exchanged with the redirect address and the code verifier of the request.", w.exchange,
			"BF-OAUTH-19", "BF-IMPORT-5"),
		check("request/no-cookies", "What is fetched from an issuer carries neither cookies nor where it was found.", w.noCookies, "BF-FETCH-10"),
	}
}

// imported imports a status and returns what came to the issuer's address meanwhile.
func (b *bench) imported(ctx context.Context, path string) ([]peer.Request, error) {
	v, err := b.w.Account(ctx)
	if err != nil {
		return nil, err
	}
	before := len(b.Requests(path))
	if err := b.imports(ctx, v); err != nil {
		return nil, err
	}
	came := b.Requests(path)[before:]
	if len(came) == 0 {
		return nil, subject.Wrong("a request to "+path, "none")
	}
	return came, nil
}

// pushed imports a status and returns the request that was pushed.
func (w *World) pushed(ctx context.Context) (*peer.Request, error) {
	b, err := w.shared(ctx)
	if err != nil {
		return nil, err
	}
	came, err := b.imported(ctx, "/oauth/par")
	if err != nil {
		return nil, err
	}
	return &came[0], nil
}

var challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

func (w *World) parameters(ctx context.Context) error {
	r, err := w.pushed(ctx)
	if err != nil {
		return err
	}
	entity, err := w.entity(ctx)
	if err != nil {
		return err
	}
	for name, values := range r.Form {
		if len(values) != 1 {
			return subject.Wrong("each parameter once", "%s %d times", name, len(values))
		}
	}
	form := r.Form
	redirects := wire.Strings(entity.Payload, "metadata", "oauth_client", "redirect_uris")
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	state := len(form.Get("state"))
	switch {
	case r.Method != "POST" || media != "application/x-www-form-urlencoded":
		return subject.Wrong("a form by POST", "%s with %s", r.Method, media)
	case form.Get("client_id") != w.Origin:
		return subject.Wrong("the client_id "+w.Origin, "%q", form.Get("client_id"))
	case form.Get("response_type") != "code":
		return subject.Wrong("the response_type code", "%q", form.Get("response_type"))
	case !slices.Contains(redirects, form.Get("redirect_uri")):
		return subject.Wrong(fmt.Sprintf("one of its redirect addresses, %q", redirects), "%q", form.Get("redirect_uri"))
	case state < 16 || state > 512:
		return subject.Wrong("a state of 16 to 512 characters", "%d", state)
	case form.Get("code_challenge_method") != "S256" || !challenge.MatchString(form.Get("code_challenge")):
		return subject.Wrong("a code challenge by S256", "%q by %q", form.Get("code_challenge"), form.Get("code_challenge_method"))
	case form.Has("scope") || form.Has("request") || form.Has("request_uri"):
		return subject.Wrong("no scope, request or request_uri", "%v", form)
	}
	return nil
}

// asked returns the details that a pushed request has.
func asked(r *peer.Request) (wire.Object, error) {
	value, err := conformance.Decode([]byte(r.Form.Get("authorization_details")))
	all, _ := value.([]any)
	if err != nil || len(all) != 1 {
		return nil, subject.Wrong("authorization_details of one", "%q", r.Form.Get("authorization_details"))
	}
	object, ok := all[0].(wire.Object)
	if !ok {
		return nil, subject.Wrong("an object", "%v", all[0])
	}
	return object, nil
}

func (w *World) details(ctx context.Context) error {
	r, err := w.pushed(ctx)
	if err != nil {
		return err
	}
	d, err := asked(r)
	if err != nil {
		return err
	}
	known := []string{"type", "mechanism", "claims", "purpose", "retention_days", "nonce", "badge"}
	for name := range d {
		if !slices.Contains(known, name) {
			return subject.Wrong("no field that the spec doesn't have", "%s", name)
		}
	}
	days, err := wire.Int(d, "retention_days")
	nonce := len(wire.Text(d, "nonce"))
	switch {
	case err != nil || days < 1 || days > 365:
		return subject.Wrong("retention_days of 1 to 365", "%v", d["retention_days"])
	case wire.Text(d, "type") != "bonafide_status":
		return subject.Wrong("the type bonafide_status", "%v", d["type"])
	case wire.Text(d, "mechanism") != w.common.MechanismID():
		return subject.Wrong("the mechanism "+w.common.MechanismID(), "%v", d["mechanism"])
	case wire.Text(d, "purpose", "en") == "" || wire.Text(d, "purpose", "fr") == "":
		return subject.Wrong("a purpose in English and French", "%v", d["purpose"])
	case nonce < 16 || nonce > 200:
		return subject.Wrong("a nonce of 16 to 200 characters", "%d", nonce)
	}
	return nil
}

func (w *World) fresh(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for range 2 {
		came, err := b.imported(ctx, "/oauth/par")
		if err != nil {
			return err
		}
		d, err := asked(&came[0])
		if err != nil {
			return err
		}
		assertion, err := claimed(came[0].Form.Get("client_assertion"))
		if err != nil {
			return err
		}
		for _, value := range []string{came[0].Form.Get("state"), came[0].Form.Get("code_challenge"), wire.Text(d, "nonce"), wire.Text(assertion, "jti")} {
			if value == "" || seen[value] {
				return subject.Wrong("fresh state, nonce, code challenge and jti", "%q again", value)
			}
			seen[value] = true
		}
		b.honest()
	}
	return nil
}

// claims checks what is asked for under a table.
func (w *World) claims(due []string, changes ...func(wire.Object)) func(context.Context) error {
	return func(ctx context.Context) error {
		b, err := w.bench(ctx, changes...)
		if err != nil {
			return err
		}
		v, err := w.Account(ctx)
		if err != nil {
			return err
		}
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		if came := slices.Sorted(slices.Values(wire.Strings(f.asked.Details, "claims"))); !slices.Equal(came, due) {
			return subject.Wrong(fmt.Sprintf("the claims %v", due), "%v", came)
		}
		return nil
	}
}

func (w *World) badge(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, url.Values{"badge": {b.Badge}})
		if err != nil {
			return err
		}
		if named := wire.Text(f.asked.Details, "badge"); named != b.Badge {
			return subject.Wrong("the badge "+b.Badge, "%q", named)
		}
		if f, err = b.begin(ctx, v, nil); err != nil {
			return err
		}
		if _, named := f.asked.Details["badge"]; named {
			return subject.Wrong("no badge in an import that began from none", "%v", f.asked.Details["badge"])
		}
		return nil
	})
}

func (w *World) authorization(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		to, err := url.Parse(f.started.Header.Get("Location"))
		if err != nil {
			return err
		}
		if query := to.Query(); len(query) != 2 || query.Get("client_id") != w.Origin || query.Get("request_uri") != f.uri {
			return subject.Wrong("client_id and request_uri", "%v", query)
		}
		return nil
	})
}
