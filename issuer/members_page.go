package issuer

import (
	"net/http"
	"net/url"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

const badgesPath = "/badges"

// memberRoutes adds the pages on which members see to what is held on them.
func (i *Issuer) memberRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+badgesPath, i.toMember(i.myBadges))
	mux.HandleFunc("GET "+badgesPath+"/export", i.toMember(i.exportMine))
	mux.HandleFunc("POST "+badgesPath+"/publish", i.toMember(i.publishMine))
	mux.HandleFunc("POST "+badgesPath+"/withdraw", i.toMember(i.withdrawMine))
	mux.HandleFunc("POST "+badgesPath+"/erase", i.toMember(i.eraseMine))
}

// badgeView is one mechanism on the page of a member.
type badgeView struct {
	Mechanism *bonafide.Mechanism
	Known     bool // whether there is a status
	Status    bonafide.Status
	Level     bonafide.Level
	Number    int
	Badge     *HeldBadge // nil: never published
	Suffix    string
	standing
}

func (i *Issuer) myBadges(w http.ResponseWriter, r *http.Request, member string) error {
	h, err := i.Holding(r.Context(), member)
	if err != nil && bonafide.CodeOf(err) != bonafide.NoSuchMember { // nothing is held: the page says so
		return err
	}
	views := make([]badgeView, 0, len(i.mechanisms))
	for _, slug := range i.Slugs() {
		view := badgeView{Mechanism: i.mechanisms[slug], Suffix: ".svg"}
		if web.Lang(r) == bonafide.French {
			view.Suffix = ".fr.svg"
		}
		for _, status := range h.Statuses {
			if status.Mechanism == view.Mechanism.ID {
				view.Known, view.Status, view.Number = true, status, view.Mechanism.LevelNumber(status.Level)
				view.Level, _ = view.Mechanism.Level(view.Number)
				view.standing = standingOf(view.Mechanism, status)
			}
		}
		for _, b := range h.Badges {
			if b.Mechanism == slug {
				view.Badge = &b
			}
		}
		views = append(views, view)
	}
	i.pages.Render(w, r, web.Page{
		Name: "badges", Title: i.pages.Say(r, "badges-title"),
		Data: map[string]any{"Views": views, "Suspended": h.Suspended, "Host": i.Origin.Host(), "Erased": r.URL.Query().Has("erased"), "Admitted": i.Admission.Listed, "Vouching": len(i.ledgers) > 0},
	})
	return nil
}

// publishMine publishes one of the member's badges. Who has no event yet has a status without level.
func (i *Issuer) publishMine(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	account, _ := i.SignIn.Account(r)
	err = i.Store.Update(r.Context(), func(tx store.Tx) error { return learn(tx, member, account.Since) })
	if err != nil {
		return err
	}
	if _, err := i.PublishBadge(r.Context(), form.Get("mechanism"), member, account.Name); err != nil {
		return err
	}
	http.Redirect(w, r, badgesPath, http.StatusSeeOther)
	return nil
}

func (i *Issuer) withdrawMine(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := i.WithdrawBadge(r.Context(), form.Get("mechanism"), member); err != nil {
		return err
	}
	http.Redirect(w, r, badgesPath, http.StatusSeeOther)
	return nil
}

// exportMine answers with everything held on the member, as a file.
func (i *Issuer) exportMine(w http.ResponseWriter, r *http.Request, member string) error {
	held, err := i.Export(r.Context(), member)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(i.Origin.Host())+`.json"`)
	web.JSON(w, http.StatusOK, held)
	return nil
}

// eraseMine erases the member, who must have ticked that they mean it.
func (i *Issuer) eraseMine(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if form.Get("sure") != "yes" {
		return bonafide.Errorf(bonafide.BadRequest, "sure", "must be ticked: what is erased doesn't come back")
	}
	if err := i.Erase(r.Context(), member); err != nil {
		return err
	}
	http.Redirect(w, r, badgesPath+"?erased", http.StatusSeeOther)
	return nil
}
