package issuer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

const (
	didPath       = "/.well-known/did.json"
	entityPath    = "/.well-known/openid-federation"
	entityMedia   = "application/entity-statement+jwt"
	entityType    = "entity-statement+jwt"
	oauthMetadata = "/.well-known/oauth-authorization-server"
)

func (w *World) wellKnown() []subject.Check {
	return []subject.Check{
		check("well-known/did", "The DID document is that of the origin.", w.didDocument, "BF-SITE-8", "BF-KEY-7"),
		check("well-known/did-keys", "The DID document has a few public keys, of the two kinds there are.", w.didKeys,
			"BF-KEY-1", "BF-KEY-2", "BF-KEY-3", "BF-KEY-4", "BF-KEY-5", "BF-KEY-6"),
		check("well-known/did-methods", "Its verification methods are the document's own, named by their thumbprints.", w.didMethods,
			"BF-KEY-8", "BF-KEY-9", "BF-KEY-10"),
		check("well-known/entity", "The entity configuration is signed by a federation key, and in force.", w.entitySigned,
			"BF-SITE-8", "BF-META-1", "BF-TOKEN-1", "BF-TOKEN-2", "BF-TOKEN-4", "BF-TOKEN-6", "BF-TOKEN-14"),
		check("well-known/entity-subject", "The entity configuration is that of the origin.", w.entitySubject, "BF-META-2"),
		check("well-known/keys-apart", "No key has two uses: federation, client and credential keys are apart.", w.keysApart, "BF-META-1"),
		check("well-known/entity-keys", "Its key sets have a few public keys, of the two kinds there are.", w.entityKeys,
			"BF-KEY-1", "BF-KEY-2", "BF-KEY-3", "BF-KEY-4", "BF-KEY-5", "BF-KEY-6"),
		check("well-known/addresses", "Every address that the entity configuration names is on the origin.", w.addresses, "BF-META-4"),
		check("well-known/roles", "Each role has a name and versions, and the issuer an admission.", w.roles, "BF-META-5", "BF-META-6"),
		check("well-known/oauth-values", "The OAuth metadata say what clients must be able to rely on.", w.oauthValues, "BF-META-7"),
		check("well-known/oauth", "The OAuth metadata equal those in the entity configuration.", w.oauthEqual, "BF-SITE-9", "BF-META-4"),
	}
}

func (w *World) didDocument(ctx context.Context) error {
	x, err := w.get(ctx, didPath, "application/json")
	if err != nil {
		return err
	}
	return first(served(x, "application/json", "application/did+json"), equal("id", wire.DID(w.Origin), x.Object()["id"]))
}

func (w *World) didKeys(ctx context.Context) error {
	document, err := w.object(ctx, didPath)
	if err != nil {
		return err
	}
	keys, err := wire.Methods(document)
	if err != nil {
		return subject.Wrong("a publicKeyJwk in each verificationMethod", "%v", err)
	}
	return subject.KeySet("the DID document", keys)
}

func (w *World) didMethods(ctx context.Context) error {
	document, err := w.object(ctx, didPath)
	if err != nil {
		return err
	}
	did, assertion := wire.DID(w.Origin), wire.Strings(document, "assertionMethod")
	for _, method := range array(document, "verificationMethod") {
		thumbprint, err := wire.Thumbprint(wire.At(method, "publicKeyJwk"))
		if err != nil {
			return subject.Wrong("a publicKeyJwk", "%v", err)
		}
		id := wire.Text(method, "id")
		if err := first(
			equal("id", did+"#"+thumbprint, id), equal("type", "JsonWebKey2020", wire.At(method, "type")),
			equal("controller", did, wire.At(method, "controller")),
			that(slices.Contains(assertion, id), "an assertionMethod that lists "+id, "%v", assertion),
		); err != nil {
			return err
		}
	}
	return nil
}

// entity reads the entity configuration by its own keys.
func (w *World) entity(ctx context.Context) (*wire.Token, error) {
	x, err := w.get(ctx, entityPath, entityMedia)
	if err = first(err, served(x, entityMedia)); err != nil {
		return nil, err
	}
	parts := strings.Split(string(x.Body), ".")
	payload, err := wire.DecodeObject(wire.Decoded(parts[min(1, len(parts)-1)]))
	if err != nil {
		return nil, subject.Wrong("a signed JSON object", "%v: %.200q", err, x.Body)
	}
	keys, _ := payload["jwks"].(wire.Object)
	return subject.Profiled(string(x.Body), entityType, "", keys, subject.MaxToken)
}

func (w *World) entitySigned(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	return w.inForce(token.Payload, "iat", "exp")
}

func (w *World) entitySubject(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	return first(equal("iss", w.Origin, token.Payload["iss"]), equal("sub", w.Origin, token.Payload["sub"]))
}

func (w *World) keysApart(ctx context.Context) error {
	document, err := w.object(ctx, didPath)
	if err != nil {
		return err
	}
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	credential, err := wire.Methods(document)
	if err != nil {
		return err
	}
	uses := map[string]string{}
	for use, set := range map[string]any{
		"credential": credential, "federation": token.Payload["jwks"], "client": wire.At(token.Payload, "metadata", "oauth_client", "jwks"),
	} {
		for _, key := range array(set, "keys") {
			thumbprint, err := wire.Thumbprint(key)
			if err != nil {
				return subject.Wrong("a key", "%v", err)
			}
			if other := uses[thumbprint]; other != "" && other != use {
				return subject.Wrong("keys of one use each", "%s is a %s key and a %s key", thumbprint, other, use)
			}
			uses[thumbprint] = use
		}
	}
	return nil
}

func (w *World) entityKeys(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	federation, _ := token.Payload["jwks"].(wire.Object)
	client, isClient := wire.At(token.Payload, "metadata", "oauth_client", "jwks").(wire.Object)
	if isClient {
		err = subject.KeySet("oauth_client.jwks", client)
	}
	return first(subject.KeySet("jwks", federation), err)
}

func (w *World) addresses(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	var foreign []string
	for role, names := range map[string][]string{
		"bonafide_issuer":            {"mechanisms", "outcome_endpoint", "ruling_endpoint"},
		"bonafide_verifier":          {"conversions", "initiate_import_uri", "redeem_referral_uri"},
		"oauth_authorization_server": {"authorization_endpoint", "token_endpoint", "pushed_authorization_request_endpoint"},
		"oauth_client":               {"redirect_uris"},
	} {
		for _, name := range names {
			at := wire.At(token.Payload, "metadata", role, name)
			for _, address := range append(wire.Strings(at), wire.Text(at)) {
				if address != "" && !strings.HasPrefix(address, w.Origin+"/") {
					foreign = append(foreign, fmt.Sprintf("%s.%s %s", role, name, address))
				}
			}
		}
	}
	mechanisms := wire.Strings(token.Payload, "metadata", "bonafide_issuer", "mechanisms")
	return first(
		that(foreign == nil, "addresses on "+w.Origin, "%v", foreign),
		that(slices.Contains(mechanisms, w.Issuer.Mechanism), "mechanisms among which is "+w.Issuer.Mechanism, "%v", mechanisms),
		equal("oauth_authorization_server.issuer", w.Origin, wire.At(token.Payload, "metadata", "oauth_authorization_server", "issuer")),
	)
}

func (w *World) oauthEqual(ctx context.Context) error {
	token, err := w.entity(ctx)
	if err != nil {
		return err
	}
	x, err := w.get(ctx, oauthMetadata, "application/json")
	if err = first(err, served(x, "application/json")); err != nil {
		return err
	}
	different := conformance.Difference("", wire.At(token.Payload, "metadata", "oauth_authorization_server"), x.JSON())
	return that(different == "", "what the entity configuration has as oauth_authorization_server", "%s", different)
}
