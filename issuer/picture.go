package issuer

import (
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/store"
)

const (
	picturesKept = 16 << 20 // bytes of drawn pictures in memory, at least
	shownKept    = 4 << 20  // bytes of badges in memory, at least
)

// newPicture returns an image that does nothing and fetches nothing.
func newPicture(data []byte, form, cache string) ready {
	policy := "default-src 'none'"
	if form == typePNG {
		policy += "; style-src 'unsafe-inline'" // of the page that a browser makes to show a PNG alone
	}
	made := newReady(data, form, cache)
	made.header.Set("Content-Security-Policy", policy)
	return made
}

// drawn is what a drawing is kept under.
type drawn struct {
	picture badge.Picture // no more than it shows, so that equal drawings are kept once
	form    string
}

// servePicture answers with the picture of the badge with that code. There is always one, since whoever asked shows it as
// an image: what isn't known, can't be looked up just now, or isn't what the site signed, is drawn as unknown. Only the first
// may be kept.
func (i *Issuer) servePicture(w http.ResponseWriter, r *http.Request, code string, p badge.Picture, form string) error {
	s, _, fault := i.show(r.Context(), code)
	if fault != nil {
		if r.Context().Err() != nil {
			return fault // who asked is gone
		}
		i.Log.Error("drawing a badge as unknown", "error", fault)
		s = shown{}
	}
	d, err := i.draw(i.picture(s, p), form)
	if err != nil {
		return err
	}
	if fault != nil || s.forged {
		d = newPicture(d.data, form, "no-store")
	}
	s.unlisted(w.Header())
	d.send(w, r, i.pictureModified(s))
	return nil
}

// serveBaked answers with a card that holds the badge's signed form, while it has one.
func (i *Issuer) serveBaked(w http.ResponseWriter, r *http.Request, s shown, p badge.Picture, form string) error {
	d, err := i.draw(i.picture(s, p), form)
	if err != nil {
		return err
	}
	newPicture(badge.Bake(d.data, string(s.token.data)), form, "no-cache").send(w, r, i.pictureModified(s))
	return nil
}

// pictureModified returns when the badge's picture may last have become another one: when the badge did, or when this
// process began, which may know a newer version of the mechanism or draw in another way.
func (i *Issuer) pictureModified(s shown) time.Time {
	if modified := s.lastModified(i.now()); modified.IsZero() || modified.After(i.began) {
		return modified
	}
	return i.began
}

// draw returns the picture as SVG or PNG.
func (i *Issuer) draw(p badge.Picture, form string) (ready, error) {
	key := drawn{p.Shown(), form}
	if d, ok := i.pictures.Get(key); ok {
		return d, nil
	}
	data := []byte(nil)
	if form == typePNG {
		var err error
		if data, err = badge.PNG(p); err != nil {
			return ready{}, err
		}
	} else {
		data = badge.SVG(p)
	}
	d := newPicture(data, form, "public, max-age=300")
	i.pictures.Put(key, d, len(data))
	return d, nil
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
	p.State, p.Mechanism, p.Name = i.state(s), m.Name.In(p.Lang), s.Name
	return p
}

// remembered is a badge as it was last read.
type remembered struct {
	shown
	mark uint64 // of the store, before
}

// recall returns the badge with that code from memory, unless anything was written since it was read.
func (i *Issuer) recall(code string) (s shown, ok bool) {
	marker, ok := i.Store.(store.Marker)
	if !ok {
		return s, false
	}
	last, ok := i.seen.Get(code)
	return last.shown, ok && last.mark == marker.Mark()
}

// mark returns the mark of the store, 0 if it has none.
func (i *Issuer) mark() uint64 {
	if marker, ok := i.Store.(store.Marker); ok {
		return marker.Mark()
	}
	return 0
}

// tokenOf returns what was issued, "" for nothing.
func (i *Issuer) tokenOf(issued *issue) string {
	if issued == nil {
		return ""
	}
	return i.packer.Unpack(issued.Token)
}

// isForged tells whether the token of what was issued of a badge isn't what the site signed. One that was looked at when the
// badge was read before isn't looked at again: if its key is compromised since, it was no forgery, and is signed again soon.
func (i *Issuer) isForged(code string, issued *issue, token string) (bool, error) {
	if issued == nil {
		return false, nil
	}
	if last, ok := i.seen.Get(code); ok && last.Issued != nil && last.Issued.Token == issued.Token {
		return last.forged, nil
	}
	keys, err := i.sealer.Keys()
	if err != nil {
		return false, err
	}
	if _, err = openCredential(token, keys); err != nil {
		i.Log.Error("a badge's token isn't what was signed", "error", bonafide.CodeOf(err))
	}
	return err != nil, nil
}

// remember keeps the badge as it was read once the store had the mark.
func (i *Issuer) remember(s shown, mark uint64) {
	size := 2 << 10 // about
	if s.Issued != nil {
		size += len(s.Issued.Token) + len(s.token.data)
	}
	i.seen.Put(s.code, remembered{s, mark}, size)
}
