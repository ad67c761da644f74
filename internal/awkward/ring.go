package awkward

import (
	"context"
	"crypto"
	"sync/atomic"
	"time"

	"bonafide.example"
)

// When a key that was made at the start comes into use: it is published some time after the start, and signs
// once everybody who remembers the keys from before may ask for them again (BF-FETCH-8).
const (
	publishedAfter = time.Minute
	signsAfter     = 3 * time.Minute
)

// ring signs with one key after the other, and spells what it signs awkwardly. It is a seal.KeyRing and a
// seal.Speller.
type ring struct {
	keys  []bonafide.Signer // the site's own first
	late  bonafide.Signer   // comes into use while the site runs; nil: none does
	now   func() time.Time
	start time.Time
	turn  atomic.Uint64
}

// Public returns the public half of the site's own key.
func (r *ring) Public() crypto.PublicKey { return r.keys[0].Public() }

// Sign signs with the site's own key.
func (r *ring) Sign(ctx context.Context, message []byte) ([]byte, error) {
	return r.keys[0].Sign(ctx, message)
}

// since returns the keys in use, and the late one if the start is so long ago.
func (r *ring) since(after time.Duration) []bonafide.Signer {
	if r.late == nil || r.now().Before(r.start.Add(after)) {
		return r.keys
	}
	return append(r.keys[:len(r.keys):len(r.keys)], r.late)
}

// Publics returns the public keys, the late one from a while after the start on.
func (r *ring) Publics() (pubs []crypto.PublicKey) {
	for _, key := range r.since(publishedAfter) {
		pubs = append(pubs, key.Public())
	}
	return pubs
}

// Pasts returns none: what it publishes once it always does.
func (r *ring) Pasts() []crypto.PublicKey { return nil }

// Next returns another key each time.
func (r *ring) Next() bonafide.Signer {
	keys := r.since(signsAfter)
	return keys[r.turn.Add(1)%uint64(len(keys))]
}

// Spell spells a payload in another way each time.
func (r *ring) Spell(payload []byte) ([]byte, error) { return Spell(payload) }
