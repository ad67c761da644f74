package console

import (
	"net/http"
	"net/url"
	"slices"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/internal/web"
	"bonafide.example/site"
)

// complaintView is a complaint with the name of the mechanism and the address of the badge that it is about.
type complaintView struct {
	complaint.Complaint
	Name    bonafide.Text
	Address string
	Late    bool // its deadline is within two days, or over
	Kept    bool // its member has a page here: the site issues
}

func complaintOf(k complaint.Complaint, o site.Overview) complaintView {
	v := complaintView{Complaint: k, Name: bonafide.Text{EN: k.Mechanism, FR: k.Mechanism}, Kept: o.Issuer != nil}
	v.Late = k.State.Open() && k.Deadline.Time().Before(o.Now.Add(nearby))
	if k.Badge != "" {
		v.Address = string(o.Origin) + "/b/" + k.Badge
	}
	if i := slices.IndexFunc(o.Mechanisms, func(m bonafide.Mechanism) bool { return m.Slug() == k.Mechanism }); i >= 0 {
		v.Name = o.Mechanisms[i].Name
	}
	return v
}

// complaints returns the open ones, the nearest deadline first, and those that were answered, the latest first.
func (c *Console) complaints(r *http.Request, o site.Overview) (open, closed []complaintView, err error) {
	all, err := get[[]complaint.Complaint](r, c, "complaints")
	if err != nil {
		return nil, nil, err
	}
	for _, k := range all {
		if k.State.Open() {
			open = append(open, complaintOf(k, o))
		} else {
			closed = append(closed, complaintOf(k, o))
		}
	}
	slices.SortStableFunc(closed, func(a, b complaintView) int { return int(b.Closed - a.Closed) })
	return open, closed[:min(maxClosed, len(closed))], nil
}

// complaintPage is one complaint, and what was typed of an answer that was refused.
type complaintPage struct {
	complaintView
	Typed url.Values
}

func (c *Console) complaintAt(r *http.Request, id string) (p complaintPage, err error) {
	o, err := c.seen(r)
	if err != nil {
		return p, err
	}
	k, err := get[complaint.Complaint](r, c, "complaints", id)
	return complaintPage{complaintView: complaintOf(k, o)}, err
}

func (c *Console) oneComplaint(w http.ResponseWriter, r *http.Request) error {
	p, err := c.complaintAt(r, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return c.show(w, r, "complaint", p)
}

// answer is the body of a request to decide a complaint.
type answer struct {
	Founded bool   `json:"founded"`
	Words   string `json:"words"`
}

// handleComplaint notes that somebody looks at it, or answers it.
func (c *Console) handleComplaint(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := c.complaintAt(r, form.Get("id"))
	if err != nil {
		return err
	}
	if form.Get("do") == "look" {
		_, err = c.admin.Send(r.Context(), http.MethodPost, web.AdminPath("complaints", p.ID, "look"), nil)
	} else {
		_, err = c.admin.Send(r.Context(), http.MethodPost, web.AdminPath("complaints", p.ID, "decide"), answer{form.Get("founded") == "yes", form.Get("words")})
	}
	if err != nil {
		p.Typed = form
		c.pages.Again(w, r, c.page(r, "complaint", p), err)
		return nil
	}
	http.Redirect(w, r, "/complaint?id="+url.QueryEscape(p.ID), http.StatusSeeOther)
	return nil
}
