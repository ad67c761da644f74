package doctor

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

func TestAHealthySite(t *testing.T) {
	s := newShop(t)
	require.Empty(t, s.faults())
}

// proxy is a fault that a proxy, a cache or a wrong configuration puts before a site.
type proxy = func(http.Handler) http.Handler

// answering lets the site answer, and changes the answer of the paths with that ending.
func answering(ending string, change func(*httptest.ResponseRecorder)) proxy {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, ending) {
				next.ServeHTTP(w, r)
				return
			}
			got := httptest.NewRecorder()
			next.ServeHTTP(got, r)
			change(got)
			maps.Copy(w.Header(), got.Header())
			w.WriteHeader(got.Code)
			w.Write(got.Body.Bytes())
		})
	}
}

func without(ending, name string) proxy {
	return answering(ending, func(a *httptest.ResponseRecorder) { a.Header().Del(name) })
}

func with(ending, name, value string) proxy {
	return answering(ending, func(a *httptest.ResponseRecorder) { a.Header().Set(name, value) })
}

func status(ending string, code int) proxy {
	return answering(ending, func(a *httptest.ResponseRecorder) { a.Code = code })
}

// asking changes the request before the site sees it.
func asking(change func(*http.Request)) proxy {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

// bounded answers requests whose body is over so many bytes itself.
func bounded(limit, code int) proxy {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if len(body) > limit {
				w.WriteHeader(code)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}
}

// otherLater answers with another key once the document was read twice.
func otherLater(path string) proxy {
	n := 0
	return answering(path, func(a *httptest.ResponseRecorder) {
		if n++; n > 2 {
			a.Body = bytes.NewBuffer(bytes.Replace(a.Body.Bytes(), []byte(`"x":"`), []byte(`"x":"other`), 1))
		}
	})
}

// keeping serves to everybody what the first got.
func keeping(path string) proxy {
	var kept *httptest.ResponseRecorder
	return answering(path, func(a *httptest.ResponseRecorder) {
		if kept == nil {
			kept = httptest.NewRecorder()
			maps.Copy(kept.Header(), a.Header())
			kept.Body.Write(a.Body.Bytes())
		}
		maps.Copy(a.Header(), kept.Header())
		a.Body = bytes.NewBuffer(kept.Body.Bytes())
	})
}

func TestPlantedFaultsOfProxies(t *testing.T) {
	const entity, did = "/.well-known/openid-federation", "/.well-known/did.json"
	cases := map[string]struct {
		proxy proxy
		found []string
	}{
		"breaks off":    {asking(func(*http.Request) { panic(http.ErrAbortHandler) }), []string{"reach"}},
		"a wrong clock": {with(entity, "Date", "Thu, 01 Jan 2026 00:00:00 GMT"), []string{"clock"}},
		"leads away": {answering(entity, func(a *httptest.ResponseRecorder) {
			a.Code = 301
			a.Header().Set("Location", "https://www.shop.example/")
		}), []string{"entity"}},
		"entity not passed on":       {status(entity, 404), []string{"entity"}},
		"entity of another type":     {with(entity, "Content-Type", "text/plain"), []string{"entity"}},
		"did not passed on":          {status(did, 403), []string{"keys", "mechanism", "table", "badge"}},
		"servers of several keys":    {otherLater(did), []string{"keys"}},
		"an old server":              {answering("/oauth-authorization-server", func(a *httptest.ResponseRecorder) { a.Body = bytes.NewBufferString(`{"issuer":"https://old.example"}`) }), []string{"authorization"}},
		"a mechanism is away":        {status("/mechanisms/trader.jwt", 502), []string{"mechanism"}},
		"a table is away":            {status("/conversions/otc.jwt", 404), []string{"table"}},
		"badges renamed":             {with("/status/1", "Content-Type", "application/octet-stream"), []string{"list"}},
		"badges compressed":          {with(".jwt", "Content-Encoding", "gzip"), []string{"mechanism", "table", "badge"}},
		"a picture is a page":        {with(".svg", "Content-Type", "text/html"), []string{"picture"}},
		"a picture is away":          {status(".png", 404), []string{"picture"}},
		"a picture without a tag":    {without(".png", "Etag"), []string{"picture"}},
		"a picture without a policy": {without(".svg", "Content-Security-Policy"), []string{"picture"}},
		"a picture for ever":         {with(".svg", "Cache-Control", "public, immutable"), []string{"picture"}},
		"no tag is passed on":        {asking(func(r *http.Request) { r.Header.Del("If-None-Match") }), []string{"picture"}},
		"a picture with a cookie":    {with(".svg", "Set-Cookie", "a=b"), []string{"cookies"}},
		"unreadable elsewhere":       {without(did, "Access-Control-Allow-Origin"), []string{"cors"}},
		"sniffed":                    {without("/trader.jwt", "X-Content-Type-Options"), []string{"nosniff"}},
		"a document compressed":      {with("/oauth-authorization-server", "Content-Encoding", "br"), []string{"compression"}},
		"a document with a cookie":   {with(did, "Set-Cookie", "lb=1"), []string{"cookies"}},
		"a page without a policy":    {without("/", "Content-Security-Policy"), []string{"policy"}},
		"a page with another policy": {with("/", "Content-Security-Policy", "script-src 'unsafe-inline'"), []string{"policy"}},
		"a page sniffed":             {without("/", "X-Content-Type-Options"), []string{"nosniff"}},
		"a page out of a cache":      {with("/", "Age", "12"), []string{"cache"}},
		"one visitor's page":         {keeping("/"), []string{"cache"}},
		"a page with a cookie":       {with("/", "Set-Cookie", "lb=1"), []string{"cookies"}},
		"Origin taken away":          {asking(func(r *http.Request) { r.Header.Del("Origin") }), []string{"cross-origin"}},
		"Host not passed on":         {asking(func(r *http.Request) { r.Host = "127.0.0.1:8080" }), []string{"cross-origin"}},
		"short bodies":               {bounded(4<<10, 413), []string{"body"}},
		"endless bodies":             {bounded(1<<20, 200), []string{"body"}},
		"not ready":                  {status("/readyz", 503), []string{"ready"}},
	}
	s := newShop(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s.lock.Lock()
			s.proxy = c.proxy
			s.lock.Unlock()
			found := s.faults()
			require.ElementsMatch(t, c.found, slices.Collect(maps.Keys(found)), "%v", found)
		})
	}
}

func TestPlantedFaultsOfSites(t *testing.T) {
	// each returns the one check that must find it
	for name, plant := range map[string]func(*testing.T) (*shop, string){
		"another site answers": func(t *testing.T) (*shop, string) {
			s := newShop(t)
			other := newShop(t)
			s.inner = other.inner
			s.badge = ""
			return s, "entity"
		},
		"anybody names who they are": func(t *testing.T) (*shop, string) {
			return newShop(t, func(c *site.Config) {
				c.SignIn = site.ProxySignIn(site.ProxyHeaders{ID: "X-User"}, "/sign-in", netip.MustParsePrefix("127.0.0.0/8"))
			}), "sign-in"
		},
		"the administration is outside": func(t *testing.T) (*shop, string) {
			s := newShop(t)
			public := s.inner
			s.inner = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/admin/") {
					s.Admin().ServeHTTP(w, r)
					return
				}
				public.ServeHTTP(w, r)
			})
			return s, "admin"
		},
		"a table ran out": func(t *testing.T) (*shop, string) {
			return newShop(t, func(c *site.Config) { c.Tables[0].ValidUntil = "2026-02-01" }), "table"
		},
		"a version was changed": func(t *testing.T) (*shop, string) {
			s := newShop(t)
			first := trader(s.Origin)
			hash, err := bonafide.Hash(first)
			require.NoError(t, err)
			changed := s.open(s.Origin, "changed", func(c *site.Config) { c.Mechanisms[0].Date = "2026-01-02" })
			second := first
			second.Version, second.Previous, second.Date = 2, hash, "2026-02-01"
			s.Site = s.open(s.Origin, "first", func(c *site.Config) {})
			next := s.again(second)
			s.badge = ""
			s.inner = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/v/1") {
					changed.Handler().ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
			return s, "mechanism"
		},
		"a list is kept too long": func(t *testing.T) (*shop, string) {
			s := newShop(t)
			path := s.listPath()
			old := httptest.NewRecorder()
			s.inner.ServeHTTP(old, httptest.NewRequest(http.MethodGet, path, nil))
			fresh := s.inner
			s.inner = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != path {
					fresh.ServeHTTP(w, r)
					return
				}
				maps.Copy(w.Header(), old.Header())
				w.Write(old.Body.Bytes())
			})
			s.now.Add(int64((3*24*time.Hour - 2*time.Minute).Seconds()))
			return s, "list"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, check := plant(t)
			found := s.faults()
			require.Equal(t, []string{check}, slices.Collect(maps.Keys(found)), "%v", found)
		})
	}
}

// again returns the handler of the site with a later version of its mechanism.
func (s *shop) again(m bonafide.Mechanism) http.Handler {
	config := s.Config
	config.Mechanisms = []bonafide.Mechanism{m}
	made, err := site.New(config)
	require.NoError(s, err)
	return made.Handler()
}

// listPath returns the path of the status list that the shop's badge is on.
func (s *shop) listPath() string {
	got := httptest.NewRecorder()
	s.inner.ServeHTTP(got, httptest.NewRequest(http.MethodGet, s.badge[len(s.Origin):]+".json", nil))
	credential, err := bonafide.ParsePeer[bonafide.Credential](got.Body.Bytes())
	require.NoError(s, err)
	return credential.Status.Credential[len(s.Origin):]
}
