package console

import (
	"net/http"
	"net/url"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
)

// members lists a page of them, or leads to the one that was looked for.
func (c *Console) members(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if id := query.Get("id"); id != "" {
		http.Redirect(w, r, memberAddress(id), http.StatusSeeOther)
		return nil
	}
	page, err := web.CallAdmin[issuer.MemberPage](r.Context(), c.admin, http.MethodGet, "/admin/members?after="+url.QueryEscape(query.Get("after")), nil)
	if bonafide.CodeOf(err) == bonafide.NotFound { // the site is no issuer
		return c.show(w, r, "no-members", nil)
	}
	if err != nil {
		return err
	}
	return c.show(w, r, "members", page)
}

func memberAddress(id string) string { return "/member?id=" + url.QueryEscape(id) }

// memberPage is what the page of a member shows.
type memberPage struct {
	issuer.Holding
	Statuses   []statusView
	Latest     []eventView // the last ones, the latest first
	More       int         // events that aren't shown
	Mechanisms []bonafide.Mechanism
	Typed      url.Values // the event that was refused
}

// statusView is a status with the names of what it speaks of.
type statusView struct {
	bonafide.Status
	Slug            string
	Mechanism, Name bonafide.Text
	Earned          bonafide.Text // the level earned here
	Badge           *issuer.HeldBadge
	Shares          []shareView
}

// shareView is a measure with its name.
type shareView struct {
	bonafide.Measure
	Name bonafide.Text
}

func (c *Console) member(w http.ResponseWriter, r *http.Request) error {
	page, err := c.memberOf(r, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return c.show(w, r, "member", page, "Member", bonafide.Visible(page.Member))
}

// viewStatus returns the status with its names.
func viewStatus(s bonafide.Status, mechanisms []bonafide.Mechanism) statusView {
	view := statusView{Status: s}
	i := slices.IndexFunc(mechanisms, func(m bonafide.Mechanism) bool { return m.ID == s.Mechanism })
	if i < 0 {
		return view
	}
	m := &mechanisms[i]
	level, _ := m.Level(m.LevelNumber(s.Level))
	earned, _ := m.Level(m.LevelNumber(s.EarnedLevel))
	view.Slug, view.Mechanism, view.Name, view.Earned = m.Slug(), m.Name, level.Name, earned.Name
	for _, share := range s.Measures {
		known, _ := m.Measure(share.ID)
		view.Shares = append(view.Shares, shareView{share, known.Name})
	}
	return view
}

// memberOf gathers what the page of a member shows.
func (c *Console) memberOf(r *http.Request, id string) (p memberPage, err error) {
	if p.Holding, err = get[issuer.Holding](r, c, "members", id, "export"); err != nil {
		return p, err
	}
	overview, err := c.seen(r)
	if err != nil {
		return p, err
	}
	p.Mechanisms = overview.Mechanisms
	for _, s := range p.Holding.Statuses {
		view := viewStatus(s, p.Mechanisms)
		if i := slices.IndexFunc(p.Badges, func(b issuer.HeldBadge) bool { return b.Mechanism == view.Slug }); i >= 0 {
			view.Badge = &p.Badges[i]
		}
		p.Statuses = append(p.Statuses, view)
	}
	p.Latest = viewEvents(p.Events, latestEvents)
	p.More = len(p.Events) - len(p.Latest)
	return p, nil
}

// Kinds returns the kinds of event that a mechanism counts, in order.
func (p memberPage) Kinds(m bonafide.Mechanism) (kinds []string) {
	switch {
	case m.Rule.Points != nil:
		for kind := range m.Rule.Points.Kinds {
			kinds = append(kinds, kind)
		}
	case m.Rule.Share != nil:
		kinds = append(kinds, m.Rule.Share.Kinds...)
	}
	slices.Sort(kinds)
	return kinds
}

// change does one thing to the member that the form names, and shows them again.
func (c *Console) change(what string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		if _, err := c.admin.Send(r.Context(), http.MethodPost, web.AdminPath("members", form.Get("id"), what), nil); err != nil {
			return err
		}
		http.Redirect(w, r, memberAddress(form.Get("id")), http.StatusSeeOther)
		return nil
	}
}

func (c *Console) confirmErase(w http.ResponseWriter, r *http.Request) error {
	held, err := get[issuer.Holding](r, c, "members", r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return c.show(w, r, "erase", held, "Member", bonafide.Visible(held.Member))
}

func (c *Console) erase(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if _, err := c.admin.Send(r.Context(), http.MethodDelete, web.AdminPath("members", form.Get("id")), nil); err != nil {
		return err
	}
	http.Redirect(w, r, "/members", http.StatusSeeOther)
	return nil
}

// export hands out everything that is held on a member.
func (c *Console) export(w http.ResponseWriter, r *http.Request) error {
	data, err := c.admin.Send(r.Context(), http.MethodGet, web.AdminPath("members", r.URL.Query().Get("id"), "export"), nil)
	if err != nil {
		return err
	}
	download(w, "member.json", "application/json", data)
	return nil
}

// download hands out a file.
func download(w http.ResponseWriter, name, media string, data []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	w.Write(data)
}
