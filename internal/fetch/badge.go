package fetch

import (
	"context"
	"crypto"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// Badge returns the badge at the address, in any form that [BadgeAddress] takes, and its token. Where a badge is served
// isn't remembered. Whether it was revoked is for [Client.StatusList] to tell.
func (c *Client) Badge(ctx context.Context, address string) (*bonafide.Credential, string, error) {
	address = BadgeAddress(address)
	type badge struct {
		credential *bonafide.Credential
		token      string
	}
	b, err := read(ctx, c, "badge "+address, none, func(ctx context.Context) (badge, error) {
		origin, err := c.allowed(address)
		if err != nil {
			return badge{}, err
		}
		answer, err := c.Get(ctx, address+".jwt", bonafide.TypeCredential.MediaType())
		if err != nil {
			return badge{}, err
		}
		token := string(answer.Body)
		of, err := c.openBadge(ctx, token, origin)
		if err != nil {
			return badge{}, err
		}
		return badge{of.credential, token}, of.credential.CheckAddress(address)
	})
	return b.credential, b.token, err
}

// OpenBadge returns the badge that the token is: its signature holds by a key of the site that it names,
// and it is in time. It fetches keys from that site, so the caller must have decided to ask it.
func (c *Client) OpenBadge(ctx context.Context, token string) (*bonafide.Credential, error) {
	of, err := c.openBadge(ctx, token, "")
	if of.issuer == "" {
		return nil, naming("badge", err)
	}
	return of.credential, naming("badge of "+string(of.issuer), err)
}

// opened is a badge that was found good but for the time. It is good again while its site publishes the same key: no
// other rule looks at anything but the token.
type opened struct {
	credential *bonafide.Credential
	issuer     bonafide.Origin
	kid        string
	key        crypto.PublicKey
}

// openBadge opens a badge of an issuer; of whichever it names if none is given. With an error it returns the issuer
// alone, "" if the token isn't even one.
func (c *Client) openBadge(ctx context.Context, text string, issuer bonafide.Origin) (opened, error) {
	if last, ok := c.badges.Get(text); ok && (issuer == "" || issuer == last.issuer) && c.stillSigns(ctx, last) {
		good := last.credential
		return last, bonafide.CheckTimes(good.ID, good.NBF, good.Exp, c.now())
	}
	token, err := seal.Parse(text, bonafide.TypeCredential)
	if err != nil {
		return opened{}, err
	}
	if issuer == "" {
		if issuer, err = token.Issuer(); err != nil {
			return opened{}, err
		}
	}
	of := opened{issuer: issuer, kid: token.KeyID()}
	keys, err := c.keysOf(ctx, token, issuer)
	if err != nil {
		return of, err
	}
	credential, err := seal.OpenAs[bonafide.Credential](token, keys)
	if err != nil {
		return of, err
	}
	if err := credential.Check(issuer, c.now()); err != nil {
		return of, err
	}
	of.credential, of.key = &credential, keys.Key(of.kid)
	c.badges.Put(text, of, 4*len(text))
	return of, nil
}

// stillSigns tells whether the key that signed the badge is still its issuer's.
func (c *Client) stillSigns(ctx context.Context, of opened) bool {
	keys, err := c.Keys(ctx, of.issuer, of.kid)
	if err != nil {
		return false
	}
	key, ok := keys.Key(of.kid).(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(of.key)
}
