package desk

import (
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// askRoutes adds the pages on which members ask for vouches and answer those who ask.
func (d *Desk) askRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+vouchesPath+"/ask", d.toMember(d.askForm))
	mux.HandleFunc("POST "+asksPath, d.toMember(d.postAsk))
	mux.HandleFunc("GET "+asksPath+"/{id}", d.toMember(d.showAsk))
	mux.HandleFunc("GET "+asksPath+"/{id}/confirm", d.toMember(d.confirmAnswer))
	mux.HandleFunc("POST "+asksPath+"/{id}/answer", d.toMember(d.postAnswer))
	mux.HandleFunc("POST "+asksPath+"/{id}/decline", d.toMember(func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
		return back(w, r, "declined", d.Decline(r.Context(), member.ID, r.PathValue("id")))
	}))
}

// vouchable returns the mechanisms under which members vouch.
func (d *Desk) vouchable() (all []*bonafide.Mechanism) {
	for _, slug := range d.Issuer.Slugs() {
		if m, _, err := d.terms(slug); err == nil {
			all = append(all, m)
		}
	}
	return all
}

// askForm asks whom to ask, and with which words. A link may bring the address of their badge along (badge).
func (d *Desk) askForm(w http.ResponseWriter, r *http.Request, _ bonafide.Account) error {
	query := r.URL.Query()
	d.render(w, r, "ask", map[string]any{"Mechanisms": d.vouchable(), "Badge": query.Get("badge"), "Chosen": query.Get("mechanism"), "Origin": d.Origin})
	return nil
}

func (d *Desk) postAsk(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return back(w, r, "", d.Ask(r.Context(), member, form.Get("mechanism"), form.Get("badge"), form.Get("words")))
}

// askFor returns an ask to a member, and its terms.
func (d *Desk) askFor(r *http.Request, member string) (a ask, m *bonafide.Mechanism, err error) {
	err = d.Store.View(r.Context(), func(tx store.Reader) error {
		a, err = d.askTo(tx, member, r.PathValue("id"))
		return err
	})
	if err != nil {
		return a, nil, err
	}
	m, _, err = d.terms(a.Mechanism)
	return a, m, err
}

// showAsk shows the words to the one asked, and asks how far they would go.
func (d *Desk) showAsk(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	a, m, err := d.askFor(r, member.ID)
	if err != nil {
		return err
	}
	d.render(w, r, "asked", map[string]any{
		"Ask": a, "Person": a.Asker.shown(), "Mechanism": m, "Choices": choices(m), "Confirm": asksPath + "/" + a.ID + "/confirm",
	})
	return nil
}

// confirmAnswer says what answering so would mean.
func (d *Desk) confirmAnswer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	level, stake, err := staked(r.URL.Query().Get)
	if err != nil {
		return err
	}
	a, _, err := d.askFor(r, member.ID)
	if err != nil {
		return err
	}
	weighing, err := d.WeighAnswer(r.Context(), member.ID, a.ID, level, stake)
	if err != nil {
		return err
	}
	d.render(w, r, "confirm", confirmation{weighing, asksPath + "/" + a.ID + "/answer", true, a.Asker.shown()})
	return nil
}

// confirmation is what the page before putting up a stake shows.
type confirmation struct {
	Weighing
	Action string // where the form leads
	Known  bool   // whether it is known for whom, who then is Person
	Person Person
}

func (d *Desk) postAnswer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	level, stake, err := staked(form.Get)
	if err != nil {
		return err
	}
	return back(w, r, "", d.Answer(r.Context(), member, r.PathValue("id"), level, stake))
}
