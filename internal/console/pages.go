package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"bonafide.example/vouching/court"
)

// overviewPage is what there is to know first.
type overviewPage struct {
	site.Overview
	Cases  []caseView // pending ones, the nearest deadline first
	Open   []complaintView
	Tables []bonafide.Table
	Old    []site.KeyAge // keys in use for over a year
	Ending []bonafide.Table
	Skewed bool // the site's clock isn't this machine's
	Local  bool // it is a demonstration's
}

const (
	maxShown  = 5 // of each kind on the overview
	clockSlip = 5 * time.Minute
)

func (c *Console) overview(w http.ResponseWriter, r *http.Request) error {
	p := overviewPage{}
	var err error
	if p.Overview, err = c.seen(r); err != nil {
		return err
	}
	if p.Court {
		if p.Cases, err = c.pending(r, p.Overview); err != nil {
			return err
		}
	}
	if p.Open, _, err = c.complaints(r, p.Overview); err != nil {
		return err
	}
	if p.Verifier != nil {
		if p.Tables, err = get[[]bonafide.Table](r, c, "conversions"); err != nil {
			return err
		}
	}
	for _, key := range p.Keys {
		if !key.Replaced && old(key.Since, p.Now) {
			p.Old = append(p.Old, key)
		}
	}
	for _, t := range p.Tables {
		if _, shortly := ending(t, p.Now); shortly {
			p.Ending = append(p.Ending, t)
		}
	}
	p.Local = strings.HasPrefix(string(p.Origin), "http://")
	p.Skewed = time.Since(p.Now).Abs() > clockSlip
	return c.show(w, r, "overview", p, "Site", p.Name)
}

// First returns the first cases, FirstOpen the first complaints, and More how many others there are.
func (p overviewPage) First() []caseView          { return p.Cases[:min(maxShown, len(p.Cases))] }
func (p overviewPage) FirstOpen() []complaintView { return p.Open[:min(maxShown, len(p.Open))] }
func (p overviewPage) More() int {
	return len(p.Cases) - len(p.First()) + len(p.Open) - len(p.FirstOpen())
}

// caseView is a case as the administrator sees it.
type caseView struct {
	court.Case
	Class     bonafide.Text // its name
	Name      bonafide.Text // of the mechanism
	Late      bool          // its deadline is within two days
	Decidable bool          // the site itself may rule on it
	Classes   []bonafide.FaultClass
}

const nearby = 48 * time.Hour

// viewOf returns the case with its names.
func viewOf(k court.Case, o site.Overview) caseView {
	v := caseView{Case: k, Class: bonafide.Text{EN: k.Class, FR: k.Class}}
	v.Late = k.State.Pending() && k.Deadline.Time().Before(o.Now.Add(nearby))
	i := slices.IndexFunc(o.Mechanisms, func(m bonafide.Mechanism) bool { return m.Slug() == k.Mechanism })
	if i < 0 {
		return v
	}
	m := &o.Mechanisms[i]
	v.Name, v.Classes = m.Name, m.Faults
	v.Decidable = k.State == court.StateContested && slices.Contains(m.ArbitersOf(), o.Origin)
	for _, class := range m.Faults {
		if class.ID == k.Class {
			v.Class = class.Name
		}
	}
	return v
}

// pending returns the cases that time or somebody will still decide, the nearest deadline first.
func (c *Console) pending(r *http.Request, o site.Overview) (views []caseView, err error) {
	all, err := get[[]court.Case](r, c, "cases")
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.State.Pending() {
			views = append(views, viewOf(k, o))
		}
	}
	return views, nil
}

// casesPage lists those that wait, and after them those that are closed.
type casesPage struct {
	Pending, Closed []caseView
	Open, Answered  []complaintView
}

const maxClosed = 50

func (c *Console) cases(w http.ResponseWriter, r *http.Request) error {
	o, err := c.seen(r)
	if err != nil {
		return err
	}
	var p casesPage
	if o.Court {
		all, err := get[[]court.Case](r, c, "cases")
		if err != nil {
			return err
		}
		for _, k := range all {
			if k.State.Pending() {
				p.Pending = append(p.Pending, viewOf(k, o))
			} else {
				p.Closed = append(p.Closed, viewOf(k, o))
			}
		}
	}
	if p.Open, p.Answered, err = c.complaints(r, o); err != nil {
		return err
	}
	slices.SortFunc(p.Closed, func(a, b caseView) int { return cmp.Compare(b.Closed, a.Closed) })
	p.Closed = p.Closed[:min(maxClosed, len(p.Closed))]
	return c.show(w, r, "cases", p)
}

// casePage is one case, and what was typed of a ruling that was refused.
type casePage struct {
	caseView
	Typed url.Values
}

func (c *Console) oneCase(w http.ResponseWriter, r *http.Request) error {
	p, err := c.caseOf(r, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return c.show(w, r, "case", p)
}

func (c *Console) caseOf(r *http.Request, id string) (p casePage, err error) {
	o, err := c.seen(r)
	if err != nil {
		return p, err
	}
	k, err := get[court.Case](r, c, "cases", id)
	return casePage{caseView: viewOf(k, o)}, err
}

// ruling is the body of a request to rule.
type ruling struct {
	Decision string `json:"decision"`
	Class    string `json:"class,omitzero"`
	Reason   string `json:"reason"`
}

func (c *Console) rule(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := c.caseOf(r, form.Get("id"))
	if err != nil {
		return err
	}
	decision, class, _ := strings.Cut(form.Get("decision"), " ")
	if _, err := c.admin.Send(r.Context(), http.MethodPost, web.AdminPath("cases", p.ID, "ruling"), ruling{decision, class, form.Get("reason")}); err != nil {
		p.Typed = form
		c.pages.Again(w, r, c.page(r, "case", p), err)
		return nil
	}
	http.Redirect(w, r, "/case?id="+url.QueryEscape(p.ID), http.StatusSeeOther)
	return nil
}

// keyView is a key and whether it should be replaced.
type keyView struct {
	site.KeyAge
	Old bool
}

// Mark is what is said of the key beside its name: nothing of one that signs. Of a key that no folder keeps it is only known
// that it signs no more.
func (k keyView) Mark() string {
	switch {
	case k.State == "present":
		return ""
	case k.State == "" && k.Replaced:
		return "former"
	default:
		return k.State
	}
}

func (c *Console) keys(w http.ResponseWriter, r *http.Request) error {
	o, err := c.seen(r)
	if err != nil {
		return err
	}
	var views []keyView
	for _, key := range o.Keys {
		views = append(views, keyView{key, !key.Replaced && old(key.Since, o.Now)})
	}
	return c.show(w, r, "keys", map[string]any{"Keys": views, "LogKey": o.LogKey, "Origin": o.Origin, "Issues": o.Issuer != nil})
}

func (c *Console) log(w http.ResponseWriter, r *http.Request) error {
	page, err := web.CallAdmin[site.ActPage](r.Context(), c.admin, http.MethodGet, "/admin/log?before="+url.QueryEscape(r.URL.Query().Get("before")), nil)
	if err != nil {
		return err
	}
	return c.show(w, r, "log", page)
}
