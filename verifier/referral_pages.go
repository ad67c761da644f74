package verifier

import (
	"net/http"
	"net/url"
	"strings"

	"bonafide.example/internal/web"
)

// referralView is what the page of a referral that may be redeemed shows. No name is proposed: what the site calls
// the account is nobody else's business until its holder writes it.
type referralView struct {
	*presented
	Token    string
	Supports []Support
	Tables   tableSet // with the terms
	Told     bool     // of some faults
}

// referralsPage shows the signed-in account the referral that a link brought along (token), or those that
// it redeemed.
func (v *Verifier) referralsPage(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	token := query.Get("token")
	account, ok, err := v.signedIn(w, r, referralAddress(token))
	if !ok {
		return err
	}
	if token != "" {
		return v.referralPage(w, r, token)
	}
	held, err := v.Export(r.Context(), account.ID)
	if err != nil {
		return err
	}
	v.render(w, r, "referrals", held.Referrals, nil)
	return nil
}

// referralAddress returns where a referral is redeemed, a path.
func referralAddress(token string) string {
	if token == "" {
		return "/referrals"
	}
	return "/referrals?" + url.Values{"token": {token}}.Encode()
}

func (v *Verifier) referralPage(w http.ResponseWriter, r *http.Request, token string) error {
	p, err := v.present(r.Context(), token)
	if err != nil {
		return err
	}
	tables, err := v.tables(r.Context())
	if err != nil {
		return err
	}
	view := referralView{presented: p, Token: token, Supports: p.supports, Tables: tables.referring().of(p.Status.Mechanism)}
	for _, t := range view.Tables {
		view.Told = view.Told || len(t.Referral.Classes) > 0
	}
	v.render(w, r, "referral", view, nil, "Host", p.Issuer.Host())
	return nil
}

// redeemPosted redeems a referral (token) under the name chosen (name).
func (v *Verifier) redeemPosted(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	account, ok, err := v.signedIn(w, r, referralAddress(form.Get("token")))
	if !ok {
		return err
	}
	if err := v.redeem(r.Context(), account.ID, form.Get("token"), strings.TrimSpace(form.Get("name"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/referrals", http.StatusSeeOther)
	return nil
}

// askOne asks at the holder's wish whether the voucher has confirmed.
func (v *Verifier) askOne(w http.ResponseWriter, r *http.Request) error {
	return v.act(w, r, "/referrals", func(account string) error { return v.ask(r.Context(), account, r.PathValue("id")) })
}

// endOne ends one referral at the holder's wish.
func (v *Verifier) endOne(w http.ResponseWriter, r *http.Request) error {
	return v.act(w, r, "/referrals", func(account string) error { return v.endHere(r.Context(), account, r.PathValue("id")) })
}
