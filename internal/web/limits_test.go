package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// refusedWith tells that the answer is that refusal, and says when to come back.
func refusedWith(t *testing.T, w *httptest.ResponseRecorder, code bonafide.Code) {
	t.Helper()
	require.Equal(t, code.Meaning().Status, w.Code)
	problem, err := bonafide.Parse[web.ProblemDocument](w.Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, code, problem.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Ten times as many requests as can be answered come while each place is taken: all are refused at once, what is light
// is answered, and a place is free again after each request.
func TestOverload(t *testing.T) {
	for _, atWork := range []int{0, 3} {
		s := newSite(t)
		s.Limit(web.Limits{AtWork: atWork, Light: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/light") }})
		var answered []web.Answered
		s.Watch(func(a web.Answered) { answered = append(answered, a) })
		if atWork == 0 {
			atWork = web.UsualAtWork
		}
		running, finish, done := make(chan bool), make(chan bool), make(chan bool)
		handler := s.Harden(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/held") || r.URL.Path == "/light/held" {
				running <- true
				<-finish
			}
		}))
		hold := func(path string, times int) {
			for range times {
				go func() {
					ask(handler, get(path))
					done <- true
				}()
				<-running
			}
		}
		hold("/held", atWork)
		for range 10 * atWork {
			refusedWith(t, ask(handler, get("/")), bonafide.Unavailable)
			require.Equal(t, http.StatusOK, ask(handler, get("/light")).Code)
		}
		require.Equal(t, web.Refusals{Busy: int64(10 * atWork)}, s.Refusals())
		usual, light := s.AtWork()
		require.Equal(t, []int{atWork, 0}, []int{usual, light})
		require.Len(t, answered, 20*atWork, "who watches is told of what is refused, too")
		require.Equal(t, web.Answered{Method: "GET", Status: 503}, answered[0])

		hold("/light/held", 4*atWork)
		refusedWith(t, ask(handler, get("/light")), bonafide.Unavailable) // light requests are bounded too

		s.Watch(func(web.Answered) {}) // those that end do so at once
		close(finish)
		for range 5 * atWork {
			<-done
		}
		require.Equal(t, http.StatusOK, ask(handler, get("/")).Code)
	}
}

// from is a request that comes from the address.
func from(address string, header ...string) *http.Request {
	r := get("/", header...)
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(address), 5000).String()
	return r
}

// account is the member that a request's header names.
func account(r *http.Request) (string, bool) {
	id := r.Header.Get("Test-Account")
	return id, id != ""
}

// limited serves a page for everybody, and one for members at /me.
func limited(t *testing.T, l web.Limits) (*site, http.Handler) {
	s := newSite(t)
	l.Client, l.Account = web.ClientAddress([]netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}), account
	s.Limit(l)
	signIn := bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			id, ok := account(r)
			return bonafide.Account{ID: id}, ok
		},
		Address: func(string) string { return "/sign-in" },
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /me", s.ToMember(signIn, func(http.ResponseWriter, *http.Request, bonafide.Account) error { return nil }))
	return s, s.Harden(mux)
}

func TestPerNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes meanwhile
		s, handler := limited(t, web.Limits{PerNetwork: 1, PerAccount: 1})
		const atOnce = 10
		for n := range atOnce { // whichever address of the network asks
			require.Equal(t, http.StatusOK, ask(handler, from(fmt.Sprintf("198.51.100.%d", n))).Code)
		}
		refusedWith(t, ask(handler, from("198.51.100.200")), bonafide.RateLimited)
		refusedWith(t, ask(handler, from("::ffff:198.51.100.200")), bonafide.RateLimited)
		require.Equal(t, http.StatusOK, ask(handler, from("198.51.101.1")).Code, "a neighbour")
		for n := range atOnce {
			require.Equal(t, http.StatusOK, ask(handler, from("10.0.0.1", "X-Forwarded-For", fmt.Sprintf("2001:db8::%d", n))).Code)
		}
		refusedWith(t, ask(handler, from("10.0.0.1", "X-Forwarded-For", "2001:db8::ffff:0:0:1")), bonafide.RateLimited)
		for range 3 * atOnce {
			require.Equal(t, http.StatusOK, ask(handler, from("127.0.0.1")).Code, "everybody behind a proxy that nobody named")
		}
		require.Equal(t, web.Refusals{Network: 3}, s.Refusals())

		// Members aren't refused for what their network asks, but for what they ask.
		for range atOnce {
			require.Equal(t, http.StatusOK, ask(handler, from("198.51.100.1", "Test-Account", "alice")).Code)
		}
		refusedWith(t, ask(handler, from("198.51.100.1", "Test-Account", "alice")), bonafide.RateLimited)
		require.Equal(t, http.StatusOK, ask(handler, from("198.51.100.1", "Test-Account", "bob")).Code)
		require.Equal(t, web.Refusals{Network: 3, Account: 1}, s.Refusals())
	})
}

func TestPerAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes meanwhile
		s, handler := limited(t, web.Limits{PerAccount: 1, PerNetwork: 1})
		mine := func(account, address string) *http.Request {
			r := from(address, "Test-Account", account)
			r.URL.Path = "/me"
			return r
		}
		const atOnce = 10
		for n := range atOnce { // from wherever, and each counts once
			require.Equal(t, http.StatusOK, ask(handler, mine("alice", fmt.Sprintf("198.51.%d.1", n))).Code)
		}
		refusedWith(t, ask(handler, mine("alice", "127.0.0.1")), bonafide.RateLimited)
		require.Equal(t, http.StatusOK, ask(handler, mine("bob", "127.0.0.1")).Code)
		require.Equal(t, http.StatusOK, ask(handler, from("127.0.0.1", "Test-Account", "alice")).Code, "what is for everybody")
		for n := range atOnce + 1 { // the network's share is used up; what the last of these asks counts once all the same
			require.Equal(t, http.StatusOK, ask(handler, mine(fmt.Sprintf("member %d", n), "203.0.113.1")).Code)
		}
		for range atOnce - 1 {
			require.Equal(t, http.StatusOK, ask(handler, mine(fmt.Sprintf("member %d", atOnce), "203.0.113.1")).Code)
		}
		refusedWith(t, ask(handler, mine(fmt.Sprintf("member %d", atOnce), "203.0.113.1")), bonafide.RateLimited)
		require.Equal(t, web.Refusals{Account: 2}, s.Refusals())
	})
}

func TestClientAddress(t *testing.T) {
	client := web.ClientAddress([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("203.0.113.7/32")})
	for name, c := range map[string]struct {
		remote string
		header []string // of X-Forwarded-For
		client string   // "": not known
	}{
		"direct":                              {"198.51.100.1:1", nil, "198.51.100.1"},
		"direct, over IPv6":                   {"[2001:db8::1]:1", nil, "2001:db8::1"},
		"who isn't a proxy says nothing":      {"198.51.100.1:1", []string{"192.0.2.1"}, "198.51.100.1"},
		"by a proxy":                          {"10.0.0.1:1", []string{"192.0.2.1"}, "192.0.2.1"},
		"by a proxy, mapped":                  {"[::ffff:10.0.0.1]:1", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"what the client made up comes first": {"10.0.0.1:1", []string{"192.0.2.66, 192.0.2.1"}, "192.0.2.1"},
		"by two proxies":                      {"10.0.0.1:1", []string{"192.0.2.1, 203.0.113.7"}, "192.0.2.1"},
		"by two proxies, in two fields":       {"10.0.0.1:1", []string{"192.0.2.1", "203.0.113.7"}, "192.0.2.1"},
		"a proxy that doesn't say":            {"10.0.0.1:1", nil, ""},
		"a public proxy that doesn't say":     {"203.0.113.7:1", nil, ""},
		"nonsense":                            {"10.0.0.1:1", []string{"unknown"}, ""},
		"this machine":                        {"127.0.0.1:1", []string{"192.0.2.1"}, ""},
		"a proxy that nobody named":           {"172.17.0.1:1", []string{"192.0.2.1"}, ""},
		"no address":                          {"@", nil, ""},
	} {
		r := get("/")
		r.RemoteAddr = c.remote
		for _, value := range c.header {
			r.Header.Add("X-Forwarded-For", value)
		}
		address, known := client(r)
		require.Equal(t, c.client != "", known, name)
		if known {
			require.Equal(t, c.client, address.String(), name)
		}
	}
}
