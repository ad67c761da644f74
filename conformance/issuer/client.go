package issuer

import (
	"context"
	"net/http"
	"slices"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// invalidClient is how a client is refused that didn't prove who it is, or whose metadata aren't in order.
func invalidClient(codes ...string) refusal {
	return refusal{http.StatusUnauthorized, "invalid_client", codes}
}

// clients are cases of what a verifier publishes about itself. Each has a verifier that nobody met before.
func (w *World) clients() []subject.Check {
	return slices.Concat(w.clientMetadata(), w.clientKeys(), []subject.Check{
		w.badClient("version", "A verifier that speaks no version that the issuer speaks is refused, whatever else is wrong.", func(v *peer.Verifier) error {
			metadata := v.Metadata()
			metadata["bonafide_verifier"] = wire.Object{"name": "Judge", "protocol_versions": []any{"2"}}
			v.Publish(func() wire.Object { return v.Entity(metadata) })
			return nil
		}, invalidClient("no-common-version"), "BF-VERSION-1"),
		w.badClient("foreign-key", "An entity configuration that isn't signed by a key of its own is refused.", func(v *peer.Verifier) error {
			v.Publish(func() wire.Object {
				entity := v.Entity(v.Metadata())
				entity["jwks"] = wire.KeySet(v.Credential)
				return entity
			})
			return nil
		}, invalidClient("unknown-key", "bad-signature"), "BF-OAUTH-3", "BF-META-1"),
		w.badClient("unsigned", "Metadata as plain JSON are refused.", func(v *peer.Verifier) error {
			v.Handle(entityPath, v.JSON(func() any { return v.Entity(v.Metadata()) }))
			return nil
		}, invalidClient("bad-answer", "bad-token"), "BF-OAUTH-3", "BF-FETCH-6"),
		w.badClient("wrong-typ", "An entity configuration signed as something else is refused.", func(v *peer.Verifier) error {
			token, err := v.Federation.Sign("JWT", v.Federation.ID(), v.Entity(v.Metadata()))
			v.Handle(entityPath, peer.Text(entityMedia, token))
			return err
		}, invalidClient("wrong-type"), "BF-OAUTH-3", "BF-TOKEN-6"),
		w.badClient("missing", "A site without entity configuration is refused.", func(v *peer.Verifier) error {
			v.Handle(entityPath, http.NotFound)
			return nil
		}, invalidClient("not-found", "bad-metadata"), "BF-OAUTH-3"),
		w.badClient("unreachable", "A site whose entity configuration can't be had is told so.", func(v *peer.Verifier) error {
			v.Handle(entityPath, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			return nil
		}, refusal{http.StatusBadGateway, "temporarily_unavailable", []string{"unreachable"}}, "BF-OAUTH-3"),
		check("client/another-key", "A client takes another key, and from 5 minutes later on the one before no longer counts.", w.clientKeyChanges, "BF-OAUTH-3", "BF-FETCH-9"),
	})
}

// clientMetadata are cases of what an entity configuration says.
func (w *World) clientMetadata() []subject.Check {
	return []subject.Check{
		w.badMetadata("other-iss", "An entity configuration of another iss is refused.", func(_ *peer.Verifier, e wire.Object) { e["iss"] = "https://elsewhere.example" },
			[]string{"wrong-issuer"}, "BF-OAUTH-3", "BF-META-2"),
		w.badMetadata("other-sub", "One of another sub is refused.", func(_ *peer.Verifier, e wire.Object) { e["sub"] = "https://elsewhere.example" },
			[]string{"wrong-issuer"}, "BF-OAUTH-3", "BF-META-2"),
		w.badMetadata("expired", "One that has expired is refused.", func(v *peer.Verifier, e wire.Object) {
			e["iat"], e["exp"] = v.Now().Unix()-7200, v.Now().Unix()-3600
		}, []string{"expired"}, "BF-OAUTH-3", "BF-TOKEN-14"),
		w.badMetadata("not-yet", "One that isn't valid yet is refused.", func(v *peer.Verifier, e wire.Object) { e["iat"] = v.Now().Unix() + 3600 },
			[]string{"not-yet-valid"}, "BF-OAUTH-3", "BF-TOKEN-14"),
		w.badMetadata("no-exp", "One that never ends is refused.", func(_ *peer.Verifier, e wire.Object) { delete(e, "exp") },
			[]string{"bad-credential", "bad-metadata", "bad-value"}, "BF-OAUTH-3", "BF-TOKEN-14"),
		w.badMetadata("redirect-elsewhere", "A redirect address on another origin is refused.", func(_ *peer.Verifier, e wire.Object) {
			oauthClient(e)["redirect_uris"] = []any{"https://elsewhere.example/import/callback"}
		}, []string{"bad-metadata"}, "BF-OAUTH-3", "BF-META-4", "BF-OAUTH-11"),
		w.badMetadata("auth-method", "A client of another authentication method is refused.", func(_ *peer.Verifier, e wire.Object) {
			oauthClient(e)["token_endpoint_auth_method"] = "client_secret_basic"
		}, []string{"bad-metadata"}, "BF-OAUTH-3", "BF-META-8"),
		w.badMetadata("grant-types", "A client that doesn't use codes is refused.", func(_ *peer.Verifier, e wire.Object) { oauthClient(e)["grant_types"] = []any{"refresh_token"} },
			[]string{"bad-metadata"}, "BF-OAUTH-3", "BF-META-8"),
		w.badMetadata("no-redirect", "A client without redirect address is refused.", func(_ *peer.Verifier, e wire.Object) { oauthClient(e)["redirect_uris"] = []any{} },
			[]string{"bad-metadata"}, "BF-OAUTH-3", "BF-META-8"),
		w.badMetadata("no-name", "A client without name is refused.", func(_ *peer.Verifier, e wire.Object) { delete(oauthClient(e), "client_name") },
			[]string{"bad-metadata"}, "BF-OAUTH-3", "BF-META-5"),
		w.badMetadata("no-oauth-client", "A site that is no OAuth client is refused.", func(_ *peer.Verifier, e wire.Object) { e["metadata"] = wire.Object{} },
			[]string{"bad-metadata", "bad-client"}, "BF-OAUTH-3"),
	}
}

// clientKeys are cases of the keys that it has.
func (w *World) clientKeys() []subject.Check {
	return []subject.Check{
		w.badMetadata("private-key", "A client that publishes a private key is refused.", func(_ *peer.Verifier, e wire.Object) {
			wire.At(e, "metadata", "oauth_client", "jwks", "keys", 0).(wire.Object)["d"] = wire.Random(32)
		}, []string{"bad-key-set"}, "BF-OAUTH-3", "BF-KEY-3"),
		w.badMetadata("key-twice", "A client two of whose keys have one kid is refused.", func(v *peer.Verifier, e wire.Object) {
			oauthClient(e)["jwks"] = wire.KeySet(v.Client, v.Client)
		}, []string{"bad-key-set"}, "BF-OAUTH-3", "BF-KEY-2"),
		w.badClient("federation-key", "A client whose key also signs its entity configuration is refused.", func(v *peer.Verifier) error {
			v.UseKey(v.Federation)
			return nil
		}, invalidClient("bad-metadata"), "BF-OAUTH-9", "BF-META-8"),
		w.badMetadata("keys-elsewhere", "Keys at the address of a key set don't count.", func(_ *peer.Verifier, e wire.Object) {
			delete(oauthClient(e), "jwks")
			oauthClient(e)["jwks_uri"] = wire.Text(e, "iss") + "/jwks.json"
		}, []string{"bad-metadata", "bad-key-set", "unknown-key", "bad-client", "bad-value"}, "BF-OAUTH-3"),
	}
}

func oauthClient(entity wire.Object) wire.Object {
	return wire.At(entity, "metadata", "oauth_client").(wire.Object)
}

// badMetadata makes a case of a verifier that is refused for what its entity configuration, well signed, says.
func (w *World) badMetadata(name, about string, alter func(*peer.Verifier, wire.Object), codes []string, requirements ...string) subject.Check {
	return w.badClient(name, about, func(v *peer.Verifier) error {
		v.Publish(func() wire.Object {
			entity := v.Entity(v.Metadata())
			alter(v, entity)
			return entity
		})
		return nil
	}, invalidClient(codes...), requirements...)
}

// badClient makes a case of a verifier that is refused for what it publishes, though its request is good.
func (w *World) badClient(name, about string, alter func(*peer.Verifier) error, due refusal, requirements ...string) subject.Check {
	return check("client/"+name, about, func(ctx context.Context) error {
		v, err := w.stranger()
		if err != nil {
			return err
		}
		if err := alter(v); err != nil {
			return err
		}
		x, err := w.client(ctx, v, w.server.push, v.Pushed(v.Ask(w.Issuer.Mechanism)))
		return first(err, due.check(x))
	}, requirements...)
}

func (w *World) clientKeyChanges(ctx context.Context) error {
	v, err := w.stranger()
	if err != nil {
		return err
	}
	if _, err := w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism)); err != nil {
		return err
	}
	before := v.Client
	key, err := wire.NewES256()
	if err != nil {
		return err
	}
	v.UseKey(key)
	if err := w.Advance(ctx, 5*time.Minute+time.Second); err != nil {
		return err
	}
	if _, err := w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism)); err != nil {
		return err
	}
	now := v.Metadata()
	v.Publish(func() wire.Object { return v.Entity(now) })
	v.UseKey(before)
	x, err := w.client(ctx, v, w.server.push, v.Pushed(v.Ask(w.Issuer.Mechanism)))
	return first(err, invalidClient("unknown-key").check(x))
}
