package issuer

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) pushes() []subject.Check {
	invalid := func(codes ...string) refusal { return refusal{http.StatusBadRequest, "invalid_request", codes} }
	value := invalid("bad-value")
	set := func(name, value string) func(url.Values) { return func(form url.Values) { form.Set(name, value) } }
	lack := func(name string) func(url.Values) { return func(form url.Values) { form.Del(name) } }
	twice := func(name string) func(url.Values) { return func(form url.Values) { form.Add(name, form.Get(name)) } }
	return []subject.Check{
		check("push/taken", "A good request is taken, with a request_uri for 10 minutes.", w.pushTaken, "BF-OAUTH-1"),
		check("push/admitted", "A verifier that nobody met before is answered, if admission is open.", w.pushAdmitted, "BF-OAUTH-3"),
		check("push/keys", "The client's keys come from its entity configuration, for each algorithm.", w.pushEdDSA, "BF-OAUTH-3", "BF-OAUTH-4", "BF-TOKEN-9"),
		check("push/unlike", "No two requests have a request_uri in common.", w.pushUnlike, "BF-OAUTH-1"),
		w.goodPush("unknown-parameter", "A parameter that OAuth doesn't know is passed over.", set("judged", "yes"), "BF-OAUTH-15"),
		w.goodPush("state-512", "A state of 512 characters is taken.", set("state", strings.Repeat("s", 512)), "BF-OAUTH-12"),
		w.goodPush("state-16", "A state of 16 characters is taken.", set("state", strings.Repeat("s", 16)), "BF-OAUTH-12"),

		w.badPush("response-type", "Another response_type is refused.", set("response_type", "token"),
			refusal{http.StatusBadRequest, "unsupported_response_type", []string{"bad-value"}}, "BF-OAUTH-10"),
		w.badPush("no-response-type", "A request without response_type is refused.", lack("response_type"), invalid("bad-request"), "BF-OAUTH-10"),
		w.badPush("redirect-unpublished", "A redirect_uri that the client doesn't publish is refused.", func(form url.Values) { form.Set("redirect_uri", form.Get("client_id")+"/elsewhere") },
			value, "BF-OAUTH-11"),
		w.badPush("redirect-longer", "A redirect_uri that only begins as one published is refused.", func(form url.Values) { form.Set("redirect_uri", form.Get("redirect_uri")+"/more") },
			value, "BF-OAUTH-11"),
		w.badPush("redirect-query", "A redirect_uri with a query that the published one lacks is refused.", func(form url.Values) { form.Set("redirect_uri", form.Get("redirect_uri")+"?a=b") },
			value, "BF-OAUTH-11"),
		w.badPush("no-redirect", "A request without redirect_uri is refused.", lack("redirect_uri"), invalid("bad-value", "bad-request"), "BF-OAUTH-11"),
		w.badPush("state-short", "A state of 15 characters is refused.", set("state", strings.Repeat("s", 15)), value, "BF-OAUTH-12"),
		w.badPush("state-long", "A state of 513 characters is refused.", set("state", strings.Repeat("s", 513)), value, "BF-OAUTH-12"),
		w.badPush("no-state", "A request without state is refused.", lack("state"), invalid("bad-value", "bad-request"), "BF-OAUTH-12"),
		w.badPush("challenge-plain", "A challenge of method plain is refused.", set("code_challenge_method", "plain"), value, "BF-OAUTH-13"),
		w.badPush("no-challenge-method", "A challenge without its method, which would be plain, is refused.", lack("code_challenge_method"), invalid("bad-value", "bad-request"), "BF-OAUTH-13"),
		w.badPush("challenge-short", "A challenge of 42 characters is refused.", set("code_challenge", strings.Repeat("c", 42)), value, "BF-OAUTH-13"),
		w.badPush("challenge-padded", "A challenge that isn't base64url is refused.", set("code_challenge", strings.Repeat("c", 42)+"="), value, "BF-OAUTH-13"),
		w.badPush("no-challenge", "A request without challenge is refused.", lack("code_challenge"), invalid("bad-value", "bad-request"), "BF-OAUTH-13"),
		w.badPush("scope", "A scope is refused.", set("scope", "openid"), refusal{http.StatusBadRequest, "invalid_scope", []string{"bad-value"}}, "BF-OAUTH-15"),
		w.badPush("request-object", "A request object is refused.", set("request", "e30.e30."), invalid("bad-request", "bad-value"), "BF-OAUTH-15"),
		w.badPush("request-uri", "A request_uri of the client's is refused.", set("request_uri", "urn:example:1"), invalid("bad-request", "bad-value"), "BF-OAUTH-15"),
		w.badPush("state-twice", "A parameter that stands twice is refused, also with the same value.", twice("state"), invalid("doubled-field"), "BF-OAUTH-15", "BF-SITE-4"),
		w.badPush("unknown-twice", "So is one that OAuth doesn't know.", func(form url.Values) { form["judged"] = []string{"a", "b"} }, invalid("doubled-field"), "BF-OAUTH-15", "BF-SITE-4"),
	}
}

func (w *World) pushTaken(ctx context.Context) error {
	v, err := w.stranger()
	if err != nil {
		return err
	}
	x, err := w.client(ctx, v, w.server.push, v.Pushed(v.Ask(w.Issuer.Mechanism)))
	return first(err, answered(x, http.StatusCreated), unstored(x), equal("Content-Type", jsonMedia, x.Media()),
		that(strings.HasPrefix(wire.Text(x.Object(), "request_uri"), "urn:ietf:params:oauth:request_uri:"), "a request_uri of RFC 9126", "%v", x.Object()["request_uri"]),
		equal("expires_in", json.Number("600"), x.Object()["expires_in"]))
}

func (w *World) pushAdmitted(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	if err := equal("admission", "open", wire.At(token.Payload, "metadata", "bonafide_issuer", "admission")); err != nil {
		return err
	}
	return w.pushTaken(ctx)
}

func (w *World) pushEdDSA(ctx context.Context) error {
	v, err := w.stranger()
	if err != nil {
		return err
	}
	key, err := wire.NewEdDSA()
	if err != nil {
		return err
	}
	v.UseKey(key)
	_, err = w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism))
	return err
}

func (w *World) pushUnlike(ctx context.Context) error {
	v := w.verifier()
	seen, q := map[string]bool{}, v.Ask(w.Issuer.Mechanism)
	for range samples {
		uri, err := w.pushed(ctx, v, q)
		if err = first(err, that(!seen[uri], "a request_uri of its own for each request", "%s twice", uri)); err != nil {
			return err
		}
		seen[uri] = true
	}
	return nil
}

// altered pushes a good request that is altered first.
func (w *World) altered(ctx context.Context, alter func(url.Values)) (*subject.Exchange, error) {
	v := w.verifier()
	form := v.Pushed(v.Ask(w.Issuer.Mechanism))
	form.Set("client_id", v.Origin)
	alter(form)
	return w.client(ctx, v, w.server.push, form)
}

func (w *World) goodPush(name, about string, alter func(url.Values), requirements ...string) subject.Check {
	return check("push/"+name, about, func(ctx context.Context) error {
		x, err := w.altered(ctx, alter)
		return first(err, answered(x, http.StatusCreated))
	}, requirements...)
}

func (w *World) badPush(name, about string, alter func(url.Values), due refusal, requirements ...string) subject.Check {
	return check("push/"+name, about, func(ctx context.Context) error {
		x, err := w.altered(ctx, alter)
		return first(err, due.check(x))
	}, requirements...)
}
