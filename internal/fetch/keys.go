package fetch

import (
	"context"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

const (
	keysLife    = time.Hour   // how long a did.json is used
	keysRefresh = time.Minute // how long an unknown kid asks for no newer one
)

// keyring is the key set that an origin published.
type keyring struct {
	set   seal.KeySet
	asked time.Time // when the origin was last asked for it
	until time.Time
}

// Keys returns the keys that sign what the origin publishes, from its /.well-known/did.json; kid is the one
// needed, "" for none in particular. They are remembered for an hour; a kid that isn't among them makes the
// client look again, but at most once a minute, so that invented ones cause no traffic: unknown-key.
// Other errors are bad-key-set and those of [Client.Get].
func (c *Client) Keys(ctx context.Context, origin bonafide.Origin, kid string) (seal.KeySet, error) {
	address := string(origin) + "/.well-known/did.json"
	key := "keys " + address
	kept := func() (seal.KeySet, bool) {
		ring, ok := c.keys.get(key, c.now())
		return ring.set, ok && (kid == "" || ring.set.Has(kid) || c.now().Sub(ring.asked) < keysRefresh)
	}
	set, err := read(ctx, c, key, kept, func(ctx context.Context) (seal.KeySet, error) {
		now := c.now()
		if ring, ok := c.keys.get(key, now); ok {
			ring.asked = now // counts even if it fails
			c.keys.put(key, ring, 1, now, ring.until)
		}
		answer, err := c.Get(ctx, address, "application/did+json", mediaJSON)
		if err != nil {
			return seal.KeySet{}, err
		}
		set, err := seal.ParseDIDDocument(answer.Body, origin)
		if err == nil {
			c.keys.put(key, keyring{set, now, now.Add(keysLife)}, 1, now, now.Add(keysLife))
		}
		return set, err
	})
	if err != nil {
		return seal.KeySet{}, err
	}
	if kid != "" && !set.Has(kid) {
		return seal.KeySet{}, bonafide.Errorf(bonafide.UnknownKey, address, "has no key %q", kid)
	}
	return set, nil
}

// Open opens a token that issuer must have signed, and decodes its payload, which the caller checks. Its errors
// are wrong-issuer and those of [Client.Keys] and [seal.OpenAs].
func Open[T any](ctx context.Context, c *Client, token *seal.Token, issuer bonafide.Origin) (T, error) {
	var zero T
	signer, err := token.Issuer()
	if err != nil {
		return zero, err
	}
	if signer != issuer {
		return zero, bonafide.Errorf(bonafide.WrongIssuer, "", "is signed by %q instead of %q", string(signer), string(issuer))
	}
	keys, err := c.Keys(ctx, issuer, token.KeyID())
	if err != nil {
		return zero, err
	}
	return seal.OpenAs[T](token, keys)
}
