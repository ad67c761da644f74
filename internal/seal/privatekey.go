package seal

import (
	"context"
	"crypto"
)

// PrivateKey is an ES256 private key. It is a bonafide.Signer.
type PrivateKey struct{}

// GenerateKey makes a new key.
func GenerateKey() (*PrivateKey, error) { panic("not yet") }

// ParsePrivateKey reads what MarshalText wrote.
func ParsePrivateKey(text []byte) (*PrivateKey, error) { panic("not yet") }

// MarshalText writes the key as a private JWK (RFC 7517).
func (k *PrivateKey) MarshalText() ([]byte, error) { panic("not yet") }

// Public returns the public half, an *ecdsa.PublicKey.
func (k *PrivateKey) Public() crypto.PublicKey { panic("not yet") }

// Sign signs the message as ES256.
func (k *PrivateKey) Sign(ctx context.Context, message []byte) ([]byte, error) { panic("not yet") }
