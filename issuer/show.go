package issuer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// The forms of a badge beside its pictures.
const (
	typePage       = "text/html"
	typeSVG        = "image/svg+xml"
	typePNG        = "image/png"
	typeCredential = "application/" + string(bonafide.TypeCredential)
	typeJSON       = "application/json"
)

// serveBadge answers for /b/CODE: a page, a picture, or what is signed, by suffix (badge.Suffix, .jwt,
// .json) or else by the Accept field. A badge that doesn't exist, or no longer, differs from a private
// one in nothing: its picture is drawn as unknown, and anything else is not found.
func (i *Issuer) serveBadge(w http.ResponseWriter, r *http.Request) error {
	code, suffix, hasSuffix := strings.Cut(r.PathValue("badge"), ".")
	form, picture, ok := formOf(suffix, hasSuffix)
	if !hasSuffix {
		w.Header().Add("Vary", "Accept")
		form = web.Negotiate(r, typePage, typeSVG, typePNG, typeCredential, typeJSON)
		if form == "" {
			return bonafide.Errorf(bonafide.NotAcceptable, r.URL.Path, "is a page, a picture, JSON or %s", typeCredential)
		}
	} else if !ok {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no form of a badge")
	}
	s, found, err := i.show(r.Context(), code)
	if err != nil {
		return err
	}
	if form == typeSVG || form == typePNG {
		return i.servePicture(w, r, i.picture(s, picture), form, s.lastModified(i.now()))
	}
	if !found || (form != typePage && s.Issued == nil) {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no badge")
	}
	switch form {
	case typeCredential:
		serveBytes(w, r, []byte(s.Issued.Token), typeCredential, "no-cache", s.lastModified(i.now()))
		return nil
	case typeJSON:
		return i.serveCredentialJSON(w, r, s)
	default:
		return i.serveBadgePage(w, r, s)
	}
}

// formOf returns the form that a suffix names.
func formOf(suffix string, present bool) (form string, picture badge.Picture, ok bool) {
	switch suffix {
	case "jwt":
		return typeCredential, picture, true
	case "json":
		return typeJSON, picture, true
	}
	if !present {
		return "", badge.Picture{Lang: bonafide.English}, false
	}
	picture, format, ok := badge.ParseSuffix("." + suffix)
	if format == badge.FormatPNG {
		return typePNG, picture, ok
	}
	return typeSVG, picture, ok
}

// show returns the badge as it is to be shown: an order that waits is carried out first, so that every
// form says the same.
func (i *Issuer) show(ctx context.Context, code string) (s shown, found bool, err error) {
	read := func() error {
		return i.Store.View(ctx, func(r store.Reader) error {
			s, found, err = i.shownIn(r, code)
			return err
		})
	}
	if err := read(); err != nil || !found || !s.waits {
		return s, found, err
	}
	i.issueSoon(ctx, []string{code})
	err = read()
	return s, found, err
}

// lastModified returns when the badge last looked different: at its end, too.
func (s *shown) lastModified(now time.Time) time.Time {
	if s.expired(now) && s.Issued.ValidUntil.After(s.Changed) {
		return s.Issued.ValidUntil
	}
	return s.Changed
}

func (s *shown) expired(now time.Time) bool {
	return s.Issued != nil && !s.waits && !now.Before(s.Issued.ValidUntil)
}

// picture fills in what the picture shows of the badge.
func (i *Issuer) picture(s shown, p badge.Picture) badge.Picture {
	p.Host, p.State = i.Origin.Host(), badge.Unknown
	m, err := i.Mechanism(s.Mechanism)
	if err != nil {
		return p
	}
	p.Level, p.Levels, p.Kind, p.AsOf = m.LevelNumber(s.status.Level), len(m.Levels), s.status.Kind, s.status.AsOf
	if p.AsOf == "" {
		p.AsOf = bonafide.DateOf(s.Changed)
	}
	p.State = i.state(s)
	return p
}

// state returns how the badge is drawn.
func (i *Issuer) state(s shown) badge.State {
	switch {
	case s.status.State == bonafide.Withdrawn:
		return badge.Withdrawn
	case s.status.State == bonafide.Suspended:
		return badge.Suspended
	case s.expired(i.now()):
		return badge.Old
	case s.status.State == bonafide.Current:
		return badge.Current
	default:
		return badge.Unknown
	}
}

func (i *Issuer) servePicture(w http.ResponseWriter, r *http.Request, p badge.Picture, form string, modified time.Time) error {
	data := badge.SVG(p)
	if form == typePNG {
		var err error
		if data, err = badge.PNG(p); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	serveBytes(w, r, data, form, "public, max-age=300", modified)
	return nil
}

// serveBytes answers with data, or that it hasn't changed.
func serveBytes(w http.ResponseWriter, r *http.Request, data []byte, contentType, cache string, modified time.Time) {
	sum := sha256.Sum256(data)
	h := w.Header()
	h.Set("Content-Type", contentType)
	web.Public(h, cache)
	h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", modified, bytes.NewReader(data))
}

// serveCredentialJSON answers with what the token says, unsigned.
func (i *Issuer) serveCredentialJSON(w http.ResponseWriter, r *http.Request, s shown) error {
	token, err := seal.Parse(s.Issued.Token, bonafide.TypeCredential)
	if err != nil {
		return err
	}
	keys, err := i.sealer.Keys()
	if err != nil {
		return err
	}
	payload, err := token.Open(keys)
	if err != nil {
		return err
	}
	serveBytes(w, r, payload, typeJSON, "no-cache", s.lastModified(i.now()))
	return nil
}

// badgePage is what the page about a badge shows.
type badgePage struct {
	Host      string
	Name      string
	Address   string
	Path      string
	State     badge.State
	Status    bonafide.Status
	AsOf      time.Time
	Changed   time.Time
	Until     time.Time
	Revoked   bool
	Level     bonafide.Level
	Number    int // of the level, 0 for none
	Mechanism *bonafide.Mechanism
	standing
	Suffix string // of the picture in the page's language
	Copies badge.Copies
	Alt    string
	Signed bool // whether there is a signed form
	List   string
	Keys   string
	Local  bool // the program that checks it must be told so
}

// MeasureName returns what a measure of the status is called.
func (p badgePage) MeasureName(id string) bonafide.Text {
	measure, _ := p.Mechanism.Measure(id)
	return measure.Name
}

func (i *Issuer) serveBadgePage(w http.ResponseWriter, r *http.Request, s shown) error {
	m, err := i.Mechanism(s.Mechanism)
	if err != nil {
		return err
	}
	lang := web.Lang(r)
	if s.Withdrawn {
		s.Name = "" // who withdraws a badge no longer wants to be named by it
	}
	p := badgePage{
		Host: i.Origin.Host(), Name: s.Name, Address: i.address(s.code), Path: "/b/" + s.code,
		State: i.state(s), Status: s.status, AsOf: s.status.AsOf.Time(), Changed: s.Changed,
		Number: m.LevelNumber(s.status.Level), Mechanism: m,
		Suffix: badge.Suffix(badge.Picture{Lang: lang}, badge.FormatSVG),
		Copies: badge.Snippets(i.address(s.code), i.Origin.Host(), s.Name, lang), Alt: badge.Alt(i.Origin.Host(), s.Name, lang),
		Keys: "/.well-known/did.json", Local: i.Local,
	}
	p.Level, _ = m.Level(p.Number)
	if p.standing, err = i.standing(r.Context(), m, s); err != nil {
		return err
	}
	if s.Issued != nil {
		p.Signed, p.Until, p.Revoked, p.List = true, s.Issued.ValidUntil, s.Issued.Revoked, s.Issued.Entry.Credential
	}
	i.pages.Render(w, r, web.Page{Name: "badge", Title: m.Name.In(lang) + " · " + p.Host, Data: p})
	return nil
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

// mechanismPage describes a mechanism to people.
func (i *Issuer) mechanismPage(m *bonafide.Mechanism, latest int, r *http.Request) web.Page {
	versions := make([]int, latest)
	for n := range versions {
		versions[n] = n + 1
	}
	return web.Page{
		Name: "mechanism", Title: m.Name.In(web.Lang(r)) + " · " + i.Origin.Host(),
		Data: map[string]any{"Mechanism": m, "Host": i.Origin.Host(), "Latest": latest, "Versions": versions, "Path": "/mechanisms/" + m.Slug()},
	}
}
