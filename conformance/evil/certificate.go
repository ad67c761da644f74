package evil

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// wish is what a certificate is to be, and the versions of TLS under which it is shown; 0: those usual.
type wish struct {
	hosts          []string
	commonName     string
	from, until    time.Time
	selfSigned     bool
	forClients     bool
	oldest, newest uint16
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Throwaway authority"},
		NotBefore: time.Now().Add(-30 * day), NotAfter: time.Now().Add(30 * day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(raw)
	return &authority{certificate, key}, err
}

// trusted writes the authority's certificate to a file in the folder, and has programs that are started from now on
// trust it: those that read SSL_CERT_FILE, as Go and OpenSSL do, and node.
func (a *authority) trusted(folder string) error {
	file := filepath.Join(folder, "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} {
		if err := os.Setenv(name, file); err != nil {
			return err
		}
	}
	return nil
}

// certify returns a certificate with its key.
func (a *authority) certify(of wish) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // the system has random numbers
	}
	use := x509.ExtKeyUsageServerAuth
	if of.forClients {
		use = x509.ExtKeyUsageClientAuth
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: of.commonName}, DNSNames: of.hosts,
		NotBefore: of.from, NotAfter: of.until, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
	}
	parent, signer := a.certificate, a.key
	if of.selfSigned {
		parent, signer = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		panic(err) // what is wished for can be written
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}
