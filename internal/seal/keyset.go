package seal

import (
	"crypto"

	"bonafide.example"
)

// KeySet holds verified public keys by kid.
type KeySet struct{}

// ParseKeySet takes a published key set.
func ParseKeySet(jwks bonafide.JWKS) (KeySet, error) { panic("not yet") }

// ParseDIDDocument takes the DID document of origin.
func ParseDIDDocument(data []byte, origin bonafide.Origin) (KeySet, error) { panic("not yet") }

// Has tells whether there is a key with that kid.
func (k KeySet) Has(kid string) bool { panic("not yet") }

// Thumbprint returns the RFC 7638 thumbprint of a public key.
func Thumbprint(pub crypto.PublicKey) (string, error) { panic("not yet") }

// PublicJWK returns a public key as it is published.
func PublicJWK(pub crypto.PublicKey) (bonafide.JWK, error) { panic("not yet") }

// DIDDocument returns the DID document that publishes the keys of origin.
func DIDDocument(origin bonafide.Origin, pubs ...crypto.PublicKey) (bonafide.DIDDocument, error) {
	panic("not yet")
}
