package site

import (
	"context"
	"net/http"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
)

// entityLife is how long the signed entity configuration is valid.
const entityLife = 24 * time.Hour

// entity keeps the site's signed entity configuration and signs it again when half its life is over.
type entity struct {
	sealer        *seal.Sealer
	now           func() time.Time
	configuration bonafide.EntityConfiguration

	mu    sync.Mutex
	token string
	until time.Time
}

func newEntity(s *Site) (*entity, error) {
	key, err := seal.PublicJWK(s.Keys.Federation.Public())
	if err != nil {
		return nil, err
	}
	sealer, err := seal.NewSealer(s.Keys.Federation, key.Kid)
	if err != nil {
		return nil, err
	}
	metadata := bonafide.Metadata{}
	if s.Issuer != nil {
		metadata.Issuer, metadata.AuthorizationServer = s.Issuer.Metadata(), s.Issuer.AuthorizationServer()
	}
	if s.Verifier != nil {
		metadata.Verifier, metadata.OAuthClient = s.Verifier.Metadata()
	}
	return &entity{sealer: sealer, now: s.Now, configuration: bonafide.EntityConfiguration{
		Issuer: s.Origin, Subject: s.Origin, JWKS: bonafide.JWKS{Keys: []bonafide.JWK{key}}, Metadata: metadata,
	}}, nil
}

func (e *entity) signed(ctx context.Context) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	if e.token != "" && now.Before(e.until) {
		return e.token, nil
	}
	configuration := e.configuration
	configuration.IssuedAt, configuration.Expires = bonafide.SecondsOf(now), bonafide.SecondsOf(now.Add(entityLife))
	token, err := e.sealer.Seal(ctx, bonafide.TypeEntity, &configuration)
	if err != nil {
		return "", err
	}
	e.token, e.until = token, now.Add(entityLife/2)
	return token, nil
}

func (s *Site) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/did.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		web.JSON(w, http.StatusOK, s.did)
	})
	mux.HandleFunc("GET /.well-known/openid-federation", func(w http.ResponseWriter, r *http.Request) {
		token, err := s.entity.signed(r.Context())
		if err != nil {
			s.pages.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/"+string(bonafide.TypeEntity))
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Write([]byte(token))
	})
	if server := s.entity.configuration.Metadata.AuthorizationServer; server != nil {
		mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=300")
			web.JSON(w, http.StatusOK, server)
		})
	}
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /me", s.me)
	mux.HandleFunc("GET /me.json", s.meJSON)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.pages.Fail(w, r, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no page of this site"))
	})
}
