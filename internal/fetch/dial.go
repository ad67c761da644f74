package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"bonafide.example"
	"code.dny.dev/ssrf"
)

// allowed returns the origin of an address that may be visited, as far as the address itself tells:
// what its name resolves to is checked when it is dialled.
func (c *Client) allowed(address string) (bonafide.Origin, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", bonafide.Errorf(bonafide.BadOrigin, address, "is not an absolute address")
	}
	name := u.Hostname()
	_, notIP := netip.ParseAddr(name)
	switch {
	case notIP == nil:
		return "", bonafide.Errorf(bonafide.AddressRefused, address, "an IP address names no site")
	case isLocal(name) && !c.local:
		return "", bonafide.Errorf(bonafide.AddressRefused, address, "names under .localhost are for demonstrations only")
	case u.Scheme != "https" && !isLocal(name):
		return "", bonafide.Errorf(bonafide.AddressRefused, address, "is not https")
	}
	if port, err := strconv.Atoi(u.Port()); err == nil && port < 1024 && port != 443 && !isLocal(name) {
		return "", bonafide.Errorf(bonafide.AddressRefused, address, "port %d belongs to another service", port)
	}
	return bonafide.OriginOf(address)
}

// isLocal tells whether the name means this very machine (RFC 6761, section 6.3).
func isLocal(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// dial connects to a public address, or under the demo switch to a site on this machine. The address is
// checked after it was resolved, at the last moment, so that a name can't change meanwhile.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if c.local && isLocal(name) {
		return new(net.Dialer).DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	}
	dialer := net.Dialer{Control: c.guard.Safe}
	return dialer.DialContext(ctx, network, address)
}

// checkRedirect follows at most three redirects of a GET, on the same origin.
func (c *Client) checkRedirect(next *http.Request, before []*http.Request) error {
	first, address := before[0], before[0].URL.String()
	origin, err := c.allowed(next.URL.String())
	switch {
	case first.Method != http.MethodGet:
		return bonafide.Errorf(bonafide.BadRedirect, address, "redirects a form")
	case len(before) > MaxRedirects:
		return bonafide.Errorf(bonafide.BadRedirect, address, "redirects more than %d times", MaxRedirects)
	case err != nil || !origin.Owns(address):
		return bonafide.Errorf(bonafide.BadRedirect, address, "redirects to an address that isn't its own site's").Because(err)
	}
	return spend(next.Context(), address)
}

// networkError says in the protocol's codes why no whole answer came.
func networkError(ctx context.Context, address string, err error) error {
	var own *bonafide.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(context.Cause(ctx), &own):
		return bonafide.Errorf(own.Code, address, "%s", own.Detail).Because(err)
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return bonafide.Errorf(bonafide.AddressRefused, address, "its name leads to an address that isn't public").Because(err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return bonafide.Errorf(bonafide.Unreachable, address, "didn't answer in full in time").Because(err)
	case errors.Is(ctx.Err(), context.Canceled):
		return bonafide.Errorf(bonafide.Unreachable, address, "didn't answer before the question was given up").Because(err)
	default:
		return bonafide.Errorf(bonafide.Unreachable, address, "the connection failed or broke off").Because(err)
	}
}

// traceAnswer returns a context for one request, and a function that tells whether the answer to it, or
// to the last redirect, began.
func traceAnswer(ctx context.Context) (context.Context, func() bool) {
	var begun atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn:              func(string) { begun.Store(false) },
		GotFirstResponseByte: func() { begun.Store(true) },
	}
	return httptrace.WithClientTrace(ctx, trace), begun.Load
}
