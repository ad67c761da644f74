package verifier

import (
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// listTables answers with the newest version of each published table.
func (v *Verifier) listTables(w http.ResponseWriter, r *http.Request) error {
	tables, err := v.tables(r.Context())
	if err != nil {
		return err
	}
	if tables == nil {
		tables = tableSet{}
	}
	web.JSON(w, http.StatusOK, tables)
	return nil
}

// Publication is the answer to a table that was published.
type Publication struct {
	ID      string        `json:"id"`
	Version int           `json:"version"`
	Hash    string        `json:"hash"`            // of the table, which the next version names
	Checked bool          `json:"checked"`         // against the mechanism that it converts
	Reason  bonafide.Code `json:"reason,omitzero"` // why it couldn't be
}

// checkTable says whether a table could be published as it is, without doing it. What it would be as a version is told
// by publishing alone.
func (v *Verifier) checkTable(w http.ResponseWriter, r *http.Request) error {
	t, err := v.decodeTable(r)
	if err != nil {
		return err
	}
	from, unreached := v.fetch.Mechanism(r.Context(), t.From.Mechanism, 0)
	if err := v.check(&t, from); err != nil {
		return err
	}
	hash, err := bonafide.Hash(t)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, Publication{t.ID, t.Version, hash, unreached == nil, bonafide.CodeOf(unreached)})
	return nil
}

// decodeTable reads the table of a request, which must be that of its address.
func (v *Verifier) decodeTable(r *http.Request) (bonafide.Table, error) {
	t, err := web.Decode[bonafide.Table](r)
	if err == nil && t.Slug() != r.PathValue("name") {
		err = bonafide.Errorf(bonafide.BadTable, "id", "%q is not the table of this address, %q", t.ID, r.PathValue("name"))
	}
	if err != nil {
		return t, err
	}
	return t, v.check(&t, nil)
}

// putTable publishes a table. It is checked against the issuer's mechanism, if that can be had now;
// otherwise that is done when something is imported under it.
func (v *Verifier) putTable(w http.ResponseWriter, r *http.Request) error {
	t, err := v.decodeTable(r)
	if err != nil {
		return err
	}
	from, unreached := v.fetch.Mechanism(r.Context(), t.From.Mechanism, 0)
	if err := v.publish(r.Context(), &t, from); err != nil {
		return err
	}
	hash, err := bonafide.Hash(t)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, Publication{t.ID, t.Version, hash, unreached == nil, bonafide.CodeOf(unreached)})
	return nil
}

// maxCounted is how far it is counted.
const maxCounted = 10_000

// Counts says how many imports there are, and of whom, as far as 10 000.
type Counts struct {
	Imports    int                          `json:"imports"`
	Conditions map[conversion.Condition]int `json:"conditions"`
	Issuers    map[bonafide.Origin]int      `json:"issuers"`
}

// Counts counts the imports.
func (v *Verifier) Counts(ctx context.Context) (c Counts, err error) {
	err = v.config.Store.View(ctx, func(tx store.Reader) error {
		c = Counts{Conditions: map[conversion.Condition]int{}, Issuers: map[bonafide.Origin]int{}}
		return store.ScanJSON(tx, store.Prefix(store.Key("verifier", "input")), func(_ []byte, in *input) (bool, error) {
			list, _, err := store.GetJSON[listRecord](tx, listKey(in.list()))
			c.Imports++
			c.Conditions[in.condition(list, v.now())]++
			c.Issuers[in.Statement.Issuer]++
			return c.Imports < maxCounted, err
		})
	})
	return c, err
}

func (v *Verifier) countImports(w http.ResponseWriter, r *http.Request) error {
	c, err := v.Counts(r.Context())
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, c)
	return nil
}
