package verifier

import (
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

// putTable publishes a table. It is checked against the issuer's mechanism, if that can be had now;
// otherwise that is done when something is imported under it.
func (v *Verifier) putTable(w http.ResponseWriter, r *http.Request) error {
	t, err := web.Decode[bonafide.Table](r)
	if err != nil {
		return err
	}
	if t.Slug() != r.PathValue("name") {
		return bonafide.Errorf(bonafide.BadTable, "id", "%q is not the table of this address, %q", t.ID, r.PathValue("name"))
	}
	if err := v.check(&t, nil); err != nil {
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

// counts says how many imports there are, and of whom.
type counts struct {
	Imports    int                          `json:"imports"`
	Conditions map[conversion.Condition]int `json:"conditions"`
	Issuers    map[bonafide.Origin]int      `json:"issuers"`
}

func (v *Verifier) countImports(w http.ResponseWriter, r *http.Request) error {
	var c counts
	err := v.config.Store.View(r.Context(), func(tx store.Reader) error {
		c = counts{Conditions: map[conversion.Condition]int{}, Issuers: map[bonafide.Origin]int{}}
		return store.ScanJSON(tx, store.Prefix(store.Key("verifier", "input")), func(_ []byte, in *input) (bool, error) {
			list, _, err := store.GetJSON[listRecord](tx, listKey(in.list()))
			c.Imports++
			c.Conditions[in.condition(list, v.now())]++
			c.Issuers[in.Statement.Issuer]++
			return true, err
		})
	})
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, c)
	return nil
}
