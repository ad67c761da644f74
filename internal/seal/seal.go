// Package seal signs the protocol's objects and opens those that others signed. It keeps to one strict
// profile of JWS (RFC 7515): compact form only, canonical base64url, a header of exactly alg, kid and
// typ, ES256 or EdDSA, a typ that says what the object is, and a payload that every reader understands
// alike. It is the only package that knows the JOSE library.
package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

// algorithms are the only ones there are.
var algorithms = []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA}

// signatureSize is that of both algorithms, in bytes (RFC 7518, section 3.4; RFC 8037, section 3.1).
const signatureSize = 64

// algorithmOf returns the one algorithm that a public key is for, false for a key that isn't taken.
func algorithmOf(pub crypto.PublicKey) (jose.SignatureAlgorithm, bool) {
	switch pub := pub.(type) {
	case *ecdsa.PublicKey:
		return jose.ES256, pub != nil && pub.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return jose.EdDSA, len(pub) == ed25519.PublicKeySize
	default:
		return "", false
	}
}

// KeyRing is a signer of several keys. All that it publishes may have signed something that is still read.
type KeyRing interface {
	bonafide.Signer              // one of the keys
	Publics() []crypto.PublicKey // those published now, 1 to 16
	Next() bonafide.Signer       // the key that signs next, one of those published
}

// Speller is a signer that spells payloads in a way of its own: another text of what readers take as the same
// object.
type Speller interface {
	bonafide.Signer
	Spell(payload []byte) ([]byte, error)
}

// Publics returns the public keys of a signer: one, or those of a [KeyRing].
func Publics(signer bonafide.Signer) []crypto.PublicKey {
	if ring, ok := signer.(KeyRing); ok {
		return ring.Publics()
	}
	return []crypto.PublicKey{signer.Public()}
}

// Sealer signs payloads with one key, or with those of a [KeyRing]. It is safe for concurrent use if its signer is.
type Sealer struct {
	signer bonafide.Signer
	prefix string // of the kids of a ring's keys, before the thumbprint
	key    key    // the signer's own
}

// key is what signs one token.
type key struct {
	signer bonafide.Signer
	kid    string
	alg    jose.SignatureAlgorithm
}

// newKey takes what P-256 and Ed25519 can sign with.
func newKey(signer bonafide.Signer, kid string) (key, error) {
	alg, ok := algorithmOf(signer.Public())
	if !ok {
		return key{}, fmt.Errorf("a signer's key is on P-256 or Ed25519, not %T", signer.Public())
	}
	if kid == "" {
		return key{}, fmt.Errorf("a signer's key needs a key id")
	}
	return key{signer, kid, alg}, nil
}

// single is a signer with one key and nothing else to it.
type single struct{ bonafide.Signer }

// NewSealer makes a sealer whose tokens name the key kid, whatever that key is published under elsewhere. Of a
// [KeyRing] it takes the one key.
func NewSealer(signer bonafide.Signer, kid string) (*Sealer, error) {
	key, err := newKey(signer, kid)
	return &Sealer{signer: single{signer}, key: key}, err
}

// ForOrigin makes the sealer of what is signed in the name of an origin by the keys of its DID document.
func ForOrigin(origin bonafide.Origin, signer bonafide.Signer) (*Sealer, error) {
	return newSealer(signer, origin.DID()+"#")
}

// ForKeySet makes the sealer of what is signed by the keys of a JWK set that goes with it: entity configurations
// and client assertions.
func ForKeySet(signer bonafide.Signer) (*Sealer, error) { return newSealer(signer, "") }

func newSealer(signer bonafide.Signer, prefix string) (*Sealer, error) {
	key, err := published(signer, prefix)
	return &Sealer{signer, prefix, key}, err
}

// published returns the key under the kid that it is published under.
func published(signer bonafide.Signer, prefix string) (key, error) {
	thumbprint, err := Thumbprint(signer.Public())
	if err != nil {
		return key{}, err
	}
	return newKey(signer, prefix+thumbprint)
}

// KeyID returns the kid of the signer's own key: the one that tokens name unless the signer is a [KeyRing].
func (s *Sealer) KeyID() string { return s.key.kid }

// JWKS returns the keys as the sealer's tokens name them.
func (s *Sealer) JWKS() (jwks bonafide.JWKS, err error) {
	_, several := s.signer.(KeyRing)
	for _, pub := range Publics(s.signer) {
		jwk, err := PublicJWK(pub)
		if err != nil {
			return jwks, err
		}
		if jwk.Kid = s.prefix + jwk.Kid; !several {
			jwk.Kid = s.key.kid
		}
		jwks.Keys = append(jwks.Keys, jwk)
	}
	return jwks, nil
}

// Keys returns the same as peers find them: by them the signer opens again what it signed itself.
func (s *Sealer) Keys() (KeySet, error) {
	jwks, err := s.JWKS()
	if err != nil {
		return KeySet{}, err
	}
	return ParseKeySet(jwks)
}

// Seal signs the payload, a wire object, and returns the token in compact form. What would be too
// large for every reader is refused here ([bonafide.TooLarge]).
func (s *Sealer) Seal(ctx context.Context, typ bonafide.Type, payload any) (string, error) {
	data, err := bonafide.MarshalJSON(payload)
	if err != nil {
		return "", fmt.Errorf("encoding a %s: %w", typ, err)
	}
	key := s.key
	if ring, ok := s.signer.(KeyRing); ok {
		if key, err = published(ring.Next(), s.prefix); err != nil {
			return "", err
		}
	}
	if speller, ok := s.signer.(Speller); ok {
		if data, err = speller.Spell(data); err != nil {
			return "", fmt.Errorf("spelling a %s: %w", typ, err)
		}
	}
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.alg, Key: &signing{ctx, key}}, options)
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	signed, err := signer.Sign(data)
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	limit := MaxToken
	if _, ok := payload.(*bonafide.StatusList); ok {
		limit = MaxStatusList
	}
	if len(token) > limit {
		return "", bonafide.Errorf(bonafide.TooLarge, string(typ), "has %d bytes once signed, more than %d", len(token), limit)
	}
	return token, nil
}

// signing shows a key to the JOSE library, whose signers know no context, for the time of one call.
type signing struct {
	ctx context.Context
	key key
}

// Public returns the public key as the header names it: by its kid.
func (s *signing) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: s.key.signer.Public(), KeyID: s.key.kid}
}

// Algs returns the key's algorithm.
func (s *signing) Algs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{s.key.alg}
}

// SignPayload signs. A signature of another size, such as one in DER, is a fault of the signer.
func (s *signing) SignPayload(message []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	signature, err := s.key.signer.Sign(s.ctx, message)
	if err == nil && len(signature) != signatureSize {
		err = fmt.Errorf("the signer gave %d bytes instead of %d", len(signature), signatureSize)
	}
	return signature, err
}
