package peer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"bonafide.example/conformance/wire"
)

// Site is one of the suites' own sites.
type Site struct {
	Origin     string
	Credential *wire.Key // signs what is published and told
	Federation *wire.Key // signs the entity configuration
	Client     *wire.Key // signs client assertions
	Now        func() time.Time

	mutex    sync.Mutex
	handlers map[string]http.HandlerFunc // by path
	requests []Request
}

// Request is what came to a site.
type Request struct {
	Method, Path string
	Query, Form  url.Values
	Header       http.Header
}

func newSite(origin string, now func() time.Time) (*Site, error) {
	s := &Site{Origin: origin, Now: now, handlers: map[string]http.HandlerFunc{}}
	for _, key := range []**wire.Key{&s.Credential, &s.Federation, &s.Client} {
		var err error
		if *key, err = wire.NewES256(); err != nil {
			return nil, err
		}
	}
	s.ServeKeys()
	return s, nil
}

// ServeKeys serves the DID document.
func (s *Site) ServeKeys() {
	s.Handle("/.well-known/did.json", s.JSON(func() any { return wire.DIDDocument(s.Origin, s.Credential) }))
}

// Handle sets what the site answers at a path, in place of what it answered before.
func (s *Site) Handle(path string, answer http.HandlerFunc) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.handlers[path] = answer
}

// Handler returns what the site answers at a path.
func (s *Site) Handler(path string) http.HandlerFunc {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if answer, ok := s.handlers[path]; ok {
		return answer
	}
	return http.NotFound
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mutex.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.PostForm, r.Header.Clone()})
	s.mutex.Unlock()
	s.Handler(r.URL.Path)(w, r)
}

// Requests returns what came so far, to this path or, for "", to any.
func (s *Site) Requests(path string) []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return path != "" && r.Path != path })
}

// JSON answers with what value returns.
func (s *Site) JSON(value func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(value()); err != nil {
			panic(err) // values are the suite's own
		}
	}
}

// Text answers with a body of this media type.
func Text(media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		if _, err := w.Write([]byte(body)); err != nil {
			return // whoever asked is gone
		}
	}
}

// Signed answers with what value returns, signed by the credential key as typ and served as media.
func (s *Site) Signed(typ, media string, value func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, err := s.Seal(typ, value())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		Text(media, token)(w, r)
	}
}

// KID returns how tokens of the site name its credential key.
func (s *Site) KID() string { return wire.DID(s.Origin) + "#" + s.Credential.ID() }

// Seal signs a payload with the credential key.
func (s *Site) Seal(typ string, payload any) (string, error) {
	return s.Credential.Sign(typ, s.KID(), payload)
}

// Entity returns the payload of an entity configuration with this metadata, by role.
func (s *Site) Entity(metadata wire.Object) wire.Object {
	now := s.Now().Unix()
	return wire.Object{
		"iss": s.Origin, "sub": s.Origin, "iat": now, "exp": now + 86400,
		"jwks": wire.KeySet(s.Federation), "metadata": metadata,
	}
}

// entityPath and entityMedia are where and as what an entity configuration is served.
const (
	entityPath  = "/.well-known/openid-federation"
	entityMedia = "application/entity-statement+jwt"
)

// Publish serves the entity configuration that value returns.
func (s *Site) Publish(value func() wire.Object) {
	s.Handle(entityPath, func(w http.ResponseWriter, r *http.Request) {
		token, err := s.Federation.Sign("entity-statement+jwt", s.Federation.ID(), value())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		Text(entityMedia, token)(w, r)
	})
}
