package site

import (
	"context"
	"net/http"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
)

// Where a site's keys and what it says of itself are had.
const (
	didPath    = "/.well-known/did.json"
	entityPath = "/.well-known/openid-federation"
)

// wellKnownLife is how long the signed entity configuration and key history are valid.
const wellKnownLife = 24 * time.Hour

// selfSigned keeps a document that the site's federation key signs. It is signed again when half its life is over,
// when what it says has changed, or when its key is compromised.
type selfSigned struct {
	sealer *seal.Sealer
	typ    bonafide.Type
	now    func() time.Time
	enter  func(ctx context.Context, token string) (leave, error) // enters what was signed in the public log, before anybody reads it

	mu    sync.Mutex
	token string // the last one that was entered
	says  string // the hash of what it says, apart from its dates
	dated func(issued, expires bonafide.Seconds) any
	until time.Time
}

// signed returns the token of what the document says now. dated gives it the dates of its signing.
func (d *selfSigned) signed(ctx context.Context, says any, dated func(issued, expires bonafide.Seconds) any) (string, error) {
	hash, err := bonafide.Hash(says)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if hash == d.says && d.lasts() {
		return d.token, nil
	}
	token, err := d.seal(ctx, dated)
	if err != nil {
		return "", err
	}
	may, err := d.enter(ctx, token)
	switch {
	case err != nil:
		return "", err
	case may == urgent:
		return token, nil
	case may == granted:
		d.says, d.dated = hash, dated
	case d.lasts():
		return d.token, nil
	default:
		if token, err = d.seal(ctx, d.dated); err != nil {
			return "", err
		}
	}
	d.token, d.until = token, d.now().Add(wellKnownLife/2)
	return token, nil
}

// lasts tells whether the last token is good for longer.
func (d *selfSigned) lasts() bool { return d.now().Before(d.until) && d.sealer.Holds(d.token) }

func (d *selfSigned) seal(ctx context.Context, dated func(issued, expires bonafide.Seconds) any) (string, error) {
	now := d.now()
	return d.sealer.Seal(ctx, d.typ, dated(bonafide.SecondsOf(now), bonafide.SecondsOf(now.Add(wellKnownLife))))
}

// newWellKnown makes what keeps the entity configuration and the key history.
func (s *Site) newWellKnown() error {
	sealer, err := seal.ForKeySet(s.Keys.Federation)
	if err != nil {
		return err
	}
	s.entity = &selfSigned{sealer: sealer, typ: bonafide.TypeEntity, now: s.Now, enter: func(ctx context.Context, token string) (leave, error) {
		return s.enterSigned(ctx, publiclog.Metadata, entityPath, bonafide.TypeEntity, token)
	}}
	s.history = &selfSigned{sealer: sealer, typ: bonafide.TypeKeyHistory, now: s.Now, enter: func(ctx context.Context, token string) (leave, error) {
		return s.enterSigned(ctx, publiclog.KeyHistory, bonafide.KeyHistoryPath, bonafide.TypeKeyHistory, token)
	}}
	return nil
}

// signedEntity returns the entity configuration.
func (s *Site) signedEntity(ctx context.Context) (string, error) {
	metadata, err := s.metadata(ctx)
	if err != nil {
		return "", err
	}
	jwks, err := s.entity.sealer.JWKS()
	if err != nil {
		return "", err
	}
	entity := bonafide.EntityConfiguration{Issuer: s.Origin, Subject: s.Origin, JWKS: jwks, Metadata: metadata}
	return s.entity.signed(ctx, entity, func(issued, expires bonafide.Seconds) any {
		entity.IssuedAt, entity.Expires = issued, expires
		return &entity
	})
}

// signedHistory returns the key history; it fails with not-found where whoever made the keys keeps none.
func (s *Site) signedHistory(ctx context.Context) (string, error) {
	history := bonafide.KeyHistory{Issuer: s.Origin}
	if s.Keys.History != nil {
		history.Keys = s.Keys.History()
	}
	if len(history.Keys) == 0 {
		return "", bonafide.Errorf(bonafide.NotFound, bonafide.KeyHistoryPath, "is not kept by this site")
	}
	return s.history.signed(ctx, history, func(issued, expires bonafide.Seconds) any {
		history.IssuedAt, history.Expires = issued, expires
		return &history
	})
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
	if s.public != nil {
		metadata.Log = s.public.Metadata()
	}
	return metadata, err
}

func (s *Site) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+didPath, func(w http.ResponseWriter, r *http.Request) {
		did, err := s.publishedKeys(r.Context())
		if err != nil {
			s.pages.Fail(w, r, err)
			return
		}
		web.Public(w.Header(), "public, max-age=300")
		web.JSON(w, http.StatusOK, did)
	})
	mux.HandleFunc("GET "+entityPath, s.token(bonafide.TypeEntity, s.signedEntity))
	mux.HandleFunc("GET "+bonafide.KeyHistoryPath, s.token(bonafide.TypeKeyHistory, s.signedHistory))
	if s.Issuer != nil {
		mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, r *http.Request) {
			web.Public(w.Header(), "public, max-age=300")
			web.JSON(w, http.StatusOK, s.Issuer.AuthorizationServer())
		})
	}
	s.logRoutes(mux)
	s.spec.routes(mux)
	s.scripts(mux)
	mux.HandleFunc("GET /livez", livez)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /me", s.me)
	mux.HandleFunc("GET /me.json", s.meJSON)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.pages.Fail(w, r, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no page of this site"))
	})
}

// token answers with a signed document.
func (s *Site) token(typ bonafide.Type, sign func(context.Context) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, err := sign(r.Context())
		if err != nil {
			s.pages.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", typ.MediaType())
		web.Public(w.Header(), "public, max-age=300")
		w.Write([]byte(token))
	}
}
