package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// authority is a pebble, the small ACME server of Let's Encrypt for tests, to whom each name leads to this machine.
type authority struct {
	*testing.T
	folder          string
	address, manage string // of its directory, and where its roots are
	tls, plain      string // where it asks the site
	trusted         *x509.CertPool
}

// newAuthority starts one whose settings are changed so.
func newAuthority(t *testing.T, change func(a *authority, settings map[string]any)) *authority {
	a := &authority{T: t, folder: t.TempDir(), address: need.Address(t), manage: need.Address(t), tls: need.Address(t), plain: need.Address(t)}
	a.trusted = issued(t, a.folder, "localhost")
	data, err := os.ReadFile(filepath.Join(a.folder, "localhost"))
	require.NoError(t, err)
	key, certificate := pem.Decode(data)
	require.NoError(t, os.WriteFile(filepath.Join(a.folder, "key.pem"), pem.EncodeToMemory(key), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(a.folder, "cert.pem"), certificate, 0o600))
	settings := map[string]any{
		"listenAddress": a.address, "managementListenAddress": a.manage, "httpPort": port(t, a.plain), "tlsPort": port(t, a.tls),
		"certificate": filepath.Join(a.folder, "cert.pem"), "privateKey": filepath.Join(a.folder, "key.pem"),
		"profiles": map[string]any{"default": map[string]any{"description": "usual", "validityPeriod": 90 * 24 * 3600}},
	}
	change(a, settings)
	data, err = json.Marshal(map[string]any{"pebble": settings})
	require.NoError(t, err)
	config := filepath.Join(a.folder, "pebble.json")
	require.NoError(t, os.WriteFile(config, data, 0o600))
	pebble := exec.Command("pebble", "-config", config, "-dnsserver", everywhere(t))
	pebble.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	var said bytes.Buffer
	pebble.Stdout, pebble.Stderr = &said, &said
	require.NoError(t, pebble.Start())
	t.Cleanup(func() {
		pebble.Process.Kill()
		pebble.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	return a
}

func port(t *testing.T, address string) int {
	tcp, err := net.ResolveTCPAddr("tcp", address)
	require.NoError(t, err)
	return tcp.Port
}

// everywhere is a name server (by TCP, RFC 7766) which says of each name that it is 127.0.0.1. It returns its address.
func everywhere(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // it is closed
			}
			go func() {
				defer connection.Close()
				for answerHere(connection) == nil {
				}
			}()
		}
	}()
	return listener.Addr().String()
}

// answerHere answers one question of a resolver.
func answerHere(connection io.ReadWriter) error {
	var length uint16
	if err := binary.Read(connection, binary.BigEndian, &length); err != nil {
		return err
	}
	packet := make([]byte, length)
	if _, err := io.ReadFull(connection, packet); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(packet); err != nil {
		return err
	}
	m.Response = true
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		here := &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: here}}
	}
	packet, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...))
	return err
}

// port80 returns where the site's plain HTTP can be asked as if it were at port 80, which isn't named with the host.
func (a *authority) port80() string {
	site := &url.URL{Scheme: "http", Host: a.plain}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(site)
		r.Out.Host, _, _ = strings.Cut(r.In.Host, ":")
	}})
	a.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

// roots returns whom to trust for what the authority issues.
func (a *authority) roots() *x509.CertPool {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.trusted, ServerName: "localhost"}}}
	roots := x509.NewCertPool()
	require.EventuallyWithT(a, func(t *assert.CollectT) {
		answer, err := client.Get("https://" + a.manage + "/roots/0")
		require.NoError(t, err)
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.True(t, roots.AppendCertsFromPEM(data))
	}, patient, 50*time.Millisecond)
	return roots
}

// serves runs bonafide serve with these settings beside the usual ones until the function returned is called, which returns its log.
func (a *authority) serves(flags ...string) func() string {
	program := exec.Command("bonafide", append([]string{
		"serve", "--origin", "https://shop.example", "--roles", "verifier", "--keys", filepath.Join(a.folder, "keys"), "--store", filepath.Join(a.folder, "shop.db"),
		"--listen", a.tls, "--acme", filepath.Join(a.folder, "certificates"), "--acme-directory", "https://localhost:" + strconv.Itoa(port(a.T, a.address)) + "/dir", "--drain", "0s",
	}, flags...)...)
	program.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(a.folder, "cert.pem"))
	var log bytes.Buffer
	program.Stderr = &log
	out, err := program.StdoutPipe()
	require.NoError(a, err)
	require.NoError(a, program.Start())
	a.Cleanup(func() {
		program.Process.Kill() // it may have ended
		program.Wait()
		if a.Failed() {
			a.Log(log.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(a, err, &log)
	require.Contains(a, line, "is served on https://")
	return func() string {
		require.NoError(a, program.Process.Signal(syscall.SIGTERM))
		require.NoError(a, program.Wait(), &log)
		return log.String()
	}
}

// leaf asks the site for a page, as a browser that trusts the authority, and returns the site's certificate. While the
// authority is being asked, which takes longer than a handshake may, it asks again.
func (a *authority) leaf(roots *x509.CertPool) (leaf *x509.Certificate) {
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, a.tls)
		},
	}}
	require.EventuallyWithT(a, func(t *assert.CollectT) {
		answer, err := client.Get("https://shop.example/livez")
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, 2, answer.ProtoMajor)
		leaf = answer.TLS.PeerCertificates[0]
	}, patient, 100*time.Millisecond)
	return leaf
}

// A site gets its certificate from an authority, keeps it over a restart, and renews it.
func TestAuthority(t *testing.T) {
	need.Program(t, "pebble")
	secret := base64.RawURLEncoding.EncodeToString([]byte("a key of thirty-two bytes or more"))
	for name, c := range map[string]struct {
		change func(a *authority, settings map[string]any)
		flags  func(a *authority) []string
		renews bool
	}{
		"asked by TLS": {change: func(*authority, map[string]any) {}},
		"asked by HTTP": {
			change: func(a *authority, s map[string]any) { s["tlsPort"], s["httpPort"] = 1, port(t, a.port80()) },
			flags:  func(a *authority) []string { return []string{"--plain-listen", a.plain} },
		},
		"by an account": {
			change: func(_ *authority, s map[string]any) {
				s["externalAccountBindingRequired"], s["externalAccountMACKeys"] = true, map[string]any{"kid-1": secret}
			},
			flags: func(a *authority) []string {
				account := filepath.Join(a.folder, "account")
				require.NoError(a, os.WriteFile(account, []byte("kid-1 "+secret+"\n"), 0o600))
				return []string{"--acme-account", account, "--acme-email", "ops@shop.example"}
			},
		},
		"for seconds": {
			change: func(_ *authority, s map[string]any) {
				s["profiles"] = map[string]any{"default": map[string]any{"description": "short", "validityPeriod": 15}}
			},
			renews: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t, c.change)
			roots := a.roots()
			var flags []string
			if c.flags != nil {
				flags = c.flags(a)
			}
			require.NoError(t, exec.Command("bonafide", "keys", "new", filepath.Join(a.folder, "keys")).Run())
			end := a.serves(flags...)
			first := a.leaf(roots)
			require.Equal(t, []string{"shop.example"}, first.DNSNames)
			if c.renews {
				require.Eventually(t, func() bool { return a.leaf(roots).SerialNumber.Cmp(first.SerialNumber) != 0 }, time.Minute, time.Second)
				end()
				return
			}
			require.Contains(t, end(), "the certificate is in force")
			end = a.serves(flags...)
			require.Equal(t, first.SerialNumber, a.leaf(roots).SerialNumber, "it was kept")
			require.NotContains(t, strings.ToLower(end()), `"level":"error"`)
		})
	}
}
