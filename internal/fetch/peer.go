package fetch

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

const (
	currentLife = 5 * time.Minute // how long what a site may change is used
	versionLife = time.Hour       // how long a numbered version is used, which never changes
)

// What these methods return is shared with all who ask and must not be changed. Their errors name the
// address: those of [Client.Get] and [Client.Keys], those of package seal, and those of the object's own
// checks.

// Entity returns the entity configuration of the origin, remembered for 5 minutes and not past its expiry.
func (c *Client) Entity(ctx context.Context, origin bonafide.Origin) (*bonafide.EntityConfiguration, error) {
	address := string(origin) + "/.well-known/openid-federation"
	return keep(ctx, c, c.entities, "entity "+address, func(ctx context.Context) (*bonafide.EntityConfiguration, time.Time, error) {
		now := c.now()
		answer, err := c.Get(ctx, address, bonafide.TypeEntity.MediaType())
		if err != nil {
			return nil, now, err
		}
		entity, err := seal.OpenEntity(string(answer.Body), origin, c.now())
		if err != nil {
			return nil, now, err
		}
		return entity, earlier(now.Add(currentLife), entity.Expires.Time()), nil
	})
}

// Mechanism returns the mechanism at the address: the version asked for, remembered for an hour, or with
// version 0 the current one, remembered for 5 minutes.
func (c *Client) Mechanism(ctx context.Context, address string, version int) (*bonafide.Mechanism, error) {
	from, life := address+".jwt", currentLife
	if version != 0 {
		from, life = address+"/v/"+strconv.Itoa(version)+".jwt", versionLife
	}
	return keep(ctx, c, c.mechanisms, "mechanism "+from, func(ctx context.Context) (*bonafide.Mechanism, time.Time, error) {
		now := c.now()
		signed, err := published[bonafide.SignedMechanism](ctx, c, from, bonafide.TypeMechanism)
		if err != nil {
			return nil, now, err
		}
		if err := signed.Check(c.now()); err != nil {
			return nil, now, err
		}
		if m := signed.Mechanism; m.ID != address || (version != 0 && m.Version != version) {
			return nil, now, bonafide.Errorf(bonafide.BadMechanism, from, "is version %d of %q", m.Version, m.ID)
		}
		return &signed.Mechanism, earlier(now.Add(life), signed.Expires.Time()), nil
	})
}

// Table returns the current version of the conversion table at the address, remembered for 5 minutes.
func (c *Client) Table(ctx context.Context, address string) (*bonafide.Table, error) {
	from := address + ".jwt"
	return keep(ctx, c, c.tables, "table "+from, func(ctx context.Context) (*bonafide.Table, time.Time, error) {
		now := c.now()
		signed, err := published[bonafide.SignedTable](ctx, c, from, bonafide.TypeTable)
		if err != nil {
			return nil, now, err
		}
		if err := signed.Check(c.now()); err != nil {
			return nil, now, err
		}
		if t := signed.Conversion; t.ID != address {
			return nil, now, bonafide.Errorf(bonafide.BadTable, from, "is %q", t.ID)
		}
		return &signed.Conversion, earlier(now.Add(currentLife), signed.Expires.Time()), nil
	})
}

// BadgeAddress returns a badge's own address from any form of it that people copy: with the suffix of a
// picture or of a signed form, a query or a fragment. A badge's code has no dot.
func BadgeAddress(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	code := strings.LastIndexByte(address, '/') + 1
	bare, _, _ := strings.Cut(address[code:], ".")
	return strings.TrimSpace(address[:code] + bare)
}

// published fetches a signed object from the address, and opens it with the keys of the address's origin.
func published[T any](ctx context.Context, c *Client, address string, typ bonafide.Type) (T, error) {
	var zero T
	origin, err := c.allowed(address)
	if err != nil {
		return zero, err
	}
	token, _, err := c.token(ctx, address, typ)
	if err != nil {
		return zero, err
	}
	return Open[T](ctx, c, token, origin)
}

// keep reads what is in memory, or gets it and keeps it there until the time that get names.
func keep[V any](ctx context.Context, c *Client, in *memory[V], key string, get func(context.Context) (V, time.Time, error)) (V, error) {
	kept := func() (V, bool) { return in.get(key, c.now()) }
	return read(ctx, c, key, kept, func(ctx context.Context) (V, error) {
		value, until, err := get(ctx)
		if err == nil {
			in.put(key, value, 1, c.now(), until)
		}
		return value, err
	})
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
