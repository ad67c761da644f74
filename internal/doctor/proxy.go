package doctor

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"syscall"

	"bonafide.example/internal/fetch"
)

// page looks at the header of a page for people.
func (e *examiner) page() {
	reply, err := e.get("/", "Accept", "text/html")
	if err != nil || reply.Status != http.StatusOK {
		e.unchecked("page", "the site's home page isn't there")
		return
	}
	h, well := reply.Header, true
	fault := func(check, mend, what string) {
		well = false
		e.fault(check, mend, "%s", what)
	}
	if policy := h.Values("Content-Security-Policy"); len(policy) == 0 {
		fault("policy", "have the proxy leave Content-Security-Policy as it is", "pages come without a Content-Security-Policy")
	} else if strings.Contains(strings.Join(policy, ","), "unsafe-inline") {
		fault("policy", "have the proxy add no Content-Security-Policy of its own", "the Content-Security-Policy allows scripts or styles from anywhere in the page")
	}
	if h.Get("X-Content-Type-Options") != "nosniff" {
		fault("nosniff", "have the proxy leave X-Content-Type-Options as it is", "browsers may guess what a page is")
	}
	if !e.local() && h.Get("Strict-Transport-Security") == "" {
		fault("hsts", "have the proxy add: Strict-Transport-Security: max-age=31536000", "nothing tells browsers to come by https from the start")
	}
	if age := h.Get("Age"); strings.Contains(h.Get("Cache-Control"), "no-store") && age != "" && age != "0" {
		fault("cache", "have the proxy keep no page that says no-store", "a page that isn't to be kept came out of a cache")
	}
	if well {
		e.well("page", "pages come with what protects them")
	}
}

// visitors looks whether a cache in front serves what one visitor got to the next.
func (e *examiner) visitors() {
	const mend = "have the proxy keep no page (Cache-Control: no-store), or go by Vary"
	french, err1 := e.get("/", "Accept", "text/html", "Accept-Language", "fr")
	english, err2 := e.get("/", "Accept", "text/html", "Accept-Language", "en")
	switch {
	case err1 != nil || err2 != nil || french.Status != http.StatusOK || english.Status != http.StatusOK:
		e.unchecked("cache", "the site's home page isn't there")
	case english.Header.Get("Set-Cookie") != "":
		e.fault("cookies", "have the proxy set no cookie for who only reads", "the home page sets a cookie")
	case french.Header.Get("Content-Language") != "fr" || english.Header.Get("Content-Language") != "en":
		e.fault("cache", mend, "who asked for French and then for English got %q and %q", french.Header.Get("Content-Language"), english.Header.Get("Content-Language"))
	default:
		e.well("cache", "each visitor gets their own page")
	}
}

// signIn looks whether anybody can name who they are in a header that the site believes from its proxy.
func (e *examiner) signIn() {
	const path = "/me.json"
	reply, err := e.get(path, "Accept", "application/json")
	if err != nil || reply.Status != http.StatusUnauthorized {
		e.unchecked("sign-in", "%s doesn't ask who isn't signed in to do so", path)
		return
	}
	for _, name := range e.Headers {
		forged, err := e.get(path, "Accept", "application/json", name, "bonafide-doctor")
		if err != nil {
			e.unchecked("sign-in", "a request with %s isn't answered: %s", name, detail(err))
			return
		}
		if forged.Status == http.StatusOK {
			e.fault("sign-in", "have the proxy set or remove "+name+" on every request, and believe only it (--proxies)", "whoever sends %s is signed in as whom they please", name)
			return
		}
	}
	e.well("sign-in", "nobody is signed in by sending %s", strings.Join(e.Headers, ", "))
}

// crossOrigin looks whether forms of other sites are refused, and the site's own aren't.
func (e *examiner) crossOrigin() {
	path := "/bonafide-doctor"
	foreign, err := e.post(path, nil, "Origin", "https://elsewhere.invalid")
	if err != nil {
		e.unchecked("cross-origin", "%s", detail(err))
		return
	}
	if foreign.Status != http.StatusForbidden {
		e.fault("cross-origin", "have the proxy pass Origin and Sec-Fetch-Site on as they come", "a form of another site's page isn't refused (status %d)", foreign.Status)
		return
	}
	own, err := e.post(path, nil, "Origin", string(e.Site))
	if err != nil {
		e.unchecked("cross-origin", "%s", detail(err))
		return
	}
	if own.Status == http.StatusForbidden {
		e.fault("cross-origin", "have the proxy pass Host on (nginx: proxy_set_header Host $http_host; Caddy does)", "the site takes forms of its own pages for another site's")
		return
	}
	e.well("cross-origin", "forms of other sites' pages are refused, its own aren't")
}

const (
	usualBody = 60 << 10 // bytes of a long request that is within the protocol's limits
	hugeBody  = 4 << 20
)

// bodies looks whether a long request reaches the site, and whether one without measure is refused.
func (e *examiner) bodies() {
	told := e.entity.Metadata.AuthorizationServer
	if told == nil {
		return
	}
	send := func(size int) (*fetch.Reply, error) {
		return e.post(e.path(told.PushedRequestEndpoint), append([]byte("x="), bytes.Repeat([]byte("a"), size)...))
	}
	switch usual, err := send(usualBody); {
	case err != nil:
		e.fault("body", "see the proxy's log", "a request of %d KiB isn't answered: %s", usualBody>>10, detail(err))
		return
	case usual.Status == http.StatusRequestEntityTooLarge || usual.Status >= 500:
		e.fault("body", "have the proxy pass on requests of 1 MiB (nginx: client_max_body_size 1m)", "a request of %d KiB is answered with status %d", usualBody>>10, usual.Status)
		return
	}
	switch huge, err := send(hugeBody); {
	case err != nil && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE): // by which a server may refuse the rest
		e.unchecked("body", "a request of %d MiB isn't answered: %s%s", hugeBody>>20, detail(err), because(err))
		return
	case err == nil && (huge.Status < 400 || huge.Status >= 500):
		e.fault("body", "have the proxy refuse requests over 1 MiB", "a request of %d MiB is answered with status %d", hugeBody>>20, huge.Status)
		return
	}
	e.well("body", "a request of %d KiB is answered, one of %d MiB isn't taken", usualBody>>10, hugeBody>>20)
}

// administration looks whether it can be reached from outside.
func (e *examiner) administration() {
	paths := []string{"/admin/", "/admin/conversions", "/admin/cases", "/admin/imports"}
	if e.entity != nil && e.entity.Metadata.Issuer != nil {
		for _, address := range e.entity.Metadata.Issuer.Mechanisms {
			paths = append(paths, "/admin"+e.path(address))
		}
	}
	for _, path := range paths {
		reply, err := e.get(path)
		if err != nil {
			e.unchecked("admin", "%s isn't answered: %s", path, detail(err))
			return
		}
		if reply.Status != http.StatusNotFound {
			e.fault("admin", "lead the proxy to the site's --listen address, never to its socket; if that path is another program's, keep it from strangers", "%s is answered with status %d to anybody", path, reply.Status)
			return
		}
	}
	e.well("admin", "the administration isn't there from outside")
}

// ready asks the site whether it can work.
func (e *examiner) ready() {
	reply, err := e.get("/readyz")
	switch {
	case err != nil || reply.Status == http.StatusNotFound:
		e.unchecked("ready", "/readyz isn't there")
	case reply.Status != http.StatusOK:
		e.fault("ready", "see the server's log: its store or its clock isn't well, or it is about to end", "/readyz is answered with status %d", reply.Status)
	default:
		e.well("ready", "its store answers")
	}
}
