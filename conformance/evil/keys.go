package evil

import (
	"net/http"
	"strings"

	"bonafide.example/conformance/wire"
)

// p384 and rsa are keys of kinds that aren't taken.
func p384() wire.Object {
	return wire.Object{
		"kty": "EC", "crv": "P-384", "x": "iYTUDPKbEEiyMUVOI5hTABqNfy8oWpy0JoVOhHTJPVsbBWzlG8ENoSZ0Hyvc4sbW",
		"y": "Kyqgzs4jv6ETjo6kLxCDvPwPvPzPpxOg3wZgzQrC0lVvzxq-y4Wm1bWzXQMzuUN3",
	}
}

func rsa() wire.Object {
	return wire.Object{"kty": "RSA", "e": "AQAB", "n": strings.Repeat("v", 342)}
}

// method returns the document's first method, key its key.
func method(document wire.Object) wire.Object { return in(document, "verificationMethod", 0) }
func key(document wire.Object) wire.Object {
	return in(document, "verificationMethod", 0, "publicKeyJwk")
}

// add puts a method into the document.
func add(document wire.Object, id string, jwk wire.Object) {
	methods, _ := document["verificationMethod"].([]any)
	assertion, _ := document["assertionMethod"].([]any)
	document["verificationMethod"] = append(methods, wire.Object{
		"id": id, "type": "JsonWebKey2020", "controller": document["id"], "publicKeyJwk": jwk,
	})
	document["assertionMethod"] = append(assertion, id)
}

// keys is documents whose keys aren't to be used, though one of them signed the badge.
func keys() []entry {
	const bad = "bad-key-set"
	set := func(name, about, due, shows string, alter func(wire.Object)) entry {
		return entry{"keys-" + name, about, due, shows, func(s *site) { s.documentHas(alter) }}
	}
	return []entry{
		set("none", "The DID document has no keys.", bad+" or unknown-key", "BF-KEY-1", func(d wire.Object) {
			d["verificationMethod"], d["assertionMethod"] = []any{}, []any{}
		}),
		{"keys-17", "The DID document has 17 keys.", bad, "BF-KEY-1", func(s *site) {
			s.documentHas(func(d wire.Object) {
				for range 16 {
					other := newKey()
					add(d, wire.DID(s.Origin)+"#"+other.ID(), other.JWK())
				}
			})
		}},
		{"keys-too-large", "The DID document has 70 KiB.", bad, "BF-KEY-1", func(s *site) {
			s.documentSays(begins(`"other":"` + strings.Repeat("a", 70<<10) + `"`))
		}},
		set("private", "The key's private part is published.", bad, "BF-KEY-3", func(d wire.Object) { key(d)["d"] = wire.Encode(make([]byte, 32)) }),
		set("private-of-another", "The private part of another key is published.", bad, "BF-KEY-3", func(d wire.Object) {
			other := newKey()
			jwk := other.JWK()
			jwk["d"] = wire.Encode(make([]byte, 32))
			add(d, d["id"].(string)+"#"+other.ID(), jwk)
		}),
		set("secret", "A shared secret is published.", bad, "BF-KEY-3 BF-KEY-4", func(d wire.Object) {
			add(d, d["id"].(string)+"#secret", wire.Object{"kty": "oct", "k": "c2VjcmV0"})
		}),
		set("other-curve", "Another key is on P-384.", bad, "BF-KEY-4", func(d wire.Object) { add(d, d["id"].(string)+"#p384", p384()) }),
		set("rsa", "Another key is of RSA.", bad, "BF-KEY-4", func(d wire.Object) { add(d, d["id"].(string)+"#rsa", rsa()) }),
		set("off-curve", "The key is no point of its curve.", bad, "BF-KEY-4", func(d wire.Object) { key(d)["y"] = key(d)["x"] }),
		set("low-order", "Another key, of Ed25519, is of low order.", bad, "BF-KEY-4", func(d wire.Object) {
			add(d, d["id"].(string)+"#low", wire.Object{"kty": "OKP", "crv": "Ed25519", "x": wire.Encode(append([]byte{1}, make([]byte, 31)...))})
		}),
		set("short-coordinate", "The key's x has 31 bytes.", bad, "BF-KEY-4", func(d wire.Object) { key(d)["x"] = key(d)["x"].(string)[:42] }),
		set("padded-coordinate", "The key's x is padded.", bad, "BF-KEY-4", func(d wire.Object) { key(d)["x"] = key(d)["x"].(string) + "=" }),
		set("for-encryption", "The key is for encryption.", bad, "BF-KEY-6", func(d wire.Object) { key(d)["use"] = "enc" }),
		set("other-algorithm", "The key's alg isn't that of its curve.", bad, "BF-KEY-5", func(d wire.Object) { key(d)["alg"] = "ES384" }),
		set("doubled-id", "Another key has the same id.", bad, "BF-KEY-2 BF-KEY-10", func(d wire.Object) {
			add(d, method(d)["id"].(string), newKey().JWK())
		}),
		{"keys-not-thumbprint", "The key isn't named by its thumbprint.", bad, "BF-KEY-10", func(s *site) {
			kid := wire.DID(s.Origin) + "#key-1"
			s.documentHas(func(d wire.Object) { method(d)["id"], d["assertionMethod"] = kid, []any{kid} })
			s.badgeUnder(func() string { return strings.Replace(s.header(), s.KID(), kid, 1) })
		}},
		{"keys-of-another-key", "The key's name is the thumbprint of another.", bad, "BF-KEY-10", func(s *site) {
			evil := newKey()
			s.documentHas(func(d wire.Object) { method(d)["publicKeyJwk"] = evil.JWK() })
			s.badge(tokenOf(func() string { return signed(evil, s.header(), s.payload()) }))
		}},
		set("document-of-another", "The DID document is another site's.", bad, "BF-KEY-7", func(d wire.Object) { d["id"] = "did:web:other.example" }),
		set("controller", "Another site controls the key.", bad, "BF-KEY-8", func(d wire.Object) { method(d)["controller"] = "did:web:other.example" }),
		set("type", "The key is of another type.", bad, "BF-KEY-8", func(d wire.Object) { method(d)["type"] = "Multikey" }),
		set("not-for-assertions", "The key isn't for assertions.", bad, "BF-KEY-9", func(d wire.Object) { d["assertionMethod"] = []any{} }),
		set("assertion-as-object", "The key is named for assertions by an object.", bad+" or bad-value", "BF-KEY-9", func(d wire.Object) { d["assertionMethod"] = []any{method(d)} }),
		set("elsewhere", "The document has no key, and says where else to look.", bad+" or unknown-key", "BF-TOKEN-8", func(d wire.Object) {
			delete(d, "verificationMethod")
		}),
		{"keys-by-address", "The key is said to be at another site.", bad, "BF-TOKEN-8 BF-FETCH-10", func(s *site) {
			s.documentHas(func(d wire.Object) {
				delete(method(d), "publicKeyJwk")
				method(d)["publicKeyJwkUri"], d["jwks_uri"] = s.canary.origin()+"/key", s.canary.origin()+"/keys"
			})
		}},
		{"keys-others-only", "The keys published don't have the one that signed.", "unknown-key", "BF-TOKEN-8", func(s *site) {
			s.keys(s.JSON(func() any { return wire.DIDDocument(s.Origin, newKey()) }))
		}},
		{"keys-in-metadata-only", "The key that signed is in the entity configuration, not in the DID document.", "unknown-key", "BF-TOKEN-8", func(s *site) {
			s.badge(tokenOf(func() string {
				return signed(s.Federation, strings.Replace(s.header(), s.Site.Credential.ID(), s.Federation.ID(), 1), s.payload())
			}))
		}},
		{"keys-set", "There is a JWK set in place of a DID document.", bad, "BF-KEY-7", func(s *site) {
			s.keys(s.JSON(func() any { return wire.KeySet(s.signer()) }))
		}},
		{"keys-problem", "There is a problem document in place of the keys, with status 200.", "bad-answer", "BF-FETCH-6", func(s *site) {
			s.keys(with(http.StatusOK, s.honestKeys(), "Content-Type", "application/problem+json"))
		}},
	}
}
