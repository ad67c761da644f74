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

// Sealer signs payloads with one key. It is safe for concurrent use if its signer is.
type Sealer struct {
	signer bonafide.Signer
	kid    string
	alg    jose.SignatureAlgorithm
}

// NewSealer makes a sealer whose tokens name the key kid: [DIDKeyID] for what is published under an
// issuer's DID, the bare [Thumbprint] for entity configurations and client assertions.
func NewSealer(signer bonafide.Signer, kid string) (*Sealer, error) {
	alg, ok := algorithmOf(signer.Public())
	if !ok {
		return nil, fmt.Errorf("a signer's key is on P-256 or Ed25519, not %T", signer.Public())
	}
	if kid == "" {
		return nil, fmt.Errorf("a signer's key needs a key id")
	}
	return &Sealer{signer, kid, alg}, nil
}

// ForOrigin makes the sealer of what is signed in the name of an origin by a key of its DID document. The key
// set holds that key, as peers find it: by it the origin opens again what it signed itself.
func ForOrigin(origin bonafide.Origin, signer bonafide.Signer) (*Sealer, KeySet, error) {
	jwk, err := PublicJWK(signer.Public())
	if err != nil {
		return nil, KeySet{}, err
	}
	jwk.Kid = origin.DID() + "#" + jwk.Kid
	keys, err := ParseKeySet(bonafide.JWKS{Keys: []bonafide.JWK{jwk}})
	if err != nil {
		return nil, KeySet{}, err
	}
	sealer, err := NewSealer(signer, jwk.Kid)
	return sealer, keys, err
}

// KeyID returns the kid that tokens name.
func (s *Sealer) KeyID() string { return s.kid }

// Seal signs the payload, a wire object, and returns the token in compact form. What would be too
// large for every reader is refused here ([bonafide.TooLarge]).
func (s *Sealer) Seal(ctx context.Context, typ bonafide.Type, payload any) (string, error) {
	data, err := bonafide.MarshalJSON(payload)
	if err != nil {
		return "", fmt.Errorf("encoding a %s: %w", typ, err)
	}
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: s.alg, Key: &signing{ctx, s}}, options)
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

// signing shows a sealer to the JOSE library, whose signers know no context, for the time of one call.
type signing struct {
	ctx    context.Context
	sealer *Sealer
}

// Public returns the key as the header names it: by its kid.
func (s *signing) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: s.sealer.signer.Public(), KeyID: s.sealer.kid}
}

// Algs returns the key's algorithm.
func (s *signing) Algs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{s.sealer.alg}
}

// SignPayload signs. A signature of another size, such as one in DER, is a fault of the signer.
func (s *signing) SignPayload(message []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	signature, err := s.sealer.signer.Sign(s.ctx, message)
	if err == nil && len(signature) != signatureSize {
		err = fmt.Errorf("the signer gave %d bytes instead of %d", len(signature), signatureSize)
	}
	return signature, err
}
