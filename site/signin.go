package site

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// ProxyHeaders are the request headers in which a proxy says who is signed in.
type ProxyHeaders struct {
	ID   string // the account's id
	Name string // what others call them, in UTF-8, percent-encoded or as it is; "" or a request without: their id
}

// ProxySignIn trusts a proxy in front of the site to say who is signed in: in the headers named, on
// requests that come from one of the proxies' addresses. The proxy must set each of these headers, or
// remove it, on every request. signInPage is the host's own page, to which the parameter return is added.
func ProxySignIn(headers ProxyHeaders, signInPage string, proxies ...netip.Prefix) bonafide.SignIn {
	return bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			from, err := netip.ParseAddrPort(r.RemoteAddr)
			id := only(r, headers.ID)
			trusted := err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(from.Addr().Unmap()) })
			if !trusted || id == "" {
				return bonafide.Account{}, false
			}
			return bonafide.Account{ID: id, Name: cmp.Or(web.NameIn(only(r, headers.Name)), id)}, true
		},
		Address: func(returnTo string) string { return withReturn(signInPage, returnTo) },
	}
}

// only returns a header's value, "" if the request has none or several.
func only(r *http.Request, header string) string {
	if values := r.Header.Values(header); len(values) == 1 {
		return values[0]
	}
	return ""
}

func withReturn(page, returnTo string) string {
	separator := "?"
	if strings.Contains(page, "?") {
		separator = "&"
	}
	return page + separator + "return=" + url.QueryEscape(returnTo)
}

// DemoSignIn signs in anybody as one of the accounts, by a click. It is for demonstrations: any origin
// but one under .localhost is refused. The handler serves the page at /demo/sign-in.
func DemoSignIn(origin bonafide.Origin, log *slog.Logger, accounts ...bonafide.Account) (bonafide.SignIn, http.Handler, error) {
	if _, err := bonafide.ParseOrigin(string(origin)); err != nil {
		return bonafide.SignIn{}, nil, err
	}
	if !isLocal(origin) {
		return bonafide.SignIn{}, nil, bonafide.Errorf(bonafide.BadOrigin, string(origin), "is public: the demonstration's sign-in lets anybody be anybody")
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	pages, err := web.NewPages(origin.Host(), log, files)
	if err != nil {
		return bonafide.SignIn{}, nil, err
	}
	d := &demoSignIn{secret, pages, accounts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+demoPath, d.ask)
	mux.HandleFunc("POST "+demoPath, d.signIn)
	return bonafide.SignIn{
		Account: d.account,
		Address: func(returnTo string) string { return withReturn(demoPath, returnTo) },
	}, pages.Harden(mux), nil
}

const (
	demoPath   = "/demo/sign-in"
	demoCookie = "demo-account"
)

type demoSignIn struct {
	secret   []byte
	pages    *web.Pages
	accounts []bonafide.Account
}

// seal returns the cookie of an account: its id and a tag that only this process can make.
func (d *demoSignIn) seal(id string) string {
	tag := hmac.New(sha256.New, d.secret)
	tag.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString([]byte(id)) + "." + base64.RawURLEncoding.EncodeToString(tag.Sum(nil))
}

func (d *demoSignIn) account(r *http.Request) (bonafide.Account, bool) {
	cookie, err := r.Cookie(demoCookie)
	if err != nil {
		return bonafide.Account{}, false
	}
	i := slices.IndexFunc(d.accounts, func(a bonafide.Account) bool {
		return hmac.Equal([]byte(cookie.Value), []byte(d.seal(a.ID)))
	})
	if i < 0 {
		return bonafide.Account{}, false
	}
	return d.accounts[i], true
}

func (d *demoSignIn) ask(w http.ResponseWriter, r *http.Request) {
	data := map[string]any{"Return": ownPath(r.URL.Query().Get("return")), "Accounts": d.accounts}
	d.pages.Render(w, r, web.Page{Name: "sign-in", Title: d.pages.Say(r, "sign-in-title"), Data: data})
}

// signIn signs in as the account that the form names, or out if it names none.
func (d *demoSignIn) signIn(w http.ResponseWriter, r *http.Request) {
	form, err := web.Form(r)
	if err != nil {
		d.pages.Fail(w, r, err)
		return
	}
	cookie := &http.Cookie{Name: demoCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1}
	if id := form.Get("account"); id != "" {
		cookie.Value, cookie.MaxAge = d.seal(id), 0
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, ownPath(form.Get("return")), http.StatusSeeOther)
}

// ownPath returns returnTo if every browser takes it for a path on this site, otherwise "/". Browsers
// read a backslash as a slash and pass over tabs and line ends, so that "/\t/evil.example" is another site.
func ownPath(returnTo string) string {
	u, err := url.Parse(returnTo) // refuses control characters
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(returnTo, "/") ||
		strings.HasPrefix(returnTo, "//") || strings.Contains(returnTo, `\`) {
		return "/"
	}
	return returnTo
}
