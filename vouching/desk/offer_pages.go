package desk

import (
	"net/http"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// offerRoutes adds the pages on which members offer vouches by links, and those where such a link leads.
func (d *Desk) offerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+vouchesPath+"/offer", d.toMember(d.offerForm))
	mux.HandleFunc("GET "+vouchesPath+"/offer/confirm", d.toMember(d.confirmOffer))
	mux.HandleFunc("POST "+offersPath, d.toMember(d.postOffer))
	mux.HandleFunc("POST "+offersPath+"/{id}/back", d.toMember(func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
		return back(w, r, "taken-back", d.TakeBack(r.Context(), member.ID, r.PathValue("id")))
	}))
	mux.HandleFunc("GET "+offersPath+"/{code}/link", d.toMember(d.showLink))
	mux.HandleFunc("GET "+offersPath+"/{code}", d.toMember(d.showOffer))
	mux.HandleFunc("POST "+offersPath+"/{code}/accept", d.toMember(d.postAccept))
	mux.HandleFunc("POST "+offersPath+"/{code}/decline", d.toMember(d.declineOffer))
}

// offerForm asks how far to go for whoever will open the link.
func (d *Desk) offerForm(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	return d.offerPage(w, r, member, r.URL.Query().Get, nil)
}

// offerPage shows that, the form of the mechanism that get names filled in, and why an offer was refused.
func (d *Desk) offerPage(w http.ResponseWriter, r *http.Request, member bonafide.Account, get func(string) string, refused error) error {
	var all []lending
	for _, m := range d.vouchable() {
		typed := get
		if get("mechanism") != m.Slug() {
			typed = func(string) string { return "" }
		}
		form, err := d.lendingBy(r, member.ID, m, typed)
		if err != nil {
			return err
		}
		all = append(all, form)
	}
	page := d.page(r, "offer", map[string]any{"Mechanisms": all, "Days": int64(offerLife / vouching.Day)})
	if refused != nil {
		d.pages.Again(w, r, page, refused)
		return nil
	}
	d.pages.Render(w, r, page)
	return nil
}

// confirmOffer says what such a link would mean once accepted.
func (d *Desk) confirmOffer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	query := r.URL.Query()
	level, stake, err := staked(query.Get)
	if err != nil {
		return d.offerPage(w, r, member, query.Get, err)
	}
	weighing, err := d.WeighOffer(r.Context(), member.ID, query.Get("mechanism"), level, stake)
	if err != nil {
		return d.offerPage(w, r, member, query.Get, err)
	}
	d.render(w, r, "confirm", confirmation{Weighing: weighing, Action: offersPath})
	return nil
}

// postOffer makes the link, and shows it at an address of its own: what is kept here doesn't tell it.
func (d *Desk) postOffer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	level, stake, err := staked(form.Get)
	if err != nil {
		return d.offerPage(w, r, member, form.Get, err)
	}
	link, err := d.Offer(r.Context(), member, form.Get("mechanism"), level, stake)
	if err != nil {
		return d.offerPage(w, r, member, form.Get, err)
	}
	http.Redirect(w, r, strings.TrimPrefix(link.Link, string(d.Origin))+"/link", http.StatusSeeOther)
	return nil
}

// showLink shows a link to the one who made it, to send on.
func (d *Desk) showLink(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	code := r.PathValue("code")
	var o offer
	err := d.Store.View(r.Context(), func(tx store.Reader) (err error) {
		o, err = d.offerBy(tx, hashed(code))
		return err
	})
	if err == nil && o.Voucher.Member != member.ID {
		err = bonafide.Errorf(bonafide.NotFound, "the link", "is not yours to send")
	}
	if err != nil {
		return err
	}
	d.render(w, r, "link", Link{d.link(code), o.Expires})
	return nil
}

// showOffer shows whoever opens the link who offers what, and what it means.
func (d *Desk) showOffer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	code := r.PathValue("code")
	var o offer
	err := d.Store.View(r.Context(), func(tx store.Reader) (err error) {
		o, err = d.offerTo(tx, member.ID, code)
		return err
	})
	if err != nil {
		return err
	}
	m, _, err := d.terms(o.Mechanism)
	if err != nil {
		return err
	}
	if o.Level > len(m.Vouching.Supporters) {
		return bonafide.Errorf(bonafide.OfferOver, "the link", "is for a level that can't be vouched for any more")
	}
	level, _ := m.Level(o.Level)
	d.render(w, r, "offered", map[string]any{
		"Person": o.Voucher.shown(), "Mechanism": m, "Level": level, "Needs": m.Vouching.Supporters[o.Level-1],
		"Expires": o.Expires, "Action": offersPath + "/" + code, "Host": d.Origin.Host(),
	})
	return nil
}

func (d *Desk) postAccept(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	return back(w, r, "accepted", d.Accept(r.Context(), member, r.PathValue("code")))
}

// declineOffer leaves everything as it was, so that nobody can tell: whoever declined can still change their
// mind, and the link still works for whom it was passed on to.
func (d *Desk) declineOffer(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	err := d.Store.View(r.Context(), func(tx store.Reader) error {
		_, err := d.offerTo(tx, member.ID, r.PathValue("code"))
		return err
	})
	return back(w, r, "declined", err)
}
