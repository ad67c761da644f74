package issuer

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// consentView is one consent on the member's page.
type consentView struct {
	consent
	Told    toldView
	Over    bool      // withdrawn or run out
	Relied  int       // how many statements may be relied on still
	Longest time.Time // until when at most
}

// listConsents shows the member who asked for what, and what each was last told.
func (i *Issuer) listConsents(w http.ResponseWriter, r *http.Request, member string) error {
	var all []consent
	err := i.Store.View(r.Context(), func(tx store.Reader) (err error) {
		all, err = consentsOf(tx, member)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b consent) int { return cmp.Compare(b.Given, a.Given) })
	views := make([]consentView, len(all))
	for n, c := range all {
		m, err := i.mechanismAt(c.Details.Mechanism)
		if err != nil {
			return err
		}
		views[n] = consentView{
			consent: c, Told: toldView{c.Told, m, c.Details.Claims}, Over: c.Withdrawn != 0 || !i.now().Before(c.Until.Time()),
		}
		for _, told := range c.Statements {
			if until := told.ReliedUntil.Time(); i.now().Before(until) {
				views[n].Relied++
				if until.After(views[n].Longest) {
					views[n].Longest = until
				}
			}
		}
	}
	i.pages.Render(w, r, web.Page{Name: "consents", Title: i.pages.Say(r, "consent-list-title"), Data: views})
	return nil
}

// withdrawConsent ends a consent of the member: from now on the verifier can't refresh, and what it was
// told no longer holds. Whoever began an import several times has given several consents; what they mean
// to withdraw is all that this verifier may ask about that mechanism. Withdrawing twice changes nothing.
func (i *Issuer) withdrawConsent(w http.ResponseWriter, r *http.Request, member string) error {
	err := i.Store.Update(r.Context(), func(tx store.Tx) error {
		chosen, found, err := store.GetJSON[consent](tx, consentKey(member, r.PathValue("id")))
		if err != nil {
			return err
		}
		if !found {
			return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is not a consent of the account signed in")
		}
		all, err := consentsOf(tx, member)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Withdrawn != 0 || c.Verifier != chosen.Verifier || c.Details.Mechanism != chosen.Details.Mechanism {
				continue
			}
			if err := i.endConsent(tx, &c); err != nil {
				return err
			}
			c.Withdrawn = bonafide.SecondsOf(i.now())
			if err := store.PutJSON(tx, consentKey(member, c.ID), c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, consentsPath, http.StatusSeeOther)
	return nil
}

// refer answers "refer me": it shows the way to the verifier's own import, which then asks here as
// always. It is a link and not a redirect: a browser lets a form lead only to the sites that its page
// names, and the page that this form is on can't know them.
func (i *Issuer) refer(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	m, err := i.Mechanism(form.Get("mechanism"))
	if err != nil {
		return err
	}
	to, address, err := i.wayTo(r.Context(), strings.TrimSpace(form.Get("to")), m)
	if err != nil {
		page := web.Page{
			Name: "refer-again", Title: i.pages.Say(r, "consent-refer-again"),
			Data: map[string]any{"To": form.Get("to"), "Mechanism": m, "Admitted": i.Admission.Listed},
		}
		i.pages.Again(w, r, page, err)
		return nil
	}
	i.pages.Render(w, r, web.Page{
		Name:  "refer",
		Title: i.pages.Say(r, "consent-refer-title", "Host", to.Host()),
		Data:  map[string]any{"Verifier": to, "Mechanism": m, "Address": address},
	})
	return nil
}

// wayTo returns where at a site the import of a mechanism's status begins.
func (i *Issuer) wayTo(ctx context.Context, typed string, m *bonafide.Mechanism) (to bonafide.Origin, address string, err error) {
	if to, err = bonafide.ParseOrigin(strings.TrimSuffix(typed, "/")); err != nil {
		return "", "", err
	}
	entity, err := i.admit(ctx, to)
	if err != nil {
		return "", "", err
	}
	verifier := entity.Metadata.Verifier
	if verifier == nil || !to.Owns(verifier.InitiateImport) {
		return "", "", bonafide.Errorf(bonafide.BadMetadata, string(to), "publishes no address to start an import at")
	}
	if err := i.Store.Update(ctx, func(tx store.Tx) error { return i.notice(tx, to) }); err != nil {
		return "", "", err
	}
	return to, oauth.WithQuery(verifier.InitiateImport, url.Values{"iss": {string(i.Origin)}, "mechanism": {m.ID}}), nil
}
