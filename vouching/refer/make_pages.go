package refer

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// lending is one mechanism under which a member may refer people.
type lending struct {
	*bonafide.Mechanism
	Level bonafide.Level // what they earned
	Room  int64          // the most that they may put up anew
}

// lendings returns the mechanisms under which the member has something to lend.
func (d *Desk) lendings(r store.Reader, member string) (all []lending, err error) {
	for _, slug := range d.Issuer.Slugs() {
		m, err := d.Issuer.Mechanism(slug)
		if err != nil {
			return nil, err
		}
		if m.Vouching == nil {
			continue
		}
		kept, err := d.Issuer.Ledger(slug)
		if err != nil {
			return nil, err
		}
		state, err := kept.Around(r, d.instant(), member)
		if err != nil {
			return nil, err
		}
		if level, ok := m.Level(state.Member(member).OwnLevel); ok {
			all = append(all, lending{m, level, state.Brake(member).Room})
		}
	}
	return all, nil
}

// wanted is what a member's forms ask for.
type wanted struct {
	Slug  string
	Site  bonafide.Origin
	Stake int64
}

// wantedBy reads the fields mechanism, site and stake, the last of which the first form doesn't have yet.
func wantedBy(form url.Values, staked bool) (want wanted, err error) {
	want.Slug = form.Get("mechanism")
	if want.Site, err = bonafide.ParseOrigin(strings.TrimSuffix(strings.TrimSpace(form.Get("site")), "/")); err != nil || !staked {
		return want, err
	}
	if want.Stake, err = strconv.ParseInt(strings.TrimSpace(form.Get("stake")), 10, 64); err != nil {
		err = bonafide.Errorf(bonafide.BadValue, "stake", "%q is not a whole number", form.Get("stake"))
	}
	return want, err
}

// termsPage shows what the other site asks, and asks for the stake. It answers a form, and not a link: a
// page elsewhere can't make this site ask another one.
func (d *Desk) termsPage(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	page, refused := d.terms(r, account, form)
	if refused != nil {
		return d.listAgain(w, r, account, form, refused)
	}
	d.pages.Render(w, r, page)
	return nil
}

// listAgain shows the page on which a referral begins, and why it can't.
func (d *Desk) listAgain(w http.ResponseWriter, r *http.Request, account bonafide.Account, form url.Values, refused error) error {
	page, err := d.list(r, account, form)
	if err == nil {
		d.pages.Again(w, r, page, refused)
	}
	return err
}

// terms returns the page with what the other site asks, filled in as it was typed.
func (d *Desk) terms(r *http.Request, account bonafide.Account, form url.Values) (page web.Page, err error) {
	want, err := wantedBy(form, false)
	if err != nil {
		return page, err
	}
	terms, err := d.termsOf(r.Context(), account.ID, want.Slug, want.Site)
	if err != nil {
		return page, err
	}
	var room int64
	err = d.Store.View(r.Context(), func(tx store.Reader) error {
		all, err := d.lendings(tx, account.ID)
		for _, l := range all {
			if l.Slug() == want.Slug {
				room = l.Room
			}
		}
		return err
	})
	return web.Page{
		Name: "terms", Title: d.pages.Say(r, "terms-title", "Host", want.Site.Host()),
		Data: map[string]any{"Terms": terms, "Room": room, "Stake": cmp.Or(form.Get("stake"), strconv.FormatInt(terms.Least, 10))},
	}, err
}

// termsAgain shows the page on which the stake is chosen, and why that or what followed was refused.
func (d *Desk) termsAgain(w http.ResponseWriter, r *http.Request, account bonafide.Account, form url.Values, refused error) error {
	page, err := d.terms(r, account, form)
	if err != nil {
		return d.listAgain(w, r, account, form, err)
	}
	d.pages.Again(w, r, page, refused)
	return nil
}

// riskPage tells the member the most that they can lose, and has them make the link.
func (d *Desk) riskPage(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	want, err := wantedBy(form, true)
	if err != nil {
		return d.termsAgain(w, r, account, form, err)
	}
	terms, draft, err := d.draft(r.Context(), account.ID, want.Slug, want.Site, want.Stake)
	if err != nil {
		return d.termsAgain(w, r, account, form, err)
	}
	var risk riskView
	err = d.Store.View(r.Context(), func(tx store.Reader) error {
		if err := d.refuse(tx, draft); err != nil {
			return err
		}
		risk, err = d.risk(tx, draft)
		return err
	})
	if err != nil {
		return d.termsAgain(w, r, account, form, err)
	}
	risk.Terms, risk.Draft = terms, draft
	d.pages.Render(w, r, web.Page{Name: "risk", Title: d.pages.Say(r, "risk-title", "Host", want.Site.Host()), Data: risk})
	return nil
}

// riskView is what a referral can cost.
type riskView struct {
	vouching.Risk
	Tenth        int64 // the most that outcomes of one site can cost within a year
	Believed     bool  // whether the other site's word on faults is taken; else it costs nothing as things stand
	Terms        *Terms
	Draft        *Referral
	Level, After bonafide.Level // the member's earned level now, and if all on live vouches were lost today
	Answers      int            // for how many days after the confirmation
}

// Most names the sentence that says how much can be lost at most.
func (v riskView) Most() string {
	if v.Believed {
		return "risk-points"
	}
	return "risk-points-later"
}

func (d *Desk) risk(r store.Reader, of *Referral) (v riskView, err error) {
	m, err := d.Issuer.Mechanism(of.Mechanism)
	if err != nil {
		return v, err
	}
	kept, err := d.Issuer.Ledger(of.Mechanism)
	if err != nil {
		return v, err
	}
	state, err := kept.Around(r, d.instant(), of.Voucher)
	if err != nil {
		return v, err
	}
	v.Risk = state.Risk(of.Voucher, of.Stake)
	v.Tenth = state.Member(of.Voucher).Earned / 10
	v.Level, _ = m.Level(v.OwnLevel)
	v.After, _ = m.Level(v.OwnLevelAfter)
	v.Believed = slices.Contains(d.Believes, of.Site)
	v.Answers = int(vouching.Life / vouching.Day)
	return v, nil
}

// makeLink makes the link and shows it.
func (d *Desk) makeLink(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	want, err := wantedBy(form, true)
	if err != nil {
		return d.termsAgain(w, r, account, form, err)
	}
	made, err := d.Make(r.Context(), account, want.Slug, want.Site, want.Stake)
	if err != nil {
		return d.termsAgain(w, r, account, form, err)
	}
	http.Redirect(w, r, elsewherePath+"/"+made.ID, http.StatusSeeOther)
	return nil
}
