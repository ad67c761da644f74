// Package publish keeps what a site publishes in versions, mechanisms and conversion tables: each at
// one address, as a page, as JSON and signed, every version kept at an address of its own.
package publish

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// Document is what a shelf holds: a *bonafide.Mechanism or a *bonafide.Table.
type Document interface {
	Slug() string
	// Edition returns the document's version and the hash of the version before.
	Edition() (version int, previous string)
}

// signedLife is how long a signed document is valid: peers ask again long before.
const signedLife = 24 * time.Hour

// Config says what a shelf holds and where.
type Config[T Document] struct {
	Kind   string        // the folder in addresses: "mechanisms", "conversions"
	Type   bonafide.Type // of the signed form
	Store  store.Store
	Sealer *seal.Sealer
	Now    func() time.Time
	Pages  *web.Pages
	// Payload wraps a document for signing.
	Payload func(doc T, issued, expires bonafide.Seconds) any
	// Published does what follows from a new version, in the same transaction; nil: nothing.
	Published func(tx store.Tx) error
	// Logged enters in the site's public log what is published at a path, by its hash, in the same transaction; nil:
	// there is no log. It is called again for what it knows.
	Logged func(tx store.Tx, path, hash string) error
	// Page describes a document to people. latest is the newest version's number.
	Page func(doc T, latest int, r *http.Request) (web.Page, error)
}

// Shelf holds the documents of one kind.
type Shelf[T Document] struct {
	Config[T]
	mu     sync.Mutex
	signed map[string]signed // by slug and version
}

type signed struct {
	token string
	until time.Time
}

// New returns the shelf.
func New[T Document](config Config[T]) *Shelf[T] {
	return &Shelf[T]{Config: config, signed: map[string]signed{}}
}

func (s *Shelf[T]) key(slug string, version int) []byte {
	return store.Key("published", s.Kind, slug, fmt.Sprintf("%09d", version))
}

// Publish keeps the document as a version. The newest version again changes nothing; anything but the
// same or the next version, naming the hash of the one before, is refused.
func (s *Shelf[T]) Publish(ctx context.Context, doc T) error {
	version, previous := doc.Edition()
	hash, err := bonafide.Hash(doc)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		latest, number, err := s.latest(tx, doc.Slug())
		if err != nil {
			return err
		}
		var latestHash string
		if number > 0 {
			if latestHash, err = bonafide.Hash(latest); err != nil {
				return err
			}
		}
		switch {
		case version == number && hash == latestHash:
			return nil
		case version != number+1:
			return bonafide.Errorf(bonafide.VersionConflict, s.Kind+"/"+doc.Slug(), "is published up to version %d; a change needs version %d, not %d", number, number+1, version)
		case previous != latestHash:
			return bonafide.Errorf(bonafide.VersionConflict, "previous", "must be %q, the hash of version %d", latestHash, number)
		}
		if err := store.PutJSON(tx, s.key(doc.Slug(), version), doc); err != nil {
			return err
		}
		if err := s.log(tx, doc); err != nil || s.Published == nil {
			return err
		}
		return s.Published(tx)
	})
}

// log enters a version in the public log, if there is one.
func (s *Shelf[T]) log(tx store.Tx, doc T) error {
	if s.Logged == nil {
		return nil
	}
	hash, err := bonafide.Hash(doc)
	if err != nil {
		return err
	}
	version, _ := doc.Edition()
	return s.Logged(tx, fmt.Sprintf("/%s/%s/v/%d", s.Kind, doc.Slug(), version), hash)
}

// LogAll enters in the public log what was published before there was one.
func (s *Shelf[T]) LogAll(ctx context.Context) error {
	if s.Logged == nil {
		return nil
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		return store.ScanJSON(tx, store.Prefix(store.Key("published", s.Kind)), func(_ []byte, doc T) (bool, error) {
			return true, s.log(tx, doc)
		})
	})
}

func (s *Shelf[T]) latest(r store.Reader, slug string) (doc T, version int, err error) {
	err = store.ScanJSON(r, store.Prefix(store.Key("published", s.Kind, slug)), func(_ []byte, d T) (bool, error) {
		doc = d
		version, _ = d.Edition()
		return true, nil
	})
	return doc, version, err
}

// Latest returns the newest version under a slug, false if there is none.
func (s *Shelf[T]) Latest(r store.Reader, slug string) (T, bool, error) {
	doc, version, err := s.latest(r, slug)
	return doc, version > 0, err
}

// Version returns one version, false if there is none.
func (s *Shelf[T]) Version(r store.Reader, slug string, version int) (T, bool, error) {
	return store.GetJSON[T](r, s.key(slug, version))
}

// Versions returns every version under a slug, from the first.
func (s *Shelf[T]) Versions(r store.Reader, slug string) (versions []T, err error) {
	err = store.ScanJSON(r, store.Prefix(store.Key("published", s.Kind, slug)), func(_ []byte, doc T) (bool, error) {
		versions = append(versions, doc)
		return true, nil
	})
	return versions, err
}

// All returns the newest version of every document, by slug.
func (s *Shelf[T]) All(r store.Reader) ([]T, error) {
	var docs []T
	err := store.ScanJSON(r, store.Prefix(store.Key("published", s.Kind)), func(_ []byte, d T) (bool, error) {
		if last := len(docs) - 1; last >= 0 && docs[last].Slug() == d.Slug() {
			docs[last] = d
		} else {
			docs = append(docs, d)
		}
		return true, nil
	})
	return docs, err
}

// ServeHTTP answers for /KIND/NAME and /KIND/NAME/v/N, each with .jwt, .json or neither; without a
// suffix the request's Accept field decides.
func (s *Shelf[T]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := s.serve(w, r); err != nil {
		s.Pages.Fail(w, r, err)
	}
}

func (s *Shelf[T]) serve(w http.ResponseWriter, r *http.Request) error {
	name, suffix := CutSuffix(strings.TrimPrefix(r.URL.Path, "/"+s.Kind+"/"), ".jwt", ".json")
	slug, edition, old := strings.Cut(name, "/v/")
	var doc T
	var found bool
	var latest int
	err := s.Store.View(r.Context(), func(tx store.Reader) error {
		var err error
		if doc, latest, err = s.latest(tx, slug); err != nil || latest == 0 {
			return err
		}
		found = true
		if old {
			number, notNumber := strconv.Atoi(edition)
			if found = notNumber == nil && strconv.Itoa(number) == edition; found { // each version has one address
				doc, found, err = s.Version(tx, slug, number)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if !found {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is not published here")
	}
	if suffix == "" {
		w.Header().Add("Vary", "Accept")
		switch web.Negotiate(r, "text/html", s.Type.MediaType(), "application/json") {
		case s.Type.MediaType():
			suffix = ".jwt"
		case "application/json":
			suffix = ".json"
		case "":
			return bonafide.Errorf(bonafide.NotAcceptable, r.URL.Path, "is a page, JSON or %s", s.Type.MediaType())
		}
	}
	web.Public(w.Header(), "public, max-age=300")
	switch suffix {
	case ".json":
		web.JSON(w, http.StatusOK, doc)
	case ".jwt":
		token, err := s.sign(r.Context(), doc)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", s.Type.MediaType())
		w.Write([]byte(token))
	default:
		page, err := s.Page(doc, latest, r)
		if err != nil {
			return err
		}
		s.Pages.Render(w, r, page)
	}
	return nil
}

// sign returns the document's signed form, made again when half its life is over or its key is compromised.
func (s *Shelf[T]) sign(ctx context.Context, doc T) (string, error) {
	version, _ := doc.Edition()
	key := doc.Slug() + "/" + strconv.Itoa(version)
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept, ok := s.signed[key]; ok && now.Before(kept.until) && s.Sealer.Holds(kept.token) {
		return kept.token, nil
	}
	token, err := s.Sealer.Seal(ctx, s.Type, s.Payload(doc, bonafide.SecondsOf(now), bonafide.SecondsOf(now.Add(signedLife))))
	if err != nil {
		return "", err
	}
	s.signed[key] = signed{token, now.Add(signedLife / 2)}
	return token, nil
}

// CutSuffix cuts the first of the suffixes that name has.
func CutSuffix(name string, suffixes ...string) (bare, suffix string) {
	for _, suffix := range suffixes {
		if bare, ok := strings.CutSuffix(name, suffix); ok {
			return bare, suffix
		}
	}
	return name, ""
}
