package site_test

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"testing"

	"bonafide.example/js"
	"github.com/stretchr/testify/require"
)

func TestScripts(t *testing.T) {
	handler := alone(t, true, true).Handler()
	for _, script := range []string{js.Element, js.Reader, js.Page} {
		for address, cache := range map[string]string{
			js.Address(script): "public, max-age=31536000, immutable",
			js.Path + script:   "public, max-age=300",
		} {
			answer := asked(handler, address)
			require.Equal(t, http.StatusOK, answer.Code, address)
			require.Equal(t, cache, answer.Header().Get("Cache-Control"), address)
			require.Equal(t, "text/javascript; charset=utf-8", answer.Header().Get("Content-Type"))
			require.Equal(t, "nosniff", answer.Header().Get("X-Content-Type-Options"))
			require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
			require.Empty(t, answer.Header().Get("Set-Cookie"))
		}
	}
	sum := sha512.Sum384(asked(handler, js.Address(js.Element)).Body.Bytes())
	require.Equal(t, js.ElementIntegrity, "sha384-"+base64.StdEncoding.EncodeToString(sum[:]))
	for _, path := range []string{"0000000000000000/trust-badge.js", js.Edition + "/other.js", "..%2fhashes.go", js.Edition + "/", ""} {
		require.Equal(t, http.StatusNotFound, asked(handler, js.Path+path).Code, path)
	}
}
