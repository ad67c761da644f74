package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/acme"
)

// issued puts a certificate into the folder as if the authority had issued it for the host, and returns whom to trust for it.
func issued(t *testing.T, folder, host string) *x509.CertPool {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 80),
		IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	kept := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	require.NoError(t, os.WriteFile(filepath.Join(folder, host), kept, 0o600))
	parsed, err := x509.ParseCertificate(certificate)
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	trusted.AddCert(parsed)
	return trusted
}

// A certificate that is kept is used, for the site's own name alone; nobody else's name makes the program ask for one.
func TestACME(t *testing.T) {
	const host = "shop.example"
	s := &settings{Origin: "https://" + host, ACME: t.TempDir(), Plain: "127.0.0.1:0"}
	trusted := issued(t, s.ACME, host)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	public, beside, err := s.https(tcp, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	site := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.Proto)) })}
	go site.Serve(public)
	t.Cleanup(func() { site.Close() })
	shake := func(name string) error {
		connection, err := tls.Dial("tcp", tcp.Addr().String(), &tls.Config{ServerName: name, RootCAs: trusted, NextProtos: []string{"h2"}})
		if err != nil {
			return err
		}
		require.Equal(t, "h2", connection.ConnectionState().NegotiatedProtocol)
		return connection.Close()
	}
	require.NoError(t, shake(host))
	for _, name := range []string{"other.example", "www.shop.example", ""} {
		require.Error(t, shake(name), name)
	}
	_, err = tls.Dial("tcp", tcp.Addr().String(), &tls.Config{ServerName: host, RootCAs: trusted, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "what is too old")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, beside(ctx), "it ends with the site")
}

func TestLeadTo(t *testing.T) {
	for _, host := range []string{"shop.example", "evil.example"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/b/x?lang=fr", nil)
		r.Host = host
		leadTo("https://shop.example").ServeHTTP(w, r)
		require.Equal(t, http.StatusPermanentRedirect, w.Code)
		require.Equal(t, "https://shop.example/b/x?lang=fr", w.Header().Get("Location"))
	}
}

func TestNoHTTPS(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer tcp.Close()
	public, beside, err := (&settings{}).https(tcp, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Equal(t, tcp, public)
	require.NoError(t, beside(t.Context()))
}

func TestParseAccount(t *testing.T) {
	account, err := parseAccount("kid-1\nAQID\n")
	require.NoError(t, err)
	require.Equal(t, &acme.ExternalAccountBinding{KID: "kid-1", Key: []byte{1, 2, 3}}, account)
	for _, text := range []string{"", "kid-1", "kid-1 AQID more", "kid-1 +/+/"} {
		_, err := parseAccount(text)
		require.Error(t, err, text)
	}
}
