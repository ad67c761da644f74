package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pairOf puts a new certificate for the host and its key into files, both changed by then, and returns whom to trust for it.
func pairOf(t *testing.T, host, certificate, key string, at time.Time) *x509.CertPool {
	folder := t.TempDir()
	trusted := issued(t, folder, host)
	data, err := os.ReadFile(filepath.Join(folder, host))
	require.NoError(t, err)
	private, rest := pem.Decode(data)
	require.NoError(t, os.WriteFile(certificate, rest, 0o644))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(private), 0o600))
	require.NoError(t, os.Chtimes(certificate, at, at))
	require.NoError(t, os.Chtimes(key, at, at))
	return trusted
}

// A certificate from files is served, and another one as soon as it is there. What doesn't fit is named, and changes nothing.
func TestCertificateFiles(t *testing.T) {
	folder := t.TempDir()
	s := &settings{Origin: "https://shop.example", Certificate: filepath.Join(folder, "cert.pem"), CertificateKey: filepath.Join(folder, "key.pem")}
	at := time.Now().Add(-time.Hour)
	first := pairOf(t, "shop.example", s.Certificate, s.CertificateKey, at)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var log bytes.Buffer
	public, _, err := s.https(tcp, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	site := &http.Server{Handler: http.NotFoundHandler()}
	go site.Serve(public)
	t.Cleanup(func() { site.Close() })
	trusts := func(trusted *x509.CertPool) bool {
		connection, err := tls.Dial("tcp", tcp.Addr().String(), &tls.Config{ServerName: "shop.example", RootCAs: trusted, NextProtos: []string{"h2"}})
		if err != nil {
			return false
		}
		require.Equal(t, "h2", connection.ConnectionState().NegotiatedProtocol)
		require.NoError(t, connection.Close())
		return true
	}
	require.True(t, trusts(first))
	second := pairOf(t, "shop.example", s.Certificate, s.CertificateKey, at.Add(time.Minute))
	require.True(t, trusts(second))
	require.False(t, trusts(first))
	require.Empty(t, log.String())

	pairOf(t, "shop.example", filepath.Join(folder, "other.pem"), s.CertificateKey, at.Add(2*time.Minute)) // a key that doesn't fit
	require.True(t, trusts(second), "the one of before")
	require.Contains(t, log.String(), "private key does not match public key")
	log.Reset()
	pairOf(t, "other.example", s.Certificate, s.CertificateKey, at.Add(3*time.Minute))
	require.True(t, trusts(second))
	require.Contains(t, log.String(), "valid for other.example, not shop.example")
	require.NoError(t, os.Remove(s.CertificateKey))
	require.True(t, trusts(second))
	third := pairOf(t, "shop.example", s.Certificate, s.CertificateKey, at.Add(4*time.Minute))
	require.True(t, trusts(third))
}

// What is wrong with https is told before the site is served.
func TestCheckCertificate(t *testing.T) {
	folder := t.TempDir()
	certificate, key, other := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"), filepath.Join(folder, "other.pem")
	pairOf(t, "shop.example", certificate, other, time.Now())
	pairOf(t, "shop.example", certificate, key, time.Now())
	for wrong, s := range map[string]settings{
		"":                     {Certificate: certificate, CertificateKey: key, Plain: ":80"},
		"--acme or --tls-cert": {Plain: ":80"},
		"go together":          {Certificate: certificate},
		"not from both":        {Certificate: certificate, CertificateKey: key, ACME: folder},
		"no such file":         {Certificate: certificate, CertificateKey: filepath.Join(folder, "none.pem")},
		"does not match":       {Certificate: certificate, CertificateKey: other},
		"not shop2.example":    {Origin: "https://shop2.example", Certificate: certificate, CertificateKey: key},
		"is not":               {Origin: "http://shop.localhost", ACME: folder},
		"say with --acme":      {Email: "ops@shop.example"},
		"no address of https":  {ACME: folder, Directory: "http://ca.example/dir"},
		"two words":            {ACME: folder, Account: certificate},
		"--acme-account: open": {ACME: folder, Account: filepath.Join(folder, "none")},
	} {
		if s.Origin == "" {
			s.Origin = "https://shop.example"
		}
		err := s.checkCertificate()
		if wrong == "" {
			require.NoError(t, err)
			s.Origin += ":8443"
			require.NoError(t, s.checkCertificate(), "certificates are of names, whatever the port")
			continue
		}
		require.ErrorContains(t, err, wrong)
	}
}

// A certificate that can't be had, or isn't renewed, is told of in the log.
func TestWatch(t *testing.T) {
	now := time.Now()
	for says, c := range map[string]struct {
		ends time.Duration
		err  error
	}{
		"level=INFO msg=\"the certificate is in force\"":     {ends: 30 * 24 * time.Hour},
		"level=ERROR msg=\"the certificate is not renewed\"": {ends: 20 * 24 * time.Hour},
		"error=\"the authority refuses\"":                    {err: errors.New("the authority refuses")},
	} {
		var log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		told := slog.New(&once{slog.NewTextHandler(&log, nil), cancel})
		watch(ctx, func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return &tls.Certificate{Leaf: &x509.Certificate{NotBefore: now.Add(c.ends - 90*24*time.Hour), NotAfter: now.Add(c.ends)}}, c.err
		}, "shop.example", told)
		require.Contains(t, log.String(), says)
		require.Contains(t, log.String(), "host=shop.example")
	}
}

// once ends what it is told of.
type once struct {
	slog.Handler
	end func()
}

func (o *once) Handle(ctx context.Context, r slog.Record) error {
	defer o.end()
	return o.Handler.Handle(ctx, r)
}
