package issuer

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// assertions are cases of how a client proves who it is: each a good request but for its assertion.
func (w *World) assertions() []subject.Check {
	return slices.Concat(w.assertedClaims(), w.assertedTokens(), []subject.Check{
		check("assertion/no-typ", "An assertion without typ is taken.", w.assertionWithoutType, "BF-OAUTH-4", "BF-TOKEN-4"),
		check("assertion/leeway", "An assertion that expired 50 seconds ago, or begins in 50 seconds, is taken.", w.assertionLeeway, "BF-OAUTH-7", "BF-TOKEN-14"),
		check("assertion/none", "A request without assertion is refused.", w.assertionNone, "BF-OAUTH-4"),
		check("assertion/secret", "A request with a client secret is refused.", w.assertionSecret, "BF-OAUTH-4"),
		check("assertion/replayed", "An assertion counts once, at both endpoints together, and under whatever signature.", w.assertionReplayed, "BF-OAUTH-8", "BF-TOKEN-11"),
		check("assertion/at-once", "Of 20 requests at once under one assertion one is taken.", w.assertionAtOnce, "BF-OAUTH-8"),
		check("assertion/same-jti", "Two clients may use one jti.", w.assertionSameID, "BF-OAUTH-8"),
		check("assertion/client-id", "A client_id that is no canonical origin is refused.", w.clientID, "BF-OAUTH-2"),
	})
}

// assertedClaims are cases of what an assertion says.
func (w *World) assertedClaims() []subject.Check {
	claim := func(name, about, field string, value func(v *peer.Verifier) any, codes []string, requirements ...string) subject.Check {
		return w.badAssertion(name, about, func(v *peer.Verifier) (string, error) {
			payload := v.Assertion()
			if payload[field] = value(v); payload[field] == nil {
				delete(payload, field)
			}
			return v.Assert(payload)
		}, codes, requirements...)
	}
	is := func(value any) func(*peer.Verifier) any { return func(*peer.Verifier) any { return value } }
	elsewhere := is("https://elsewhere.example")
	missing := []string{"bad-credential", "bad-client", "bad-value"}
	return []subject.Check{
		claim("iss", "An assertion of another iss is refused.", "iss", elsewhere, []string{"bad-client"}, "BF-OAUTH-5"),
		claim("sub", "An assertion about another sub is refused.", "sub", elsewhere, []string{"bad-client"}, "BF-OAUTH-5"),
		claim("no-sub", "An assertion without sub is refused.", "sub", is(nil), []string{"bad-client", "bad-origin", "bad-value"}, "BF-OAUTH-5"),
		claim("aud", "An assertion for another issuer is refused.", "aud", elsewhere, []string{"wrong-audience"}, "BF-OAUTH-6"),
		claim("aud-endpoint", "An assertion for the endpoint is refused.", "aud", func(*peer.Verifier) any { return w.server.push }, []string{"wrong-audience"}, "BF-OAUTH-6"),
		claim("aud-array", "An assertion whose aud is an array is refused.", "aud", func(*peer.Verifier) any { return []any{w.Origin} }, []string{"bad-value"}, "BF-OAUTH-6"),
		claim("aud-slash", "An assertion for the origin with a slash is refused.", "aud", func(*peer.Verifier) any { return w.Origin + "/" }, []string{"wrong-audience"}, "BF-OAUTH-6"),
		claim("no-aud", "An assertion for nobody is refused.", "aud", is(nil), []string{"wrong-audience", "bad-value"}, "BF-OAUTH-6"),
		w.badAssertion("expired", "An assertion that expired 62 seconds ago is refused.", within(-150, -62), []string{"expired"}, "BF-OAUTH-7", "BF-TOKEN-14"),
		w.badAssertion("expired-long-ago", "So is one that was good an hour ago.", within(-3600, -3480), []string{"expired"}, "BF-OAUTH-7", "BF-TOKEN-14"),
		w.badAssertion("early", "An assertion that begins in 90 seconds is refused.", within(90, 200), []string{"not-yet-valid"}, "BF-OAUTH-7", "BF-TOKEN-14"),
		w.badAssertion("backwards", "An assertion that ends before it begins is refused.", within(10, -10), []string{"bad-credential", "bad-client"}, "BF-OAUTH-7"),
		claim("long", "An assertion for more than 5 minutes is refused.", "exp", func(v *peer.Verifier) any { return v.Now().Unix() + 302 }, []string{"bad-client", "bad-credential"}, "BF-OAUTH-7"),
		claim("no-iat", "An assertion without iat is refused.", "iat", is(nil), missing, "BF-OAUTH-7"),
		claim("no-exp", "An assertion without exp is refused.", "exp", is(nil), missing, "BF-OAUTH-7"),
		claim("no-jti", "An assertion without jti is refused.", "jti", is(nil), []string{"bad-client", "bad-value"}, "BF-OAUTH-8"),
		claim("long-jti", "A jti of more than 200 characters is refused.", "jti", is(strings.Repeat("j", 201)), []string{"bad-client", "bad-value"}, "BF-OAUTH-8"),
	}
}

// assertedTokens are cases of how an assertion is signed and written.
func (w *World) assertedTokens() []subject.Check {
	return []subject.Check{
		w.badAssertion("signature", "An assertion that was altered is refused.", func(v *peer.Verifier) (string, error) {
			one, err := v.Assert(v.Assertion())
			if err != nil {
				return "", err
			}
			other, err := v.Assert(v.Assertion())
			return one[:strings.LastIndexByte(one, '.')] + other[strings.LastIndexByte(other, '.'):], err
		}, []string{"bad-signature"}, "BF-OAUTH-4", "BF-TOKEN-10"),
		w.badAssertion("foreign-key", "An assertion signed by another's key under the client's kid is refused.", func(v *peer.Verifier) (string, error) {
			return v.Credential.Sign("JWT", v.Client.ID(), v.Assertion())
		}, []string{"bad-signature"}, "BF-OAUTH-4", "BF-TOKEN-10"),
		w.badAssertion("unknown-kid", "An assertion under a kid that the client doesn't publish is refused.", func(v *peer.Verifier) (string, error) {
			return v.Credential.Sign("JWT", v.Credential.ID(), v.Assertion())
		}, []string{"unknown-key"}, "BF-OAUTH-4", "BF-TOKEN-8"),
		w.badAssertion("federation-key", "A key that signs the entity configuration isn't one of the client's.", func(v *peer.Verifier) (string, error) {
			return v.Federation.Sign("JWT", v.Federation.ID(), v.Assertion())
		}, []string{"unknown-key"}, "BF-OAUTH-4", "BF-OAUTH-9", "BF-TOKEN-8"),
		w.badAssertion("typ", "An assertion signed as something else is refused.", func(v *peer.Verifier) (string, error) {
			return v.Client.Sign("bonafide-status+jwt", v.Client.ID(), v.Assertion())
		}, []string{"wrong-type"}, "BF-OAUTH-4", "BF-TOKEN-6"),
		w.badHeader("header", "A header with one more field is refused.", `{"alg":"ES256","kid":"KID","typ":"JWT","cty":"JWT"}`, "BF-TOKEN-4"),
		w.badHeader("header-twice", "A header with a field that stands twice is refused.", `{"alg":"ES256","kid":"KID","kid":"KID"}`, "BF-TOKEN-4"),
		w.badHeader("header-crit", "A header with crit is refused.", `{"alg":"ES256","kid":"KID","crit":["b64"],"b64":true}`, "BF-TOKEN-4"),
		w.badHeader("alg-none", "An assertion of alg none is refused.", `{"alg":"none","kid":"KID"}`, "BF-TOKEN-5"),
		w.badHeader("alg-hs256", "An assertion of alg HS256 is refused.", `{"alg":"HS256","kid":"KID"}`, "BF-TOKEN-5"),
		w.badHeader("alg-other", "An alg that isn't the key's is refused.", `{"alg":"EdDSA","kid":"KID"}`, "BF-TOKEN-9"),
		w.badAssertion("padded", "Padded base64url is refused.", func(v *peer.Verifier) (string, error) {
			token, err := v.Assert(v.Assertion())
			return token + "==", err
		}, []string{"bad-token"}, "BF-OAUTH-4", "BF-TOKEN-2"),
		w.badAssertion("no-token", "What is no token is refused.", func(*peer.Verifier) (string, error) { return "a.b", nil }, []string{"bad-token"}, "BF-OAUTH-4", "BF-TOKEN-1"),
		w.badAssertion("large", "A token of more than 16 KiB is refused.", func(v *peer.Verifier) (string, error) {
			payload := v.Assertion()
			payload["padding"] = strings.Repeat("x", 16_384)
			return v.Assert(payload)
		}, []string{"bad-token"}, "BF-OAUTH-4", "BF-TOKEN-3"),
		w.badAssertion("doubled-claim", "A payload with a field that stands twice is refused.", func(v *peer.Verifier) (string, error) {
			return v.Client.SignRaw(`{"alg":"ES256","kid":"`+v.Client.ID()+`"}`, `{"iss":"`+v.Origin+`","iss":"`+v.Origin+`"}`)
		}, []string{"doubled-field"}, "BF-OAUTH-4", "BF-TOKEN-7", "BF-JSON-2"),
	}
}

// badAssertion makes a case of a good push under an assertion that is refused.
func (w *World) badAssertion(name, about string, assertion func(*peer.Verifier) (string, error), codes []string, requirements ...string) subject.Check {
	return check("assertion/"+name, about, func(ctx context.Context) error {
		v := w.verifier()
		x, err := w.pushUnder(ctx, v, func() (string, error) { return assertion(v) })
		return first(err, invalidClient(codes...).check(x))
	}, requirements...)
}

// within makes an assertion for the time between two instants, in seconds from now.
func within(from, until int64) func(*peer.Verifier) (string, error) {
	return func(v *peer.Verifier) (string, error) {
		payload := v.Assertion()
		payload["iat"], payload["exp"] = v.Now().Unix()+from, v.Now().Unix()+until
		return v.Assert(payload)
	}
}

// badHeader makes a case of an assertion under another header, in which KID stands for the key's.
func (w *World) badHeader(name, about, header string, requirement string) subject.Check {
	return w.badAssertion(name, about, func(v *peer.Verifier) (string, error) {
		payload, err := v.Assert(v.Assertion())
		if err != nil {
			return "", err
		}
		return v.Client.SignRaw(strings.ReplaceAll(header, "KID", v.Client.ID()), string(wire.Decoded(strings.Split(payload, ".")[1])))
	}, []string{"bad-header"}, "BF-OAUTH-4", requirement)
}

// pushUnder pushes a good request under an assertion that is made anew at each try.
func (w *World) pushUnder(ctx context.Context, v *peer.Verifier, assertion func() (string, error)) (*subject.Exchange, error) {
	return w.clientAs(ctx, w.server.push, func() (url.Values, error) {
		form := v.Pushed(v.Ask(w.Issuer.Mechanism))
		if err := v.Authenticate(form); err != nil {
			return nil, err
		}
		token, err := assertion()
		form.Set("client_assertion", token)
		return form, err
	})
}

func (w *World) assertionWithoutType(ctx context.Context) error {
	v := w.verifier()
	x, err := w.pushUnder(ctx, v, func() (string, error) { return v.Client.Sign("", v.Client.ID(), v.Assertion()) })
	return first(err, answered(x, http.StatusCreated))
}

func (w *World) assertionLeeway(ctx context.Context) error {
	v := w.verifier()
	for _, from := range []int64{-150, 50} {
		x, err := w.pushUnder(ctx, v, func() (string, error) { return within(from, from+100)(v) })
		if err := first(err, answered(x, http.StatusCreated)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) assertionNone(ctx context.Context) error {
	v := w.verifier()
	form := v.Pushed(v.Ask(w.Issuer.Mechanism))
	form.Set("client_id", v.Origin)
	for _, endpoint := range []string{w.server.push, w.server.token} {
		x, err := w.clientAs(ctx, endpoint, func() (url.Values, error) { return form, nil })
		if err := first(err, invalidClient("bad-client", "bad-token").check(x)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) assertionSecret(ctx context.Context) error {
	v := w.verifier()
	form := v.Pushed(v.Ask(w.Issuer.Mechanism))
	form.Set("client_id", v.Origin)
	form.Set("client_secret", "secret")
	x, err := w.clientAs(ctx, w.server.push, func() (url.Values, error) { return form, nil })
	return first(err, invalidClient("bad-client", "bad-token").check(x))
}

func (w *World) assertionReplayed(ctx context.Context) error {
	v := w.verifier()
	var used wire.Object
	x, err := w.pushUnder(ctx, v, func() (string, error) {
		used = v.Assertion()
		return v.Assert(used)
	})
	if err := first(err, answered(x, http.StatusCreated)); err != nil {
		return err
	}
	again := func() (string, error) { return v.Assert(used) } // under another signature
	x, err = w.pushUnder(ctx, v, again)
	if err := first(err, invalidClient("replayed").check(x)); err != nil {
		return err
	}
	x, err = w.clientAs(ctx, w.server.token, func() (url.Values, error) {
		form := v.Refreshed(wire.Random(16), nil)
		if err := v.Authenticate(form); err != nil {
			return nil, err
		}
		assertion, err := again()
		form.Set("client_assertion", assertion)
		return form, err
	})
	return first(err, invalidClient("replayed").check(x))
}

func (w *World) assertionAtOnce(ctx context.Context) error {
	v := w.verifier()
	if _, err := w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism)); err != nil { // so that it is known by now
		return err
	}
	used, err := v.Assert(v.Assertion())
	if err != nil {
		return err
	}
	came, err := atOnce(20, func() (*subject.Exchange, error) {
		return w.pushUnder(ctx, v, func() (string, error) { return used, nil })
	})
	return first(err, once(came, func(x *subject.Exchange) bool { return x.Status == http.StatusCreated }))
}

func (w *World) assertionSameID(ctx context.Context) error {
	id := wire.Random(16)
	for range 2 {
		v, err := w.stranger()
		if err != nil {
			return err
		}
		x, err := w.pushUnder(ctx, v, func() (string, error) {
			payload := v.Assertion()
			payload["jti"] = id
			return v.Assert(payload)
		})
		if err := first(err, answered(x, http.StatusCreated)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) clientID(ctx context.Context) error {
	v := w.verifier()
	_, host, _ := strings.Cut(v.Origin, "://")
	for _, id := range []string{v.Origin + "/", "ftp://" + host, strings.ToUpper(v.Origin), "https://127.0.0.1", "https://user@shop.example", "judge", ""} {
		x, err := w.clientAs(ctx, w.server.push, func() (url.Values, error) {
			form := v.Pushed(v.Ask(w.Issuer.Mechanism))
			err := v.Authenticate(form)
			form.Set("client_id", id)
			return form, err
		})
		if err := first(err, invalidClient("bad-origin").check(x)); err != nil {
			return err
		}
	}
	return nil
}
