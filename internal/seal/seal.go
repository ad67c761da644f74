package seal

import (
	"context"

	"bonafide.example"
)

// Sealer signs payloads with one key. It is safe for concurrent use.
type Sealer struct{}

// NewSealer makes a sealer whose tokens name the key kid.
func NewSealer(signer bonafide.Signer, kid string) (*Sealer, error) { panic("not yet") }

// KeyID returns the kid that tokens name.
func (s *Sealer) KeyID() string { panic("not yet") }

// Seal signs the payload and returns the token in compact form.
func (s *Sealer) Seal(ctx context.Context, typ bonafide.Type, payload any) (string, error) {
	panic("not yet")
}
