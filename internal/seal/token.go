package seal

import (
	"time"

	"bonafide.example"
)

// The most bytes a token may have.
const (
	MaxToken      = 16 << 10
	MaxStatusList = 1 << 20
)

// Token is a token whose form is right. Nothing in it is to be trusted before it is opened.
type Token struct{}

// Parse takes a token of at most [MaxToken] bytes that must be of type typ.
func Parse(token string, typ bonafide.Type) (*Token, error) { panic("not yet") }

// ParseStatusList takes a status list of at most [MaxStatusList] bytes.
func ParseStatusList(token string) (*Token, error) { panic("not yet") }

// KeyID returns the kid that the token names.
func (t *Token) KeyID() string { panic("not yet") }

// Issuer returns the origin whose did:web the kid names: where to look for keys.
func (t *Token) Issuer() (bonafide.Origin, error) { panic("not yet") }

// Open verifies the signature and returns the payload.
func (t *Token) Open(keys KeySet) ([]byte, error) { panic("not yet") }

// OpenAs opens the token and decodes its payload.
func OpenAs[T any](t *Token, keys KeySet) (T, error) { panic("not yet") }

// OpenEntity opens the entity configuration of origin, which a key of its own jwks must have signed.
func OpenEntity(token string, origin bonafide.Origin, now time.Time) (*bonafide.EntityConfiguration, error) {
	panic("not yet")
}
