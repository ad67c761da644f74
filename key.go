package bonafide

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Signer holds one private key and signs with it: a key file, an agent, a hardware module (PKCS#11) or a key management
// service. It is called by many goroutines at once. Whatever is signed waits for it, so a slow one slows issuing, and no
// reader: what was signed is kept. Its errors are logged or told to the administrator, never to visitors; what couldn't
// be signed is tried again.
type Signer interface {
	// Public returns the public half: an *ecdsa.PublicKey on P-256, or an ed25519.PublicKey. It is asked for with every
	// signature, so one that comes over a network is kept from the start.
	Public() crypto.PublicKey
	// Sign signs the message (not its digest) and returns the signature as JOSE wants it: for ES256,
	// SHA-256 and r‖s of 32 bytes each (RFC 7518, section 3.4); for EdDSA, 64 bytes (RFC 8037). What signs digests and
	// answers in DER, as most modules and services do, is turned into this by a few lines: see the example.
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// Type is the typ of a signed object: what it is, and the only place that it is taken in.
type Type string

const (
	TypeCredential Type = "vc+jwt"               // badges and status lists
	TypeEntity     Type = "entity-statement+jwt" // site metadata
	TypeMechanism  Type = "bonafide-mechanism+jwt"
	TypeTable      Type = "bonafide-conversion+jwt"
	TypeStatus     Type = "bonafide-status+jwt" // consented statuses
	TypeRuling     Type = "bonafide-ruling+jwt"
	TypeReferral   Type = "bonafide-referral+jwt"
	TypeOutcome    Type = "bonafide-outcome+jwt"
	TypeKeyHistory Type = "bonafide-key-history+jwt"
	TypeSuccession Type = "bonafide-succession+jwt" // within a key history
	TypeAssertion  Type = "JWT"                     // client assertions of OAuth, where typ may also be absent
)

// MediaType returns the media type that an object of the type is served with: "application/vc+jwt".
func (t Type) MediaType() string { return "application/" + string(t) }

// JWK is a public key as it is published (RFC 7517).
type JWK struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y,omitzero"`
	Alg string `json:"alg,omitzero"`
	Kid string `json:"kid,omitzero"`
	Use string `json:"use,omitzero"`
}

// privateFields are those of private and secret keys (RFC 7518, section 6; RFC 9964).
var privateFields = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// UnmarshalJSONFrom refuses a key with a private part, which whoever read it could sign with too.
func (k *JWK) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	data, err := d.ReadValue()
	if err != nil {
		return err
	}
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for _, name := range privateFields {
		if _, ok := fields[name]; ok {
			return Errorf(BadKeySet, "", "a published key has the private field %q", name)
		}
	}
	for _, name := range []string{"y", "alg", "kid", "use"} {
		if string(fields[name]) == `""` {
			return Errorf(BadKeySet, "", "the field %q of a key is empty", name)
		}
	}
	type public JWK
	return json.Unmarshal(data, (*public)(k), d.Options())
}

// JWKS is a key set (RFC 7517, section 5).
type JWKS struct {
	Keys []JWK `json:"keys"`
}

// DIDDocument is what an issuer serves at /.well-known/did.json: the keys that sign its badges,
// status lists, mechanisms, conversion tables and consented statuses.
type DIDDocument struct {
	Context            []string             `json:"@context"`
	ID                 string               `json:"id"`
	VerificationMethod []VerificationMethod `json:"verificationMethod"`
	AssertionMethod    []string             `json:"assertionMethod"`
}

// VerificationMethod is one key of a [DIDDocument]. Its id is DID#THUMBPRINT (RFC 7638).
type VerificationMethod struct {
	ID           string `json:"id"`
	Type         string `json:"type"` // JsonWebKey2020
	Controller   string `json:"controller"`
	PublicKeyJWK JWK    `json:"publicKeyJwk"`
}

const hashPrefix = "sha-256:"

// validEdition tells whether a version from 1 on names as previous what it must: nothing in the first, a
// [Hash] in any other.
func validEdition(version int, previous string) bool {
	if version == 1 {
		return previous == ""
	}
	encoded, ok := strings.CutPrefix(previous, hashPrefix)
	sum, canonical := fromBase64url(encoded)
	return version > 1 && ok && canonical && len(sum) == sha256.Size
}

// fromBase64url decodes unpadded base64url in its one canonical spelling.
func fromBase64url(s string) ([]byte, bool) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	return data, err == nil && base64.RawURLEncoding.EncodeToString(data) == s
}

// Hash returns the hash by which a version of a mechanism or table names the one before:
// "sha-256:" and the unpadded base64url of the SHA-256 of its canonical JSON (RFC 8785).
func Hash(object any) (string, error) {
	data, err := CanonicalJSON(object)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hashPrefix + base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// CanonicalJSON encodes an object in the one way that RFC 8785 has.
func CanonicalJSON(object any) ([]byte, error) {
	data, err := MarshalJSON(object)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(data)
	err = value.Canonicalize()
	return value, err
}
