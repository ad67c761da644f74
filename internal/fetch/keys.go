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
	set     seal.KeySet
	refused Refusals
	asked   time.Time // when the origin was last asked for it
	until   time.Time
}

// Refusals says of keys, by their kids, why what they sign isn't taken.
type Refusals map[string]bonafide.Code

// Keys returns the keys that sign what the origin publishes, from its /.well-known/did.json; kid is the one
// needed, "" for none in particular. They are remembered for an hour; a kid that isn't among them makes the
// client look again, but at most once a minute, so that invented ones cause no traffic: unknown-key, or what the
// client's Judge says of it. Other errors are bad-key-set, those of [Client.Get] and those of the Judge.
func (c *Client) Keys(ctx context.Context, origin bonafide.Origin, kid string) (seal.KeySet, error) {
	address := string(origin) + "/.well-known/did.json"
	key := "keys " + address
	kept := func() (keyring, bool) {
		ring, ok := c.keys.get(key, c.now())
		return ring, ok && (kid == "" || ring.set.Has(kid) || c.now().Sub(ring.asked) < keysRefresh)
	}
	ring, err := read(ctx, c, key, kept, func(ctx context.Context) (keyring, error) {
		now := c.now()
		if ring, ok := c.keys.get(key, now); ok {
			ring.asked = now // counts even if it fails
			c.keys.put(key, ring, 1, now, ring.until)
		}
		ring, err := c.getKeys(ctx, origin, address)
		if err == nil {
			ring.asked, ring.until = now, now.Add(keysLife)
			c.keys.put(key, ring, 1, now, ring.until)
		}
		return ring, err
	})
	if err != nil {
		return seal.KeySet{}, err
	}
	if code, refused := ring.refused[kid]; refused {
		return seal.KeySet{}, bonafide.Errorf(code, address, "has the key %q", kid)
	}
	if kid != "" && !ring.set.Has(kid) {
		return seal.KeySet{}, bonafide.Errorf(bonafide.UnknownKey, address, "has no key %q", kid)
	}
	return ring.set, nil
}

// getKeys fetches the keys and has them judged.
func (c *Client) getKeys(ctx context.Context, origin bonafide.Origin, address string) (ring keyring, err error) {
	answer, err := c.Get(ctx, address, "application/did+json", mediaJSON)
	if err != nil {
		return ring, err
	}
	if ring.set, err = seal.ParseDIDDocument(answer.Body, origin); err != nil || c.judge == nil {
		return ring, err
	}
	if ring.refused, err = c.judge(ctx, origin, ring.set); err != nil {
		return ring, err
	}
	ring.set = ring.set.Without(func(kid string) bool { return ring.refused[kid] != "" })
	return ring, nil
}

// KeyHistory fetches the key history of the origin. It isn't remembered.
func (c *Client) KeyHistory(ctx context.Context, origin bonafide.Origin) (*seal.History, error) {
	address := string(origin) + bonafide.KeyHistoryPath
	return read(ctx, c, "history "+address, none, func(ctx context.Context) (*seal.History, error) {
		answer, err := c.Get(ctx, address, bonafide.TypeKeyHistory.MediaType())
		if err != nil {
			return nil, err
		}
		return seal.OpenKeyHistory(string(answer.Body), origin, c.now())
	})
}

// Open opens a token that issuer must have signed, and decodes its payload, which the caller checks. Its errors
// are wrong-issuer and those of [Client.Keys] and [seal.OpenAs].
func Open[T any](ctx context.Context, c *Client, token *seal.Token, issuer bonafide.Origin) (T, error) {
	keys, err := c.keysOf(ctx, token, issuer)
	if err != nil {
		var zero T
		return zero, err
	}
	return seal.OpenAs[T](token, keys)
}

// keysOf returns the keys of the issuer, which must be whom the token names.
func (c *Client) keysOf(ctx context.Context, token *seal.Token, issuer bonafide.Origin) (seal.KeySet, error) {
	signer, err := token.Issuer()
	if err != nil {
		return seal.KeySet{}, err
	}
	if signer != issuer {
		return seal.KeySet{}, bonafide.Errorf(bonafide.WrongIssuer, "", "is signed by %q instead of %q", string(signer), string(issuer))
	}
	return c.Keys(ctx, issuer, token.KeyID())
}
