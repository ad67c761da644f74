package issuer

import (
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// Audience says for whom a member's badge is.
type Audience string

const (
	Private  Audience = "private" // nobody: it was never published, or is withdrawn
	LinkOnly Audience = "link"    // whoever is given its address; search engines are asked to pass it over
	Public   Audience = "public"  // everybody: it stands on the member's public CV as well
)

// audience returns for whom the badge is.
func (b *badgeRecord) audience() Audience {
	switch {
	case b.Withdrawn:
		return Private
	case b.Public:
		return Public
	default:
		return LinkOnly
	}
}

// SetAudience says for whom the member's badge is from now on, and publishes or withdraws it if need be; name is
// what the page of a badge published by it calls the member. The first public badge begins the member's CV. Who
// takes a published badge back needs no answer of the host.
func (i *Issuer) SetAudience(ctx context.Context, mechanism, member, name string, to Audience) error {
	switch to {
	case Private:
		return i.WithdrawBadge(ctx, mechanism, member)
	case LinkOnly, Public:
	default:
		return bonafide.Errorf(bonafide.BadValue, "audience", "%q is not private, link or public", string(to))
	}
	published, err := i.setPublic(ctx, mechanism, member, to == Public)
	if err != nil || published {
		return err
	}
	if _, err := i.PublishBadge(ctx, mechanism, member, name); err != nil || to == LinkOnly {
		return err
	}
	_, err = i.setPublic(ctx, mechanism, member, true)
	return err
}

// Hide takes the member's badge off their public CV. Whoever has its address keeps that; without a public badge there is
// nothing to do.
func (i *Issuer) Hide(ctx context.Context, mechanism, member string) error {
	_, err := i.setPublic(ctx, mechanism, member, false)
	return err
}

// setPublic puts the member's published badge on their CV or takes it off; published tells whether there is one.
func (i *Issuer) setPublic(ctx context.Context, mechanism, member string, public bool) (published bool, err error) {
	hides := false
	err = i.Store.Update(ctx, func(tx store.Tx) error {
		published, hides = false, false
		code, err := badgeOf(tx, mechanism, member)
		if err != nil || code == "" {
			return err
		}
		b, _, err := store.GetJSON[badgeRecord](tx, badgeKey(code))
		if err != nil || b.Withdrawn {
			return err
		}
		published = true
		if public {
			if err := beginCV(tx, member); err != nil {
				return err
			}
		}
		if hides = b.Public && !public; hides {
			if err := i.hiding(tx, mechanism, member); err != nil {
				return err
			}
		}
		b.Public = public
		return store.PutJSON(tx, badgeKey(code), b)
	})
	if err == nil && hides {
		i.removed(ctx)
	}
	return published, err
}

// setMyAudience takes the form by which a member says for whom a badge is. Who has no event yet has a status
// without level.
func (i *Issuer) setMyAudience(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	account, _ := i.SignIn.Account(r)
	if Audience(form.Get("audience")) != Private {
		err = i.Store.Update(r.Context(), func(tx store.Tx) error { return learn(tx, member, "", account.Since) })
		if err != nil {
			return err
		}
	}
	if err := i.SetAudience(r.Context(), form.Get("mechanism"), member, account.Name, Audience(form.Get("audience"))); err != nil {
		return err
	}
	http.Redirect(w, r, badgesPath+"#"+form.Get("mechanism"), http.StatusSeeOther)
	return nil
}

// unlisted asks search engines to pass an answer about a badge over unless the badge is public.
func (b *badgeRecord) unlisted(h http.Header) {
	if b.audience() != Public {
		h.Set("X-Robots-Tag", "noindex")
	}
}
