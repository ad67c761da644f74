package refer

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// view is a referral as its member sees it.
type view struct {
	Referral
	Mechanism *bonafide.Mechanism
	Charges   []charge
	Answering bool // the stake is locked
}

// charge is what one fault cost the member. All are of hop 1: faults of the person whom the referral is for.
type charge struct {
	vouching.Charge
	Final bonafide.Seconds // when it was final here
}

// LevelName returns the name of the level that the referral states.
func (v view) LevelName() bonafide.Text {
	level, ok := v.Mechanism.Level(v.Mechanism.LevelNumber(v.Level))
	if !ok {
		return bonafide.Text{EN: v.Level, FR: v.Level}
	}
	return level.Name
}

// Shown names the sentence that says how the referral stands.
func (v view) Shown() string {
	if v.State == bonafide.ReferralEnded {
		return "state-" + string(v.Why)
	}
	return "state-" + string(v.State)
}

// viewOf adds to a referral what the ledger knows of it.
func (d *Desk) viewOf(r store.Reader, of Referral) (view, error) {
	v := view{Referral: of, Answering: of.Confirmed > 0 && d.instant() < of.Until}
	var err error
	if v.Mechanism, err = d.Issuer.Mechanism(of.Mechanism); err != nil || of.Confirmed == 0 {
		return v, err
	}
	kept, err := d.Issuer.Ledger(of.Mechanism)
	if bonafide.CodeOf(err) == bonafide.NoVouching {
		return v, nil // its mechanism keeps no ledger any more: it costs nothing
	}
	if err != nil {
		return v, err
	}
	vouch, _, err := kept.Vouch(r, d.instant(), of.ID)
	for _, c := range vouch.Charges {
		v.Charges = append(v.Charges, charge{c, c.HealedBy - vouching.Periods*vouching.Period})
	}
	return v, err
}

// listPage shows the member's referrals, and asks where to refer somebody.
func (d *Desk) listPage(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
	page, err := d.list(r, account, url.Values{})
	if err == nil {
		d.pages.Render(w, r, page)
	}
	return err
}

// list returns that page, its form filled in as it was typed.
func (d *Desk) list(r *http.Request, account bonafide.Account, typed url.Values) (web.Page, error) {
	var made []view
	var lendings []lending
	err := d.Store.View(r.Context(), func(tx store.Reader) error {
		made = nil
		all, err := madeBy(tx, account.ID)
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b Referral) int { return cmp.Or(cmp.Compare(b.Made, a.Made), cmp.Compare(a.ID, b.ID)) })
		for _, one := range all {
			v, err := d.viewOf(tx, one)
			if err != nil {
				return err
			}
			made = append(made, v)
		}
		lendings, err = d.lendings(tx, account.ID)
		return err
	})
	return web.Page{Name: "elsewhere", Title: d.pages.Say(r, "elsewhere-title"), Data: map[string]any{
		"Host": d.Origin.Host(), "Made": made, "Lendings": lendings, "Listed": d.Admission.Listed,
		"AnySite": d.Admission.Policy != issuer.AdmitListed, "Chosen": typed.Get("mechanism"), "Site": typed.Get("site"),
	}}, err
}

// onePage shows one referral, with its link as long as that can be redeemed.
func (d *Desk) onePage(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
	var v view
	err := d.Store.View(r.Context(), func(tx store.Reader) error {
		of, err := mine(tx, account.ID, r.PathValue("id"))
		if err != nil {
			return err
		}
		v, err = d.viewOf(tx, *of)
		return err
	})
	if err != nil {
		return err
	}
	d.pages.Render(w, r, web.Page{Name: "referral-page", Title: d.pages.Say(r, "referral-title", "Host", v.Site.Host()), Data: v})
	return nil
}

// decide makes a handler of what a member decides about one of their referrals.
func (d *Desk) decide(decide func(ctx context.Context, member, id string) error) func(http.ResponseWriter, *http.Request, bonafide.Account) error {
	return func(w http.ResponseWriter, r *http.Request, account bonafide.Account) error {
		id := r.PathValue("id")
		if err := decide(r.Context(), account.ID, id); err != nil {
			return err
		}
		http.Redirect(w, r, elsewherePath+"/"+id, http.StatusSeeOther)
		return nil
	}
}
