package complaint

import (
	"cmp"
	"net/http"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

const contestPath, receiptsPath = "/contest", "/complaints/"

// Paths returns the patterns under which [Desk.Handler] is to be mounted beside other handlers.
func Paths() []string {
	return []string{"/b/{code}/report", receiptsPath, contestPath, contestPath + "/"}
}

// Address returns where members contest their status under any mechanism.
func Address(site bonafide.Origin) string { return string(site) + contestPath }

// Handler answers who reports a badge, at /b/CODE/report, who comes back with a receipt, at /complaints/RECEIPT, and
// members who contest their status, at /contest. It refuses changes that pages of other sites send.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /b/{code}/report", d.pages.Answer(d.reportForm))
	mux.HandleFunc("POST /b/{code}/report", d.pages.Answer(d.postReport))
	mux.HandleFunc("GET "+receiptsPath+"{receipt}", d.pages.Answer(d.showReceipt))
	mux.HandleFunc("GET "+contestPath, d.pages.ToMember(d.SignIn, d.contestForm))
	mux.HandleFunc("POST "+contestPath, d.pages.ToMember(d.SignIn, d.postContest))
	mux.HandleFunc("POST "+contestPath+"/{id}/back", d.pages.ToMember(d.SignIn, d.postBack))
	return d.pages.Harden(mux)
}

// reportView is the form on which a badge is reported.
type reportView struct {
	Badge
	Code  string
	Terms *bonafide.Mechanism
	Kinds []Kind
	Days  int
	Typed Report
}

// reportPage returns the form, filled in as it was. Without a badge that can be reported it says so.
func (d *Desk) reportPage(r *http.Request, typed Report) (page web.Page, err error) {
	v := reportView{Code: r.PathValue("code"), Kinds: kinds, Days: int(AnswerReportIn / day), Typed: typed}
	err = d.Store.View(r.Context(), func(tx store.Reader) (err error) {
		v.Badge, err = d.badge(tx, v.Code)
		return err
	})
	if bonafide.CodeOf(err) == bonafide.NotFound && web.WantsPage(r) {
		return web.Page{Name: "no-badge", Title: d.pages.Say(r, "no-badge-title"), Status: http.StatusNotFound}, nil
	}
	if err == nil {
		v.Terms, err = d.mechanism(v.Mechanism)
	}
	return web.Page{Name: "report", Title: d.pages.Say(r, "report-title"), Data: v}, err
}

// unlisted asks search engines to pass a page over.
func unlisted(w http.ResponseWriter) { w.Header().Set("X-Robots-Tag", "noindex") }

func (d *Desk) reportForm(w http.ResponseWriter, r *http.Request) error {
	unlisted(w)
	page, err := d.reportPage(r, Report{})
	if err == nil {
		d.pages.Render(w, r, page)
	}
	return err
}

// postReport takes a report and leads to its receipt.
func (d *Desk) postReport(w http.ResponseWriter, r *http.Request) error {
	unlisted(w)
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	typed := Report{Kind: Kind(form.Get("kind")), Words: form.Get("words"), Page: strings.TrimSpace(form.Get("page"))}
	receipt, refused := d.Report(r.Context(), r.PathValue("code"), typed)
	if refused == nil {
		http.Redirect(w, r, receiptsPath+receipt, http.StatusSeeOther)
		return nil
	}
	page, err := d.reportPage(r, typed)
	switch {
	case err != nil:
		return err
	case page.Name != "report": // the badge is gone meanwhile
		d.pages.Render(w, r, page)
	default:
		d.pages.Again(w, r, page, refused)
	}
	return nil
}

// complaintView is a complaint as whoever made it sees it.
type complaintView struct {
	Complaint
	Terms   *bonafide.Mechanism // nil: the site no longer has it
	Address string              // of the receipt
}

// Lines returns the lines of what somebody wrote.
func (v complaintView) Lines(words string) []string {
	return strings.Split(strings.ReplaceAll(words, "\r\n", "\n"), "\n")
}

func (d *Desk) view(c Complaint) complaintView {
	m, _ := d.mechanism(c.Mechanism)
	return complaintView{Complaint: c, Terms: m}
}

// showReceipt shows how far a report has come to whoever knows its receipt.
func (d *Desk) showReceipt(w http.ResponseWriter, r *http.Request) error {
	receipt := r.PathValue("receipt")
	c, err := d.Complaint(r.Context(), idOf(receipt))
	if bonafide.CodeOf(err) == bonafide.NotFound && web.WantsPage(r) {
		d.pages.Render(w, r, web.Page{Name: "no-receipt", Title: d.pages.Say(r, "no-receipt-title"), Status: http.StatusNotFound})
		return nil
	}
	if err != nil {
		return err
	}
	v := d.view(c)
	v.Address = string(d.Origin) + receiptsPath + receipt
	unlisted(w)
	d.pages.Render(w, r, web.Page{Name: "receipt", Title: d.pages.Say(r, "receipt-title"), Data: v})
	return nil
}

// contestView is the page on which a member contests their status.
type contestView struct {
	Statuses      []statusView
	Chosen, Typed string
	Replaces      *complaintView // the contest that is open of the status chosen: other words take its place
	Made          []complaintView
	Days          int
	Cases         string
}

// statusView is a status that can be contested.
type statusView struct {
	*bonafide.Mechanism
	Open bool // it is contested already
}

// contestPage returns the form. Without a status chosen the member chooses, if there are several.
func (d *Desk) contestPage(r *http.Request, member, chosen, typed string) (web.Page, error) {
	if chosen == "" && len(d.Mechanisms) == 1 {
		chosen = d.Mechanisms[0].Slug()
	}
	v := contestView{Chosen: chosen, Typed: typed, Days: int(AnswerContestIn / day), Cases: d.Cases}
	var all []Complaint
	err := d.Store.View(r.Context(), func(tx store.Reader) (err error) {
		all, err = d.contestsOf(tx, member)
		return err
	})
	open := map[string]bool{}
	for _, c := range all {
		v.Made = append(v.Made, d.view(c))
		if !c.State.Open() {
			continue
		}
		open[c.Mechanism] = true
		if c.Mechanism == chosen {
			replaces := d.view(c)
			v.Replaces, v.Typed = &replaces, cmp.Or(typed, c.Words)
		}
	}
	for _, m := range d.Mechanisms {
		v.Statuses = append(v.Statuses, statusView{m, open[m.Slug()]})
	}
	return web.Page{Name: "contest", Title: d.pages.Say(r, "contest-title"), Data: v}, err
}

func (d *Desk) contestForm(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	page, err := d.contestPage(r, member.ID, r.URL.Query().Get("mechanism"), "")
	if err == nil {
		d.pages.Render(w, r, page)
	}
	return err
}

func (d *Desk) postContest(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	chosen, typed := form.Get("mechanism"), form.Get("words")
	if _, refused := d.Contest(r.Context(), member.ID, chosen, typed, form.Get("replaces")); refused != nil {
		page, err := d.contestPage(r, member.ID, chosen, typed)
		if err == nil {
			d.pages.Again(w, r, page, refused)
		}
		return err
	}
	http.Redirect(w, r, contestPath+"#made", http.StatusSeeOther)
	return nil
}

func (d *Desk) postBack(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	if err := d.TakeBack(r.Context(), member.ID, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, contestPath, http.StatusSeeOther)
	return nil
}
