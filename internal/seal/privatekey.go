package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

// PrivateKey is an ES256 or EdDSA private key held in memory. It is a [bonafide.Signer].
type PrivateKey struct {
	key crypto.Signer // an *ecdsa.PrivateKey on P-256 or an ed25519.PrivateKey
}

// GenerateKey makes a new key for ES256.
func GenerateKey() (*PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generating a key: %w", err)
	}
	return &PrivateKey{key}, nil
}

// GenerateEdwardsKey makes a new key for EdDSA, on Ed25519.
func GenerateEdwardsKey() (*PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generating a key: %w", err)
	}
	return &PrivateKey{key}, nil
}

// ParsePrivateKey reads a private JWK on P-256 or Ed25519, such as [PrivateKey.MarshalText] writes.
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	if err := bonafide.CheckJSON(text); err != nil {
		return nil, err
	}
	refused := bonafide.Errorf(bonafide.BadValue, "private key", "is not a private JWK on P-256 or Ed25519 whose halves belong together")
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(text); err != nil {
		return nil, refused.Because(err)
	}
	// The library doesn't compare the halves; what two that differ sign, nobody could verify.
	switch key := jwk.Key.(type) {
	case *ecdsa.PrivateKey:
		secret, err := key.Bytes()
		if err != nil {
			return nil, refused.Because(err)
		}
		whole, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret)
		if err != nil || !whole.PublicKey.Equal(&key.PublicKey) {
			return nil, refused.Because(err)
		}
		return &PrivateKey{whole}, nil
	case ed25519.PrivateKey:
		if whole := ed25519.NewKeyFromSeed(key.Seed()); whole.Equal(key) {
			return &PrivateKey{whole}, nil
		}
	}
	return nil, refused
}

// MarshalText writes the key as a private JWK (RFC 7517) with its thumbprint as kid.
func (k *PrivateKey) MarshalText() ([]byte, error) {
	kid, err := Thumbprint(k.Public())
	if err != nil {
		return nil, err
	}
	alg, _ := algorithmOf(k.Public())
	return jose.JSONWebKey{Key: k.key, KeyID: kid, Algorithm: string(alg), Use: "sig"}.MarshalJSON()
}

// Public returns the public half, an *ecdsa.PublicKey or an ed25519.PublicKey.
func (k *PrivateKey) Public() crypto.PublicKey { return k.key.Public() }

// Sign signs the message as JOSE wants it: for ES256 r and s, 32 bytes each (RFC 7518, section 3.4), for EdDSA
// the 64 bytes of Ed25519 (RFC 8037, section 3.1).
func (k *PrivateKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	ec, ok := k.key.(*ecdsa.PrivateKey)
	if !ok {
		return k.key.Sign(nil, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, ec, digest[:])
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	signature := make([]byte, signatureSize)
	r.FillBytes(signature[:signatureSize/2])
	s.FillBytes(signature[signatureSize/2:])
	return signature, nil
}
