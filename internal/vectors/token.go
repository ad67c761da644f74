package main

import (
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
)

// TokenInput is the input of the topics token and key.
type TokenInput struct {
	Type       string `json:"typ"`
	Token      string `json:"token"`
	Origin     string `json:"origin"`
	DID        object `json:"did,omitzero"`
	JWKS       object `json:"jwks,omitzero"`
	SelfSigned bool   `json:"self_signed,omitzero"`
	Now        string `json:"now,omitzero"`
}

const typMechanism = "bonafide-mechanism+jwt"

// The parts of a good token, of which the failing ones change one.
const goodPayload = `{"iss":"https://bazar.example","iat":1795348800}`

// tokenCase is a token that is to be opened with the keys of bazar.
func tokenCase(name, requirement, description, token, expect string) Case {
	return Case{name, []string{requirement}, description,
		TokenInput{Type: typMechanism, Token: token, Origin: bazar, DID: document(bazar, es256("bazar"), eddsa("bazar"))}, expect, nil}
}

// Token returns the cases of the strict token profile.
func Token() []Case {
	var cases []Case
	for _, group := range [][]Case{tokenGood(), tokenForm(), tokenHeader(), tokenType(), tokenPayload(), tokenSignature(), tokenEntity()} {
		cases = append(cases, group...)
	}
	return cases
}

func tokenGood() []Case {
	k, e := es256("bazar"), eddsa("bazar")
	message := encode([]byte(text(k.header(typMechanism)))) + "." + encode([]byte(goodPayload))
	r, s := k.signDER(message)
	other := make([]byte, 64)
	r.FillBytes(other[:32])
	new(big.Int).Sub(elliptic.P256().Params().N, s).FillBytes(other[32:])
	client := Case{"good-assertion-without-typ", []string{"BF-TOKEN-4"}, "A client assertion, signed with a key of a key set, whose header has no typ.",
		TokenInput{Type: "JWT", Token: k.signed(text(object{"alg": "ES256", "kid": k.thumbprint()}), goodPayload), Origin: bazar, JWKS: jwks(k.jwk())}, "ok", nil}
	return []Case{
		tokenCase("good-es256", "BF-TOKEN-10", "A token signed with ES256.", k.signed(text(k.header(typMechanism)), goodPayload), "ok"),
		tokenCase("good-eddsa", "BF-TOKEN-10", "A token signed with EdDSA on Ed25519.", e.signed(text(e.header(typMechanism)), goodPayload), "ok"),
		tokenCase("good-other-s", "BF-TOKEN-11", "The signature of good-es256 with n−s for s: as valid, which is why no token is known by its bytes.", message+"."+encode(other), "ok"),
		tokenCase("good-spaces-in-json", "BF-TOKEN-7", "White space within header and payload.",
			k.signed(strings.ReplaceAll(text(k.header(typMechanism)), ",", " ,\n"), strings.ReplaceAll(goodPayload, ":", " : ")), "ok"),
		tokenCase("good-integer-limit", "BF-JSON-5", "A payload with the greatest integer taken.", k.signed(text(k.header(typMechanism)), `{"n":9007199254740992}`), "ok"),
		tokenCase("good-deepest", "BF-JSON-4", "A payload 32 deep.", k.signed(text(k.header(typMechanism)), nested(32)), "ok"),
		client,
	}
}

func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

func tokenForm() []Case {
	k := es256("bazar")
	good := k.signed(text(k.header(typMechanism)), goodPayload)
	parts := strings.Split(good, ".")
	// In a group of two characters the last four bits are unused: a lenient decoder takes others there.
	trailing := good[:len(good)-1] + string(good[len(good)-1]+1)
	// The signature in the alphabet of plain base64.
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	standard := parts[0] + "." + parts[1] + "." + base64.RawStdEncoding.EncodeToString(signature)
	serialised := text(object{"protected": parts[0], "payload": parts[1], "signature": parts[2]})
	long := k.signed(text(k.header(typMechanism)), `{"long":"`+strings.Repeat("x", 13000)+`"}`)
	bad := func(name, requirement, description, token string) Case {
		return tokenCase(name, requirement, description, token, "bad-token")
	}
	badge := k.signed(text(k.header("vc+jwt")), `{"long":"`+strings.Repeat("x", 13000)+`"}`)
	return []Case{
		bad("form-padded", "BF-TOKEN-2", "The signature ends in padding.", good+"=="),
		bad("form-trailing-bits", "BF-TOKEN-2", "The unused last bits of the signature's base64url are not zero.", trailing),
		bad("form-standard-alphabet", "BF-TOKEN-2", "The signature is in the alphabet of plain base64.", standard),
		bad("form-newline-within", "BF-TOKEN-2", "A line feed within the payload part.", parts[0]+"."+parts[1][:8]+"\n"+parts[1][8:]+"."+parts[2]),
		bad("form-newline-after", "BF-TOKEN-2", "A line feed after the token.", good+"\n"),
		bad("form-space-before", "BF-TOKEN-2", "A space before the token.", " "+good),
		bad("form-two-parts", "BF-TOKEN-1", "Two parts.", parts[0]+"."+parts[1]),
		bad("form-four-parts", "BF-TOKEN-1", "Four parts, the last empty.", good+"."),
		bad("form-json", "BF-TOKEN-1", "The flattened JSON serialisation of a good token.", serialised),
		bad("form-jwe", "BF-TOKEN-1", "The five parts of a JWE.", encode([]byte(`{"alg":"dir","enc":"A256GCM"}`))+"..AAAA.AAAA.AAAA"),
		bad("form-empty", "BF-TOKEN-1", "Nothing.", ""),
		bad("form-too-long", "BF-TOKEN-3", "More than 16 KiB.", long),
		{"badge-too-long", []string{"BF-TOKEN-3"}, "A badge of more than 16 KiB, which only a status list may have.",
			TokenInput{Type: "vc+jwt", Token: badge, Origin: bazar, DID: document(bazar, k)}, "bad-token", nil},
	}
}

func tokenHeader() []Case {
	k := es256("bazar")
	good := k.header(typMechanism)
	raw := func(name, requirement, description, header string) Case {
		return tokenCase(name, requirement, description, k.signed(header, goodPayload), "bad-header")
	}
	with := func(name, description, field string, value any) Case {
		return raw(name, "BF-TOKEN-4", description, text(edit(good, field, value)))
	}
	unsigned := encode([]byte(text(edit(good, "alg", "none")))) + "." + encode([]byte(goodPayload))
	return []Case{
		with("header-jwk", "The header brings its own key.", "jwk", k.jwk()),
		with("header-jku", "The header says where to fetch keys.", "jku", bazar+"/keys"),
		with("header-x5u", "The header says where to fetch a certificate.", "x5u", bazar+"/cert"),
		with("header-x5c", "The header brings a certificate.", "x5c", []any{"AAAA"}),
		with("header-crit", "The header has crit, though empty.", "crit", []any{}),
		with("header-b64", "The header says how the payload is encoded.", "b64", true),
		with("header-unknown", "The header has a field that no standard knows.", "x", "y"),
		with("header-kid-missing", "The header has no kid.", "kid", absent{}),
		with("header-kid-empty", "The kid is empty.", "kid", ""),
		with("header-kid-number", "The kid is a number.", "kid", 1),
		with("header-typ-missing", "The header has no typ.", "typ", absent{}),
		with("header-alg-missing", "The header has no alg.", "alg", absent{}),
		raw("header-alg-doubled", "BF-TOKEN-4", "The header has alg twice.", strings.Replace(text(good), "{", `{"alg":"ES256",`, 1)),
		raw("header-alg-two-cases", "BF-TOKEN-4", "The header has alg and Alg.", strings.Replace(text(good), "{", `{"Alg":"ES256",`, 1)),
		raw("header-other-case", "BF-TOKEN-4", "The header has Kid for kid.", strings.Replace(text(good), `"kid"`, `"Kid"`, 1)),
		raw("header-array", "BF-TOKEN-4", "The header is an array.", "["+text(good)+"]"),
		raw("header-not-json", "BF-TOKEN-4", "The header is not JSON.", strings.TrimSuffix(text(good), "}")),
		raw("header-followed", "BF-TOKEN-4", "Something follows the header's object.", text(good)+"{}"),
		tokenCase("alg-none", "BF-TOKEN-5", "alg none and no signature.", unsigned+".", "bad-header"),
		tokenCase("alg-hs256", "BF-TOKEN-5", "alg HS256, the public key's thumbprint being the secret.", hs256(good, k.thumbprint()), "bad-header"),
		raw("alg-es384", "BF-TOKEN-5", "alg ES384.", text(edit(good, "alg", "ES384"))),
		raw("alg-rs256", "BF-TOKEN-5", "alg RS256.", text(edit(good, "alg", "RS256"))),
		raw("alg-other-case", "BF-TOKEN-5", "alg es256.", text(edit(good, "alg", "es256"))),
		raw("alg-not-the-keys", "BF-TOKEN-9", "alg EdDSA with a kid that names a key on P-256.", text(edit(good, "alg", "EdDSA"))),
		{"assertion-extra-field", []string{"BF-TOKEN-4"}, "A client assertion whose header has a cty.",
			TokenInput{Type: "JWT", Token: k.signed(text(object{"alg": "ES256", "kid": k.thumbprint(), "cty": "JWT"}), goodPayload), Origin: bazar, JWKS: jwks(k.jwk())}, "bad-header", nil},
		{"kid-without-fragment", []string{"BF-TOKEN-12"}, "The kid is a DID without the thumbprint.",
			TokenInput{Type: typMechanism, Token: k.signed(text(edit(good, "kid", did(bazar))), goodPayload), Origin: bazar, DID: document(bazar, k)}, "bad-header", nil},
		{"kid-of-ip-address", []string{"BF-TOKEN-12", "BF-ORIGIN-3"}, "The kid's DID is of an IP address.",
			TokenInput{Type: typMechanism, Token: k.signed(text(edit(good, "kid", "did:web:127.0.0.1#"+k.thumbprint())), goodPayload), Origin: bazar, DID: document(bazar, k)}, "bad-origin", nil},
		{"kid-of-path", []string{"BF-TOKEN-12"}, "The kid's DID is of a path on a site, not of a whole site.",
			TokenInput{Type: typMechanism, Token: k.signed(text(edit(good, "kid", did(bazar)+":alice#"+k.thumbprint())), goodPayload), Origin: bazar, DID: document(bazar, k)}, "bad-origin", nil},
	}
}

func hs256(header object, secret string) string {
	message := encode([]byte(text(edit(header, "alg", "HS256")))) + "." + encode([]byte(goodPayload))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return message + "." + encode(mac.Sum(nil))
}

func tokenType() []Case {
	k := es256("bazar")
	typed := func(name, description, is, expected string) Case {
		c := tokenCase(name, "BF-TOKEN-6", description, k.signed(text(k.header(is)), goodPayload), "wrong-type")
		input := c.Input.(TokenInput)
		input.Type = expected
		c.Input = input
		return c
	}
	return []Case{
		typed("typ-other-object", "A conversion table where a mechanism is expected.", "bonafide-conversion+jwt", typMechanism),
		typed("typ-badge-for-status", "A badge where a consented status is expected.", "vc+jwt", "bonafide-status+jwt"),
		typed("typ-status-for-assertion", "A consented status where a client assertion is expected.", "bonafide-status+jwt", "JWT"),
		typed("typ-outcome-for-referral", "An outcome where a referral is expected.", "bonafide-outcome+jwt", "bonafide-referral+jwt"),
		typed("typ-referral-for-outcome", "A referral where an outcome is expected.", "bonafide-referral+jwt", "bonafide-outcome+jwt"),
		typed("typ-status-for-referral", "A consented status where a referral is expected.", "bonafide-status+jwt", "bonafide-referral+jwt"),
		typed("typ-outcome-for-ruling", "An outcome where a ruling is expected.", "bonafide-outcome+jwt", "bonafide-ruling+jwt"),
		typed("typ-jwt", "The general typ JWT where a badge is expected.", "JWT", "vc+jwt"),
		typed("typ-other-case", "The typ in upper case.", "VC+JWT", "vc+jwt"),
		typed("typ-media-type", "The typ with application/ before it.", "application/vc+jwt", "vc+jwt"),
		typed("typ-empty", "An empty typ on a client assertion.", "", "JWT"),
	}
}

func tokenPayload() []Case {
	k := es256("bazar")
	payload := func(name, requirement, description, payload, expect string) Case {
		return tokenCase(name, requirement, description, k.signed(text(k.header(typMechanism)), payload), expect)
	}
	return []Case{
		payload("payload-doubled", "BF-JSON-2", "A field stands twice.", `{"iss":"https://bazar.example","iss":"https://outils.example"}`, "doubled-field"),
		payload("payload-doubled-escaped", "BF-JSON-2", "A field stands twice, once with an escape.", `{"iss":"https://bazar.example","\u0069ss":"https://outils.example"}`, "doubled-field"),
		payload("payload-doubled-within", "BF-JSON-2", "A field of an inner object stands twice.", `{"a":[{"b":1,"b":1}]}`, "doubled-field"),
		payload("payload-two-cases", "BF-JSON-3", "A field stands twice, in two cases.", `{"iss":"https://bazar.example","ISS":"https://outils.example"}`, "doubled-field"),
		payload("payload-not-utf8", "BF-JSON-1", "A string that is not UTF-8.", "{\"iss\":\"\xff\"}", "bad-json"),
		payload("payload-lone-surrogate", "BF-JSON-1", "An escape of half a surrogate pair.", `{"iss":"\ud800"}`, "bad-json"),
		payload("payload-byte-order-mark", "BF-JSON-1", "A byte order mark before the object.", "\ufeff"+goodPayload, "bad-json"),
		payload("payload-array", "BF-TOKEN-7", "An array.", `[{"iss":"https://bazar.example"}]`, "bad-json"),
		payload("payload-null", "BF-TOKEN-7", "A null.", "null", "bad-json"),
		payload("payload-string", "BF-TOKEN-7", "A string.", `"iss"`, "bad-json"),
		payload("payload-empty", "BF-TOKEN-7", "No payload at all.", "", "bad-json"),
		payload("payload-followed", "BF-JSON-6", "Something follows the object.", goodPayload+"{}", "bad-json"),
		payload("payload-deep", "BF-JSON-4", "33 deep.", nested(33), "bad-json"),
		payload("payload-fraction", "BF-JSON-5", "A number with a fraction.", `{"n":1.5}`, "bad-value"),
		payload("payload-exponent", "BF-JSON-5", "A whole number written with an exponent.", `{"n":1e2}`, "bad-value"),
		payload("payload-great-integer", "BF-JSON-5", "2^53+1.", `{"n":9007199254740993}`, "bad-value"),
		payload("payload-comment", "BF-JSON-6", "A comment within the object.", `{/* */"n":1}`, "bad-json"),
	}
}

func tokenSignature() []Case {
	k := es256("bazar")
	header := text(k.header(typMechanism))
	message := encode([]byte(header)) + "." + encode([]byte(goodPayload))
	signature := k.sign(message)
	r, s := k.signDER(message)
	der, _ := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	bad := func(name, description string, signature []byte) Case {
		return tokenCase(name, "BF-TOKEN-10", description, message+"."+encode(signature), "bad-signature")
	}
	elsewhere := func(header, payload string) string {
		return encode([]byte(header)) + "." + encode([]byte(payload)) + "." + encode(signature)
	}
	stranger := es256("stranger")
	return []Case{
		bad("signature-empty", "No signature.", nil),
		bad("signature-der", "The signature in DER.", der),
		bad("signature-63-bytes", "The signature without its last byte.", signature[:63]),
		bad("signature-65-bytes", "The signature with a byte more.", append(append([]byte{}, signature...), 0)),
		bad("signature-r-zero", "r is 0.", append(make([]byte, 32), signature[32:]...)),
		bad("signature-all-zero", "r and s are 0.", make([]byte, 64)),
		bad("signature-s-is-n", "s is the order of the curve.", append(append([]byte{}, signature[:32]...), elliptic.P256().Params().N.Bytes()...)),
		bad("signature-swapped", "s before r.", append(append([]byte{}, signature[32:]...), signature[:32]...)),
		bad("signature-of-another-key", "The signature of a key other than the one named.", stranger.sign(message)),
		tokenCase("signature-payload-altered", "BF-TOKEN-10", "The payload was altered after signing.", elsewhere(header, strings.Replace(goodPayload, "1795348800", "1795348801", 1)), "bad-signature"),
		tokenCase("signature-header-altered", "BF-TOKEN-10", "The header was written otherwise after signing, saying the same.", elsewhere(strings.Replace(header, ",", ", ", 1), goodPayload), "bad-signature"),
		tokenCase("key-unknown", "BF-TOKEN-8", "The kid names a key that the DID document doesn't have.", stranger.signed(text(stranger.header(typMechanism)), goodPayload), "unknown-key"),
		tokenCase("key-of-another-site", "BF-TOKEN-8", "The kid names the same key under another site's DID.",
			k.signed(text(edit(k.header(typMechanism), "kid", did(outils)+"#"+k.thumbprint())), goodPayload), "unknown-key"),
		tokenCase("key-bare-thumbprint", "BF-TOKEN-12", "The kid is the bare thumbprint where DID#THUMBPRINT is required.",
			k.signed(text(edit(k.header(typMechanism), "kid", k.thumbprint())), goodPayload), "bad-header"),
	}
}
