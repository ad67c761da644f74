// Package cv writes a page on which somebody shows badges of any sites: one file that holds all it needs, to be sent,
// hosted or printed. What it says of a badge was verified by whoever wrote it; its pictures are drawn from that, and
// nothing that an issuer drew or wrote as markup is taken over.
package cv

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/qr"
	"bonafide.example/internal/text"
	"bonafide.example/internal/web"
)

//go:embed cv.html messages.*.json
var files embed.FS

// Verdict is what checking a badge came to.
type Verdict string

const (
	Holds  Verdict = "yes"
	Fails  Verdict = "no"
	Untold Verdict = "unsure" // it could not be checked
)

// Badge is one badge as it was found.
type Badge struct {
	Address   string // where anybody can look
	Verdict   Verdict
	Code      bonafide.Code       // why it doesn't hold, or couldn't be checked; "" if it holds
	Status    bonafide.Status     // what it states, if it holds
	Mechanism *bonafide.Mechanism // under which, if it holds; nil: it couldn't be had
	Until     time.Time           // of its signed form, if it holds
	Page      bonafide.PublishedOn
}

// Group is the badges of one context: trust in one says nothing of another, so nothing is ever summed over them.
type Group struct {
	Heading string // "": those of which no context is known
	Badges  []Badge
}

// Page is what is written.
type Page struct {
	Lang   bonafide.Lang
	Name   string // whose badges they are said to be; "": nobody is named
	Now    time.Time
	Groups []Group
}

// Write writes the page as HTML.
func Write(w io.Writer, p Page) error {
	catalog, err := text.New(files)
	if err != nil {
		return err
	}
	style, err := web.Style()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(style))
	t, err := template.New("").Funcs(template.FuncMap{
		"t":     func(id string, fields ...any) string { return catalog.Say(p.Lang, id, fields...) },
		"in":    func(t bonafide.Text) string { return t.In(p.Lang) },
		"day":   func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"style": func() template.CSS { return style },
		"hash":  func() string { return "sha256-" + base64.StdEncoding.EncodeToString(sum[:]) },
		"context": func(word string) string {
			if id := "context-" + word; catalog.Knows(id) {
				return catalog.Say(p.Lang, id)
			}
			return word
		},
	}).ParseFS(files, "cv.html")
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	view, err := p.view(catalog)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "cv", view)
}

// view is a page with what is drawn for it.
type view struct {
	Page
	Groups []groupView
}

type groupView struct {
	Heading string
	Badges  []badgeView
}

type badgeView struct {
	Badge
	Host        string
	Level       bonafide.Level
	Number      int           // of the level, 0 for none
	Light, Dark template.HTML // "" unless it holds and its mechanism is known
	QR          template.HTML
}

func (p Page) view(catalog *text.Catalog) (view, error) {
	v := view{Page: p}
	for _, g := range p.Groups {
		seen := groupView{Heading: g.Heading}
		for _, b := range g.Badges {
			shown, err := b.view(p.Lang, catalog)
			if err != nil {
				return v, err
			}
			seen.Badges = append(seen.Badges, shown)
		}
		v.Groups = append(v.Groups, seen)
	}
	return v, nil
}

func (b Badge) view(lang bonafide.Lang, catalog *text.Catalog) (v badgeView, err error) {
	origin, err := bonafide.OriginOf(b.Address)
	if err != nil {
		return v, err
	}
	v = badgeView{Badge: b, Host: origin.Host()}
	if v.QR, err = qr.SVG(b.Address, catalog.Say(lang, "qr", "Address", b.Address)); err != nil || b.Mechanism == nil || b.Verdict != Holds {
		return v, err
	}
	v.Number = b.Mechanism.LevelNumber(b.Status.Level)
	v.Level, _ = b.Mechanism.Level(v.Number)
	picture := badge.Picture{
		Host: v.Host, Mechanism: b.Mechanism.Name.In(lang), Level: v.Number, Levels: len(b.Mechanism.Levels), Kind: b.Status.Kind, State: badge.Current,
		AsOf: b.Status.AsOf, Lang: lang, Size: badge.Card,
	}
	v.Light = template.HTML(badge.SVG(picture))
	picture.Dark = true
	v.Dark = template.HTML(badge.SVG(picture))
	return v, nil
}
