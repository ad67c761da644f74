// Package oauth holds both halves of the consented query: how a verifier asks an issuer for a status
// that its holder agrees to have told. It is OAuth 2.0 with a pushed authorization request (RFC 9126),
// PKCE with S256 (RFC 7636), private_key_jwt (RFC 7523), the issuer named in the response (RFC 9207) and
// authorization_details (RFC 9396). Nothing else of OAuth is spoken.
//
// The package keeps nothing and shows nothing: the issuer package stores what was asked and granted
// and shows the consent page, the verifier package stores what it was told.
package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"bonafide.example"
)

// How long things last.
const (
	RequestLife   = 10 * time.Minute // a pushed request: the holder may have to sign in first
	CodeLife      = 60 * time.Second // an authorization code
	AssertionLife = 5 * time.Minute  // a client assertion, at most
)

// What the parameters of the flow are called, and the fixed values that they take.
const (
	AssertionType    = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	RequestURIPrefix = "urn:ietf:params:oauth:request_uri:"
	GrantCode        = "authorization_code"
	GrantRefresh     = "refresh_token"
	AuthMethod       = "private_key_jwt"
)

// Request is what a verifier asks for.
type Request struct {
	RedirectURI string                        `json:"redirect_uri"`   // where the holder comes back to, on the verifier's origin
	State       string                        `json:"state"`          // 16 to 512 characters, bound to the holder's session there
	Challenge   string                        `json:"code_challenge"` // BASE64URL(SHA-256(verifier)), 43 characters
	Details     bonafide.AuthorizationDetails `json:"authorization_details"`
}

// Pushed is the answer to a pushed authorization request (RFC 9126, section 2.2), sent with status 201.
type Pushed struct {
	RequestURI string `json:"request_uri"`
	ExpiresIn  int64  `json:"expires_in"` // seconds
}

// Validate tells whether the answer can be used.
func (p *Pushed) Validate() error {
	if p.RequestURI == "" || len(p.RequestURI) > 512 || p.ExpiresIn < 1 {
		return bonafide.Errorf(bonafide.BadAnswer, "request_uri", "there is none that lasts")
	}
	return nil
}

// TokenResponse is what a code or a refresh token is exchanged for.
type TokenResponse struct {
	AccessToken  string                          `json:"access_token"` // without any rights: clients insist on one
	TokenType    string                          `json:"token_type"`   // Bearer
	ExpiresIn    int64                           `json:"expires_in"`   // seconds
	RefreshToken string                          `json:"refresh_token"`
	Details      []bonafide.AuthorizationDetails `json:"authorization_details"` // exactly one: what was granted
	Status       string                          `json:"bonafide_status"`       // a bonafide-status+jwt
}

// Validate tells whether the response has everything that it must.
func (t *TokenResponse) Validate() error {
	switch {
	case t.AccessToken == "":
		return bonafide.Errorf(bonafide.BadAnswer, "access_token", "is missing")
	case !strings.EqualFold(t.TokenType, "Bearer"):
		return bonafide.Errorf(bonafide.BadAnswer, "token_type", "%q is not Bearer", t.TokenType)
	case t.ExpiresIn < 1:
		return bonafide.Errorf(bonafide.BadAnswer, "expires_in", "%d is not 1 or more", t.ExpiresIn)
	case t.RefreshToken == "" || len(t.RefreshToken) > maxGrant:
		return bonafide.Errorf(bonafide.BadAnswer, "refresh_token", "is missing or longer than %d characters", maxGrant)
	case t.Status == "":
		return bonafide.Errorf(bonafide.BadAnswer, "bonafide_status", "is missing")
	case len(t.Details) != 1:
		return bonafide.Errorf(bonafide.BadAnswer, "authorization_details", "there are %d instead of one", len(t.Details))
	}
	return t.Details[0].Validate()
}

// maxGrant bounds codes and refresh tokens, in characters.
const maxGrant = 512

// NewPKCE returns a fresh code verifier and its challenge (RFC 7636, section 4).
func NewPKCE() (verifier, challenge string) {
	verifier = Random()
	return verifier, Challenge(verifier)
}

// Challenge returns the S256 challenge of a code verifier.
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// CheckVerifier tells whether the code verifier, of 43 to 128 characters, is the one behind the challenge.
func CheckVerifier(verifier, challenge string) error {
	if len(verifier) < 43 || len(verifier) > 128 {
		return bonafide.Errorf(bonafide.BadGrant, "code_verifier", "needs 43 to 128 characters")
	}
	if subtle.ConstantTimeCompare([]byte(Challenge(verifier)), []byte(challenge)) != 1 {
		return bonafide.Errorf(bonafide.BadGrant, "code_verifier", "is not the one behind the code_challenge")
	}
	return nil
}

// Random returns 256 random bits as 43 characters of base64url.
func Random() string {
	var bits [32]byte
	rand.Read(bits[:])
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// WithQuery adds parameters to an address that may have some.
func WithQuery(address string, params url.Values) string {
	if strings.Contains(address, "?") {
		return address + "&" + params.Encode()
	}
	return address + "?" + params.Encode()
}
