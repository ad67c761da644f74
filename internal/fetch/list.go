package fetch

import (
	"context"
	"errors"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// List is a status list that was opened and checked. It is shared and must not be changed.
type List struct {
	Bits       bonafide.Bits
	ValidFrom  time.Time
	ValidUntil time.Time     // from then on it tells nothing
	FetchedAt  time.Time     // by the Config's clock
	TTL        time.Duration // how long after FetchedAt it needs no refreshing, never past ValidUntil
}

// StatusList returns the issuer's status list at the address: the one remembered within its ttl, else a new
// one. When none can be had, the last one counts until its ValidUntil (FetchedAt tells its age); after that,
// status-unknown. A list that was had but is wrong is an error even so: status-list-foreign,
// status-list-too-short, bad-status-list (also for one older than the last: lists don't go back), and those
// of package seal.
func (c *Client) StatusList(ctx context.Context, issuer bonafide.Origin, address string) (*List, error) {
	return c.StatusListSince(ctx, issuer, address, time.Time{})
}

// StatusListSince does so for who knows of a list of that validFrom, which may be another process: what is remembered from
// before then doesn't count. An older one that the issuer gives is returned, and the caller's to refuse.
func (c *Client) StatusListSince(ctx context.Context, issuer bonafide.Origin, address string, since time.Time) (*List, error) {
	list, err := c.statusList(ctx, issuer, address, since)
	if err == nil && list.ValidFrom.Before(since) {
		return c.statusList(ctx, issuer, address, since) // it may be what somebody got who doesn't know of a later one
	}
	return list, err
}

func (c *Client) statusList(ctx context.Context, issuer bonafide.Origin, address string, since time.Time) (*List, error) {
	if !issuer.Owns(address) {
		return nil, bonafide.Errorf(bonafide.StatusListOther, address, "is not on %s", issuer)
	}
	key := "list " + address
	fresh := func() (*List, bool) {
		list, ok := c.lists.get(key, c.now())
		return list, ok && !list.ValidFrom.Before(since) && c.now().Before(list.FetchedAt.Add(list.TTL))
	}
	list, err := read(ctx, c, key, fresh, func(ctx context.Context) (*List, error) {
		now := c.now()
		answer, err := c.Get(ctx, address, bonafide.TypeCredential.MediaType())
		if err != nil {
			return nil, err
		}
		list, err := c.openList(ctx, issuer, address, string(answer.Body), now)
		if err != nil {
			return nil, err
		}
		if last, ok := c.lists.get(key, now); ok && list.ValidFrom.Before(last.ValidFrom) {
			return nil, bonafide.Errorf(bonafide.BadStatusList, address, "goes back from %s to %s", last.ValidFrom.Format(time.RFC3339), list.ValidFrom.Format(time.RFC3339))
		}
		c.lists.put(key, list, len(list.Bits), now, list.ValidUntil)
		return list, nil
	})
	if err == nil || !notHad(err) {
		return list, err
	}
	if last, ok := c.lists.get(key, c.now()); ok && !last.ValidFrom.Before(since) {
		return last, nil
	}
	if ownLimit(err) {
		return nil, err
	}
	return nil, unknown(address, err)
}

// openList opens and checks a list that was fetched at fetchedAt.
func (c *Client) openList(ctx context.Context, issuer bonafide.Origin, address, text string, fetchedAt time.Time) (*List, error) {
	token, err := seal.ParseStatusList(text)
	if err != nil {
		return nil, err
	}
	signed, err := Open[bonafide.StatusList](ctx, c, token, issuer)
	if bonafide.CodeOf(err) == bonafide.WrongIssuer {
		return nil, bonafide.Errorf(bonafide.StatusListOther, address, "isn't signed by %s", issuer).Because(err)
	}
	if err != nil {
		return nil, err
	}
	if err := signed.Check(issuer, address, c.now()); err != nil {
		if code := bonafide.CodeOf(err); code == bonafide.Expired || code == bonafide.NotYetValid {
			return nil, unknown(address, err)
		}
		return nil, err
	}
	bits, err := signed.Bits()
	if err != nil {
		return nil, err
	}
	return &List{
		Bits: bits, ValidFrom: signed.ValidFrom, ValidUntil: signed.ValidUntil,
		FetchedAt: fetchedAt, TTL: min(lifetime(signed.Subject.TTL), signed.ValidUntil.Sub(fetchedAt)),
	}, nil
}

// lifetime returns a ttl in milliseconds as a duration. Without one it is 5 minutes (W3C Bitstring Status
// List 1.0, section 2.2). No list lives longer than the most that is returned.
func lifetime(ttl *int64) time.Duration {
	if ttl == nil {
		return bonafide.StatusListTTL
	}
	return time.Duration(min(*ttl, bonafide.MaxListLife.Milliseconds())) * time.Millisecond
}

// notHad tells whether no list in force could be had, as opposed to one that is wrong.
func notHad(err error) bool {
	switch bonafide.CodeOf(err) {
	case bonafide.Unreachable, bonafide.NotFound, bonafide.BadAnswer, bonafide.BadRedirect, bonafide.AddressRefused,
		bonafide.FetchBudget, bonafide.RateLimited, bonafide.StatusUnknown:
		return true
	}
	return false
}

// unknown says that the list tells nothing, and why.
func unknown(address string, err error) error {
	var e *bonafide.Error
	if !errors.As(err, &e) || e.Code == bonafide.StatusUnknown {
		return err
	}
	why := e.Detail
	if e.Subject != address {
		why = e.Subject + " " + e.Detail
	}
	return bonafide.Errorf(bonafide.StatusUnknown, address, "no list in force can be had (%s)", why).Because(err)
}
