package issuer

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/qr"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

const cvPath = "/cv/"

func cvKey(code string) []byte     { return store.Key("i", "cv", code) } // → whose it is
func cvOfKey(member string) []byte { return store.Key("i", "cv-of", member) }

// cvAddress returns the address of the CV with that code.
func (i *Issuer) cvAddress(code string) string { return string(i.Origin) + cvPath + code }

// beginCV gives the member's CV an address, unless it has one.
func beginCV(tx store.Tx, member string) error {
	code, err := cvOf(tx, member)
	if err != nil || code != "" {
		return err
	}
	code = newCode()
	if err := tx.Put(cvKey(code), []byte(member)); err != nil {
		return err
	}
	return tx.Put(cvOfKey(member), []byte(code))
}

// cvOf returns the code of the member's CV, "" if there is none.
func cvOf(r store.Reader, member string) (string, error) {
	values, err := r.Get(cvOfKey(member))
	if err != nil {
		return "", err
	}
	return string(values[0]), nil
}

// endCV forgets the address of the member's CV for good.
func endCV(tx store.Tx, member string) error {
	code, err := cvOf(tx, member)
	if err != nil || code == "" {
		return err
	}
	if err := tx.Delete(cvKey(code)); err != nil {
		return err
	}
	return tx.Delete(cvOfKey(member))
}

// EndCV ends the member's public CV: its address answers like one that never was, and whoever has the address of
// a badge that stood on it keeps that. The next badge made public begins a CV at a new address.
func (i *Issuer) EndCV(ctx context.Context, member string) error {
	err := i.Store.Update(ctx, func(tx store.Tx) error {
		if code, err := cvOf(tx, member); err != nil || code == "" {
			return err
		}
		public, err := i.publicOf(tx, member)
		if err != nil {
			return err
		}
		for _, s := range public {
			s.Public = false
			if err := store.PutJSON(tx, badgeKey(s.code), s.badgeRecord); err != nil {
				return err
			}
		}
		return errors.Join(i.hiding(tx, "", member), endCV(tx, member))
	})
	if err == nil {
		i.removed(ctx)
	}
	return err
}

// hiding tells what is taken off a member's CV; no mechanism: all that is on it.
func (i *Issuer) hiding(tx store.Tx, mechanism, member string) error {
	if i.Hiding == nil {
		return nil
	}
	return i.Hiding(tx, mechanism, member)
}

// publicOf returns the member's public badges, by mechanism.
func (i *Issuer) publicOf(r store.Reader, member string) (public []shown, err error) {
	for _, slug := range i.Slugs() {
		code, err := badgeOf(r, slug, member)
		if err != nil {
			return nil, err
		}
		if code == "" {
			continue
		}
		s, _, err := i.shownIn(r, code)
		if err != nil {
			return nil, err
		}
		if s.audience() == Public {
			public = append(public, s)
		}
	}
	return public, nil
}

// cvPage is what a member's public CV shows.
type cvPage struct {
	Host     string
	Name     string // as the badges call the member, "" if none does
	Now      time.Time
	Address  string
	QR       template.HTML
	Contexts []contextOf[*badgePage]
}

// serveCV answers with a member's public CV. One without a public badge is as if it never was.
func (i *Issuer) serveCV(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	var public []shown
	err := i.Store.View(r.Context(), func(tx store.Reader) error {
		member, err := tx.Get(cvKey(code))
		if err != nil || member[0] == nil {
			return err
		}
		public, err = i.publicOf(tx, string(member[0]))
		return err
	})
	if err != nil {
		return err
	}
	if len(public) == 0 {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no CV")
	}
	p := cvPage{Host: i.Origin.Host(), Now: i.now(), Address: i.cvAddress(code)}
	for _, s := range public {
		fresh, found, err := i.show(r.Context(), s.code) // an order that waits is carried out first
		if err != nil {
			return err
		}
		if !found || fresh.audience() != Public {
			continue
		}
		b, err := i.glance(r, fresh)
		if err != nil {
			return err
		}
		if p.Name == "" {
			p.Name = b.Name
		}
		p.Contexts = grouped(p.Contexts, i.contextName(r, b.Mechanism), b)
	}
	if p.QR, err = qr.SVG(p.Address, i.pages.Say(r, "cv-qr")); err != nil {
		return err
	}
	i.pages.Render(w, r, web.Page{Name: "cv", Title: i.pages.Say(r, "cv-title", "Host", p.Host), Data: p})
	return nil
}

// endMyCV ends the CV of who is signed in.
func (i *Issuer) endMyCV(w http.ResponseWriter, r *http.Request, member string) error {
	if err := i.EndCV(r.Context(), member); err != nil {
		return err
	}
	http.Redirect(w, r, badgesPath, http.StatusSeeOther)
	return nil
}

// contextOf is what belongs to one context: trust in a seller says nothing of a neighbour, so contexts stand apart
// and nothing is ever added up over them.
type contextOf[T any] struct {
	Name string
	Of   []T
}

// grouped adds a thing to its context, at the end.
func grouped[T any](all []contextOf[T], context string, thing T) []contextOf[T] {
	for n := range all {
		if all[n].Name == context {
			all[n].Of = append(all[n].Of, thing)
			return all
		}
	}
	return append(all, contextOf[T]{context, []T{thing}})
}

// contextName returns what the mechanism's context is called in the language of the request: the word itself, if
// the catalogue knows no better.
func (i *Issuer) contextName(r *http.Request, m *bonafide.Mechanism) string {
	id := "context-" + m.Context
	if i.pages.Knows(id) {
		return i.pages.Say(r, id)
	}
	return m.Context
}
