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
	d.pages.Render(w, r, d.askPage(r, r.URL.Query().Get))
	return nil
}

// askPage returns that page, filled in as get has it.
func (d *Desk) askPage(r *http.Request, get func(string) string) web.Page {
	return d.page(r, "ask", map[string]any{
		"Mechanisms": d.vouchable(), "Badge": get("badge"), "Chosen": get("mechanism"), "Words": get("words"), "Origin": d.Origin,
	})
}

func (d *Desk) postAsk(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := d.Ask(r.Context(), member, form.Get("mechanism"), form.Get("badge"), form.Get("words")); err != nil {
		d.pages.Again(w, r, d.askPage(r, form.Get), err)
		return nil
	}
	return back(w, r, "asked", nil)
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
	return d.answerPage(w, r, member, r.URL.Query().Get, nil)
}

// answerPage shows that, filled in as get has it, and why an answer was refused.
func (d *Desk) answerPage(w http.ResponseWriter, r *http.Request, member bonafide.Account, get func(string) string, refused error) error {
	a, m, err := d.askFor(r, member.ID)
	if err != nil {
		return err
	}
	form, err := d.lendingBy(r, member.ID, m, get)
	if err != nil {
		return err
	}
	page := d.page(r, "asked", map[string]any{
		"Ask": a, "Person": a.Asker.shown(), "Lending": form, "Confirm": asksPath + "/" + a.ID + "/confirm",
	})
	if refused != nil {
		d.pages.Again(w, r, page, refused)
		return nil
	}
	d.pages.Render(w, r, page)
	return nil
}

// confirmAnswer says what answering so would mean.
func (d *Desk) confirmAnswer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	get := r.URL.Query().Get
	a, _, err := d.askFor(r, member.ID)
	if err != nil {
		return err
	}
	level, stake, err := staked(get)
	if err != nil {
		return d.answerPage(w, r, member, get, err)
	}
	weighing, err := d.WeighAnswer(r.Context(), member.ID, a.ID, level, stake)
	if err != nil {
		return d.answerPage(w, r, member, get, err)
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
	if err == nil {
		err = d.Answer(r.Context(), member, r.PathValue("id"), level, stake)
	}
	if err != nil {
		return d.answerPage(w, r, member, form.Get, err)
	}
	return back(w, r, "vouched", nil)
}
