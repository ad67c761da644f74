package issuer

import (
	"net/http"
	"net/url"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
)

const badgesPath = "/badges"

// memberRoutes adds the pages on which members see to what is held on them.
func (i *Issuer) memberRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+badgesPath, i.toMember(i.myBadges))
	mux.HandleFunc("GET "+badgesPath+"/export", i.toMember(i.exportMine))
	mux.HandleFunc("POST "+badgesPath+"/audience", i.toMember(i.setMyAudience))
	mux.HandleFunc("POST "+badgesPath+"/page", i.toMember(i.proveMyPage))
	mux.HandleFunc("POST "+badgesPath+"/end-cv", i.toMember(i.endMyCV))
	mux.HandleFunc("POST "+badgesPath+"/erase", i.toMember(i.eraseMine))
}

// badgeView is one mechanism on the page of a member.
type badgeView struct {
	Mechanism *bonafide.Mechanism
	Known     bool // whether there is a status
	Status    bonafide.Status
	Level     bonafide.Level
	Number    int
	Audience  Audience
	Badge     *badgePage // what a visitor sees; nil: never published
	Page      *pageProof // of the member's own, also one that proves nothing any more
	Tried     *triedPage // that they just named, and that proves nothing; nil: none
	standing
}

// badgesPage is what the page of a member shows.
type badgesPage struct {
	Host      string
	Contexts  []contextOf[badgeView]
	Known     bool   // whether anything is held on the member
	CV        string // the address of their CV, "" if nothing stands on it
	Suspended bool
	Erased    bool              // just now
	Admitted  []bonafide.Origin // the verifiers that a member can be referred to; empty: any
	Vouching  bool              // whether members stand behind one another here
}

func (i *Issuer) myBadges(w http.ResponseWriter, r *http.Request, member string) error {
	return i.showBadges(w, r, member, nil)
}

// showBadges shows a member their badges, and what became of a page that they named.
func (i *Issuer) showBadges(w http.ResponseWriter, r *http.Request, member string, tried *triedPage) error {
	h, err := i.Holding(r.Context(), member)
	known := bonafide.CodeOf(err) != bonafide.NoSuchMember // otherwise nothing is held: the page says so
	if err != nil && known {
		return err
	}
	p := badgesPage{
		Host: i.Origin.Host(), Known: known, CV: h.CV, Suspended: h.Suspended, Erased: r.URL.Query().Has("erased"),
		Admitted: i.Admission.Listed, Vouching: len(i.ledgers) > 0,
	}
	for _, slug := range i.Slugs() {
		view, err := i.badgeView(r, i.mechanisms[slug], &h)
		if err != nil {
			return err
		}
		if tried != nil && tried.Mechanism == slug {
			view.Tried = tried
		}
		p.Contexts = grouped(p.Contexts, i.contextName(r, view.Mechanism), view)
	}
	page := web.Page{Name: "badges", Title: i.pages.Say(r, "badges-title"), Data: p}
	switch {
	case tried == nil:
	case tried.Later != nil:
		i.pages.Again(w, r, page, tried.Later)
		return nil
	default:
		page.Status = http.StatusUnprocessableEntity
	}
	i.pages.Render(w, r, page)
	return nil
}

// badgeView returns what the member sees of one mechanism.
func (i *Issuer) badgeView(r *http.Request, m *bonafide.Mechanism, h *Holding) (badgeView, error) {
	view := badgeView{Mechanism: m, Audience: Private}
	for _, status := range h.Statuses {
		if status.Mechanism == m.ID {
			view.Known, view.Status, view.Number = true, status, m.LevelNumber(status.Level)
			view.Level, _ = m.Level(view.Number)
			view.standing = standingOf(m, status)
		}
	}
	for _, held := range h.Badges {
		if held.Mechanism != m.Slug() {
			continue
		}
		s, found, err := i.show(r.Context(), strings.TrimPrefix(held.Address, i.address("")))
		if err != nil || !found {
			return view, err
		}
		if view.Badge, err = i.glance(r, s); err != nil {
			return view, err
		}
		view.Audience, view.Page = s.audience(), s.Page
	}
	return view, nil
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
