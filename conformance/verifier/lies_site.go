package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// grantOnly replaces a field of what was granted.
func grantOnly(response wire.Object, name string, value any) {
	granted := wire.Object{}
	for field, was := range wire.At(response, "authorization_details", 0).(wire.Object) {
		granted[field] = was
	}
	granted[name] = value
	response["authorization_details"] = []any{granted}
}

// responseLies are those in the token response.
func responseLies() []Lie {
	lie := func(name, about string, codes []string, tell func(context.Context, *telling) error, requirements ...string) Lie {
		return Lie{Name: "response/" + name, About: about, Codes: codes, Requirements: requirements, tell: tell}
	}
	bad := []string{"bad-answer"}
	all := []Lie{
		lie("other-purpose", "A consent is granted for another purpose than was asked.", bad,
			responded(func(_ *telling, r wire.Object) { grantOnly(r, "purpose", wire.Object{"en": "Other.", "fr": "Autre."}) }), "BF-IMPORT-23"),
		lie("other-mechanism", "A consent is granted about another mechanism than was asked.", bad,
			responded(func(t *telling, r wire.Object) { grantOnly(r, "mechanism", t.Origin+"/mechanisms/other") }), "BF-IMPORT-23"),
		lie("longer", "A consent is granted for longer than was asked.", bad,
			responded(func(_ *telling, r wire.Object) { grantOnly(r, "retention_days", 366) }), "BF-IMPORT-23"),
		lie("other-badge", "A consent is granted about a badge that wasn't asked about.", bad,
			responded(func(t *telling, r wire.Object) { grantOnly(r, "badge", t.Origin+"/b/0000000000000000") }), "BF-IMPORT-23"),
		lie("two-details", "Two consents are granted where one was asked.", bad, responded(func(_ *telling, r wire.Object) {
			r["authorization_details"] = append(r["authorization_details"].([]any), wire.At(r, "authorization_details", 0))
		}), "BF-OAUTH-32"),
		lie("doubled-field", "The token response has a field twice.", bad, answered(func(t *telling, w http.ResponseWriter, response wire.Object) {
			text, err := json.Marshal(response)
			if err != nil {
				panic(err) // it is the suite's own
			}
			peer.Text("application/json", `{"refresh_token":"other",`+string(text[1:]))(w, nil)
		}), "BF-OAUTH-32"),
		lie("other-media", "The token response comes as a page.", bad, answered(func(t *telling, w http.ResponseWriter, response wire.Object) {
			w.Header().Set("Content-Type", "text/html")
			if err := json.NewEncoder(w).Encode(response); err != nil {
				return // whoever asked is gone
			}
		}), "BF-FETCH-6"),
		lie("redirected", "The token endpoint leads to another site.", []string{"bad-answer", "bad-redirect"},
			answered(func(t *telling, w http.ResponseWriter, _ wire.Object) {
				w.Header().Set("Location", t.canary.Origin+"/oauth/token")
				w.WriteHeader(http.StatusTemporaryRedirect)
			}), "BF-FETCH-3", "BF-OAUTH-30"),
		lie("endless", "The token response is longer than any answer may be.", bad, responded(func(_ *telling, r wire.Object) {
			r["padding"] = strings.Repeat("a", 1<<20)
		}), "BF-FETCH-5"),
		lie("refused", "The token endpoint refuses.", []string{"issuer-refused"}, answered(func(t *telling, w http.ResponseWriter, _ wire.Object) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_request","error_description":"refused by the suite","bonafide_error":"bad-request"}`)
		}), "BF-OAUTH-33"),
	}
	for _, field := range []string{"access_token", "token_type", "expires_in", "refresh_token", "authorization_details", "bonafide_status"} {
		all = append(all, lie("no-"+strings.ReplaceAll(field, "_", "-"), "The token response lacks "+field+".", bad,
			responded(func(_ *telling, r wire.Object) { delete(r, field) }), "BF-OAUTH-32"))
	}
	return all
}

// answered is a lie in how the token endpoint answers; response is what would be honest.
func answered(answer func(t *telling, w http.ResponseWriter, response wire.Object)) func(context.Context, *telling) error {
	return func(_ context.Context, t *telling) error {
		t.Handle("/oauth/token", func(w http.ResponseWriter, r *http.Request) {
			response, err := t.Grant(r.PostForm)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			answer(t, w, response)
		})
		return nil
	}
}

// metadataLies are those in the issuer's entity configuration.
func metadataLies() []Lie {
	lie := func(name, about, code string, tell func(context.Context, *telling) error, requirements ...string) Lie {
		return Lie{Name: "metadata/" + name, About: about, Codes: []string{code}, Requirements: requirements, early: true, tell: tell}
	}
	published := func(change func(t *telling, entity wire.Object)) func(context.Context, *telling) error {
		return func(_ context.Context, t *telling) error {
			t.Publish(func() wire.Object {
				entity := t.Entity(t.Metadata())
				change(t, entity)
				return entity
			})
			return nil
		}
	}
	endpoint := func(name string) func(context.Context, *telling) error {
		return published(func(t *telling, e wire.Object) {
			wire.At(e, "metadata", "oauth_authorization_server").(wire.Object)[name] = t.canary.Origin + "/oauth"
		})
	}
	return []Lie{
		lie("foreign-token-endpoint", "The token endpoint is another site's.", "bad-metadata", endpoint("token_endpoint"), "BF-OAUTH-30", "BF-META-4"),
		lie("foreign-push-endpoint", "The endpoint for pushed requests is another site's.", "bad-metadata",
			endpoint("pushed_authorization_request_endpoint"), "BF-OAUTH-30", "BF-META-4"),
		lie("foreign-authorization-endpoint", "The authorization endpoint is another site's.", "bad-metadata",
			endpoint("authorization_endpoint"), "BF-OAUTH-30", "BF-META-4"),
		lie("foreign-server", "The authorization server is another site.", "bad-metadata", published(func(t *telling, e wire.Object) {
			wire.At(e, "metadata", "oauth_authorization_server").(wire.Object)["issuer"] = t.canary.Origin
		}), "BF-META-4"),
		lie("other-issuer", "The entity configuration is another site's.", "wrong-issuer",
			published(func(t *telling, e wire.Object) { e["iss"], e["sub"] = t.canary.Origin, t.canary.Origin }), "BF-META-2"),
		lie("expired", "The entity configuration is past its end.", "expired", published(func(t *telling, e wire.Object) {
			now := t.Now().Unix()
			e["iat"], e["exp"] = now-7200, now-3600
		}), "BF-TOKEN-14"),
		lie("unknown-key", "The entity configuration is signed by a key that it doesn't hold.", "unknown-key",
			published(func(t *telling, e wire.Object) { e["jwks"] = wire.KeySet(t.Client) }), "BF-META-1"),
		lie("bad-signature", "The entity configuration's signature doesn't hold.", "bad-signature",
			published(func(t *telling, e wire.Object) {
				other := t.Client.JWK()
				other["kid"] = t.Federation.ID()
				e["jwks"] = wire.Object{"keys": []any{other}}
			}), "BF-META-1"),
	}
}

// keyLies are those in the issuer's DID document.
func keyLies() []Lie {
	lie := func(name, about string, change func(t *telling, document wire.Object), requirements ...string) Lie {
		return Lie{Name: "keys/" + name, About: about, Codes: []string{"bad-key-set"}, Requirements: requirements, early: true,
			tell: func(_ context.Context, t *telling) error {
				t.Handle("/.well-known/did.json", t.JSON(func() any {
					document := wire.DIDDocument(t.Origin, t.Site.Credential)
					change(t, document)
					return document
				}))
				return nil
			}}
	}
	return []Lie{
		lie("other-site", "The DID document is another site's.", func(t *telling, d wire.Object) { d["id"] = wire.DID(t.canary.Origin) }, "BF-KEY-7"),
		lie("private", "The DID document publishes a private key.", func(t *telling, d wire.Object) {
			wire.At(d, "verificationMethod", 0, "publicKeyJwk").(wire.Object)["d"] = wire.Encode(make([]byte, 32))
		}, "BF-KEY-3"),
		lie("not-asserted", "The DID document doesn't let its key assert anything.", func(_ *telling, d wire.Object) {
			d["assertionMethod"] = []any{}
		}, "BF-KEY-9"),
		lie("other-kid", "A key of the DID document has an id that isn't its thumbprint.", func(t *telling, d wire.Object) {
			id := wire.DID(t.Origin) + "#" + t.Federation.ID()
			d["assertionMethod"] = []any{id}
			wire.At(d, "verificationMethod", 0).(wire.Object)["id"] = id
		}, "BF-KEY-10"),
	}
}
