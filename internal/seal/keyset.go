package seal

import (
	"crypto"
	"encoding/base64"
	"maps"
	"slices"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

const (
	maxKeys        = 16
	maxKeyDocument = 64 << 10 // bytes
)

// KeySet holds verified public keys by kid. The zero KeySet has none.
type KeySet struct {
	keys map[string]crypto.PublicKey
}

// Has tells whether there is a key with that kid.
func (k KeySet) Has(kid string) bool { return k.keys[kid] != nil }

// Key returns the key with that kid, nil if there is none.
func (k KeySet) Key(kid string) crypto.PublicKey { return k.keys[kid] }

// KeyIDs returns the kids of the set, sorted.
func (k KeySet) KeyIDs() []string { return slices.Sorted(maps.Keys(k.keys)) }

// Without returns the set without the keys that are gone.
func (k KeySet) Without(gone func(kid string) bool) KeySet {
	left := maps.Clone(k.keys)
	maps.DeleteFunc(left, func(kid string, _ crypto.PublicKey) bool { return gone(kid) })
	return KeySet{left}
}

// ParseKeySet takes a published key set (RFC 7517, section 5): 1 to 16 public keys for signatures, each
// on P-256 or Ed25519 and with a kid of its own. It fails with [bonafide.BadKeySet].
func ParseKeySet(jwks bonafide.JWKS) (KeySet, error) {
	set, err := newKeySet(len(jwks.Keys))
	if err != nil {
		return KeySet{}, err
	}
	for _, jwk := range jwks.Keys {
		key, err := ParsePublicJWK(jwk)
		if err != nil {
			return KeySet{}, err
		}
		if err := set.add(jwk.Kid, key); err != nil {
			return KeySet{}, err
		}
	}
	return set, nil
}

// newKeySet makes room for so many keys, if there may be so many.
func newKeySet(size int) (KeySet, error) {
	if size < 1 || size > maxKeys {
		return KeySet{}, bonafide.Errorf(bonafide.BadKeySet, "keys", "there are %d instead of 1 to %d", size, maxKeys)
	}
	return KeySet{make(map[string]crypto.PublicKey, size)}, nil
}

// add puts a key into the set.
func (k KeySet) add(kid string, key crypto.PublicKey) error {
	if kid == "" || k.Has(kid) {
		return bonafide.Errorf(bonafide.BadKeySet, kid, "each key needs a key id of its own")
	}
	k.keys[kid] = key
	return nil
}

// ParsePublicJWK takes one public key. Private parts were refused when it was read (see [bonafide.JWK]).
func ParsePublicJWK(jwk bonafide.JWK) (crypto.PublicKey, error) {
	data, err := bonafide.MarshalJSON(jwk)
	if err != nil {
		return nil, err
	}
	// The library checks that the key is a point of its curve, and for Ed25519 none of low order.
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON(data); err != nil {
		return nil, bonafide.Errorf(bonafide.BadKeySet, jwk.Kid, "is not a public key on P-256 or Ed25519").Because(err)
	}
	published, err := PublicJWK(parsed.Key)
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadKeySet, jwk.Kid, "is not a public key on P-256 or Ed25519").Because(err)
	}
	switch {
	case jwk.X != published.X || jwk.Y != published.Y:
		return nil, bonafide.Errorf(bonafide.BadKeySet, jwk.Kid, "its coordinates are not in canonical base64url")
	case jwk.Alg != "" && jwk.Alg != published.Alg:
		return nil, bonafide.Errorf(bonafide.BadKeySet, jwk.Kid, "alg %q is not %s, that of such a key", jwk.Alg, published.Alg)
	case jwk.Use != "" && jwk.Use != published.Use:
		return nil, bonafide.Errorf(bonafide.BadKeySet, jwk.Kid, "use %q is not sig", jwk.Use)
	}
	return parsed.Key, nil
}

// Thumbprint returns the thumbprint of a public key: the unpadded base64url of its SHA-256 (RFC 7638).
func Thumbprint(pub crypto.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: pub}).Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// PublicJWK returns a public key as it is published: with its alg, use sig, and its thumbprint as kid.
func PublicJWK(pub crypto.PublicKey) (bonafide.JWK, error) {
	alg, ok := algorithmOf(pub)
	if !ok {
		return bonafide.JWK{}, bonafide.Errorf(bonafide.BadKeySet, "", "a %T is not a public key on P-256 or Ed25519", pub)
	}
	kid, err := Thumbprint(pub)
	if err != nil {
		return bonafide.JWK{}, bonafide.Errorf(bonafide.BadKeySet, "", "the key is not a point of its curve").Because(err)
	}
	data, err := jose.JSONWebKey{Key: pub, KeyID: kid, Algorithm: string(alg), Use: "sig"}.MarshalJSON()
	if err != nil {
		return bonafide.JWK{}, bonafide.Errorf(bonafide.BadKeySet, "", "the key is not a point of its curve").Because(err)
	}
	return bonafide.ParsePeer[bonafide.JWK](data)
}

// The context and type that verifiers of Open Badges expect in a DID document.
const (
	contextDID         = "https://www.w3.org/ns/did/v1"
	contextJWS         = "https://w3id.org/security/suites/jws-2020/v1"
	verificationMethod = "JsonWebKey2020"
)

// DIDKeyID returns the kid of a key of origin's DID document: DID#THUMBPRINT.
func DIDKeyID(origin bonafide.Origin, pub crypto.PublicKey) (string, error) {
	thumbprint, err := Thumbprint(pub)
	return origin.DID() + "#" + thumbprint, err
}

// DIDDocument returns the document that publishes the keys of origin.
func DIDDocument(origin bonafide.Origin, pubs ...crypto.PublicKey) (bonafide.DIDDocument, error) {
	document := bonafide.DIDDocument{Context: []string{contextDID, contextJWS}, ID: origin.DID()}
	for _, pub := range pubs {
		jwk, err := PublicJWK(pub)
		if err != nil {
			return bonafide.DIDDocument{}, err
		}
		id := document.ID + "#" + jwk.Kid
		document.VerificationMethod = append(document.VerificationMethod,
			bonafide.VerificationMethod{ID: id, Type: verificationMethod, Controller: document.ID, PublicKeyJWK: jwk})
		document.AssertionMethod = append(document.AssertionMethod, id)
	}
	return document, nil
}

// Published returns what gives the document that publishes a signer's keys.
func Published(origin bonafide.Origin, signer bonafide.Signer) func() (bonafide.DIDDocument, error) {
	return lasting(signer, func() (bonafide.DIDDocument, error) { return DIDDocument(origin, Publics(signer)...) })
}

// ParseDIDDocument takes the DID document of origin (at most 64 KiB). Every key in it must be origin's
// own, for assertions, and named by its thumbprint, so that a kid can never come to mean another key.
func ParseDIDDocument(data []byte, origin bonafide.Origin) (KeySet, error) {
	if len(data) > maxKeyDocument {
		return KeySet{}, bonafide.Errorf(bonafide.BadKeySet, string(origin), "its DID document has %d bytes, more than %d", len(data), maxKeyDocument)
	}
	document, err := bonafide.ParsePeer[bonafide.DIDDocument](data)
	if err != nil {
		return KeySet{}, err
	}
	if document.ID != origin.DID() {
		return KeySet{}, bonafide.Errorf(bonafide.BadKeySet, document.ID, "is not the DID of %s", origin)
	}
	set, err := newKeySet(len(document.VerificationMethod))
	if err != nil {
		return KeySet{}, err
	}
	for _, method := range document.VerificationMethod {
		if method.Type != verificationMethod || method.Controller != document.ID || !slices.Contains(document.AssertionMethod, method.ID) {
			return KeySet{}, bonafide.Errorf(bonafide.BadKeySet, method.ID, "is not a JsonWebKey2020 that %s controls and lists as an assertionMethod", document.ID)
		}
		key, err := ParsePublicJWK(method.PublicKeyJWK)
		if err != nil {
			return KeySet{}, err
		}
		if id, err := DIDKeyID(origin, key); err != nil || method.ID != id {
			return KeySet{}, bonafide.Errorf(bonafide.BadKeySet, method.ID, "is not named %s, by its thumbprint", id)
		}
		if err := set.add(method.ID, key); err != nil {
			return KeySet{}, err
		}
	}
	return set, nil
}
