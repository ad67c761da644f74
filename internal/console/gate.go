package console

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"sync"

	"bonafide.example/internal/web"
)

const (
	enterPath  = "/enter"
	cookieName = "console"
)

// Gate lets one browser on this machine in, the one that opens the address which it gives out. Its name is a random
// one under .localhost, so that neither pages that rebind a name of theirs nor other programs on this machine's ports get at
// the browser's cookie.
type Gate struct {
	host      string // with its port
	listeners []net.Listener
	inside    http.Handler
	pages     *web.Pages
	session   string

	mu     sync.Mutex
	secret string // of the address; "" once it was used
}

// OpenGate puts a gate before the console, on a port of loopback; 0 takes a free one. See [Gate.Serve].
func OpenGate(c *Console, port int) (*Gate, error) {
	listeners, err := listen(port)
	if err != nil {
		return nil, err
	}
	_, at, err := net.SplitHostPort(listeners[0].Addr().String())
	if err != nil {
		return nil, err
	}
	name := make([]byte, 5)
	rand.Read(name)
	return &Gate{
		host: "console-" + hex.EncodeToString(name) + ".localhost:" + at, listeners: listeners, inside: c.Handler(), pages: c.pages,
		session: random(), secret: random(),
	}, nil
}

func random() string {
	secret := make([]byte, 32)
	rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(secret)
}

// Address returns the address to open. It is good once.
func (g *Gate) Address() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return "http://" + g.host + enterPath + "?secret=" + url.QueryEscape(g.secret)
}

func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(cookieName)
	switch {
	case r.Host != g.host:
		g.refuse(w, r, http.StatusMisdirectedRequest, "gate-host")
	case r.URL.Path == enterPath && r.Method == http.MethodGet:
		g.enter(w, r)
	case err != nil || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(g.session)) != 1:
		g.refuse(w, r, http.StatusUnauthorized, "gate-closed")
	default:
		g.inside.ServeHTTP(w, r)
	}
}

// enter exchanges the secret for the session's cookie.
func (g *Gate) enter(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	right := g.secret != "" && subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("secret")), []byte(g.secret)) == 1
	if right {
		g.secret = ""
	}
	g.mu.Unlock()
	if !right {
		g.refuse(w, r, http.StatusUnauthorized, "gate-closed")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// refuse says why nothing is shown, and how to get in.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, status int, title string) {
	g.pages.Render(w, r, web.Page{Status: status, Name: "refused", Title: g.pages.Say(r, title)})
}
