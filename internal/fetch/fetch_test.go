package fetch

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

const mediaTest = "application/test"

// answer writes an answer that may be taken.
func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", mediaTest)
	fmt.Fprint(w, body)
}

// BF-FETCH-3, BF-FETCH-5, BF-FETCH-6
func TestGet(t *testing.T) {
	other := newPeer(t, "other")
	other.serve("/", mediaTest, "elsewhere")
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaTest)
			w.WriteHeader(code)
		}
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	hops := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == strings.Repeat("x", n) {
				answer(w, "arrived")
				return
			}
			http.Redirect(w, r, "/?"+r.URL.RawQuery+"x", http.StatusFound)
		}
	}
	for name, c := range map[string]struct {
		page http.HandlerFunc
		code bonafide.Code
	}{
		"good": {func(w http.ResponseWriter, _ *http.Request) { answer(w, "good") }, ""},
		"charset": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaTest+"; charset=utf-8")
		}, ""},
		"not found":     {status(404), bonafide.NotFound},
		"gone":          {status(410), bonafide.NotFound},
		"forbidden":     {status(403), bonafide.BadAnswer},
		"no content":    {status(204), bonafide.BadAnswer},
		"broken":        {status(500), bonafide.Unreachable},
		"busy":          {status(429), bonafide.Unreachable},
		"not modified":  {status(304), bonafide.BadAnswer},
		"wrong type":    {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, bonafide.BadAnswer},
		"largest":       {func(w http.ResponseWriter, _ *http.Request) { answer(w, strings.Repeat("a", MaxBody)) }, ""},
		"one too large": {func(w http.ResponseWriter, _ *http.Request) { answer(w, strings.Repeat("a", MaxBody+1)) }, bonafide.BadAnswer},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaTest)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, bonafide.BadAnswer},
		"oversize header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("a", MaxHeader+1))
			answer(w, "good")
		}, bonafide.BadAnswer},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprint(conn, "SSH-2.0-OpenSSH_9.9\r\n")
			conn.Close()
		}, bonafide.BadAnswer},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, bonafide.Unreachable},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			answer(w, "goo")
		}, bonafide.Unreachable},
		"compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", mediaTest)
			zip := gzip.NewWriter(w)
			fmt.Fprint(zip, "good")
			zip.Close()
		}, bonafide.BadAnswer},
		"two media types": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{mediaTest, "text/html"}
			fmt.Fprint(w, "good")
		}, bonafide.BadAnswer},
		"three redirects":       {hops(3), ""},
		"four redirects":        {hops(4), bonafide.BadRedirect},
		"redirect in circles":   {redirect("/"), bonafide.BadRedirect},
		"redirect elsewhere":    {redirect(other.address("/")), bonafide.BadRedirect},
		"redirect inside":       {redirect("http://169.254.169.254/latest/meta-data/"), bonafide.BadRedirect},
		"redirect to a file":    {redirect("file:///etc/passwd"), bonafide.BadRedirect},
		"redirect with a user":  {func(w http.ResponseWriter, r *http.Request) { redirect("http://user@"+r.Host+"/")(w, r) }, bonafide.BadRedirect},
		"redirect to own https": {func(w http.ResponseWriter, r *http.Request) { redirect("https://"+r.Host+"/")(w, r) }, bonafide.BadRedirect},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, "peer")
			p.handle("/", c.page)
			_, err := newClient(t, newClock()).Get(t.Context(), p.address("/"), mediaTest)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			if err != nil {
				require.Contains(t, err.Error(), p.address("/"))
			}
		})
	}
	require.Zero(t, other.count("/"), "nothing was asked of the other site")
}

// BF-FETCH-10
func TestGetSendsNoMoreThanItMust(t *testing.T) {
	p := newPeer(t, "peer")
	var asked http.Header
	p.handle("/", func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
		answer(w, "good")
	})
	c := newClient(t, newClock())
	for range 2 {
		_, err := c.Get(t.Context(), p.address("/"), mediaTest, mediaJSON)
		require.NoError(t, err)
		require.Equal(t, http.Header{
			"Accept": {mediaTest + ", " + mediaJSON}, "Accept-Encoding": {"identity"}, "User-Agent": {"bonafide/1"},
		}, asked)
	}
}

// BF-FETCH-4
func TestSlow(t *testing.T) {
	p := newPeer(t, "peer")
	p.handle("/header", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p.handle("/body", func(w http.ResponseWriter, r *http.Request) {
		answer(w, "goo")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c, err := New(Config{Local: true, Timeout: 50 * time.Millisecond})
	require.NoError(t, err)
	for _, path := range []string{"/header", "/body"} {
		_, err := c.Get(t.Context(), p.address(path), mediaTest)
		require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "%v", err)
	}
}

// BF-FETCH-1
func TestAddresses(t *testing.T) {
	p := newPeer(t, "peer")
	p.serve("/", mediaTest, "good")
	for address, code := range map[string]bonafide.Code{
		p.address("/"):                          bonafide.AddressRefused,
		"http://bazar.example/":                 bonafide.AddressRefused,
		"ftp://bazar.example/":                  bonafide.AddressRefused,
		"https://localhost/":                    bonafide.AddressRefused,
		"https://peer.localhost/":               bonafide.AddressRefused,
		"https://127.0.0.1/":                    bonafide.AddressRefused,
		"https://127.0.0.1:8443/":               bonafide.AddressRefused,
		"https://169.254.169.254/latest":        bonafide.AddressRefused,
		"https://10.1.2.3/":                     bonafide.AddressRefused,
		"https://[::1]/":                        bonafide.AddressRefused,
		"https://[::ffff:127.0.0.1]/":           bonafide.AddressRefused,
		"https://bazar.example:22/":             bonafide.AddressRefused,
		"https://127.1/":                        bonafide.BadOrigin,
		"https://0x7f000001/":                   bonafide.BadOrigin,
		"https://user:pass@bazar.example/":      bonafide.BadOrigin,
		"https://BAZAR.example/":                bonafide.BadOrigin,
		"https://bazar.example:443/":            bonafide.BadOrigin,
		"https://bazar.example/a/../b":          bonafide.BadOrigin,
		"https://bazar.example/#fragment":       bonafide.BadOrigin,
		"bazar.example":                         bonafide.BadOrigin,
		"https://bazar.example/\r\nHost: other": bonafide.BadOrigin,
		"":                                      bonafide.BadOrigin,
	} {
		c, err := New(Config{})
		require.NoError(t, err)
		c.http = nil // whoever gets so far would panic
		_, err = c.Get(t.Context(), address, mediaTest)
		require.Equal(t, code, bonafide.CodeOf(err), "%s: %v", address, err)
		_, err = c.PostForm(t.Context(), address, nil)
		require.Equal(t, code, bonafide.CodeOf(err), "%s: %v", address, err)
	}
}

// BF-FETCH-2
func TestDialRefusesPrivateAddresses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	for _, host := range []string{
		"localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
		"169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::1", "224.0.0.1", "255.255.255.255",
	} {
		for _, local := range []bool{false, true} {
			if local && host == "localhost" {
				continue
			}
			c, err := New(Config{Local: local})
			require.NoError(t, err)
			_, err = c.dial(t.Context(), "tcp", net.JoinHostPort(host, port))
			require.Error(t, err, host)
			err = networkError(t.Context(), "https://bazar.example/", err)
			require.Equal(t, bonafide.AddressRefused, bonafide.CodeOf(err), "%s: %v", host, err)
		}
	}
}

// TestHTTPS replaces the dialling alone, which can't be had without a public address.
func TestHTTPS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, "good") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	c, err := New(Config{})
	require.NoError(t, err)
	transport := c.http.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	_, err = c.Get(t.Context(), "https://example.com/", mediaTest)
	require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "its certificate isn't known: %v", err)
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	_, err = c.Get(t.Context(), "https://example.com/", mediaTest)
	require.NoError(t, err)
	_, err = c.Get(t.Context(), "https://example.org/", mediaTest)
	require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "the certificate is another's: %v", err)
}

// BF-FETCH-3, BF-FETCH-6
func TestPostForm(t *testing.T) {
	p := newPeer(t, "peer")
	var got url.Values
	reply := func(status int, media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.ParseForm() == nil {
				got = r.PostForm
			}
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "/good")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	c := newClient(t, newClock())
	p.handle("/good", reply(201, mediaJSON, `{"request_uri":"urn:x"}`))
	form := url.Values{"response_type": {"code"}}
	a, err := c.PostForm(t.Context(), p.address("/good"), form)
	require.NoError(t, err)
	require.Equal(t, 201, a.Status)
	require.JSONEq(t, `{"request_uri":"urn:x"}`, string(a.Body))
	require.Equal(t, form, got)

	p.handle("/refused", reply(400, "application/json; charset=utf-8", `{"error":"invalid_grant"}`))
	a, err = c.PostForm(t.Context(), p.address("/refused"), form)
	require.NoError(t, err)
	require.Equal(t, 400, a.Status)

	before := p.count("/good")
	for status, code := range map[int]bonafide.Code{
		200: bonafide.BadAnswer, 404: bonafide.NotFound, 502: bonafide.Unreachable, 303: bonafide.BadRedirect, 307: bonafide.BadRedirect,
	} {
		p.handle("/bad", reply(status, "text/html", "<html>"))
		_, err = c.PostForm(t.Context(), p.address("/bad"), form)
		require.Equal(t, code, bonafide.CodeOf(err), "%d: %v", status, err)
	}
	require.Equal(t, before, p.count("/good"), "no form is sent on")
}

// A refusal in a problem document is an answer to who tells, and none to who speaks OAuth.
func TestTell(t *testing.T) {
	p := newPeer(t, "peer")
	p.handle("/refused", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaProblem)
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `{"code":"referral-over"}`)
	})
	c := newClient(t, newClock())
	a, err := c.Tell(t.Context(), p.address("/refused"), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusConflict, a.Status)
	require.JSONEq(t, `{"code":"referral-over"}`, string(a.Body))
	_, err = c.PostForm(t.Context(), p.address("/refused"), nil)
	require.Equal(t, bonafide.BadAnswer, bonafide.CodeOf(err))
	_, err = c.Tell(t.Context(), p.address("/missing"), nil)
	require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err))
}

// BF-FETCH-11
func TestOneOriginGetsFewRequestsAtOnce(t *testing.T) {
	p := newPeer(t, "peer")
	arrived, release := make(chan struct{}), make(chan struct{})
	p.handle("/held", func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		answer(w, "good")
	})
	p.serve("/", mediaTest, "good")
	c := newClient(t, newClock())
	results := make(chan error, maxConns)
	for range maxConns {
		go func() {
			_, err := c.Get(t.Context(), p.address("/held"), mediaTest)
			results <- err
		}()
		<-arrived
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Get(ctx, p.address("/"), mediaTest)
	require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "one more waits: %v", err)
	require.Zero(t, p.count("/"))
	close(release)
	for range maxConns {
		require.NoError(t, <-results)
	}
	_, err = c.Get(t.Context(), p.address("/"), mediaTest)
	require.NoError(t, err)
}

// BF-FETCH-11
func TestOneOriginGetsFewRequestsASecond(t *testing.T) {
	p := newPeer(t, "peer")
	p.serve("/", mediaTest, "good")
	c := newClient(t, newClock())
	for range 25 {
		c.limiter(p.origin).ReserveN(time.Now(), burst) // two minutes in debt
	}
	_, err := c.Get(t.Context(), p.address("/"), mediaTest)
	require.Equal(t, bonafide.RateLimited, bonafide.CodeOf(err), "%v", err)
	require.Zero(t, p.count("/"))
	other := newPeer(t, "other")
	other.serve("/", mediaTest, "good")
	_, err = c.Get(t.Context(), other.address("/"), mediaTest)
	require.NoError(t, err)
}
