package issuer

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func badGrant(more ...string) refusal {
	return refusal{http.StatusBadRequest, "invalid_grant", append([]string{"bad-grant"}, more...)}
}

func (w *World) tokens() []subject.Check {
	invalid := func(codes ...string) refusal { return refusal{http.StatusBadRequest, "invalid_request", codes} }
	set := func(name, value string) func(url.Values) { return func(form url.Values) { form.Set(name, value) } }
	return []subject.Check{
		check("token/response", "A code is answered with everything that there must be, not to be kept.", w.withCode(w.tokenResponse), "BF-OAUTH-20", "BF-OAUTH-19"),
		check("token/details", "What is granted is what was asked, with its nonce.", w.tokenDetails, "BF-OAUTH-20"),
		check("token/twice", "A code counts once.", w.withCode(w.codeTwice), "BF-OAUTH-19"),
		check("token/at-once", "Of 20 exchanges of one code at once one succeeds.", w.withCode(w.codeAtOnce), "BF-OAUTH-19"),
		check("token/late", "A code counts for 60 seconds.", w.withCode(w.codeLate), "BF-OAUTH-19"),
		check("token/other-client", "Another client's code doesn't count.", w.withCode(w.codeOfOther), "BF-OAUTH-19"),
		check("token/no-client", "A code without client assertion doesn't count.", w.withCode(w.codeWithoutClient), "BF-OAUTH-4"),
		w.badExchange("wrong-verifier", "A code with another code verifier doesn't count.", set("code_verifier", wire.Random(32)), badGrant(), "BF-OAUTH-19"),
		w.badExchange("no-verifier", "A code without code verifier doesn't count.", func(f url.Values) { f.Del("code_verifier") }, badGrant(), "BF-OAUTH-19"),
		w.badExchange("wrong-redirect", "A code with another redirect_uri doesn't count.", func(f url.Values) { f.Set("redirect_uri", f.Get("redirect_uri")+"/x") }, badGrant(), "BF-OAUTH-19"),
		w.badExchange("no-redirect", "A code without redirect_uri doesn't count.", func(f url.Values) { f.Del("redirect_uri") }, badGrant(), "BF-OAUTH-19"),
		w.badExchange("unknown-code", "A code that was never given out doesn't count.", set("code", wire.Random(16)), badGrant(), "BF-OAUTH-19"),
		w.badExchange("grant-type", "Another grant_type is refused.", set("grant_type", "client_credentials"),
			refusal{http.StatusBadRequest, "unsupported_grant_type", []string{"bad-value"}}, "BF-OAUTH-21"),
		w.badExchange("no-grant-type", "A request without grant_type is refused.", func(f url.Values) { f.Del("grant_type") }, invalid("bad-request"), "BF-OAUTH-21"),
		w.badExchange("code-twice-given", "A parameter that stands twice is refused.", func(f url.Values) { f.Add("code", f.Get("code")) }, invalid("doubled-field"), "BF-SITE-4"),
		w.badExchange("suspended", "Nothing is told of a member who was suspended after they consented.", nil,
			refusal{http.StatusBadRequest, "access_denied", []string{"not-current"}}, "BF-CONSENT-6"),
	}
}

func (w *World) tokenResponse(ctx context.Context, i *importer, code string) error {
	x, err := w.exchange(ctx, i, code)
	if err := first(err, answered(x, http.StatusOK), unstored(x), equal("Content-Type", jsonMedia, x.Media())); err != nil {
		return err
	}
	object := x.Object()
	for _, name := range []string{"access_token", "refresh_token", "bonafide_status"} {
		if wire.Text(object, name) == "" {
			return subject.Wrong("a field "+name, "%v", object[name])
		}
	}
	seconds, err := wire.Int(object, "expires_in")
	details := array(object, "authorization_details")
	return first(equal("token_type", "Bearer", object["token_type"]), that(err == nil && seconds > 0, "expires_in, in seconds", "%v", object["expires_in"]),
		that(len(details) == 1, "authorization_details of one", "%v", object["authorization_details"]))
}

func (w *World) tokenDetails(ctx context.Context) error {
	i, err := w.imported(ctx, claims("level", "measures"))
	if err != nil {
		return err
	}
	return granted(i.question.Details, i.told)
}

// granted is a fault unless these authorization_details were granted.
func granted(details wire.Object, t *told) error {
	due, err := wire.Again(details)
	different := conformance.Difference("authorization_details/0", due, wire.At(t.response, "authorization_details", 0))
	return first(err, that(different == "", "what was asked", "%s", different))
}

// exchange exchanges a code as the importer's verifier.
func (w *World) exchange(ctx context.Context, i *importer, code string) (*subject.Exchange, error) {
	return w.client(ctx, i.verifier, w.server.token, i.verifier.Exchanged(i.question, code))
}

func (w *World) codeTwice(ctx context.Context, i *importer, code string) error {
	x, err := w.exchange(ctx, i, code)
	if err := first(err, answered(x, http.StatusOK)); err != nil {
		return err
	}
	x, err = w.exchange(ctx, i, code)
	return first(err, badGrant().check(x))
}

func (w *World) codeAtOnce(ctx context.Context, i *importer, code string) error {
	came, err := atOnce(20, func() (*subject.Exchange, error) { return w.exchange(ctx, i, code) })
	return first(err, once(came, func(x *subject.Exchange) bool { return x.Status == http.StatusOK }))
}

func (w *World) codeLate(ctx context.Context, i *importer, code string) error {
	if err := w.Advance(ctx, 61*time.Second); err != nil {
		return err
	}
	x, err := w.exchange(ctx, i, code)
	return first(err, badGrant().check(x))
}

func (w *World) codeOfOther(ctx context.Context, i *importer, code string) error {
	thief := w.verifier()
	form := i.verifier.Exchanged(i.question, code)
	x, err := w.client(ctx, thief, w.server.token, form)
	return first(err, badGrant().check(x))
}

func (w *World) codeWithoutClient(ctx context.Context, i *importer, code string) error {
	form := i.verifier.Exchanged(i.question, code)
	form.Set("client_id", i.verifier.Origin)
	x, err := w.clientAs(ctx, w.server.token, func() (url.Values, error) { return form, nil })
	return first(err, invalidClient("bad-client", "bad-token").check(x))
}

// badExchange makes a case of the exchange of a good code that is refused. Without alter the member is suspended first.
func (w *World) badExchange(name, about string, alter func(url.Values), due refusal, requirements ...string) subject.Check {
	return check("token/"+name, about, func(ctx context.Context) error {
		i, err := w.ready(ctx)
		if err != nil {
			return err
		}
		code, err := w.allowed(ctx, i.member, i.verifier, i.question)
		if err != nil {
			return err
		}
		form := i.verifier.Exchanged(i.question, code)
		if alter != nil {
			alter(form)
		} else if err := w.suspend(ctx, i.member); err != nil {
			return err
		}
		x, err := w.client(ctx, i.verifier, w.server.token, form)
		return first(err, due.check(x))
	}, requirements...)
}
