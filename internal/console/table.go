package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/web"
	"bonafide.example/site"
)

// tablePage is the editor of a table.
type tablePage struct {
	Slug      string
	Published *bonafide.Table // the version that it follows; nil: none
	Groups    []group
	Elsewhere []string // faults beside no field
	Checked   bool     // and found well
	Fits      bool     // its issuer's mechanism could be had, and it fits
	Changes   []difference
	Rows      []rowView
	Said      []string // what the trial would read
	JSON      string
}

// rowView is a row with the picture of what it gives.
type rowView struct {
	When          any // a share or the id of a level
	Gives, Levels int
	Name          bonafide.Text
}

func (c *Console) editTable(w http.ResponseWriter, r *http.Request) error {
	name := r.URL.Query().Get("name")
	o, published, err := c.publishedTable(r, name)
	if err != nil {
		return err
	}
	t := begin(o, published)
	p := tablePage{Slug: t.Slug(), Published: published, Groups: append(tableGroups(&t, o, published == nil), tryGroup(nil))}
	if published != nil {
		p.Rows = rowsOf(&t, o)
	}
	return c.show(w, r, "table-edit", p, "Name", cmp.Or(name, "…"))
}

// publishedTable returns the site, and the newest version of the table of that name, nil if there is none.
func (c *Console) publishedTable(r *http.Request, name string) (o site.Overview, t *bonafide.Table, err error) {
	if o, err = c.seen(r); err != nil {
		return o, nil, err
	}
	all, err := get[[]bonafide.Table](r, c, "conversions")
	if err != nil {
		return o, nil, err
	}
	if i := slices.IndexFunc(all, func(t bonafide.Table) bool { return t.Slug() == name }); i >= 0 {
		return o, &all[i], nil
	}
	return o, nil, nil
}

// rowsOf returns the rows with what they give.
func rowsOf(t *bonafide.Table, o site.Overview) (rows []rowView) {
	for _, rate := range t.Rates {
		row := rowView{When: rate.AtLeast, Gives: rate.Gives}
		if rate.Level != "" {
			row.When = rate.Level
		}
		if i := slices.IndexFunc(o.Mechanisms, func(m bonafide.Mechanism) bool { return m.ID == t.To.Mechanism }); i >= 0 {
			level, _ := o.Mechanisms[i].Level(rate.Gives)
			row.Levels, row.Name = len(o.Mechanisms[i].Levels), level.Name
		}
		rows = append(rows, row)
	}
	return rows
}

// changeTable checks what was typed, and publishes it if that was asked for.
func (c *Console) changeTable(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	o, published, err := c.publishedTable(r, form.Get("name"))
	if err != nil {
		return err
	}
	in := reading{form, faults{}}
	t, err := readTable(in, o, published)
	if err != nil {
		return err
	}
	p := tablePage{Slug: t.Slug(), Published: published}
	shown := t
	if len(in.faults) > 0 { // what was typed stays where it was
		shown.Rates = make([]bonafide.Rate, max(0, rows(form, "rates[%d].gives")-spareRates))
	}
	p.Groups = append(tableGroups(&shown, o, published == nil), tryGroup(form))
	var refused error
	if len(in.faults) > 0 {
		typed(p.Groups, form)
	} else {
		refused = c.checkTable(r, &t, in.faults, &p)
	}
	if p.Checked {
		if err := p.picture(in, &t, o, web.Lang(r)); err != nil {
			return err
		}
	}
	p.Elsewhere = in.faults.place(p.Groups)
	if p.Checked && form.Get("do") == "publish" {
		if _, refused = c.admin.Send(r.Context(), http.MethodPut, web.AdminPath("conversions", t.Slug()), t); refused == nil {
			http.Redirect(w, r, "/tables", http.StatusSeeOther)
			return nil
		}
	}
	page := c.page(r, "table-edit", p, "Name", cmp.Or(t.Slug(), "…"))
	if refused != nil {
		c.pages.Again(w, r, page, refused)
	} else {
		c.pages.Render(w, r, page)
	}
	return nil
}

// checkTable notes what is wrong with the table by itself, and beside its mechanisms as the site sees them.
func (c *Console) checkTable(r *http.Request, t *bonafide.Table, found faults, p *tablePage) error {
	if err := t.Validate(); err != nil {
		found.note(err)
		return nil
	}
	told, err := web.CallAdmin[struct {
		Checked bool `json:"checked"`
	}](r.Context(), c.admin, http.MethodPost, web.AdminPath("conversions", t.Slug(), "check"), t)
	switch {
	case bonafide.CodeOf(err) == bonafide.BadTable:
		found.note(err)
		return nil
	case err != nil:
		return err
	}
	p.Checked, p.Fits = true, told.Checked
	return nil
}

// picture shows what a table that was checked would change, and what whoever comes with the trial would read.
func (p *tablePage) picture(in reading, t *bonafide.Table, o site.Overview, lang bonafide.Lang) (err error) {
	p.Rows = rowsOf(t, o)
	if p.Said, err = try(in, t, o, lang); err != nil {
		return err
	}
	if p.Published != nil {
		if p.Changes, err = differences(p.Published, t); err != nil {
			return err
		}
	}
	p.JSON, err = indented(t)
	return err
}

// try answers what was tried, nothing if nothing was. It notes what can't be read.
func try(in reading, t *bonafide.Table, o site.Overview, lang bonafide.Lang) ([]string, error) {
	longAgo := bonafide.MonthOf(o.Now.AddDate(-50, 0, 0)) // old enough for any table
	trial := conversion.Trial{Level: in.text("try-level"), Since: longAgo}
	positive, total := in.text("try-positive"), in.text("try-total")
	if t.Measure != nil && positive+total == "" || t.Measure == nil && trial.Level == "" {
		return nil, nil
	}
	if t.Measure != nil {
		var err error
		var wrong *bonafide.Error
		if trial.Ratings, err = conversion.ReadRatings(positive, total); errors.As(err, &wrong) {
			in.faults["try-"+wrong.Subject] = wrong.Detail
			return nil, nil
		}
	}
	hash, err := bonafide.Hash(t)
	if err != nil {
		return nil, err
	}
	var to *bonafide.Mechanism
	if i := slices.IndexFunc(o.Mechanisms, func(m bonafide.Mechanism) bool { return m.ID == t.To.Mechanism }); i >= 0 {
		to = &o.Mechanisms[i]
	}
	return conversion.Convert(trial.Question(o.Origin, to, conversion.TrialRule(t, hash, nil), o.Now)).Lines(lang), nil
}
