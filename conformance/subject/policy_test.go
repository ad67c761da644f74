package subject

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		policy string
		good   bool
	}{
		{"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline' https://a.example; frame-ancestors 'none'; form-action *", true},
		{"default-src 'self'; script-src; frame-ancestors 'none'", true},
		{"default-src 'none'", false},
		{"default-src 'self'; frame-ancestors 'none'", true},
		{"default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'", true},
		{"default-src 'none'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'", false},
		{"default-src 'none'; script-src 'nonce-1'; frame-ancestors 'none'", false},
		{"default-src 'none'; img-src *; frame-ancestors 'none'", false},
		{"default-src 'none'; img-src https://cdn.example; frame-ancestors 'none'", false},
		{"script-src 'none'; frame-ancestors 'none'", false},
		{"default-src 'none'; frame-ancestors 'self'", false},
		{"", false},
	} {
		header := http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Security-Policy": {c.policy}, "X-Content-Type-Options": {"nosniff"}}
		err := (&Exchange{Status: 200, Header: header, Request: Request{Address: "https://a.example/page"}}).Page()
		require.Equal(t, c.good, err == nil, "%q: %v", c.policy, err)
	}
}
