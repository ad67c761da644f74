package seal

import (
	"crypto"
	"maps"
	"slices"
	"strings"
	"sync"

	"bonafide.example"
)

// ownKeys are the keys by which a sealer's own tokens are opened.
type ownKeys struct {
	set  KeySet
	held sync.Map // header of a token, in base64url → whether its key is in the set
}

// Keys returns the keys by which the signer opens again what it signed itself: as peers find them, and those that
// are published no more because what they signed is over.
func (s *Sealer) Keys() (KeySet, error) {
	own, err := s.own()
	if err != nil {
		return KeySet{}, err
	}
	return own.set, nil
}

// Holds tells whether the key of a token that the sealer made still counts: all but compromised ones do. It is quick
// enough to be asked each time that the token is served, and takes one that is [Packed] too.
func (s *Sealer) Holds(token string) bool {
	own, err := s.own()
	if err != nil {
		return false
	}
	header := token[:max(0, strings.IndexAny(token, "."+packedMark))]
	if holds, known := own.held.Load(header); known {
		return holds.(bool)
	}
	kid, ok := kidOf(header)
	holds := ok && own.set.Has(kid)
	own.held.Store(header, holds) // few: a header has nothing but the key and the kind of object
	return holds
}

func (s *Sealer) openOwn() (*ownKeys, error) {
	jwks, err := s.jwks()
	if err != nil {
		return nil, err
	}
	set, err := ParseKeySet(jwks)
	if err != nil {
		return nil, err
	}
	over, err := s.list(pasts(s.signer))
	if err != nil {
		return nil, err
	}
	own := &ownKeys{set: KeySet{maps.Clone(set.keys)}}
	for _, jwk := range over.Keys { // as many as there ever were
		key, err := ParsePublicJWK(jwk)
		if err != nil {
			return nil, err
		}
		own.set.keys[jwk.Kid] = key
	}
	return own, nil
}

// list returns these keys as the sealer's tokens name them.
func (s *Sealer) list(pubs []crypto.PublicKey) (jwks bonafide.JWKS, err error) {
	_, several := s.signer.(KeyRing)
	for _, pub := range pubs {
		jwk, err := PublicJWK(pub)
		if err != nil {
			return jwks, err
		}
		if jwk.Kid = s.prefix + jwk.Kid; !several {
			jwk.Kid = s.key.kid
		}
		jwks.Keys = append(jwks.Keys, jwk)
	}
	return jwks, nil
}

// next returns the key of a ring that signs next. Its kid is worked out once while it stays the same.
func (s *Sealer) next(ring KeyRing) (key, error) {
	signer := ring.Next()
	if last := s.last.Load(); last != nil && samePublic(last.signer.Public(), signer.Public()) {
		return key{signer, last.kid, last.alg}, nil
	}
	next, err := published(signer, s.prefix)
	if err == nil {
		s.last.Store(&next)
	}
	return next, err
}

// lasting returns work, done again only when the signer's keys have changed.
func lasting[T any](signer bonafide.Signer, work func() (T, error)) func() (T, error) {
	if _, changing := signer.(KeyRing); !changing {
		return sync.OnceValues(work)
	}
	var mu sync.Mutex
	var of []crypto.PublicKey
	var made T
	return func() (T, error) {
		mu.Lock()
		defer mu.Unlock()
		now := append(Publics(signer), pasts(signer)...)
		if of != nil && slices.EqualFunc(of, now, samePublic) {
			return made, nil
		}
		value, err := work()
		if err == nil {
			of, made = now, value
		}
		return value, err
	}
}

func samePublic(a, b crypto.PublicKey) bool {
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}
