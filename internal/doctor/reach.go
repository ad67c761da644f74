package doctor

import (
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
)

const (
	entityPath = "/.well-known/openid-federation"
	renewal    = 14 * 24 * time.Hour // a certificate that ends sooner should have been renewed
)

// local tells whether the site is one of this machine's, over http.
func (e *examiner) local() bool { return strings.HasPrefix(string(e.Site), "http://") }

// reached tells whether the site answers at all, and looks at what comes before any answer.
func (e *examiner) reached() bool {
	reply, err := e.get(entityPath)
	if err != nil {
		e.unreached(err)
		return false
	}
	e.well("reach", "it answers")
	e.certificate(reply.Certificate)
	e.clock(reply)
	return true
}

// unreached says why no answer came.
func (e *examiner) unreached(err error) {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.fault("certificate", "renew it, and see why it wasn't renewed by itself", "it isn't in force: %v", invalid)
	case errors.As(err, &name):
		e.fault("certificate", "get one for "+e.Site.Host(), "it is for other names: %v", name)
	case errors.As(err, &unknown):
		e.fault("certificate", "serve the whole chain (fullchain.pem), of an authority that browsers know", "nobody that is known vouches for it: %v", unknown)
	case bonafide.CodeOf(err) == bonafide.AddressRefused:
		e.fault("reach", "peers visit public addresses alone, over https: correct the name's A and AAAA records", "%s", detail(err))
	default:
		e.fault("reach", "see that the server and the proxy in front of it run, and that the name leads to them", "%s%s", detail(err), because(err))
	}
}

// because adds the cause that an error keeps for logs, which the operator may see.
func because(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		return " (" + cause.Error() + ")"
	}
	return ""
}

func (e *examiner) certificate(leaf *x509.Certificate) {
	if leaf == nil {
		e.unchecked("certificate", "the site is on http")
		return
	}
	day := leaf.NotAfter.UTC().Format(time.DateOnly)
	if leaf.NotAfter.Sub(e.Now()) < renewal {
		e.fault("certificate", "renew it, and see why it wasn't renewed by itself", "it ends on %s", day)
		return
	}
	e.well("certificate", "in force until %s", day)
}

// clock compares the server's clock with this machine's.
func (e *examiner) clock(reply *fetch.Reply) {
	told, err := http.ParseTime(reply.Header.Get("Date"))
	if err != nil {
		e.unchecked("clock", "the answer has no Date")
		return
	}
	if apart := told.Sub(e.Now()); apart.Abs() > bonafide.Leeway {
		e.fault("clock", "set the clock of the server (or of this machine) by NTP", "its clock is %s away from the one here; peers allow for %s", apart.Round(time.Second), bonafide.Leeway)
		return
	}
	e.well("clock", "less than a minute from the one here")
}

// families looks whether the site answers over each family of addresses that its name has.
func (e *examiner) families() {
	if e.local() {
		e.unchecked("ipv4", "names under .localhost are this machine's")
		return
	}
	all, err := e.Ask.Addresses(e.ctx, e.Site.Hostname())
	if err != nil {
		e.unchecked("ipv4", "the name couldn't be looked up: %v", err)
		return
	}
	var has4, has6 bool
	for _, address := range all {
		is4 := address.Unmap().Is4()
		has4, has6 = has4 || is4, has6 || !is4
	}
	e.family("ipv4", "tcp4", has4, all)
	e.family("ipv6", "tcp6", has6, all)
}

func (e *examiner) family(check, network string, has bool, all []netip.Addr) {
	if !has {
		e.unchecked(check, "the name has no such address among %v", all)
		return
	}
	_, err := e.Ask.Ask(e.ctx, fetch.Question{Address: string(e.Site) + entityPath, Network: network})
	switch {
	case err == nil:
		e.well(check, "it answers")
	case errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL):
		e.unchecked(check, "this machine has no way there")
	default:
		e.fault(check, "have the proxy listen there too, or take the record of that address away", "the name has such an address, which doesn't answer: %s%s", detail(err), because(err))
	}
}

// plain looks where a visitor over http is led.
func (e *examiner) plain() {
	if e.local() || strings.Contains(e.Site.Host(), ":") {
		e.unchecked("http", "the site isn't on the usual ports")
		return
	}
	reply, err := e.Ask.Ask(e.ctx, fetch.Question{Address: "http://" + e.Site.Host() + "/"})
	if errors.Is(err, syscall.ECONNREFUSED) {
		e.well("http", "nothing answers there")
		return
	}
	if err != nil {
		e.unchecked("http", "%s%s", detail(err), because(err))
		return
	}
	to := reply.Header.Get("Location")
	u, err := url.Parse(to)
	switch {
	case reply.Status < 300 || reply.Status > 399:
		e.fault("http", "have the proxy answer http with a redirect to https alone", "it answers with status %d instead of leading to https", reply.Status)
	case err != nil || u.Scheme+"://"+u.Host != string(e.Site):
		e.fault("http", "have the proxy redirect to "+string(e.Site), "it leads to %q", to)
	default:
		e.well("http", "leads to https")
	}
}
