// Package recipes holds files and texts for people who run sites, and the tests that they do what they say.
package recipes

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

const host = "trust.shop.example"

// names are those that the shop gives for some of its members.
var names = map[string]string{"alice": "Alice%20%C3%89", "bob": "Boris 王"}

// front is a proxy that runs as its recipe says, but for its ports, in front of a server that says what reached it.
type front struct {
	*testing.T
	folder        string
	plain, secure int // ports
	client        *http.Client
}

// newFront makes the certificate of a front and the two servers behind it. It returns what of a recipe stands for them.
func newFront(t *testing.T) (*front, *strings.Replacer) {
	f := &front{T: t, folder: t.TempDir(), plain: need.Port(t), secure: need.Port(t)}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "user %q name %q host %q %s", r.Header.Values("X-User"), r.Header.Values("X-User-Name"), r.Host, strings.Repeat("and so on ", 100))
	}))
	t.Cleanup(site.Close)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if session, err := r.Cookie("session"); err == nil && r.URL.Path == "/who" && r.Header.Get("X-User")+r.Header.Get("X-User-Name") == "" {
			w.Header().Set("X-User", session.Value)
			if name, ok := names[session.Value]; ok {
				w.Header().Set("X-User-Name", name)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(shop.Close)
	f.certify()
	return f, strings.NewReplacer(
		"127.0.0.1:8080", site.Listener.Addr().String(), "127.0.0.1:9000", shop.Listener.Addr().String(),
		"/etc/letsencrypt/live/"+host, f.folder,
		"listen 80;", fmt.Sprintf("listen 127.0.0.1:%d;", f.plain), "listen 443 ", fmt.Sprintf("listen 127.0.0.1:%d ", f.secure),
		"listen [::]:80;", "", "listen [::]:443 ssl http2;", "",
		host+" {\n", fmt.Sprintf("{\n\tadmin off\n\thttp_port %d\n\thttps_port %d\n}\nhttps://%s {\n\ttls %s %s\n",
			f.plain, f.secure, host, filepath.Join(f.folder, "fullchain.pem"), filepath.Join(f.folder, "privkey.pem")),
	)
}

// certify writes a certificate for the host and a client that takes it.
func (f *front) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(f, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(f, err)
	written := map[string]*pem.Block{"fullchain.pem": {Type: "CERTIFICATE", Bytes: certificate}, "privkey.pem": {Type: "PRIVATE KEY", Bytes: private}}
	for name, block := range written {
		require.NoError(f, os.WriteFile(filepath.Join(f.folder, name), pem.EncodeToMemory(block), 0o600))
	}
	roots := x509.NewCertPool()
	require.True(f, roots.AppendCertsFromPEM(pem.EncodeToMemory(written["fullchain.pem"])))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			port := map[string]int{host + ":80": f.plain, host + ":443": f.secure}[address]
			return new(net.Dialer).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
	f.Cleanup(transport.CloseIdleConnections)
	f.client = &http.Client{Transport: transport, Timeout: 2 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// recipe returns what stands in a file.
func recipe(t *testing.T, name string) string {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// start runs the program until the test ends, and waits until it answers.
func (f *front) start(program string, arguments ...string) {
	cmd := exec.Command(program, arguments...)
	cmd.Env = append(os.Environ(), "HOME="+f.folder, "XDG_DATA_HOME="+f.folder, "XDG_CONFIG_HOME="+f.folder)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(f, cmd.Start())
	f.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if f.Failed() {
			f.Log(said.String())
		}
	})
	require.Eventually(f, func() bool {
		answer, err := f.client.Get("https://" + host + "/")
		if err == nil {
			answer.Body.Close()
		}
		return err == nil
	}, 2*time.Minute, 20*time.Millisecond, program)
}

// ask returns the answer to a request with the given headers, and its body.
func (f *front) ask(address string, header ...string) (*http.Response, string) {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(f, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := f.client.Do(r)
	require.NoError(f, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(f, err)
	return answer, string(body)
}

// faults returns what the front doesn't do that its recipe promises.
func (f *front) faults() (found []string) {
	for _, c := range []struct{ path, user string }{
		{"/me", ""}, {"/me", "alice"}, {"/me.json", "alice"}, {"/b/0123", "alice"}, {"/me", "bob"}, {"/me", "carol"},
		{"/b/0123.svg", ""}, {"/js/v1/trust-badge.js", ""}, {"/status/1", ""},
	} {
		cookie := ""
		if c.user != "" {
			cookie = "session=" + c.user
		}
		_, body := f.ask("https://"+host+c.path, "X-User", "mallory", "X-User-Name", "Mallory", "Cookie", cookie)
		nothing := strings.NewReplacer(`[""]`, "[]") // an empty header names nobody
		if due := "user " + listed(c.user) + " name " + listed(names[c.user]) + " "; !strings.HasPrefix(nothing.Replace(body), due) {
			found = append(found, c.path+" "+cookie+": "+body[:60])
		}
		if !strings.Contains(body, `host "`+host+`"`) {
			found = append(found, "another host: "+body[:60])
		}
	}
	answer, _ := f.ask("https://"+host+"/me", "Accept-Encoding", "gzip")
	if answer.Header.Get("Content-Encoding") != "gzip" {
		found = append(found, "no gzip")
	}
	if !strings.HasPrefix(answer.Header.Get("Strict-Transport-Security"), "max-age=31536000") {
		found = append(found, "no HSTS")
	}
	if answer, _ := f.ask("http://" + host + "/b/0123?a=b"); answer.StatusCode/100 != 3 || !strings.HasPrefix(answer.Header.Get("Location"), "https://"+host) || !strings.HasSuffix(answer.Header.Get("Location"), "/b/0123?a=b") {
		found = append(found, "http isn't sent to https: "+answer.Header.Get("Location"))
	}
	return found
}

// listed returns a header's values, as the server behind says them.
func listed(value string) string {
	if value == "" {
		return "[]"
	}
	return fmt.Sprintf("%q", []string{value})
}

func TestNginx(t *testing.T) {
	need.Program(t, "nginx")
	for name, c := range map[string]struct{ was, is, found string }{
		"as it is":            {},
		"headers let through": {"\tproxy_set_header X-User $member;", "\tproxy_set_header X-Other $member;", "/me : user [\"mallory\"]"},
		"names let through":   {"\tproxy_set_header X-User-Name $name;", "\tproxy_set_header X-Other $name;", "\"Mallory\""},
		"the host lost":       {"\tproxy_set_header Host $host;\n\tproxy_set_header X-User $member;", "\tproxy_set_header X-User $member;", "another host"},
	} {
		t.Run(name, func(t *testing.T) {
			f, here := newFront(t)
			file := filepath.Join(f.folder, "nginx.conf")
			main := "daemon off;\nmaster_process off;\nerror_log stderr;\npid " + f.folder + "/pid;\nevents {}\nhttp {\naccess_log off;\n"
			for _, kept := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
				main += kept + "_temp_path " + filepath.Join(f.folder, kept) + ";\n"
			}
			text := strings.Replace(recipe(t, "nginx.conf"), c.was, c.is, 1)
			require.NoError(t, os.WriteFile(file, []byte(main+here.Replace(text)+"}\n"), 0o600))
			said, err := exec.Command("nginx", "-t", "-c", file).CombinedOutput()
			require.NoError(t, err, string(said))
			f.start("nginx", "-c", file)
			f.holds(c.found)
		})
	}
}

func TestCaddy(t *testing.T) {
	need.Program(t, "caddy")
	said, err := exec.Command("caddy", "adapt", "--config", "Caddyfile", "--validate").CombinedOutput()
	require.NoError(t, err, string(said))
	for name, c := range map[string]struct{ was, is, found string }{
		"as it is":              {},
		"headers let through":   {"\t\trequest_header -X-User\n", "", "mallory"},
		"names let through":     {"\t\trequest_header -X-User-Name\n", "", "Mallory"},
		"a placeholder as user": {"\t\trequest_header @nobody -X-User\n", "", "user [\"{http.reverse_proxy."},
		"a placeholder as name": {"\t\trequest_header @nameless -X-User-Name\n", "", "name [\"{http.reverse_proxy."},
	} {
		t.Run(name, func(t *testing.T) {
			f, here := newFront(t)
			file := filepath.Join(f.folder, "Caddyfile")
			require.NoError(t, os.WriteFile(file, []byte(here.Replace(strings.Replace(recipe(t, "Caddyfile"), c.was, c.is, 1))), 0o600))
			f.start("caddy", "run", "--config", file, "--adapter", "caddyfile")
			f.holds(c.found)
		})
	}
}

// holds fails the test unless the front does all that it promises or, where something was spoilt, that is found.
func (f *front) holds(spoilt string) {
	if spoilt == "" {
		require.Empty(f, f.faults())
		return
	}
	require.Contains(f, strings.Join(f.faults(), "\n"), spoilt)
}
