package main

import "strings"

// Key returns the cases of DID documents and key sets. The token of each is good.
func Key() []Case {
	return append(didCases(), jwksCases()...)
}

func didCases() []Case {
	k, e := es256("bazar"), eddsa("bazar")
	token := k.signed(text(k.header(typMechanism)), goodPayload)
	good := document(bazar, k)
	stranger := es256("stranger")
	c := func(name, requirement, description string, document object, expect string) Case {
		return Case{name, []string{requirement}, description, TokenInput{Type: typMechanism, Token: token, Origin: bazar, DID: document}, expect, nil}
	}
	bad := func(name, requirement, description, path string, value any) Case {
		return c(name, requirement, description, edit(good, path, value), "bad-key-set")
	}
	const method = "verificationMethod.0"
	ported := "https://bazar.example:8443"
	withPort := k.signed(text(edit(k.header(typMechanism), "kid", did(ported)+"#"+k.thumbprint())), goodPayload)
	return []Case{
		c("did-good", "BF-KEY-7", "A DID document with one key.", good, "ok"),
		c("did-good-two-keys", "BF-KEY-4", "A DID document with a key for each algorithm.", document(bazar, e, k), "ok"),
		c("did-good-unknown-field", "BF-JSON-8", "A DID document with a field of a later version.", edit(good, "service", []any{}), "ok"),
		c("did-good-plain-jwk", "BF-KEY-6", "A key without alg, kid and use.", edit(good, method+".publicKeyJwk", k.core()), "ok"),
		{"did-good-port", []string{"BF-ORIGIN-6"}, "A DID document of an origin with a port, which the DID writes %3A.",
			TokenInput{Type: typMechanism, Token: withPort, Origin: ported, DID: document(ported, k)}, "ok", nil},
		c("did-of-another", "BF-KEY-7", "The document's id, and the key's controller, is another site's DID.",
			edit(edit(good, "id", did(outils)), method+".controller", did(outils)), "bad-key-set"),
		bad("did-controlled-by-another", "BF-KEY-8", "The key's controller is another site.", method+".controller", did(outils)),
		bad("did-method-type", "BF-KEY-8", "The key is of type Multikey.", method+".type", "Multikey"),
		bad("did-not-for-assertions", "BF-KEY-9", "assertionMethod doesn't list the key.", "assertionMethod", []any{}),
		c("did-assertion-embedded", "BF-KEY-9", "assertionMethod has an object for a string.", edit(good, "assertionMethod", []any{object{"id": k.kid()}}), "bad-value"),
		c("did-fragment-not-thumbprint", "BF-KEY-10", "The key is named by the thumbprint of another key.", misnamed(k, stranger), "bad-key-set"),
		c("did-fragment-word", "BF-KEY-10", "The key is named #key-1.", renamed(good, k.kid(), did(bazar)+"#key-1"), "bad-key-set"),
		c("did-key-twice", "BF-KEY-2", "The same key stands twice.", document(bazar, k, k), "bad-key-set"),
		bad("did-private-key", "BF-KEY-3", "The key has its private part.", method+".publicKeyJwk.d", encode(seed("bazar"))),
		c("did-without-key", "BF-KEY-1", "A DID document without a key.", edit(edit(good, "verificationMethod", []any{}), "assertionMethod", []any{}), "bad-key-set"),
		c("did-too-large", "BF-KEY-1", "A DID document of more than 64 KiB.", edit(good, "alsoKnownAs", []any{strings.Repeat("x", 65<<10)}), "bad-key-set"),
		c("did-context-string", "BF-JSON-10", "@context is a string for an array.", edit(good, "@context", "https://www.w3.org/ns/did/v1"), "bad-value"),
		c("did-good-without-context", "BF-KEY-7", "A DID document without @context, which nobody reads.", edit(good, "@context", absent{}), "ok"),
		bad("did-id-of-another", "BF-KEY-7", "The document's id alone is another site's DID.", "id", did(outils)),
		c("did-seventeen", "BF-KEY-1", "Seventeen keys.", document(bazar, append(many(16), k)...), "bad-key-set"),
		bad("did-private-null", "BF-KEY-3", "A null for the private part.", method+".publicKeyJwk.d", nil),
		bad("did-private-number", "BF-KEY-3", "The private part is a number.", method+".publicKeyJwk.d", 5),
		bad("did-off-curve", "BF-KEY-4", "The key is not a point of its curve.", method+".publicKeyJwk.y", k.core()["x"]),
	}
}

// misnamed is a DID document with the key named, throughout, by the thumbprint of another.
func misnamed(k, named key) object {
	return renamed(document(bazar, k), k.kid(), named.kid())
}

// renamed gives the only key of a DID document another id.
func renamed(document object, from, to string) object {
	return edit(edit(document, "verificationMethod.0.id", to), "assertionMethod", []any{to})
}

// orderEight is the encoding of a point of Ed25519 of order 8.
const orderEight = "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"

func jwksCases() []Case {
	k, e := es256("bazar"), eddsa("bazar")
	token := k.signed(text(object{"alg": "ES256", "kid": k.thumbprint(), "typ": "JWT"}), goodPayload)
	good := k.jwk()
	c := func(name, requirement, description string, keys object, expect string) Case {
		return Case{name, []string{requirement}, description, TokenInput{Type: "JWT", Token: token, Origin: bazar, JWKS: keys}, expect, nil}
	}
	beside := func(name, requirement, description string, other any) Case {
		return c(name, requirement, description, jwks(good, other), "bad-key-set")
	}
	var sixteen []any
	for _, other := range many(16) {
		sixteen = append(sixteen, other.jwk())
	}
	unpadded := k.core()["x"].(string)
	rsa := object{"kty": "RSA", "n": encode(append([]byte{0x80}, make([]byte, 255)...)), "e": "AQAB", "kid": "rsa"}
	p384 := object{"kty": "EC", "crv": "P-384", "x": encode(make([]byte, 48)), "y": encode(make([]byte, 48)), "kid": "p384"}
	return []Case{
		c("jwks-good", "BF-KEY-4", "A key set with one key for each algorithm.", jwks(e.jwk(), good), "ok"),
		c("jwks-good-sixteen", "BF-KEY-1", "Sixteen keys.", object{"keys": append(sixteen[:15:15], good)}, "ok"),
		c("jwks-good-named-freely", "BF-KEY-2", "Another key of the set is named by a word.", jwks(good, edit(e.jwk(), "kid", "key-2")), "ok"),
		c("jwks-good-unknown-field", "BF-JSON-8", "A key with a field of a later version.", jwks(edit(good, "x-note", "new")), "ok"),
		c("jwks-seventeen", "BF-KEY-1", "Seventeen keys.", object{"keys": append(sixteen[:16:16], good)}, "bad-key-set"),
		c("jwks-empty", "BF-KEY-1", "No key.", object{"keys": []any{}}, "bad-key-set"),
		beside("jwks-kid-twice", "BF-KEY-2", "Two keys with one kid.", edit(e.jwk(), "kid", k.thumbprint())),
		beside("jwks-kid-missing", "BF-KEY-2", "A key without kid.", edit(e.jwk(), "kid", absent{})),
		beside("jwks-private-ec", "BF-KEY-3", "A key on P-256 with its private part.", edit(es256("other").jwk(), "d", encode(seed("other")))),
		beside("jwks-private-okp", "BF-KEY-3", "A key on Ed25519 with its private part.", edit(e.jwk(), "d", encode(seed("bazar")))),
		beside("jwks-secret", "BF-KEY-3", "A secret for HMAC.", object{"kty": "oct", "k": encode(seed("secret")), "kid": "secret"}),
		beside("jwks-off-curve", "BF-KEY-4", "A key that is not a point of its curve.", edit(es256("other").jwk(), "y", k.core()["x"])),
		beside("jwks-short-coordinate", "BF-KEY-4", "A coordinate of 31 bytes.", edit(es256("other").jwk(), "x", encode(make([]byte, 31)))),
		beside("jwks-p384", "BF-KEY-4", "A key on P-384.", p384),
		beside("jwks-rsa", "BF-KEY-4", "An RSA key.", rsa),
		beside("jwks-x25519", "BF-KEY-4", "A key on X25519, which isn't for signatures.", edit(e.jwk(), "crv", "X25519")),
		beside("jwks-ed25519-short", "BF-KEY-4", "A key on Ed25519 of 31 bytes.", edit(e.jwk(), "x", encode(make([]byte, 31)))),
		beside("jwks-ed25519-low-order", "BF-KEY-4", "A key on Ed25519 of low order, under which anybody can sign.", edit(e.jwk(), "x", encode(append([]byte{1}, make([]byte, 31)...)))),
		beside("jwks-ed25519-order-8", "BF-KEY-4", "A key on Ed25519 of order 8.", edit(e.jwk(), "x", orderEight)),
		c("jwks-kty-a-number", "BF-JSON-10", "kty is a number.", jwks(good, edit(e.jwk(), "kty", 5)), "bad-value"),
		c("jwks-use-an-array", "BF-JSON-10", "use is an array.", jwks(good, edit(e.jwk(), "use", []any{"sig"})), "bad-value"),
		c("jwks-keys-an-object", "BF-JSON-10", "keys is an object.", object{"keys": object{}}, "bad-value"),
		c("jwks-padded", "BF-KEY-4", "A coordinate in padded base64url.", jwks(edit(good, "x", unpadded+"=")), "bad-key-set"),
		c("jwks-trailing-bits", "BF-KEY-4", "The unused last bits of a coordinate's base64url are not zero.",
			jwks(edit(good, "x", unpadded[:42]+string(unpadded[42]+1))), "bad-key-set"),
		beside("jwks-ed25519-with-y", "BF-KEY-4", "A key on Ed25519 with a second coordinate.", edit(e.jwk(), "y", unpadded)),
		beside("jwks-alg-not-the-keys", "BF-KEY-5", "A key on Ed25519 with alg ES256.", edit(e.jwk(), "alg", "ES256")),
		beside("jwks-use-enc", "BF-KEY-6", "A key whose use is enc.", edit(e.jwk(), "use", "enc")),
	}
}
