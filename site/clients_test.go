package site_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/site"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// requireOAuth tells whether a client was refused for the moment, in OAuth's own form (RFC 6749, section 5.2).
func requireOAuth(t *testing.T, a answer, code bonafide.Code) {
	t.Helper()
	require.Equal(t, code.Meaning().Status, a.StatusCode, a.body)
	require.Equal(t, "application/json", a.Header.Get("Content-Type"))
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	body, err := bonafide.Parse[oauth.ErrorBody]([]byte(a.body))
	require.NoError(t, err)
	require.NotEmpty(t, body.Description)
	require.Equal(t, oauth.ErrorBody{Error: oauth.TemporarilyUnavailable, Description: body.Description, Code: code}, body)
}

// out is a store whose disk or database is away.
type out struct{ store.Store }

func (out) View(context.Context, func(store.Reader) error) error {
	return store.Away(errors.New("no space left on device"))
}

// OAuth clients are told in their own form that the site can't answer just now: its store is away, or too much comes from
// their network.
func TestClientsAreToldInOAuth(t *testing.T) {
	p := open(t, newClock(), "alone", func(c *site.Config) {
		c.Issues, c.Limits, c.Proxies = true, site.Limits{PerNetwork: 1}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one")}
	})
	form := url.Values{"client_id": {"http://outils.localhost:1"}}
	b := newBrowser(t, "")
	ask := func(path string, header ...string) answer {
		return b.do(http.MethodPost, string(p.Origin)+path, form, header...)
	}
	kept := p.Issuer.Store
	p.Issuer.Store = out{kept}
	for _, path := range []string{"/oauth/par", "/oauth/token"} {
		a := ask(path, "Accept", "text/html")
		requireOAuth(t, a, bonafide.Unavailable)
		require.NotContains(t, a.body, "space")
	}
	p.Issuer.Store = kept
	a := ask("/oauth/par", "X-Forwarded-For", "203.0.113.9")
	for range 50 { // it may ask for ten seconds' worth at once
		if a.StatusCode == http.StatusTooManyRequests {
			break
		}
		a = ask("/oauth/par", "X-Forwarded-For", "203.0.113.9")
	}
	requireOAuth(t, a, bonafide.RateLimited)

	a = b.do(http.MethodGet, string(p.Origin)+"/oauth/token", nil)
	require.Equal(t, http.StatusMethodNotAllowed, a.StatusCode)
	require.Equal(t, http.MethodPost, a.Header.Get("Allow"))
}
