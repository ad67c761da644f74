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
	"sync/atomic"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

// signatureSize is that of both algorithms that there are, in bytes (RFC 7518, section 3.4; RFC 8037, section 3.1).
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
	Pasts() []crypto.PublicKey   // those that were, and whose signatures still hold: none that is compromised
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

// pasts returns the public keys of a signer that it publishes no more.
func pasts(signer bonafide.Signer) []crypto.PublicKey {
	if ring, ok := signer.(KeyRing); ok {
		return ring.Pasts()
	}
	return nil
}

// Sealer signs payloads with one key, or with those of a [KeyRing]. It is safe for concurrent use if its signer is.
type Sealer struct {
	signer bonafide.Signer
	prefix string              // of the kids of a ring's keys, before the thumbprint
	key    key                 // the signer's own
	last   atomic.Pointer[key] // the key of a ring that signed last
	jwks   func() (bonafide.JWKS, error)
	own    func() (*ownKeys, error)
}

// sealer makes a sealer whose own key is this one.
func sealer(signer bonafide.Signer, prefix string, key key) *Sealer {
	s := &Sealer{signer: signer, prefix: prefix, key: key}
	s.jwks = lasting(signer, func() (bonafide.JWKS, error) { return s.list(Publics(signer)) })
	s.own = lasting(signer, s.openOwn)
	return s
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
	return sealer(single{signer}, "", key), err
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
	return sealer(signer, prefix, key), err
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
func (s *Sealer) JWKS() (bonafide.JWKS, error) { return s.jwks() }

// Seal signs the payload, a wire object, and returns the token in compact form. What would be too
// large for every reader is refused here ([bonafide.TooLarge]).
func (s *Sealer) Seal(ctx context.Context, typ bonafide.Type, payload any) (string, error) {
	data, err := bonafide.MarshalJSON(payload)
	if err != nil {
		return "", fmt.Errorf("encoding a %s: %w", typ, err)
	}
	key := s.key
	if ring, ok := s.signer.(KeyRing); ok {
		if key, err = s.next(ring); err != nil {
			return "", err
		}
	}
	if speller, ok := s.signer.(Speller); ok {
		if data, err = speller.Spell(data); err != nil {
			return "", fmt.Errorf("spelling a %s: %w", typ, err)
		}
	}
	token, err := key.sign(ctx, typ, data)
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	limit := MaxToken
	switch payload.(type) {
	case *bonafide.StatusList:
		limit = MaxStatusList
	case *bonafide.KeyHistory:
		limit = MaxKeyHistory
	}
	if len(token) > limit {
		return "", bonafide.Errorf(bonafide.TooLarge, string(typ), "has %d bytes once signed, more than %d", len(token), limit)
	}
	return token, nil
}
