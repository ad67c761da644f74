package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// site is the pages of a test, and what they log.
type site struct {
	*web.Pages
	log bytes.Buffer
}

func newSite(t *testing.T) *site {
	s := &site{}
	folder := fstest.MapFS{
		"messages.en.json": {Data: []byte(`{"hello": "Hello {{.Name}}"}`)},
		"messages.fr.json": {Data: []byte(`{"hello": "Bonjour {{.Name}}"}`)},
		"page.html": {Data: []byte(`{{define "page"}}<p title="{{.Said}}">{{t "hello" "Name" .Said}}</p><a href="{{.Link}}">{{in .Text}}</a><i>{{lang}}</i><b>{{date .At}}</b>
<form action="/do"><input name="said" value={{.Said}}></form>{{end}}
{{define "head"}}<meta property="og:title" content="{{.Said}}">{{end}}`)},
		"broken.html": {Data: []byte(`{{define "broken"}}{{.Missing.Field}}{{end}}`)},
	}
	var err error
	s.Pages, err = web.NewPages("Bazar", slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), folder)
	require.NoError(t, err)
	return s
}

type shown struct {
	Said, Link string
	Text       bonafide.Text
	At         time.Time
}

func hello(said string) web.Page {
	at := time.Date(2026, 2, 1, 23, 59, 0, 0, time.FixedZone("", -3600)) // the 2nd in UTC
	return web.Page{Name: "page", Title: said, Data: shown{said, "/there", bonafide.Text{EN: "There", FR: "Là"}, at}}
}

func get(address string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (s *site) render(r *http.Request, page web.Page) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Render(w, r, page)
	return w
}

func TestRender(t *testing.T) {
	s := newSite(t)
	w := s.render(get("/page?b=2"), hello("Ann"))
	require.Equal(t, http.StatusOK, w.Code)
	body := w.Body.String()
	for _, part := range []string{`<html lang="en">`, `<title>Ann · Bazar</title>`, `Hello Ann`, `<a href="/there">There</a>`, `<i>en</i>`, `<b>2 February 2026</b>`, `href="?b=2&amp;lang=fr"`} {
		require.Contains(t, body, part)
	}
	h := w.Header()
	require.Equal(t, "text/html; charset=utf-8", h.Get("Content-Type"))
	require.Equal(t, "en", h.Get("Content-Language"))
	require.Equal(t, "Accept, Accept-Language, Cookie", h.Get("Vary"))
	require.Equal(t, "same-origin", h.Get("Referrer-Policy"))
	require.Equal(t, "no-store", h.Get("Cache-Control"))
	require.Empty(t, h.Get("Set-Cookie"))

	w = s.render(get("/page", "Accept-Language", "fr"), hello("Ann"))
	for _, part := range []string{`<html lang="fr">`, `Bonjour Ann`, `<a href="/there">Là</a>`, `<i>fr</i>`, `<b>2 février 2026</b>`, `href="?lang=en"`} {
		require.Contains(t, w.Body.String(), part)
	}
	require.Empty(t, w.Header().Get("Set-Cookie"))

	w = s.render(get("/page?lang=fr"), hello("Ann"))
	require.Contains(t, w.Header().Get("Set-Cookie"), "lang=fr; Path=/;")
	require.Contains(t, w.Header().Get("Set-Cookie"), "HttpOnly; SameSite=Lax")
	require.Empty(t, s.render(get("/page?lang=de"), hello("Ann")).Header().Get("Set-Cookie"))

	w = s.render(httptest.NewRequest(http.MethodPost, "/page", nil), hello("Ann"))
	require.NotContains(t, w.Body.String(), `rel="alternate"`, "the answer to a form can't be had by a link")
}

// The policy admits the one style of the page, by its hash, and nothing else.
// BF-SITE-7
func TestPolicy(t *testing.T) {
	s := newSite(t)
	page := hello("Ann")
	page.FormTo = []bonafide.Origin{"https://bazar.example", "http://outils.localhost:8081"}
	w := s.render(get("/page"), page)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(w.Body.String(), -1)
	require.Len(t, style, 1)
	require.NotEmpty(t, style[0][1])
	sum := sha256.Sum256([]byte(style[0][1]))
	require.Equal(t, "default-src 'none'; img-src 'self'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://bazar.example http://outils.localhost:8081", w.Header().Get("Content-Security-Policy"))
	again := s.render(get("/page"), hello("Ann")).Header().Get("Content-Security-Policy")
	require.Regexp(t, `form-action 'self'$`, again, "what one page may isn't for the next")
}

// A page that asks for them gets a script of the site's own and what it says of itself in its head.
func TestScriptAndHead(t *testing.T) {
	s := newSite(t)
	page := hello("<Ann>")
	page.Head, page.Script = "head", "/js/page.js"
	w := s.render(get("/page"), page)
	require.Contains(t, w.Body.String(), `<script type="module" src="/js/page.js"></script>`+"\n"+`<meta property="og:title" content="&lt;Ann&gt;">`)
	require.Regexp(t, `form-action 'self'; script-src 'self'; connect-src 'self'$`, w.Header().Get("Content-Security-Policy"))
	require.NotContains(t, s.render(get("/page"), hello("Ann")).Body.String(), "<script")
}

// What people and peers write shows as it is written, wherever a page shows it.
func TestInjection(t *testing.T) {
	s := newSite(t)
	plain := elements(t, s.render(get("/page"), hello("plain")).Body.String())
	for _, said := range []string{
		`<script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</p></main><img src=x onerror=alert(1)>`,
		`" onmouseover="alert(1)`, `' onmouseover='alert(1)`, `x onfocus=alert(1) autofocus`, `x/><script>`, "`onload=alert(1)",
		`<svg onload=alert(1)>`, `<svg><style>*{}</style></svg>`, `<!--`, `]]>`, `{{.Said}}`, `&lt;b&gt;`, `javascript:alert(1)`,
		"\u202egnp.exe", "a\u2066b", "a\r\nSet-Cookie: x=1", "\x1b[31mred", "\x00", "\xff\xfe",
	} {
		page := hello(said)
		w := s.render(get("/page"), page)
		require.Equal(t, plain, elements(t, w.Body.String()), "%q", said)
		require.Empty(t, w.Header().Get("Set-Cookie"))

		failed := httptest.NewRecorder()
		s.Fail(failed, get("/page", "Accept", "text/html"), bonafide.Errorf(bonafide.BadValue, said, "%s", said))
		require.Equal(t, http.StatusBadRequest, failed.Code)
		require.NotRegexp(t, `<(script|img|svg)`, failed.Body.String(), "%q", said)

		linked := hello("x")
		linked.Data = shown{Link: said, At: time.Unix(0, 0)}
		for node := range parsed(t, s.render(get("/page"), linked).Body.String()).Descendants() {
			for _, a := range node.Attr {
				require.NotRegexp(t, `^(?i)\s*javascript:`, a.Val)
			}
		}
		odd := get("/page")
		odd.URL.RawQuery = "q=" + said
		require.Equal(t, plain, elements(t, s.render(odd, hello("x")).Body.String()), "%q", said)
	}
}

func parsed(t *testing.T, page string) *html.Node {
	root, err := html.Parse(bytes.NewBufferString(page))
	require.NoError(t, err)
	return root
}

// elements returns the elements of a page with the names of their attributes.
func elements(t *testing.T, page string) (found []string) {
	for node := range parsed(t, page).Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		found = append(found, node.Data)
		for _, a := range node.Attr {
			found = append(found, node.Data+" "+a.Key)
		}
	}
	return found
}

func TestProblemOf(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7: secret")
	p := web.ProblemOf(secret)
	require.Equal(t, bonafide.Internal, p.Code)
	require.Equal(t, 500, p.Status)
	require.NotContains(t, fmt.Sprint(p), "secret")

	p = web.ProblemOf(fmt.Errorf("secret: %w", store.Away(secret)))
	require.Equal(t, bonafide.Unavailable, p.Code)
	require.NotContains(t, fmt.Sprint(p), "secret")

	p = web.ProblemOf(fmt.Errorf("secret: %w", bonafide.Errorf(bonafide.NotFound, "the thing", "is gone").Because(secret)))
	require.NotContains(t, fmt.Sprint(p), "secret")
	require.Equal(t, web.ProblemDocument{
		Type: "urn:bonafide:error:not-found", Code: bonafide.NotFound, Title: "There is nothing here.", Status: 404,
		Detail: "is gone", Subject: "the thing", Mend: bonafide.NotFound.Meaning().Mend,
	}, p)
}

// BF-SITE-1
func TestFail(t *testing.T) {
	s := newSite(t)
	fail := func(r *http.Request, err error) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		w.Header().Set("Cache-Control", "public, max-age=300") // of the answer that was meant
		s.Fail(w, r, err)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		return w
	}
	gone := bonafide.Errorf(bonafide.NotFound, "/b/x", "is no badge")
	w := fail(get("/b/x"), gone)
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	problem, err := bonafide.Parse[web.ProblemDocument](w.Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, web.ProblemOf(gone), problem)

	w = fail(get("/b/x?lang=fr", "Accept", "text/html"), gone)
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	for _, part := range []string{html.EscapeString(bonafide.NotFound.Meaning().Sentence.FR), "not-found", "is no badge", "<code><bdi>/b/x</bdi></code>"} {
		require.Contains(t, w.Body.String(), part)
	}
	require.Empty(t, s.log.String(), "what peers are told isn't the operator's trouble")

	w = fail(get("/", "Accept", "text/html"), errors.New("secret"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "secret")
	require.Contains(t, s.log.String(), "secret")

	for code, after := range map[bonafide.Code]string{bonafide.RateLimited: "5", bonafide.Unavailable: "5", bonafide.NotFound: ""} {
		require.Equal(t, after, fail(get("/"), bonafide.Errorf(code, "", "")).Header().Get("Retry-After"))
		require.Equal(t, after, fail(get("/", "Accept", "text/html"), bonafide.Errorf(code, "", "")).Header().Get("Retry-After"))
	}
}

// Clients of a path that has a form of its own are told in it, whatever is wrong and whatever they accept.
func TestFailAs(t *testing.T) {
	s := newSite(t)
	s.FailAs("/token", func(err error) (int, any) { return 418, bonafide.CodeOf(err) })
	for code, err := range map[bonafide.Code]error{
		bonafide.RateLimited: bonafide.Errorf(bonafide.RateLimited, "", ""), bonafide.Internal: errors.New("secret"), bonafide.Unavailable: store.Away(errors.New("secret")),
	} {
		w := httptest.NewRecorder()
		s.Fail(w, get("/token", "Accept", "text/html"), err)
		require.Equal(t, 418, w.Code)
		require.Equal(t, "application/json", w.Header().Get("Content-Type"))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.Equal(t, code != bonafide.Internal, w.Header().Get("Retry-After") == "5", code)
		require.Equal(t, `"`+string(code)+`"`+"\n", w.Body.String())
	}
	w := httptest.NewRecorder()
	s.Fail(w, get("/token/other"), errors.New(""))
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
}

// Nobody is told, and no error logged, when it was the client that went away. What fails beside it is.
func TestClientLeft(t *testing.T) {
	for name, c := range map[string]struct {
		left   bool
		err    error
		status int
	}{
		"it left":               {true, fmt.Errorf("reading: %w", context.Canceled), 499},
		"something else failed": {true, errors.New("the disk is full"), 500},
		"it is still there":     {false, context.Canceled, 500},
		"it took too long":      {false, context.DeadlineExceeded, 500},
	} {
		s := newSite(t)
		r := get("/b/x")
		ctx, cancel := context.WithCancel(t.Context())
		if c.left {
			cancel()
		}
		w := httptest.NewRecorder()
		s.Fail(w, r.WithContext(ctx), c.err)
		cancel()
		require.Equal(t, c.status, w.Code, name)
		require.Equal(t, c.status == 500, s.log.Len() > 0, name)
	}
}

// A template that fails answers 500 and nothing of the page.
func TestRenderFails(t *testing.T) {
	s := newSite(t)
	for _, page := range []web.Page{{Name: "broken", Data: shown{}}, {Name: "none"}} {
		w := s.render(get("/"), page)
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.NotContains(t, w.Body.String(), "Missing")
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
	require.Contains(t, s.log.String(), "Missing")
}

func TestNewPagesRefuses(t *testing.T) {
	for name, folder := range map[string]fstest.MapFS{
		"no messages":         {"page.html": {Data: []byte("x")}},
		"no template":         {"messages.en.json": {Data: []byte("{}")}, "messages.fr.json": {Data: []byte("{}")}},
		"a message too few":   {"page.html": {Data: []byte("x")}, "messages.en.json": {Data: []byte(`{"a":"b"}`)}, "messages.fr.json": {Data: []byte("{}")}},
		"a broken template":   {"page.html": {Data: []byte("{{")}, "messages.en.json": {Data: []byte("{}")}, "messages.fr.json": {Data: []byte("{}")}},
		"an unknown function": {"page.html": {Data: []byte("{{no}}")}, "messages.en.json": {Data: []byte("{}")}, "messages.fr.json": {Data: []byte("{}")}},
	} {
		_, err := web.NewPages("x", slog.Default(), folder)
		require.Error(t, err, name)
	}
}
