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

// entity keeps the site's signed entity configuration. It is signed again when half its life is over, or
// when what it says has changed.
type entity struct {
	sealer   *seal.Sealer
	now      func() time.Time
	origin   bonafide.Origin
	metadata func(context.Context) (bonafide.Metadata, error)

	mu    sync.Mutex
	token string
	says  string // the hash of the metadata signed
	until time.Time
}

func newEntity(s *Site) (*entity, error) {
	sealer, err := seal.ForKeySet(s.Keys.Federation)
	if err != nil {
		return nil, err
	}
	return &entity{sealer: sealer, now: s.Now, origin: s.Origin, metadata: s.metadata}, nil
}

// metadata returns what the site says of its roles.
func (s *Site) metadata(ctx context.Context) (metadata bonafide.Metadata, err error) {
	if s.Issuer != nil {
		metadata.Issuer, metadata.AuthorizationServer = s.Issuer.Metadata(), s.Issuer.AuthorizationServer()
	}
	if s.Desk != nil {
		metadata.Issuer.Outcomes, metadata.Issuer.Rulings = s.Refer.OutcomeEndpoint(), s.Court.RulingEndpoint()
	}
	if s.Verifier != nil {
		metadata.Verifier, metadata.OAuthClient, err = s.Verifier.Metadata(ctx)
	}
	return metadata, err
}

func (e *entity) signed(ctx context.Context) (string, error) {
	metadata, err := e.metadata(ctx)
	if err != nil {
		return "", err
	}
	says, err := bonafide.Hash(metadata)
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	if says == e.says && now.Before(e.until) {
		return e.token, nil
	}
	jwks, err := e.sealer.JWKS()
	if err != nil {
		return "", err
	}
	token, err := e.sealer.Seal(ctx, bonafide.TypeEntity, &bonafide.EntityConfiguration{
		Issuer: e.origin, Subject: e.origin, JWKS: jwks, Metadata: metadata,
		IssuedAt: bonafide.SecondsOf(now), Expires: bonafide.SecondsOf(now.Add(entityLife)),
	})
	if err != nil {
		return "", err
	}
	e.token, e.says, e.until = token, says, now.Add(entityLife/2)
	return token, nil
}

func (s *Site) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/did.json", func(w http.ResponseWriter, r *http.Request) {
		did, err := seal.DIDDocument(s.Origin, seal.Publics(s.Keys.Credential)...)
		if err != nil {
			s.pages.Fail(w, r, err)
			return
		}
		web.Public(w.Header(), "public, max-age=300")
		web.JSON(w, http.StatusOK, did)
	})
	mux.HandleFunc("GET /.well-known/openid-federation", func(w http.ResponseWriter, r *http.Request) {
		token, err := s.entity.signed(r.Context())
		if err != nil {
			s.pages.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", bonafide.TypeEntity.MediaType())
		web.Public(w.Header(), "public, max-age=300")
		w.Write([]byte(token))
	})
	if s.Issuer != nil {
		mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, r *http.Request) {
			web.Public(w.Header(), "public, max-age=300")
			web.JSON(w, http.StatusOK, s.Issuer.AuthorizationServer())
		})
	}
	s.spec.routes(mux)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { well(w) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /me", s.me)
	mux.HandleFunc("GET /me.json", s.meJSON)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.pages.Fail(w, r, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no page of this site"))
	})
}
