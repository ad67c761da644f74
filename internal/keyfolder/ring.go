package keyfolder

import (
	"context"
	"crypto"
	"fmt"

	"bonafide.example"
)

// ring is the keys of one use as a signer: a seal.KeyRing that goes by the folder's record and clock.
type ring struct {
	folder *Folder
	use    bonafide.KeyUse
}

// Signer returns what signs for a use: with the present key of that instant.
func (f *Folder) Signer(use bonafide.KeyUse) bonafide.Signer { return &ring{f, use} }

// Public returns the public half of the key that signs now.
func (r *ring) Public() crypto.PublicKey { return r.Next().Public() }

// Sign signs with the key that signs now. Whoever names the key beside the signature uses Next.
func (r *ring) Sign(ctx context.Context, message []byte) ([]byte, error) {
	return r.Next().Sign(ctx, message)
}

// Next returns the key that signs now.
func (r *ring) Next() bonafide.Signer {
	held := r.folder.held.Load()
	index := present(held.keys, r.use, r.folder.now())
	if index < 0 {
		return lost{r.use, nil}
	}
	key := &held.keys[index]
	if private := held.private[key.Thumbprint()]; private != nil {
		return private
	}
	return lost{r.use, key.public}
}

// Publics returns the keys that are published now.
func (r *ring) Publics() []crypto.PublicKey { return r.publics(Present, Next, Former) }

// Pasts returns the keys that were published once, and that what is long over was signed by.
func (r *ring) Pasts() []crypto.PublicKey { return r.publics(Past) }

func (r *ring) publics(states ...State) (pubs []crypto.PublicKey) {
	held := r.folder.held.Load()
	at := r.folder.now()
	for _, state := range states {
		for _, key := range held.of(r.use, at, state) {
			pubs = append(pubs, key.public)
		}
	}
	return pubs
}

// lost is a key whose private half isn't held.
type lost struct {
	use    bonafide.KeyUse
	public crypto.PublicKey
}

// Public returns the public half.
func (l lost) Public() crypto.PublicKey { return l.public }

// Sign fails.
func (l lost) Sign(context.Context, []byte) ([]byte, error) {
	return nil, fmt.Errorf("the %s key's private half isn't at hand", l.use)
}
