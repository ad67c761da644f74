package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

// PrivateKey is an ES256 private key held in memory. It is a [bonafide.Signer].
type PrivateKey struct {
	key *ecdsa.PrivateKey
}

// GenerateKey makes a new key.
func GenerateKey() (*PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generating a key: %w", err)
	}
	return &PrivateKey{key}, nil
}

// ParsePrivateKey reads a private JWK on P-256, such as [PrivateKey.MarshalText] writes.
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	if err := bonafide.CheckJSON(text); err != nil {
		return nil, err
	}
	refused := bonafide.Errorf(bonafide.BadValue, "private key", "is not a private JWK on P-256 whose halves belong together")
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(text); err != nil {
		return nil, refused.Because(err)
	}
	key, ok := jwk.Key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, refused
	}
	secret, err := key.Bytes()
	if err != nil {
		return nil, refused.Because(err)
	}
	// The library doesn't compare the halves; what two that differ sign, nobody could verify.
	whole, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret)
	if err != nil || !whole.PublicKey.Equal(&key.PublicKey) {
		return nil, refused.Because(err)
	}
	return &PrivateKey{whole}, nil
}

// MarshalText writes the key as a private JWK (RFC 7517) with its thumbprint as kid.
func (k *PrivateKey) MarshalText() ([]byte, error) {
	kid, err := Thumbprint(k.Public())
	if err != nil {
		return nil, err
	}
	return jose.JSONWebKey{Key: k.key, KeyID: kid, Algorithm: string(jose.ES256), Use: "sig"}.MarshalJSON()
}

// Public returns the public half, an *ecdsa.PublicKey.
func (k *PrivateKey) Public() crypto.PublicKey { return &k.key.PublicKey }

// Sign signs the message as ES256 wants it: r and s, 32 bytes each (RFC 7518, section 3.4).
func (k *PrivateKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, k.key, digest[:])
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	signature := make([]byte, signatureSize)
	r.FillBytes(signature[:signatureSize/2])
	s.FillBytes(signature[signatureSize/2:])
	return signature, nil
}
