package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"github.com/stretchr/testify/require"
)

// public is a site on public addresses, as these tests tell of it.
type public struct {
	addresses []netip.Addr
	answer    func(fetch.Question) (*fetch.Reply, error)
}

func (p public) Ask(_ context.Context, q fetch.Question) (*fetch.Reply, error) { return p.answer(q) }
func (p public) Addresses(context.Context, string) ([]netip.Addr, error)       { return p.addresses, nil }

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func examining(t *testing.T, p public) *examiner {
	return &examiner{Config: Config{Site: "https://shop.example", Ask: p, Now: func() time.Time { return today }}, ctx: t.Context()}
}

// reply answers with a status, and pairs of header names and values.
func reply(status int, header ...string) *fetch.Reply {
	h := headers(header)
	h.Set("Date", today.Format(http.TimeFormat))
	return &fetch.Reply{Answer: fetch.Answer{Status: status, Header: h}, Certificate: &x509.Certificate{NotAfter: today.AddDate(0, 3, 0)}}
}

func unreachable(cause error) error {
	return bonafide.Errorf(bonafide.Unreachable, "https://shop.example/", "the connection failed or broke off").Because(cause)
}

func TestCertificates(t *testing.T) {
	refused := func(err error) error { return unreachable(&tls.CertificateVerificationError{Err: err}) }
	ends := func(when time.Time) *fetch.Reply {
		r := reply(200)
		r.Certificate.NotAfter = when
		return r
	}
	for name, c := range map[string]struct {
		reply *fetch.Reply
		err   error
		found Finding
	}{
		"in force":          {reply: ends(today.AddDate(0, 1, 0)), found: Finding{"certificate", Well, "in force until 2026-12-22", ""}},
		"not renewed":       {reply: ends(today.AddDate(0, 0, 13)), found: Finding{"certificate", Fault, "it ends on 2026-12-05", "renew it, and see why it wasn't renewed by itself"}},
		"expired":           {err: refused(x509.CertificateInvalidError{Reason: x509.Expired, Detail: "ended"}), found: Finding{"certificate", Fault, "it isn't in force: x509: certificate has expired or is not yet valid: ended", "renew it, and see why it wasn't renewed by itself"}},
		"for another":       {err: refused(x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.example"}}, Host: "shop.example"}), found: Finding{"certificate", Fault, "it is for other names: x509: certificate is valid for other.example, not shop.example", "get one for shop.example"}},
		"of nobody":         {err: refused(x509.UnknownAuthorityError{}), found: Finding{"certificate", Fault, "nobody that is known vouches for it: x509: certificate signed by unknown authority", "serve the whole chain (fullchain.pem), of an authority that browsers know"}},
		"on a private wire": {err: bonafide.Errorf(bonafide.AddressRefused, "shop.example", "isn't public"), found: Finding{"reach", Fault, "shop.example isn't public", "peers visit public addresses alone, over https: correct the name's A and AAAA records"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := examining(t, public{answer: func(fetch.Question) (*fetch.Reply, error) { return c.reply, c.err }})
			require.Equal(t, c.err == nil, e.reached())
			require.Contains(t, e.findings, c.found)
		})
	}
}

func TestFamilies(t *testing.T) {
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for name, c := range map[string]struct {
		addresses  []netip.Addr
		over6      error
		ipv4, ipv6 Result
	}{
		"both":           {[]netip.Addr{four, six}, nil, Well, Well},
		"one":            {[]netip.Addr{four}, nil, Well, Unchecked},
		"deaf on IPv6":   {[]netip.Addr{four, six}, unreachable(syscall.ECONNREFUSED), Well, Fault},
		"no IPv6 here":   {[]netip.Addr{four, six}, unreachable(syscall.ENETUNREACH), Well, Unchecked},
		"no address yet": {[]netip.Addr{}, nil, Unchecked, Unchecked},
	} {
		t.Run(name, func(t *testing.T) {
			e := examining(t, public{c.addresses, func(q fetch.Question) (*fetch.Reply, error) {
				if q.Network == "tcp6" {
					return reply(200), c.over6
				}
				return reply(200), nil
			}})
			e.families()
			require.Len(t, e.findings, 2)
			require.Equal(t, []Result{c.ipv4, c.ipv6}, []Result{e.findings[0].Result, e.findings[1].Result}, "%v", e.findings)
		})
	}
}

func TestPlainHTTP(t *testing.T) {
	for name, c := range map[string]struct {
		reply  *fetch.Reply
		err    error
		result Result
	}{
		"leads to https":  {reply(308, "Location", "https://shop.example/"), nil, Well},
		"nobody is there": {nil, unreachable(syscall.ECONNREFUSED), Well},
		"no way there":    {nil, unreachable(syscall.ENETUNREACH), Unchecked},
		"served":          {reply(200), nil, Fault},
		"leads elsewhere": {reply(301, "Location", "https://www.shop.example/"), nil, Fault},
		"leads to itself": {reply(302, "Location", "/home"), nil, Fault},
	} {
		t.Run(name, func(t *testing.T) {
			e := examining(t, public{answer: func(q fetch.Question) (*fetch.Reply, error) {
				require.Equal(t, "http://shop.example/", q.Address)
				return c.reply, c.err
			}})
			e.plain()
			require.Len(t, e.findings, 1)
			require.Equal(t, c.result, e.findings[0].Result, "%v", e.findings)
		})
	}
}

func TestStrictTransport(t *testing.T) {
	policy := []string{"Content-Security-Policy", "default-src 'none'", "X-Content-Type-Options", "nosniff"}
	for given, result := range map[string]Result{"": Fault, "max-age=31536000": Well} {
		e := examining(t, public{answer: func(fetch.Question) (*fetch.Reply, error) {
			r := reply(200, policy...)
			if given != "" {
				r.Header.Set("Strict-Transport-Security", given)
			}
			return r, nil
		}})
		e.page()
		require.Equal(t, result, e.findings[0].Result, "%v", e.findings)
	}
}

// What isn't answered was not checked, however well the rest of the check went.
func TestWhatBreaksOffIsUnchecked(t *testing.T) {
	pushed := &bonafide.EntityConfiguration{Metadata: bonafide.Metadata{AuthorizationServer: &bonafide.AuthorizationServer{PushedRequestEndpoint: "https://shop.example/par"}}}
	for name, c := range map[string]struct {
		check  func(*examiner)
		status []int // of the answers that come
	}{
		"sign-in":      {(*examiner).signIn, []int{401}},
		"cross-origin": {(*examiner).crossOrigin, []int{403}},
		"admin":        {(*examiner).administration, []int{404}},
		"body":         {(*examiner).bodies, []int{400}},
		"picture":      {func(e *examiner) { e.again("/b/1.svg", `"tag"`) }, nil},
		"documents":    {(*examiner).public, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := examining(t, public{answer: func(fetch.Question) (*fetch.Reply, error) {
				if len(c.status) == 0 {
					return nil, unreachable(errors.New("time is up"))
				}
				answer := reply(c.status[0])
				c.status = c.status[1:]
				return answer, nil
			}})
			e.entity, e.Headers = pushed, SignInHeaders
			c.check(e)
			require.Len(t, e.findings, 1)
			require.Equal(t, Unchecked, e.findings[0].Result, "%v", e.findings)
			require.Equal(t, name, e.findings[0].Check)
		})
	}
}
