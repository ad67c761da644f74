package site_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

func record(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestProxySignIn(t *testing.T) {
	signIn := site.ProxySignIn(site.ProxyHeaders{ID: "X-User"}, "https://accounts.example/in?app=1", netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("::1/128"))
	for name, c := range map[string]struct {
		from   string
		header http.Header
		id     string
	}{
		"a proxy":                  {"10.0.0.7:1234", http.Header{"X-User": {"alice"}}, "alice"},
		"a proxy over IPv6":        {"[::1]:1234", http.Header{"X-User": {"alice"}}, "alice"},
		"IPv4 written as IPv6":     {"[::ffff:10.0.0.7]:1234", http.Header{"X-User": {"alice"}}, "alice"},
		"nobody":                   {"10.0.0.7:1234", http.Header{}, ""},
		"an empty name":            {"10.0.0.7:1234", http.Header{"X-User": {""}}, ""},
		"two names":                {"10.0.0.7:1234", http.Header{"X-User": {"alice", "bob"}}, ""},
		"somebody else":            {"10.0.1.7:1234", http.Header{"X-User": {"alice"}}, ""},
		"somebody else, mapped":    {"[::ffff:10.0.1.7]:1234", http.Header{"X-User": {"alice"}}, ""},
		"claiming to be forwarded": {"192.0.2.1:1234", http.Header{"X-User": {"alice"}, "X-Forwarded-For": {"10.0.0.7"}}, ""},
		"with a zone":              {"[::1%eth0]:1234", http.Header{"X-User": {"alice"}}, ""},
		"no address":               {"@", http.Header{"X-User": {"alice"}}, ""},
	} {
		account, ok := signIn.Account(&http.Request{RemoteAddr: c.from, Header: c.header})
		require.Equal(t, c.id != "", ok, name)
		require.Equal(t, c.id, account.ID, name)
	}
	require.Equal(t, "https://accounts.example/in?app=1&return=%2Fme%3Fa%3D1%26b%3D2", signIn.Address("/me?a=1&b=2"))
	_, ok := site.ProxySignIn(site.ProxyHeaders{ID: "X-User"}, "/in").Account(&http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-User": {"alice"}}})
	require.False(t, ok, "without a proxy named nobody is believed")
}

func TestProxySignInNames(t *testing.T) {
	for name, c := range map[string]struct {
		values []string
		shown  string
	}{
		"a name":                    {[]string{"Alice Martin"}, "Alice Martin"},
		"UTF-8 as it is":            {[]string{"Zoë 王"}, "Zoë 王"},
		"percent-encoded":           {[]string{"Zo%C3%AB%20%E7%8E%8B"}, "Zoë 王"},
		"a plus is a plus":          {[]string{"A+B%2BC"}, "A+B+C"},
		"a percent sign for itself": {[]string{"100% Zoë"}, "100% Zoë"},
		"Latin-1":                   {[]string{"Zo\xeb"}, "u-17"},
		"Latin-1, percent-encoded":  {[]string{"Zo%EB"}, "u-17"},
		"none":                      {nil, "u-17"},
		"an empty one":              {[]string{""}, "u-17"},
		"blanks":                    {[]string{"%20%09"}, "u-17"},
		"two":                       {[]string{"Alice", "Bob"}, "u-17"},
		"lines and turned text":     {[]string{"Alice%0d%0a\u202eBob"}, "Alice Bob"},
		"nothing that shows":        {[]string{"%00\u200e"}, "u-17"},
		"a long one":                {[]string{strings.Repeat("%E7%8E%8B", 81)}, strings.Repeat("王", 79) + "…"},
	} {
		signIn := site.ProxySignIn(site.ProxyHeaders{ID: "X-User", Name: "X-User-Name"}, "/in", netip.MustParsePrefix("10.0.0.7/32"))
		r := &http.Request{RemoteAddr: "10.0.0.7:1234", Header: http.Header{"X-User": {"u-17"}, "X-User-Name": c.values}}
		account, ok := signIn.Account(r)
		require.True(t, ok, name)
		require.Equal(t, bonafide.Account{ID: "u-17", Name: c.shown}, account, name)

		unnamed := site.ProxySignIn(site.ProxyHeaders{ID: "X-User"}, "/in", netip.MustParsePrefix("10.0.0.7/32"))
		account, _ = unnamed.Account(r)
		require.Equal(t, "u-17", account.Name, "%s: a header that isn't the proxy's", name)
		r.Header.Del("X-User")
		_, ok = signIn.Account(r)
		require.False(t, ok, "%s: a name alone is nobody", name)
	}
}

func demo(t *testing.T) (bonafide.SignIn, http.Handler) {
	signIn, page, err := site.DemoSignIn("http://bazar.localhost:8080", slog.New(slog.DiscardHandler),
		bonafide.Account{ID: "alice", Name: "Alice"}, bonafide.Account{ID: "bob", Name: "<b>Bob"})
	require.NoError(t, err)
	return signIn, page
}

func choose(page http.Handler, account, returnTo string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/demo/sign-in", strings.NewReader(url.Values{"account": {account}, "return": {returnTo}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return record(page, r)
}

func TestDemoSignIn(t *testing.T) {
	signIn, page := demo(t)
	require.Equal(t, "/demo/sign-in?return=%2Fme", signIn.Address("/me"))
	asked := record(page, httptest.NewRequest(http.MethodGet, signIn.Address("/me"), nil))
	require.Equal(t, http.StatusOK, asked.Code)
	for _, part := range []string{`value="alice"`, "&lt;b&gt;Bob", `name="return" value="/me"`} {
		require.Contains(t, asked.Body.String(), part)
	}

	answer := choose(page, "alice", "/me")
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, "/me", answer.Header().Get("Location"))
	cookie := answer.Result().Cookies()[0]
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	with := func(value string) (bonafide.Account, bool) {
		r := httptest.NewRequest(http.MethodGet, "/me", nil)
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: value})
		return signIn.Account(r)
	}
	account, ok := with(cookie.Value)
	require.True(t, ok)
	require.Equal(t, bonafide.Account{ID: "alice", Name: "Alice"}, account)

	id, tag, _ := strings.Cut(cookie.Value, ".")
	_, bobs, _ := strings.Cut(choose(page, "bob", "/").Result().Cookies()[0].Value, ".")
	another, _ := demo(t)
	for _, forged := range []string{"", "alice", id, id + ".", "." + tag, id + "." + bobs, "Ym9i." + tag, cookie.Value + "A", cookie.Value[:len(cookie.Value)-1]} {
		_, ok := with(forged)
		require.False(t, ok, forged)
	}
	r := httptest.NewRequest(http.MethodGet, "/me", nil)
	r.AddCookie(cookie)
	_, ok = another.Account(r)
	require.False(t, ok, "another process has another secret")
	_, ok = with(choose(page, "carol", "/").Result().Cookies()[0].Value)
	require.False(t, ok, "who isn't on the list is nobody")
	require.Negative(t, choose(page, "", "/").Result().Cookies()[0].MaxAge, "signed out")

	require.Equal(t, http.StatusForbidden, choose(page, "alice", "/", "Sec-Fetch-Site", "cross-site").Code)
	require.Equal(t, http.StatusMethodNotAllowed, record(page, httptest.NewRequest(http.MethodPut, "/demo/sign-in", nil)).Code)
}

func TestDemoSignInLeadsNowhereElse(t *testing.T) {
	_, page := demo(t)
	for returnTo, due := range map[string]string{
		"/me": "/me", "/oauth/authorize?client_id=https%3A%2F%2Foutils.example&request_uri=urn%3Ax": "/oauth/authorize?client_id=https%3A%2F%2Foutils.example&request_uri=urn%3Ax",
		"": "/", "me": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/", "https://evil.example": "/",
		"https:evil.example": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", "/\r\nSet-Cookie: a=b": "/", " //evil.example": "/",
	} {
		require.Equal(t, due, choose(page, "alice", returnTo).Header().Get("Location"), "%q", returnTo)
		asked := record(page, httptest.NewRequest(http.MethodGet, "/demo/sign-in?"+url.Values{"return": {returnTo}}.Encode(), nil))
		require.NotRegexp(t, `name="return" value="[^"]*evil`, asked.Body.String(), "%q", returnTo)
	}
}

func TestDemoSignInIsNotForThePublic(t *testing.T) {
	for _, origin := range []bonafide.Origin{"https://bazar.example", "http://bazar.example", "https://bazar.localhost", "http://bazar.localhost.evil.example", ""} {
		_, _, err := site.DemoSignIn(origin, slog.New(slog.DiscardHandler))
		require.Equal(t, bonafide.BadOrigin, bonafide.CodeOf(err), origin)
	}
}
