package issuer

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/qr"
	"bonafide.example/internal/web"
	"bonafide.example/js"
	"bonafide.example/store"
)

// badgePage is what the page about a badge shows.
type badgePage struct {
	Host      string
	Name      string // what the member is called, "" if that isn't told
	Address   string
	Path      string
	State     badge.State
	Status    bonafide.Status
	AsOf      time.Time
	Changed   time.Time
	Until     time.Time
	Seen      time.Time // when the checks were made
	Level     bonafide.Level
	Number    int // of the level, 0 for none
	Mechanism *bonafide.Mechanism
	standing
	examination
	Page       *pageProof   // of the member's own, nil for none
	Shares     Shares       // of holders at each level
	Recognised []Recogniser // who counts it elsewhere
	Complaints bool         // somebody hears who reports it
	Contest    string       // where its holder contests it, "" for nowhere
	Unlisted   bool         // search engines are asked to pass it over
	History    []pastLevel  // the newest first
	Card       badgeImage
	Baked      badgeBaked
	Copies     badge.Copies
	Alt        string
	QR         template.HTML
	Signed     bool // whether there is a signed form
	Plain      bool // whether there is an unsigned one
	List       string
	Keys       string
	Local      bool // the program that checks it must be told so
	head
}

// badgeImage is the address of a picture for light and for dark pages.
type badgeImage struct{ Light, Dark string }

// badgeBaked is the addresses of pictures that hold the signed form.
type badgeBaked struct{ PNG, SVG string }

// pastLevel is a change as the history shows it.
type pastLevel struct {
	Change
	Day    time.Time
	Level  string // its name, or its id where the mechanism has none for it any more
	Number int    // 0 for none
}

// MeasureName returns what a measure of the status is called.
func (p badgePage) MeasureName(id string) bonafide.Text {
	measure, _ := p.Mechanism.Measure(id)
	return measure.Name
}

// SaysLevel tells whether the level may be shown: as it is, or as it was.
func (p badgePage) SaysLevel() bool { return p.State == badge.Current || p.State == badge.Old }

// Begun returns since when the badge shows what it shows, the zero time if that isn't known.
func (p badgePage) Begun() time.Time {
	if len(p.History) == 0 || p.History[0].State != p.Status.State {
		return time.Time{}
	}
	return p.History[0].Day
}

func (i *Issuer) serveBadgePage(w http.ResponseWriter, r *http.Request, s shown) error {
	p, err := i.describe(r, s)
	if err != nil {
		return err
	}
	if i.Contest != nil {
		p.Contest = i.Contest(s.Mechanism)
	}
	// What is said to have been checked just now is not to be shown later.
	w.Header().Set("Cache-Control", "no-store")
	page := web.Page{Name: "badge", Title: p.Mechanism.Name.In(web.Lang(r)), Data: p, Head: "badge-head", Script: js.Address(js.Page)}
	if p.Forged {
		page.Script = "" // there is nothing to add to
	}
	i.pages.Render(w, r, page)
	return nil
}

// serveNoBadge answers for a badge that isn't known or is private: alike.
func (i *Issuer) serveNoBadge(w http.ResponseWriter, r *http.Request) {
	web.Refuse(w.Header(), bonafide.NotFound)
	i.pages.Render(w, r, web.Page{
		Status: http.StatusNotFound, Name: "no-badge", Title: i.pages.Say(r, "no-badge-title"), Head: "no-badge-head",
		Data: map[string]any{"Host": i.Origin.Host(), "Picture": imageAt(r.URL.Path, web.Lang(r), "")},
	})
}

// describe looks at the badge and says what its page shows.
func (i *Issuer) describe(r *http.Request, s shown) (*badgePage, error) {
	p, err := i.glance(r, s)
	if err != nil {
		return nil, err
	}
	lang, slug := web.Lang(r), p.Mechanism.Slug()
	p.Copies = badge.Snippets(p.Address, p.Host, p.Name, lang)
	p.Keys, p.Local = "/.well-known/did.json", i.Local
	p.Complaints, p.Unlisted = i.Complaints, s.audience() != Public
	baked := badge.Picture{Lang: lang, Size: badge.Baked}
	p.Baked = badgeBaked{p.Path + badge.Suffix(baked, badge.FormatPNG), p.Path + badge.Suffix(baked, badge.FormatSVG)}
	if s.Issued != nil {
		p.Signed, p.Plain, p.List = true, i.over(s) == "", s.Issued.Entry.Credential
	}
	if p.Shares, err = i.Shares(r.Context(), slug); err != nil {
		return nil, err
	}
	if p.Recognised, err = i.Recognisers(r.Context(), slug); err != nil {
		return nil, err
	}
	p.head = i.head(p, lang)
	return p, nil
}

// glance looks at the badge and says what is shown of it wherever it stands: on its page, a CV and the page of its
// holder.
func (i *Issuer) glance(r *http.Request, s shown) (*badgePage, error) {
	m, err := i.Mechanism(s.Mechanism)
	if err != nil {
		return nil, err
	}
	lang, address := web.Lang(r), i.address(s.code)
	s.Name = bonafide.ShownName(s.Name)
	if s.Withdrawn {
		s.Name = "" // who withdraws a badge no longer wants to be named by it
	}
	p := &badgePage{
		Host: i.Origin.Host(), Name: s.Name, Address: address, Path: "/b/" + s.code,
		State: i.state(s), Status: s.status, AsOf: s.status.AsOf.Time(), Changed: s.Changed, Seen: i.now(),
		Number: m.LevelNumber(s.status.Level), Mechanism: m, Page: s.Page.stated(), Alt: badge.Alt(i.Origin.Host(), s.Name, lang),
	}
	p.Level, _ = m.Level(p.Number)
	p.Card = imageAt(p.Path, lang, fmt.Sprintf("?%s-%d", p.State, p.Changed.Unix()))
	if s.Issued != nil {
		p.Until = s.Issued.ValidUntil
	}
	if !s.Withdrawn {
		p.History = pastLevels(m, publicly(s.history()), lang)
	}
	if p.examination, err = i.examine(r.Context(), s, p.State); err != nil {
		return nil, err
	}
	if p.QR, err = qr.SVG(address, i.pages.Say(r, "badge-qr")); err != nil {
		return nil, err
	}
	p.standing, err = i.standing(r.Context(), m, s)
	return p, err
}

// imageAt returns where the card of the badge at a path is. A query keeps browsers from showing on the page what the
// picture was five minutes ago.
func imageAt(path string, lang bonafide.Lang, query string) badgeImage {
	card := func(dark bool) string {
		return path + badge.Suffix(badge.Picture{Lang: lang, Size: badge.Card, Dark: dark}, badge.FormatSVG) + query
	}
	return badgeImage{card(false), card(true)}
}

// pastLevels returns the history as it is shown.
func pastLevels(m *bonafide.Mechanism, changes []Change, lang bonafide.Lang) (past []pastLevel) {
	for _, c := range slices.Backward(changes) {
		number := m.LevelNumber(c.Level)
		named := pastLevel{Change: c, Day: c.Date.Time(), Level: c.Level, Number: number}
		if level, ok := m.Level(number); ok {
			named.Level = level.Name.In(lang)
		}
		past = append(past, named)
	}
	return past
}

// standing is what a level rests on that isn't the member's own.
type standing struct {
	Earned       bonafide.Level // what the member earned here
	EarnedNumber int            // 0 for none
	Supporters   int            // how many hold up a level that is vouched for; 0: not known
}

// standing returns what the level shown rests on. How many hold it up is told only as long as they do: between
// a change and the next issue of the badge the level shown may not be theirs any more.
func (i *Issuer) standing(ctx context.Context, m *bonafide.Mechanism, s shown) (rests standing, err error) {
	rests = standingOf(m, s.status)
	if s.status.Kind != bonafide.Vouched || s.status.State != bonafide.Current {
		return rests, nil
	}
	err = i.Store.View(ctx, func(r store.Reader) error {
		now, err := i.statusIn(r, m, s.Member)
		if err != nil || now.Level != s.status.Level || now.Kind != s.status.Kind {
			return err
		}
		rests.Supporters, err = i.supportersOf(r, m, s.Member)
		return err
	})
	return rests, err
}

// standingOf returns what the status itself tells of it.
func standingOf(m *bonafide.Mechanism, status bonafide.Status) (rests standing) {
	rests.EarnedNumber = m.LevelNumber(status.EarnedLevel)
	rests.Earned, _ = m.Level(rests.EarnedNumber)
	return rests
}
