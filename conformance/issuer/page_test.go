package issuer

import (
	"net/http"
	"testing"

	"bonafide.example/conformance/subject"
	"github.com/stretchr/testify/require"
)

func TestPolicy(t *testing.T) {
	w := &World{Site: &subject.Site{File: &subject.File{Origin: "https://a.example"}}}
	for _, c := range []struct {
		policy string
		good   bool
	}{
		{"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline' https://a.example; frame-ancestors 'none'; form-action *", true},
		{"default-src 'self'; script-src; frame-ancestors 'none'", true},
		{"default-src 'none'", false},
		{"default-src 'self'; frame-ancestors 'none'", false},
		{"default-src 'none'; script-src 'self'; frame-ancestors 'none'", false},
		{"default-src 'none'; img-src *; frame-ancestors 'none'", false},
		{"default-src 'none'; img-src https://cdn.example; frame-ancestors 'none'", false},
		{"script-src 'none'; frame-ancestors 'none'", false},
		{"default-src 'none'; frame-ancestors 'self'", false},
		{"", false},
	} {
		header := http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Security-Policy": {c.policy}}
		err := w.policy(&subject.Exchange{Status: 200, Header: header})
		require.Equal(t, c.good, err == nil, "%q: %v", c.policy, err)
	}
}
