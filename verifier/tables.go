package verifier

import (
	"context"
	"errors"
	"slices"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/publish"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// tableSet is the newest versions of the published tables: all that this site recognises.
type tableSet []*bonafide.Table

// of returns the tables that name the mechanism.
func (ts tableSet) of(mechanism string) tableSet {
	return slices.DeleteFunc(slices.Clone(ts), func(t *bonafide.Table) bool { return t.From.Mechanism != mechanism })
}

// to returns the tables that give levels of the mechanism.
func (ts tableSet) to(mechanism string) tableSet {
	return slices.DeleteFunc(slices.Clone(ts), func(t *bonafide.Table) bool { return t.To.Mechanism != mechanism })
}

// mechanisms returns the mechanisms that the tables name, of one issuer or of all ("").
func (ts tableSet) mechanisms(issuer bonafide.Origin) []string {
	var names []string
	for _, t := range ts {
		if (issuer == "" || t.From.Issuer == issuer) && !slices.Contains(names, t.From.Mechanism) {
			names = append(names, t.From.Mechanism)
		}
	}
	return names
}

// issuers returns the issuers that the tables name.
func (ts tableSet) issuers() []bonafide.Origin {
	var origins []bonafide.Origin
	for _, t := range ts {
		if !slices.Contains(origins, t.From.Issuer) {
			origins = append(origins, t.From.Issuer)
		}
	}
	return origins
}

// recognise refuses an issuer that no table names: it isn't even asked.
func (ts tableSet) recognise(issuer bonafide.Origin) error {
	if len(ts.mechanisms(issuer)) == 0 {
		return bonafide.Errorf(bonafide.NotRecognised, string(issuer), "is named in no conversion table of this site")
	}
	return nil
}

// claims returns what must be told for the tables to be applied, and no more.
func (ts tableSet) claims() []bonafide.Claim {
	claims := []bonafide.Claim{bonafide.ClaimLevel}
	if slices.ContainsFunc(ts, func(t *bonafide.Table) bool { return t.Measure != nil }) {
		claims = append(claims, bonafide.ClaimMeasures)
	}
	if slices.ContainsFunc(ts, func(t *bonafide.Table) bool { return t.Accept.MinAccountDays > 0 }) {
		claims = append(claims, bonafide.ClaimAccountSince)
	}
	return claims
}

// tables returns the published tables.
func (v *Verifier) tables(ctx context.Context) (tables tableSet, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		tables, err = v.shelf.All(r)
		return err
	})
	return tables, err
}

// own returns the site's own mechanism at the address, nil if it has none there.
func (v *Verifier) own(address string) *bonafide.Mechanism {
	i := slices.IndexFunc(v.config.Mechanisms, func(m bonafide.Mechanism) bool { return m.ID == address })
	if i < 0 {
		return nil
	}
	return &v.config.Mechanisms[i]
}

// publish checks a table and publishes it. from is the mechanism that it converts, nil if unknown.
func (v *Verifier) publish(ctx context.Context, t *bonafide.Table, from *bonafide.Mechanism) error {
	if err := v.check(t, from); err != nil {
		return err
	}
	if err := v.room(ctx, t); err != nil {
		return err
	}
	return v.shelf.Publish(ctx, t)
}

// maxAddresses bounds the addresses of all tables together, in bytes: the entity configuration names them, and is
// a token like others.
const maxAddresses = 8 << 10

// room tells whether the entity configuration has room for a further table. New versions take none.
func (v *Verifier) room(ctx context.Context, t *bonafide.Table) error {
	tables, err := v.tables(ctx)
	if err != nil {
		return err
	}
	size := len(t.ID)
	for _, other := range tables {
		if other.ID == t.ID {
			return nil
		}
		size += len(other.ID)
	}
	if size > maxAddresses {
		return bonafide.Errorf(bonafide.TooLarge, "id", "is one table too many: the addresses of all would have %d bytes, more than %d", size, maxAddresses)
	}
	return nil
}

// publishConfigured publishes a table of the config, unless that version is published already: a later
// one may have been published over the admin API since.
func (v *Verifier) publishConfigured(ctx context.Context, t *bonafide.Table) error {
	hash, err := bonafide.Hash(t)
	if err != nil {
		return err
	}
	published := false
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		kept, found, err := v.shelf.Version(r, t.Slug(), t.Version)
		if err != nil || !found {
			return err
		}
		keptHash, err := bonafide.Hash(kept)
		published = keptHash == hash
		return err
	})
	if err != nil || published {
		return err
	}
	return v.publish(ctx, t, nil)
}

// check tells whether a table is this site's own and fits the mechanisms; from may be nil.
func (v *Verifier) check(t *bonafide.Table, from *bonafide.Mechanism) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if t.Origin() != v.config.Origin {
		return bonafide.Errorf(bonafide.BadTable, "id", "%q is not on %s", t.ID, v.config.Origin)
	}
	to := v.own(t.To.Mechanism)
	if to == nil {
		return bonafide.Errorf(bonafide.BadTable, "to.mechanism", "%q is not a mechanism of this site", t.To.Mechanism)
	}
	return conversion.Check(t, from, to)
}

func (v *Verifier) newShelf(sealer *seal.Sealer) *publish.Shelf[*bonafide.Table] {
	return publish.New(publish.Config[*bonafide.Table]{
		Kind: "conversions", Type: bonafide.TypeTable, Store: v.config.Store, Sealer: sealer, Now: v.now, Pages: v.pages,
		Payload: func(t *bonafide.Table, issued, expires bonafide.Seconds) any {
			return &bonafide.SignedTable{Issuer: v.config.Origin, IssuedAt: issued, Expires: expires, Conversion: *t}
		},
		Page: v.tablePage, Logged: v.config.Logged,
		// Every input has a row that says when it is due.
		Published: func(tx store.Tx) error {
			inputs, referrals := store.Key("verifier", "due"), store.Key("verifier", "referral")
			return errors.Join(markAll(tx, store.Prefix(inputs)), markAll(tx, store.Prefix(referrals)))
		},
	})
}
