package issuer

import (
	"context"
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
// one in nothing: its picture is drawn as unknown, and anything else is not found. Of one that doesn't hold any more there
// is no JSON.
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
	if (form == typeSVG || form == typePNG) && picture.Size != badge.Baked {
		return i.servePicture(w, r, code, picture, form)
	}
	s, found, err := i.show(r.Context(), code)
	if err != nil {
		return err
	}
	if form == typePage && !s.forged && i.state(s) == badge.Unknown && web.WantsPage(r) {
		i.serveNoBadge(w, r)
		return nil
	}
	if !found || (form != typePage && s.Issued == nil) {
		w.Header().Set("Access-Control-Allow-Origin", "*") // that there is none, too, pages of any site may read
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no badge")
	}
	s.unlisted(w.Header())
	switch form {
	case typeSVG, typePNG:
		return i.serveBaked(w, r, s, picture, form)
	case typeCredential:
		s.token.send(w, r, s.lastModified(i.now()))
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
	if s, ok := i.recall(code); ok {
		return s, true, nil
	}
	read := func() error {
		mark := i.mark()
		err := i.Store.View(ctx, func(r store.Reader) error {
			s, found, err = i.shownIn(r, code)
			return err
		})
		if err == nil && found {
			token := i.tokenOf(s.Issued)
			s.token = newReady([]byte(token), typeCredential, "no-cache")
			s.forged, err = i.isForged(code, s.Issued, token)
		}
		if err == nil && found && !s.waits {
			i.remember(s, mark)
		}
		return err
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

// state returns how the badge is drawn.
func (i *Issuer) state(s shown) badge.State {
	switch {
	case s.status.State == bonafide.Withdrawn:
		return badge.Withdrawn
	case s.status.State == bonafide.Suspended:
		return badge.Suspended
	case s.forged:
		return badge.Unknown
	case s.expired(i.now()):
		return badge.Old
	case s.status.State == bonafide.Current:
		return badge.Current
	default:
		return badge.Unknown
	}
}

// over returns why what was issued last doesn't hold any more, "" if it does.
func (i *Issuer) over(s shown) bonafide.Code {
	switch state := i.state(s); {
	case s.Issued.Revoked || state == badge.Suspended || state == badge.Withdrawn:
		return bonafide.Revoked
	case !i.now().Before(s.Issued.ValidUntil):
		return bonafide.Expired
	default:
		return ""
	}
}

// serveCredentialJSON answers with what the token says, unsigned, while that holds: nobody who reads this alone would
// see that it doesn't any more. The token has a signature to check and an entry to look up.
func (i *Issuer) serveCredentialJSON(w http.ResponseWriter, r *http.Request, s shown) error {
	if code := i.over(s); code != "" {
		w.Header().Set("Access-Control-Allow-Origin", "*") // that it is over, pages of any site may read
		return bonafide.Errorf(code, r.URL.Path, "was issued until %s and says nothing now; its last issue is the signed form (.jwt)",
			s.Issued.ValidUntil.Format(time.RFC3339))
	}
	token, err := seal.Parse(string(s.token.data), bonafide.TypeCredential)
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
	newReady(payload, typeJSON, "no-cache").send(w, r, s.lastModified(i.now()))
	return nil
}
