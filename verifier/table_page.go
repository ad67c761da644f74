package verifier

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// tableView is what the page of a table shows.
type tableView struct {
	*bonafide.Table
	To      *bonafide.Mechanism // nil if the site no longer has it
	From    *bonafide.Mechanism // as last imported under; nil if nothing was
	Rows    []rowView
	Latest  int    // the newest version's number
	Ended   bool   // it is past its last day
	ToCome  bool   // it is before its first
	Contest string // where to contest, "" for nowhere
	Try     *tryView

	Versions []tableVersion
	Classes  []classView // of fault, of which its terms for referrals have the issuer told
}

// tableVersion is one version, and what it changed.
type tableVersion struct {
	Number     int
	From, Till bonafide.Date
	Changes    []bonafide.Text // since the version before; none for the first
}

// classView is one class of fault here, and what the issuer calls it.
type classView struct {
	Name        bonafide.Text // "" if the site no longer has it
	Here, There string
}

// rowView is one row in words: when it holds, and the name of the level that it gives.
type rowView struct {
	Number, Gives int
	When, Name    bonafide.Text
}

// tablePage describes a version of a table to people, and answers what they try.
func (v *Verifier) tablePage(t *bonafide.Table, latest int, r *http.Request) (web.Page, error) {
	today := bonafide.DateOf(v.now())
	view := tableView{
		Table: t, To: v.own(t.To.Mechanism), Latest: latest, Ended: today > t.ValidUntil, ToCome: today < t.ValidFrom,
		Contest: v.config.Contest,
	}
	page := web.Page{Name: "table", Title: v.pages.Say(r, "table-title", "Host", t.From.Issuer.Host())}
	var versions []*bonafide.Table
	err := v.config.Store.View(r.Context(), func(tx store.Reader) (err error) {
		if versions, err = v.shelf.Versions(tx, t.Slug()); err != nil {
			return err
		}
		view.From, err = mechanismOf(tx, t)
		return err
	})
	if err != nil {
		return page, err
	}
	for n, version := range versions {
		one := tableVersion{Number: version.Version, From: version.ValidFrom, Till: version.ValidUntil}
		if n > 0 {
			one.Changes = tableChanges(versions[n-1], version, v.pages.Both)
		}
		view.Versions = append(view.Versions, one)
	}
	slices.Reverse(view.Versions)
	for n, rate := range t.Rates {
		row := rowView{Number: n + 1, Gives: rate.Gives, When: v.when(view.From, t, rate)}
		if view.To != nil {
			level, _ := view.To.Level(rate.Gives)
			row.Name = level.Name
		}
		view.Rows = append(view.Rows, row)
	}
	if t.Referral != nil {
		view.Classes = classes(t.Referral, view.To)
	}
	if view.Try, err = v.try(t, view.From, r); err != nil {
		return page, err
	}
	if view.Try.wrong() {
		page.Status = http.StatusUnprocessableEntity
	}
	page.Data = view
	return page, nil
}

// mechanismOf returns the newest version at hand of those that the table takes, nil for none.
func mechanismOf(r store.Reader, t *bonafide.Table) (*bonafide.Mechanism, error) {
	for _, version := range slices.Backward(slices.Sorted(slices.Values(t.From.Versions))) {
		m, found, err := store.GetJSON[*bonafide.Mechanism](r, mechanismKey(t.From.Mechanism, version))
		if err != nil || found {
			return m, err
		}
	}
	return nil, nil
}

func classes(terms *bonafide.ReferralTerms, to *bonafide.Mechanism) (views []classView) {
	for _, here := range slices.Sorted(maps.Keys(terms.Classes)) {
		view := classView{Here: here, There: terms.Classes[here]}
		if to != nil {
			i := slices.IndexFunc(to.Faults, func(f bonafide.FaultClass) bool { return f.ID == here })
			if i >= 0 {
				view.Name = to.Faults[i].Name
			}
		}
		views = append(views, view)
	}
	return views
}

// when says in words when a row holds.
func (v *Verifier) when(from *bonafide.Mechanism, t *bonafide.Table, rate bonafide.Rate) bonafide.Text {
	if t.Measure == nil {
		return v.pages.Both("row-level", "Level", levelName(from, rate.Level))
	}
	return v.pages.Both("row-share", "AtLeast", rate.AtLeast.Percent())
}

// levelName returns what a level is called; its id where its mechanism isn't at hand.
func levelName(m *bonafide.Mechanism, id string) bonafide.Text {
	if m != nil {
		if level, ok := m.Level(m.LevelNumber(id)); ok {
			return level.Name
		}
	}
	return bonafide.Text{EN: id, FR: id}
}

// levelHere names a level that is given: by its number, and by its name if the site still has it.
func (v *Verifier) levelHere(to *bonafide.Mechanism, number int) bonafide.Text {
	if to != nil {
		if level, ok := to.Level(number); ok {
			return v.pages.Both("level-here", "Number", number, "Name", level.Name)
		}
	}
	return v.pages.Both("level-number", "Number", fmt.Sprint(number))
}
