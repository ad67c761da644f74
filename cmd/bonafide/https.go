package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// https makes the public listener one of https, by TLS 1.2 or later, if the settings ask for it: with a certificate by ACME
// or from files. The function returned is to run beside it until its context is done. It looks after the certificate and, where an
// address is set for that, serves plain HTTP, which sends everybody to https.
func (s *settings) https(public net.Listener, log *slog.Logger) (net.Listener, func(context.Context) error, error) {
	nothing := func(context.Context) error { return nil }
	if !s.encrypts() {
		return public, nothing, nil
	}
	config, answer, err := s.certified(log)
	if err != nil {
		return nil, nil, err
	}
	config.MinVersion = tls.VersionTLS12
	var plain net.Listener
	if s.Plain != "" {
		if plain, err = net.Listen("tcp", s.Plain); err != nil {
			return nil, nil, fmt.Errorf("%w; choose another address with --plain-listen", err)
		}
	}
	return tls.NewListener(public, config), func(ctx context.Context) error {
		go watch(ctx, config.GetCertificate, bonafide.Origin(s.Origin).Hostname(), log) // to ask an authority can't be cut short
		if plain == nil {
			return nil
		}
		return web.Serve(ctx, plain, answer(leadTo(s.Origin)), log)
	}, nil
}

// encrypts tells whether the site speaks https itself.
func (s *settings) encrypts() bool { return s.ACME != "" || s.Certificate != "" }

// certified returns how to get the certificate, and what plain HTTP answers before it leads elsewhere: the questions of an
// authority (RFC 8555, section 8.3). Those by TLS (RFC 8737) are answered on the public listener.
func (s *settings) certified(log *slog.Logger) (*tls.Config, func(http.Handler) http.Handler, error) {
	if s.ACME != "" {
		manager, err := s.manager()
		if err != nil {
			return nil, nil, err
		}
		return manager.TLSConfig(), manager.HTTPHandler, nil
	}
	files := &pair{certificate: s.Certificate, key: s.CertificateKey, host: bonafide.Origin(s.Origin).Hostname(), log: log}
	if err := files.read(); err != nil {
		return nil, nil, err
	}
	return &tls.Config{GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}}, func(next http.Handler) http.Handler { return next }, nil
}

// leadTo sends everybody to the same page at the site's address, under whatever name they came.
func leadTo(origin string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, origin+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

const (
	lookAgain = 12 * time.Hour   // for a certificate that is good
	tryAgain  = 10 * time.Minute // for one that couldn't be had: authorities allow few failures an hour
)

// watch has the certificate got at once, rather than by the first visitor, and tells in the log of one that can't be
// had or isn't renewed: visitors are refused before anything of theirs could be logged.
func watch(ctx context.Context, get func(*tls.ClientHelloInfo) (*tls.Certificate, error), host string, log *slog.Logger) {
	visitor := &tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
	for ctx.Err() == nil {
		wait := lookAgain
		certificate, err := get(visitor)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = tryAgain
			log.Error("no certificate can be had; the site's name must lead to this machine's port 443 or 80", "host", host, "error", err)
		case endsSoon(certificate.Leaf, time.Now()):
			log.Error("the certificate is not renewed", "host", host, "ends", certificate.Leaf.NotAfter)
		default:
			log.Info("the certificate is in force", "host", host, "ends", certificate.Leaf.NotAfter)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// endsSoon tells whether less than a quarter of the certificate's time is left: it should have been renewed before.
func endsSoon(leaf *x509.Certificate, now time.Time) bool {
	return leaf.NotAfter.Sub(now) < leaf.NotAfter.Sub(leaf.NotBefore)/4
}
