package main

import (
	"net/http"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// A proxy's headers say who is signed in: one their id, and another, if it is named, what others call them.
func TestSignInBySettings(t *testing.T) {
	r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-User": {"u-17"}, "X-User-Name": {"Zo%C3%AB"}}}
	for header, shown := range map[string]string{"": "u-17", "x-user-name": "Zoë"} {
		s := &settings{Header: "x-user", NameHeader: header, SignInPage: "/login", Proxies: []string{"127.0.0.1/32"}}
		proxies, err := s.proxies()
		require.NoError(t, err)
		signIn, err := s.signIn(proxies)
		require.NoError(t, err)
		account, ok := signIn.Account(r)
		require.True(t, ok)
		require.Equal(t, bonafide.Account{ID: "u-17", Name: shown}, account)
	}
}
