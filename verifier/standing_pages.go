package verifier

import (
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// standingView is what an account's own page shows.
type standingView struct {
	*Held
	Counting []countView
	Cards    []cardView
	Offers   []offer // what could be imported
	Contest  string
}

// countView is what the imports count for under one of the site's mechanisms.
type countView struct {
	*conversion.Explanation
	Name  bonafide.Text
	Lines []string
}

// cardView is one import.
type cardView struct {
	HeldImport
	Told    told
	Verdict []bonafide.Text // what it counts for, were it alone
	New     bool            // it was imported just now
}

// standingPage shows the signed-in account what it imported, what that counts for and why.
func (v *Verifier) standingPage(w http.ResponseWriter, r *http.Request) error {
	account, ok, err := v.signedIn(w, r, "/standing")
	if !ok {
		return err
	}
	held, err := v.Export(r.Context(), account.ID)
	if err != nil {
		return err
	}
	tables, err := v.tables(r.Context())
	if err != nil {
		return err
	}
	view := standingView{Held: held, Contest: v.config.Contest}
	if view.Offers, err = v.offers(r.Context(), ""); err != nil {
		return err
	}
	for _, e := range held.Counts {
		view.Counting = append(view.Counting, countView{e, v.own(e.Mechanism).Name, e.Lines(web.Lang(r))})
	}
	imported := r.URL.Query().Get("imported")
	for _, in := range held.Imports {
		from, err := v.versionOf(r.Context(), in.Status)
		if err != nil {
			return err
		}
		card := cardView{HeldImport: in, Told: toldOf(from, in.Status), New: in.ID == imported}
		for _, e := range held.Counts {
			for i := range e.Inputs {
				if e.Inputs[i].ID == in.ID {
					card.Verdict = append(card.Verdict, v.verdict(counts, tables, from, &e.Inputs[i], in.Status)...)
				}
			}
		}
		view.Cards = append(view.Cards, card)
	}
	v.render(w, r, "standing", view, nil, "Host", v.config.Origin.Host())
	return nil
}

// versionOf returns the version of the mechanism that a status was told under, nil if it isn't kept.
func (v *Verifier) versionOf(ctx context.Context, s bonafide.Status) (m *bonafide.Mechanism, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		m, _, err = store.GetJSON[*bonafide.Mechanism](r, mechanismKey(s.Mechanism, s.Version))
		return err
	})
	return m, err
}

// standingJSON tells the signed-in account what its imports count for.
func (v *Verifier) standingJSON(w http.ResponseWriter, r *http.Request) error {
	account, ok, err := v.signedIn(w, r, "")
	if !ok {
		return err
	}
	explanations, err := v.Converted(r.Context(), account.ID)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, explanations)
	return nil
}

// export gives the signed-in account everything that is held on it, as a file.
func (v *Verifier) export(w http.ResponseWriter, r *http.Request) error {
	account, ok, err := v.signedIn(w, r, "/standing/export")
	if !ok {
		return err
	}
	held, err := v.Export(r.Context(), account.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="imports.json"`)
	web.JSON(w, http.StatusOK, held)
	return nil
}

// erase deletes everything that is held on the signed-in account.
func (v *Verifier) erase(w http.ResponseWriter, r *http.Request) error {
	return v.act(w, r, "/standing", func(account string) error { return v.Erase(r.Context(), account) })
}

// refreshOne asks for a new statement at the holder's wish.
func (v *Verifier) refreshOne(w http.ResponseWriter, r *http.Request) error {
	return v.act(w, r, "/standing", func(account string) error { return v.refresh(r.Context(), account, r.PathValue("id")) })
}

// removeOne deletes one import at the holder's wish.
func (v *Verifier) removeOne(w http.ResponseWriter, r *http.Request) error {
	return v.act(w, r, "/standing", func(account string) error { return v.Remove(r.Context(), account, r.PathValue("id")) })
}

// act does something for the signed-in account, and sends it back to the page at the path.
func (v *Verifier) act(w http.ResponseWriter, r *http.Request, page string, do func(account string) error) error {
	account, ok, err := v.signedIn(w, r, page)
	if !ok {
		return err
	}
	if err := do(account.ID); err != nil {
		return err
	}
	v.tell(r.Context())
	http.Redirect(w, r, page, http.StatusSeeOther)
	return nil
}
