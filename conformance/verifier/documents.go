package verifier

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) documents() []subject.Check {
	return []subject.Check{
		check("documents/did", "The DID document is that of the origin, in form, and any site's pages may read it.", w.didDocument,
			"BF-SITE-8", "BF-SITE-11", "BF-KEY-1", "BF-KEY-2", "BF-KEY-3", "BF-KEY-4", "BF-KEY-5", "BF-KEY-6", "BF-KEY-7", "BF-KEY-8", "BF-KEY-9", "BF-KEY-10"),
		check("documents/entity-configuration", "The entity configuration is signed by a key of its own, of this origin and in time.",
			w.entityConfiguration, "BF-SITE-8", "BF-SITE-11", "BF-META-1", "BF-META-2", "BF-TOKEN-1", "BF-TOKEN-4", "BF-TOKEN-6", "BF-TOKEN-14"),
		check("documents/entity-keys", "Its key sets have a few public keys, of the two kinds there are.", w.entityKeys,
			"BF-KEY-1", "BF-KEY-2", "BF-KEY-3", "BF-KEY-4", "BF-KEY-5", "BF-KEY-6"),
		check("documents/roles", "It names tables, import page, redirect addresses and client keys, all on this origin.", w.roles,
			"BF-VERIFIER-7", "BF-META-4"),
		check("documents/keys-apart", "The keys of the DID document, the entity configuration and the client are different ones.", w.keysApart,
			"BF-META-1", "BF-OAUTH-9"),
		check("documents/not-found", "A table that there isn't is refused as not found, with a problem document.", w.noTable,
			"BF-SITE-1", "BF-SITE-7", "BF-VERIFIER-1"),
		check("documents/not-found-page", "To whoever prefers pages, that is said on a page.", w.noTablePage, "BF-SITE-1", "BF-SITE-7"),
		check("documents/doubled-parameter", "A parameter that stands twice in a query is refused.", w.doubledParameter, "BF-SITE-4"),
	}
}

// entity fetches and opens the site's entity configuration.
func (w *World) entity(ctx context.Context) (*wire.Token, error) {
	x, err := w.Anybody().Get(ctx, "/.well-known/openid-federation", "application/entity-statement+jwt")
	if err != nil {
		return nil, err
	}
	if x.Status != http.StatusOK || x.Media() != "application/entity-statement+jwt" {
		return nil, subject.Wrong("200 with application/entity-statement+jwt", "%d with %s", x.Status, x.Media())
	}
	token := string(x.Body)
	payload, err := claimed(token)
	if err != nil {
		return nil, err
	}
	keys, _ := payload["jwks"].(wire.Object)
	opened, err := subject.Profiled(token, "entity-statement+jwt", "", keys, subject.MaxToken)
	if err != nil {
		return nil, err
	}
	return opened, x.Open()
}

// claimed returns what a token says whether it is signed or not.
func claimed(token string) (wire.Object, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, subject.Wrong("a token of three parts", "%d", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	return wire.DecodeObject(text)
}

// methods fetches the keys of the site's DID document, by the ids under which it lists them.
func (w *World) methods(ctx context.Context) (document, keys wire.Object, err error) {
	x, err := w.Anybody().Get(ctx, "/.well-known/did.json", "application/json")
	if err != nil {
		return nil, nil, err
	}
	if x.Status != http.StatusOK || !slices.Contains([]string{"application/json", "application/did+json"}, x.Media()) {
		return nil, nil, subject.Wrong("200 with application/json", "%d with %s", x.Status, x.Media())
	}
	if err := x.Open(); err != nil {
		return nil, nil, err
	}
	keys, err = wire.Methods(x.Object())
	return x.Object(), keys, err
}

func (w *World) didDocument(ctx context.Context) error {
	document, keys, err := w.methods(ctx)
	if err != nil {
		return err
	}
	did := wire.DID(w.Origin)
	if wire.Text(document, "id") != did {
		return subject.Wrong("the id "+did, "%q", document["id"])
	}
	if err := subject.KeySet("the DID document", keys); err != nil {
		return err
	}
	methods, _ := document["verificationMethod"].([]any)
	asserted := wire.Strings(document, "assertionMethod")
	for i := range methods {
		sum, err := wire.Thumbprint(wire.At(keys, "keys", i))
		if err != nil {
			return err
		}
		id := wire.Text(methods[i], "id")
		switch {
		case id != did+"#"+sum:
			return subject.Wrong("a key whose id is "+did+"#"+sum, "%q", id)
		case !slices.Contains(asserted, id):
			return subject.Wrong(id+" in assertionMethod", "%v", asserted)
		case wire.Text(methods[i], "type") != "JsonWebKey2020", wire.Text(methods[i], "controller") != did:
			return subject.Wrong("a JsonWebKey2020 of "+did, "%v of %v", wire.At(methods[i], "type"), wire.At(methods[i], "controller"))
		}
	}
	return nil
}

func (w *World) entityConfiguration(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	if iss, sub := wire.Text(token.Payload, "iss"), wire.Text(token.Payload, "sub"); iss != w.Origin || sub != w.Origin {
		return subject.Wrong("iss and sub "+w.Origin, "%q and %q", iss, sub)
	}
	return w.inTime(token)
}

func (w *World) entityKeys(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	if err := subject.KeySet("jwks", object(token.Payload, "jwks")); err != nil {
		return err
	}
	return subject.KeySet("oauth_client.jwks", object(token.Payload, "metadata", "oauth_client", "jwks"))
}

// inTime checks that a token is valid now.
func (w *World) inTime(token *wire.Token) error {
	start, err := wire.Int(token.Payload, "iat")
	if err != nil {
		return err
	}
	end, err := wire.Int(token.Payload, "exp")
	if err != nil {
		return err
	}
	if now := w.Now().Unix(); now < start-60 || now >= end+60 || end <= start {
		return subject.Wrong(fmt.Sprintf("a token in force at %s", w.Now().Format(time.RFC3339)), "one from %d to %d", start, end)
	}
	return nil
}

func (w *World) roles(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	verifier, client := wire.At(token.Payload, "metadata", "bonafide_verifier"), wire.At(token.Payload, "metadata", "oauth_client")
	published, err := w.published(ctx)
	if err != nil {
		return err
	}
	named := wire.Strings(verifier, "conversions")
	for _, t := range published {
		if id := wire.Text(t, "id"); !slices.Contains(named, id) {
			return subject.Wrong("the table "+id+" among its conversions", "%d others", len(named))
		}
	}
	addresses := slices.Concat(named, wire.Strings(client, "redirect_uris"), []string{wire.Text(verifier, "initiate_import_uri")})
	for _, address := range addresses {
		if !strings.HasPrefix(address, w.Origin+"/") {
			return subject.Wrong("an address on "+w.Origin, "%q", address)
		}
	}
	keys, _ := wire.At(client, "jwks", "keys").([]any)
	if len(wire.Strings(client, "redirect_uris")) == 0 || len(keys) == 0 || wire.Text(client, "token_endpoint_auth_method") != "private_key_jwt" {
		return subject.Wrong("an oauth_client with redirect_uris, keys and private_key_jwt", "%v", client)
	}
	return nil
}

// published returns the newest versions of the site's tables.
func (w *World) published(ctx context.Context) ([]any, error) {
	x, err := w.Administer(ctx, http.MethodGet, "/admin/conversions", nil)
	if err != nil {
		return nil, err
	}
	all, ok := x.JSON().([]any)
	if x.Status != http.StatusOK || !ok {
		return nil, subject.Wrong("200 with an array of tables", "%d: %.200s", x.Status, x.Body)
	}
	return all, nil
}

func (w *World) keysApart(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	_, methods, err := w.methods(ctx)
	if err != nil {
		return err
	}
	used := map[string]string{}
	for use, set := range map[string]any{
		"DID document": methods, "entity configuration": token.Payload["jwks"], "client": wire.At(token.Payload, "metadata", "oauth_client", "jwks"),
	} {
		keys, _ := wire.At(set, "keys").([]any)
		for _, key := range keys {
			sum, err := wire.Thumbprint(key)
			if err != nil {
				return err
			}
			if other, twice := used[sum]; twice && other != use {
				return subject.Wrong("a key for each use", "one that is the %s's and the %s's", use, other)
			}
			used[sum] = use
		}
	}
	return nil
}

func (w *World) noTable(ctx context.Context) error {
	x, err := w.Anybody().Get(ctx, "/conversions/"+w.name()+".json", "application/json")
	if err != nil {
		return err
	}
	return x.Refused("not-found")
}

func (w *World) noTablePage(ctx context.Context) error {
	x, err := w.Anybody().Get(ctx, "/conversions/"+w.name(), "text/html")
	if err != nil {
		return err
	}
	if x.Status != http.StatusNotFound {
		return subject.Wrong("404", "%d", x.Status)
	}
	x.Status = http.StatusOK // but for that it is a page as any
	return x.Page()
}

func (w *World) doubledParameter(ctx context.Context) error {
	x, err := w.Anybody().Get(ctx, w.begin+"?iss=https%3A%2F%2Fother.example&iss=https%3A%2F%2Fother.example", asProgram)
	if err != nil {
		return err
	}
	return x.Refused("doubled-field")
}
