// Package wire is the suites' own knowledge of what travels: keys and tokens by jwx, JSON as it is, bit strings. None of it
// is code of the implementation beside it.
package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// Object is a JSON object.
type Object = map[string]any

// Encode is base64url without padding (RFC 4648, section 5).
func Encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// Random returns so many random bytes in base64url.
func Random(bytes int) string {
	data := make([]byte, bytes)
	rand.Read(data)
	return Encode(data)
}

// Challenge returns the S256 code challenge of a code verifier (RFC 7636, section 4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return Encode(sum[:])
}

// DID returns the did:web of an origin.
func DID(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return "did:web:" + strings.ReplaceAll(host, ":", "%3A")
}

// Key is a private key, for ES256 or EdDSA.
type Key struct {
	private crypto.Signer
	alg     jwa.SignatureAlgorithm
	public  jwk.Key
	id      string // its thumbprint (RFC 7638)
}

// NewES256 makes a key on P-256.
func NewES256() (*Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return newKey(private, jwa.ES256())
}

// NewEdDSA makes a key on Ed25519.
func NewEdDSA() (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return newKey(private, jwa.EdDSA())
}

func newKey(private crypto.Signer, alg jwa.SignatureAlgorithm) (*Key, error) {
	public, err := jwk.Import(private.Public())
	if err != nil {
		return nil, err
	}
	sum, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return &Key{private, alg, public, Encode(sum)}, nil
}

// ID returns the key's thumbprint (RFC 7638, SHA-256), by which it is known.
func (k *Key) ID() string { return k.id }

// Alg returns ES256 or EdDSA.
func (k *Key) Alg() string { return k.alg.String() }

// JWK returns the public key (RFC 7517), whose kid is the thumbprint.
func (k *Key) JWK() Object {
	data, err := json.Marshal(k.public)
	if err != nil {
		panic(err) // a key that was just made can be written
	}
	var object Object
	if err := json.Unmarshal(data, &object); err != nil {
		panic(err)
	}
	object["kid"], object["alg"], object["use"] = k.id, k.Alg(), "sig"
	return object
}

// Thumbprint returns the thumbprint of a published key (RFC 7638, SHA-256).
func Thumbprint(key any) (string, error) {
	text, err := json.Marshal(key)
	if err != nil {
		return "", err
	}
	public, err := jwk.ParseKey(text)
	if err != nil {
		return "", err
	}
	sum, err := public.Thumbprint(crypto.SHA256)
	return Encode(sum), err
}

// KeySet returns a JWK set of these keys.
func KeySet(keys ...*Key) Object {
	all := []any{}
	for _, k := range keys {
		all = append(all, k.JWK())
	}
	return Object{"keys": all}
}

// DIDDocument returns the DID document of an origin that has these keys.
func DIDDocument(origin string, keys ...*Key) Object {
	did := DID(origin)
	methods, assertion := []any{}, []any{}
	for _, k := range keys {
		id := did + "#" + k.id
		methods = append(methods, Object{"id": id, "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": k.JWK()})
		assertion = append(assertion, id)
	}
	return Object{
		"@context": []any{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"},
		"id":       did, "verificationMethod": methods, "assertionMethod": assertion,
	}
}

// Sign returns the token of a payload, an object or JSON text as it is to be signed, under a header of exactly alg, kid
// and typ. Without typ there is none.
func (k *Key) Sign(typ, kid string, payload any) (string, error) {
	header := Object{"kid": kid}
	if typ != "" {
		header["typ"] = typ
	}
	return k.SignUnder(header, payload)
}

// SignUnder is Sign under any other header; alg is added.
func (k *Key) SignUnder(header Object, payload any) (string, error) {
	text, ok := payload.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(payload); err != nil {
			return "", err
		}
	}
	headers := jws.NewHeaders()
	for name, value := range header {
		if err := headers.Set(name, value); err != nil {
			return "", err
		}
	}
	token, err := jws.Sign(text, jws.WithKey(k.alg, k.private, jws.WithProtectedHeaders(headers)))
	return string(token), err
}

// SignRaw signs two texts that stand for a header and a payload, whatever they are: for tokens that no library makes.
func (k *Key) SignRaw(header, payload string) (string, error) {
	input := Encode([]byte(header)) + "." + Encode([]byte(payload))
	signature, err := k.signature(input)
	return input + "." + Encode(signature), err
}

func (k *Key) signature(input string) ([]byte, error) {
	if private, ok := k.private.(ed25519.PrivateKey); ok {
		return ed25519.Sign(private, []byte(input)), nil
	}
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k.private.(*ecdsa.PrivateKey), digest[:])
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}

// Token is what a token says, once its signature was verified.
type Token struct {
	Header, Payload Object
	Text            []byte // the payload as it was signed
}

// Open verifies a token by the key of the JWK set that has its kid, and returns what it says. Tokens of DID documents name
// a key by the DID and `#`; see [Methods].
func Open(token string, keys Object) (*Token, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("has %d parts", len(parts))
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, err
	}
	t := &Token{}
	if t.Header, err = DecodeObject(head); err != nil {
		return nil, err
	}
	kid, _ := t.Header["kid"].(string)
	key, alg, err := find(keys, kid)
	if err != nil {
		return nil, err
	}
	if t.Header["alg"] != alg.String() {
		return nil, fmt.Errorf("alg is %v, the key's %s", t.Header["alg"], alg)
	}
	if t.Text, err = jws.Verify([]byte(token), jws.WithKey(alg, key)); err != nil {
		return nil, err
	}
	t.Payload, err = DecodeObject(t.Text)
	return t, err
}

// find returns the key of a set that has this kid.
func find(keys Object, kid string) (jwk.Key, jwa.SignatureAlgorithm, error) {
	all, _ := keys["keys"].([]any)
	for _, one := range all {
		object, ok := one.(Object)
		if !ok || kid == "" || object["kid"] != kid {
			continue
		}
		text, err := json.Marshal(object)
		if err != nil {
			return nil, jwa.EmptySignatureAlgorithm(), err
		}
		key, err := jwk.ParseKey(text)
		if object["kty"] == "OKP" {
			return key, jwa.EdDSA(), err
		}
		return key, jwa.ES256(), err
	}
	return nil, jwa.EmptySignatureAlgorithm(), fmt.Errorf("no key has the kid %q", kid)
}

// Methods returns the keys of a DID document as a JWK set whose kids are the methods' ids.
func Methods(document Object) (Object, error) {
	all := []any{}
	methods, _ := document["verificationMethod"].([]any)
	for _, m := range methods {
		method, _ := m.(Object)
		key, ok := method["publicKeyJwk"].(Object)
		if !ok {
			return nil, errors.New("a verificationMethod has no publicKeyJwk")
		}
		named := Object{"kid": method["id"]}
		for name, value := range key {
			if name != "kid" {
				named[name] = value
			}
		}
		all = append(all, named)
	}
	return Object{"keys": all}, nil
}

// Decoded returns what base64url without padding stands for, nil if it isn't in its one canonical spelling.
func Decoded(text string) []byte {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || Encode(data) != text {
		return nil
	}
	return data
}
