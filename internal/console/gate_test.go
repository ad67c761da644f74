package console

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// knock asks a gate by the host named, and follows nothing.
type knock struct {
	*testing.T
	client *http.Client
	at     string // the listener's address
	gate   *Gate
}

func newKnock(t *testing.T) knock {
	w := run(t)
	gate := openGate(t, consoleOf(t, w.Bazar.Site))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return knock{t, client, "http://127.0.0.1:" + gate.port(), gate}
}

// ask sends a request with pairs of header names and values; the first names the host.
func (k knock) ask(method, path string, header ...string) (int, string) {
	r, err := http.NewRequest(method, k.at+path, strings.NewReader(""))
	require.NoError(k, err)
	r.Host = k.gate.host
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := k.client.Do(r)
	require.NoError(k, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(k, err)
	return answer.StatusCode, string(body)
}

func (k knock) status(method, path string, header ...string) int {
	status, _ := k.ask(method, path, header...)
	return status
}

func TestGate(t *testing.T) {
	k := newKnock(t)
	status, body := k.ask(http.MethodGet, "/")
	require.Equal(t, 401, status, "nobody is let in without the address")
	require.Contains(t, body, "bonafide admin")
	require.NotContains(t, body, "/members")
	for _, guess := range []string{"/enter", "/enter?secret=", "/enter?secret=guess"} {
		require.Equal(t, 401, k.status(http.MethodGet, guess))
	}

	_, secret, _ := strings.Cut(k.gate.Address(), k.gate.host)
	require.Equal(t, 421, k.status(http.MethodGet, secret, "Host", "rebound.example"), "a name that leads here doesn't use the address up")
	require.Equal(t, 421, k.status(http.MethodGet, secret, "Host", strings.TrimPrefix(k.at, "http://")), "nor does the bare address")
	require.Equal(t, 303, k.status(http.MethodGet, secret))
	require.Equal(t, 200, k.status(http.MethodGet, "/"))
	require.Equal(t, 421, k.status(http.MethodGet, "/", "Host", "rebound.example"), "the cookie opens under its own name alone")

	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}} {
		require.Equal(t, 403, k.status(http.MethodPost, "/member/suspend", header...), "%v", header)
	}

	k.client.Jar, _ = cookiejar.New(nil)
	require.Equal(t, 401, k.status(http.MethodGet, secret), "the address is good once")
	require.Equal(t, 401, k.status(http.MethodGet, "/", "Cookie", cookieName+"=guess"))
}

func TestGateCookie(t *testing.T) {
	k := newKnock(t)
	r := httptest.NewRequest(http.MethodGet, k.gate.Address(), nil)
	w := httptest.NewRecorder()
	k.gate.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	require.Len(t, cookies, 1)
	require.True(t, cookies[0].HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookies[0].SameSite)
	require.Empty(t, cookies[0].Domain)
}

func (g *Gate) port() string { return g.host[strings.LastIndexByte(g.host, ':')+1:] }

// openGate serves the pages until the test ends.
func openGate(t *testing.T, c *Console) *Gate {
	gate, err := OpenGate(c, 0)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- gate.Serve(ctx, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	return gate
}

// A browser may come by either address of loopback, so both are the gate's, or it doesn't open.
func TestGateStandsOnAllOfLoopback(t *testing.T) {
	probe, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6 loopback")
	}
	taken := probe.Addr().(*net.TCPAddr).Port
	_, err = listen(taken)
	require.ErrorIs(t, err, syscall.EADDRINUSE, "another program holds a half of it")
	require.NoError(t, probe.Close())
	listeners, err := listen(0)
	require.NoError(t, err)
	require.Len(t, listeners, 2)
	for _, listener := range listeners {
		address := listener.Addr().(*net.TCPAddr)
		require.True(t, address.IP.IsLoopback())
		require.Equal(t, listeners[0].Addr().(*net.TCPAddr).Port, address.Port)
		require.NoError(t, listener.Close())
	}
}
