package verifier

import (
	"context"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) assertions(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	pushes, err := b.imported(ctx, "/oauth/par")
	if err != nil {
		return err
	}
	exchanges := b.Requests("/oauth/token")
	entity, err := w.entity(ctx)
	if err != nil {
		return err
	}
	keys, _ := wire.At(entity.Payload, "metadata", "oauth_client", "jwks").(wire.Object)
	seen := map[string]bool{}
	for _, r := range append(pushes, exchanges[len(exchanges)-1]) {
		if typ := r.Form.Get("client_assertion_type"); typ != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			return subject.Wrong("the client_assertion_type of a JWT", "%q", typ)
		}
		jti, err := w.assertion(r.Form.Get("client_assertion"), b.Origin, keys)
		if err != nil {
			return err
		}
		if seen[jti] {
			return subject.Wrong("a jti for each assertion", "%q again", jti)
		}
		seen[jti] = true
	}
	return nil
}

// assertion checks a client assertion for an issuer, and returns its jti.
func (w *World) assertion(token, issuer string, keys wire.Object) (jti string, err error) {
	a, err := wire.Open(token, keys)
	if err != nil {
		return "", subject.Wrong("an assertion signed by a published client key", "%v", err)
	}
	start, err := wire.Int(a.Payload, "iat")
	if err != nil {
		return "", err
	}
	end, err := wire.Int(a.Payload, "exp")
	if err != nil {
		return "", err
	}
	jti = wire.Text(a.Payload, "jti")
	typ, typed := a.Header["typ"]
	switch {
	case typed && typ != "JWT":
		return "", subject.Wrong("the typ JWT, or none", "%v", typ)
	case a.Payload["aud"] != issuer:
		return "", subject.Wrong("the aud "+issuer+" as one string", "%v", a.Payload["aud"])
	case a.Payload["iss"] != w.Origin || a.Payload["sub"] != w.Origin:
		return "", subject.Wrong("iss and sub "+w.Origin, "%v and %v", a.Payload["iss"], a.Payload["sub"])
	case end-start > 300 || end <= start:
		return "", subject.Wrong("at most 5 minutes from iat to exp", "%d s", end-start)
	case jti == "" || len(jti) > 200:
		return "", subject.Wrong("a jti of 1 to 200 characters", "%q", jti)
	}
	return jti, w.inTime(a)
}

func (w *World) exchange(ctx context.Context) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	exchanges, err := b.imported(ctx, "/oauth/token")
	if err != nil {
		return err
	}
	pushes := b.Requests("/oauth/par")
	push, form := pushes[len(pushes)-1], exchanges[0].Form
	verifier := form.Get("code_verifier")
	switch {
	case len(exchanges) != 1:
		return subject.Wrong("one request", "%d", len(exchanges))
	case form.Get("grant_type") != "authorization_code" || form.Get("client_id") != w.Origin:
		return subject.Wrong("the grant_type authorization_code of "+w.Origin, "%q of %q", form.Get("grant_type"), form.Get("client_id"))
	case form.Get("redirect_uri") != push.Form.Get("redirect_uri"):
		return subject.Wrong("the redirect_uri "+push.Form.Get("redirect_uri"), "%q", form.Get("redirect_uri"))
	case wire.Challenge(verifier) != push.Form.Get("code_challenge") || len(verifier) < 43 || len(verifier) > 128:
		return subject.Wrong("the code verifier of the challenge, of 43 to 128 characters", "%q", verifier)
	}
	return nil
}

func (w *World) noCookies(ctx context.Context) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	if _, err := b.imported(ctx, ""); err != nil {
		return err
	}
	for _, r := range b.Requests("") {
		for _, name := range []string{"Cookie", "Referer", "Authorization"} {
			if value := r.Header.Get(name); value != "" {
				return subject.Wrong("no "+name+" field", "%q at %s", value, r.Path)
			}
		}
	}
	return nil
}
