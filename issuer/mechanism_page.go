package issuer

import (
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// mechanismView is what the page of a mechanism shows.
type mechanismView struct {
	Mechanism *bonafide.Mechanism
	Host      string
	Path      string // of the newest version
	Latest    int    // its number
	Versions  []versionView
	Shares    Shares
	Counted   []Recogniser // where it counts elsewhere
}

// versionView is one version, and what it changed.
type versionView struct {
	Number  int
	Date    bonafide.Date
	Changes []bonafide.Text // since the version before; none for the first
}

// Needs says what a level takes, by its place in the list, if the rule is one that the issuer computes itself: points,
// or per cent.
func (v mechanismView) Needs(n int) (need struct {
	Points int64
	Share  bonafide.Decimal
}) {
	switch rule := v.Mechanism.Rule; {
	case rule.Points != nil:
		need.Points = rule.Points.Levels[n]
	case rule.Share != nil:
		need.Share = rule.Share.Levels[n].Percent()
	}
	return need
}

// mechanismPage describes a version of a mechanism to people.
func (i *Issuer) mechanismPage(m *bonafide.Mechanism, latest int, r *http.Request) (web.Page, error) {
	view := mechanismView{Mechanism: m, Host: i.Origin.Host(), Path: "/mechanisms/" + m.Slug(), Latest: latest}
	page := web.Page{Name: "mechanism", Title: m.Name.In(web.Lang(r)) + " · " + view.Host}
	var versions []*bonafide.Mechanism
	err := i.Store.View(r.Context(), func(tx store.Reader) (err error) {
		versions, err = i.shelf.Versions(tx, m.Slug())
		return err
	})
	if err != nil {
		return page, err
	}
	for n, version := range versions {
		one := versionView{Number: version.Version, Date: version.Date}
		if n > 0 {
			one.Changes = changesOf(versions[n-1], version, i.pages.Both)
		}
		view.Versions = append(view.Versions, one)
	}
	slices.Reverse(view.Versions)
	if view.Shares, err = i.Shares(r.Context(), m.Slug()); err != nil {
		return page, err
	}
	if view.Counted, err = i.Recognisers(r.Context(), m.Slug()); err != nil {
		return page, err
	}
	page.Data = view
	return page, nil
}
