package web_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// hardened serves a mux that has one of everything.
func (s *site) hardened() http.Handler {
	inner := http.NewServeMux()
	inner.HandleFunc("GET /b/{badge}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "badge") })
	mux := http.NewServeMux()
	mux.Handle("/b/", s.Harden(inner)) // a role's handler within the site's
	mux.HandleFunc("POST /change", func(w http.ResponseWriter, r *http.Request) {
		if _, err := web.Body(r, "text/plain", 10<<20); err != nil {
			s.Fail(w, r, err)
		}
	})
	mux.HandleFunc("GET /panic/{code}", func(http.ResponseWriter, *http.Request) { panic("secret") })
	mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half")
		panic("secret")
	})
	mux.HandleFunc("GET /cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	return s.Harden(mux)
}

func (s *site) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.hardened().ServeHTTP(w, r)
	return w
}

func change(header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://bazar.example/change", strings.NewReader("x"))
	r.Header.Set("Content-Type", "text/plain")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestCrossOrigin(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"no browser":                  {nil, 200},
		"the site's own page":         {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "https://bazar.example"}, 200},
		"its own, an older browser":   {[]string{"Origin", "https://bazar.example"}, 200},
		"another site's page":         {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		"a neighbour's page":          {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.bazar.example"}, 403},
		"another, an older browser":   {[]string{"Origin", "https://evil.example"}, 403},
		"of an origin that is hidden": {[]string{"Origin", "null"}, 403},
	} {
		w := s.do(change(c.header...))
		require.Equal(t, c.status, w.Code, name)
		if c.status == 403 {
			require.Contains(t, w.Body.String(), `"code":"cross-origin"`, name)
		}
	}
	r := get("/b/x", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	require.Equal(t, 200, s.do(r).Code, "anybody may read")
	w := s.do(change("Origin", "https://<b>evil", "Accept", "text/html"))
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Body.String(), "https://&lt;b&gt;evil")
}

// BF-SITE-1, BF-SITE-7
func TestMuxRefusals(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		method, path string
		code         bonafide.Code
		allow        string
	}{
		"no such page":                 {"GET", "/none", bonafide.NotFound, ""},
		"no such page within a role":   {"GET", "/b/x/y", bonafide.NotFound, ""},
		"another method":               {"GET", "/change", bonafide.MethodNotAllowed, "POST"},
		"another method within a role": {"DELETE", "/b/x", bonafide.MethodNotAllowed, "GET, HEAD"},
	} {
		w := s.do(httptest.NewRequest(c.method, c.path, nil))
		require.Equal(t, c.code.Meaning().Status, w.Code, name)
		require.Equal(t, c.allow, w.Header().Get("Allow"), name)
		problem, err := bonafide.Parse[web.ProblemDocument](w.Body.Bytes())
		require.NoError(t, err, w.Body.String())
		require.Equal(t, c.code, problem.Code, name)

		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Accept", "text/html")
		w = s.do(r)
		require.Equal(t, c.code.Meaning().Status, w.Code, name)
		require.Contains(t, w.Body.String(), html.EscapeString(c.code.Meaning().Sentence.EN), name)
		require.NotContains(t, w.Body.String(), "404 page not found", name)
	}
	head := s.do(httptest.NewRequest("HEAD", "/b/x", nil))
	require.Equal(t, 200, head.Code)
	require.Equal(t, "nosniff", head.Header().Get("X-Content-Type-Options"))
}

func TestPanic(t *testing.T) {
	s := newSite(t)
	w := s.do(get("/panic/K7QXM2VTP4WN9RFA"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Contains(t, w.Body.String(), `"code":"internal"`)
	require.NotContains(t, w.Body.String(), "secret")
	require.Contains(t, s.log.String(), "secret")
	require.Contains(t, s.log.String(), "harden_test.go", "where it happened")
	require.NotContains(t, s.log.String(), "K7QXM2VTP4WN9RFA")
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { s.do(get("/half")) }, "half an answer doesn't pass for a whole one")
	s.log.Reset()
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { s.do(get("/cut")) })
	require.NotContains(t, s.log.String(), "panic")
}

// BF-PRIVACY-2
func TestLogHasNoPersonalData(t *testing.T) {
	s := newSite(t)
	s.do(get("/b/K7QXM2VTP4WN9RFA?code=secret", "Cookie", "session=secret", "Referer", "https://secret.example"))
	require.Equal(t, 1, strings.Count(s.log.String(), "msg=request"), "once, not by each handler on the way")
	require.Contains(t, s.log.String(), `method=GET route="GET /b/{badge}" status=200`)
	for _, secret := range []string{"K7QXM2VTP4WN9RFA", "secret", "192.0.2.1"} {
		require.NotContains(t, s.log.String(), secret)
	}
	s.do(get("/b/x/K7QXM2VTP4WN9RFA"))
	require.Contains(t, s.log.String(), "status=404")
	require.NotContains(t, s.log.String(), "K7QXM2VTP4WN9RFA")
}

func TestBodyLimit(t *testing.T) {
	s := newSite(t)
	r := change()
	r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", web.MaxBody+1)))
	w := s.do(r)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code, "whatever the handler would read")
	require.Contains(t, w.Body.String(), `"code":"too-large"`)
}

// A request that runs when the server is told to end is answered; one that comes later isn't taken.
func TestServe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	running, finish := make(chan bool), make(chan bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		running <- true
		<-finish
		io.WriteString(w, "whole")
	})
	ctx, cancel := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- web.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-running
	cancel()
	for err == nil { // until the listener is closed
		var connection net.Conn
		if connection, err = net.Dial("tcp", listener.Addr().String()); err == nil {
			connection.Close()
		}
	}
	close(finish)
	require.Equal(t, "whole", <-answered)
	require.NoError(t, <-served)
	require.Error(t, web.Serve(t.Context(), listener, handler, slog.New(slog.DiscardHandler)), "a listener that is closed")
}
