package console

import (
	"net/http"
	"time"

	"bonafide.example"
)

// recognised is a table in the list.
type recognised struct {
	bonafide.Table
	Imports       int
	Ended, Ending bool
}

const soon = 30 * 24 * time.Hour // a table that ends sooner is told

// ending tells whether a table is past its last day, and whether it soon will be.
func ending(t bonafide.Table, now time.Time) (ended, shortly bool) {
	end := t.ValidUntil.Time().AddDate(0, 0, 1)
	return !end.After(now), end.Before(now.Add(soon))
}

func (c *Console) tables(w http.ResponseWriter, r *http.Request) error {
	o, err := c.seen(r)
	if err != nil {
		return err
	}
	var list []recognised
	if o.Verifier != nil {
		all, err := get[[]bonafide.Table](r, c, "conversions")
		if err != nil {
			return err
		}
		for _, t := range all {
			ended, shortly := ending(t, o.Now)
			list = append(list, recognised{t, o.Verifier.Issuers[t.From.Issuer], ended, shortly})
		}
	}
	return c.show(w, r, "tables", map[string]any{"Tables": list, "Verifies": o.Verifier != nil, "Recognisers": o.Recognisers, "Issues": o.Issuer != nil})
}
