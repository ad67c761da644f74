package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"bonafide.example"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// manager gets the site's certificate by ACME (RFC 8555), for the site's own name and no other. It keeps the certificate and
// its key in the folder, which it makes.
func (s *settings) manager() (*autocert.Manager, error) {
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(bonafide.Origin(s.Origin).Hostname()), Cache: autocert.DirCache(s.ACME),
		Client: &acme.Client{DirectoryURL: s.Directory}, Email: s.Email,
	}
	if s.Account == "" {
		return m, nil
	}
	data, err := os.ReadFile(s.Account)
	if err != nil {
		return nil, fmt.Errorf("--acme-account: %w", err)
	}
	if m.ExternalAccountBinding, err = parseAccount(string(data)); err != nil {
		return nil, fmt.Errorf("--acme-account %s: %w", s.Account, err)
	}
	return m, nil
}

// parseAccount reads how an authority knows an account that was made with it beforehand (RFC 8555, section 7.3.4): the id of
// a key, a space, and the key in base64url.
func parseAccount(text string) (*acme.ExternalAccountBinding, error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return nil, errors.New("is to have two words, the key's id and the key, as the authority gave them")
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(fields[1], "="))
	if err != nil {
		return nil, errors.New("its second word, the key, is no base64url")
	}
	return &acme.ExternalAccountBinding{KID: fields[0], Key: key}, nil
}
