package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
)

// The two sites of the vectors.
const (
	bazar  = "https://bazar.example"
	outils = "https://outils.example"
)

func did(origin string) string {
	return "did:web:" + strings.ReplaceAll(strings.TrimPrefix(origin, "https://"), ":", "%3A")
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// key signs vectors. There is one for each word, always the same.
type key struct {
	ec *ecdsa.PrivateKey
	ed ed25519.PrivateKey
}

func seed(word string) []byte {
	sum := sha256.Sum256([]byte("bonafide test vectors: " + word))
	return sum[:]
}

func es256(word string) key {
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed(word))
	if err != nil {
		panic(err)
	}
	return key{ec: private}
}

// many returns so many keys.
func many(count int) []key {
	var keys []key
	for i := range count {
		keys = append(keys, es256(fmt.Sprintf("key %d", i)))
	}
	return keys
}

func eddsa(word string) key { return key{ed: ed25519.NewKeyFromSeed(seed(word))} }

func (k key) alg() string {
	if k.ec == nil {
		return "EdDSA"
	}
	return "ES256"
}

// core returns the fields of the public JWK that its thumbprint is made of.
func (k key) core() object {
	if k.ec == nil {
		return object{"crv": "Ed25519", "kty": "OKP", "x": encode(k.ed.Public().(ed25519.PublicKey))}
	}
	point, err := k.ec.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	return object{"crv": "P-256", "kty": "EC", "x": encode(point[1:33]), "y": encode(point[33:])}
}

// thumbprint is that of RFC 7638.
func (k key) thumbprint() string {
	sum := sha256.Sum256([]byte(text(k.core())))
	return encode(sum[:])
}

func (k key) jwk() object {
	jwk := k.core()
	jwk["alg"], jwk["kid"], jwk["use"] = k.alg(), k.thumbprint(), "sig"
	return jwk
}

// kid is the key's name in the DID document of bazar.
func (k key) kid() string { return did(bazar) + "#" + k.thumbprint() }

// sign returns the signature of RFC 7518, section 3.4, or RFC 8037. That of ES256 is deterministic (RFC 6979).
func (k key) sign(message string) []byte {
	if k.ec == nil {
		return ed25519.Sign(k.ed, []byte(message))
	}
	r, s := k.signDER(message)
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out
}

func (k key) signDER(message string) (r, s *big.Int) {
	digest := sha256.Sum256([]byte(message))
	der, err := k.ec.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		panic(err)
	}
	var signature struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &signature); err != nil {
		panic(err)
	}
	return signature.R, signature.S
}

// header returns the header of a token signed with the key under bazar's DID.
func (k key) header(typ string) object {
	return object{"alg": k.alg(), "kid": k.kid(), "typ": typ}
}

// signed returns the token of a header and a payload, both as they shall stand, signed with the key.
func (k key) signed(header, payload string) string {
	message := encode([]byte(header)) + "." + encode([]byte(payload))
	return message + "." + encode(k.sign(message))
}

// document returns the DID document of an origin with the keys.
func document(origin string, keys ...key) object {
	var methods, assertion []any
	for _, k := range keys {
		id := did(origin) + "#" + k.thumbprint()
		methods = append(methods, object{"id": id, "type": "JsonWebKey2020", "controller": did(origin), "publicKeyJwk": k.jwk()})
		assertion = append(assertion, id)
	}
	return object{
		"@context":           []any{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"},
		"id":                 did(origin),
		"verificationMethod": methods,
		"assertionMethod":    assertion,
	}
}

// jwks returns the key set of the JWKs.
func jwks(keys ...any) object { return object{"keys": keys} }
