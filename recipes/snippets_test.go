package recipes

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
)

// server is one origin of a test, whose requests are kept.
type server struct {
	origin string
	lock   sync.Mutex
	seen   []*http.Request
}

func serve(t *testing.T, name string, handler http.HandlerFunc) *server {
	s := &server{}
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.lock.Lock()
		s.seen = append(s.seen, r)
		s.lock.Unlock()
		handler(w, r)
	}))
	t.Cleanup(listening.Close)
	s.origin = fmt.Sprintf("http://%s.localhost:%d", name, listening.Listener.Addr().(*net.TCPAddr).Port)
	return s
}

// paths returns what was asked for.
func (s *server) paths() (paths []string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, r := range s.seen {
		paths = append(paths, r.URL.Path)
	}
	return paths
}

// page serves a page under a policy, whatever is asked for.
func page(t *testing.T, name, policy, body string) *server {
	return serve(t, name, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		io.WriteString(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Shown</title><main><h1>Shown</h1>`+body+`</main></html>`)
	})
}

const path = "/b/K7QXM2VTP4WN9RFA"

// pictures serves the badge's pictures as an issuer does.
func pictures(t *testing.T) *server {
	return serve(t, "bazar", func(w http.ResponseWriter, r *http.Request) {
		suffix, ok := strings.CutPrefix(r.URL.Path, path)
		p, format, known := badge.ParseSuffix(suffix)
		if !ok || !known {
			http.NotFound(w, r)
			return
		}
		p.Host, p.State, p.Level, p.Levels, p.AsOf = "bazar.example", badge.Current, 4, 5, "2026-11-03"
		data, mediaType := badge.SVG(p), "image/svg+xml"
		if format == badge.FormatPNG {
			data, _ = badge.PNG(p)
			mediaType = "image/png"
		}
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(data)
	})
}

// proxied is an image proxy that forwards nothing of a visitor's request: it asks for the address that its path holds, and
// lets pass what is of an image type.
func proxied(t *testing.T) *server {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}}}
	return serve(t, "proxy", func(w http.ResponseWriter, r *http.Request) {
		answer, err := client.Get(r.URL.Query().Get("of"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		if mediaType := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(mediaType, "image/") {
			http.Error(w, "no image", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'")
		io.Copy(w, answer.Body)
	})
}

var sources = regexp.MustCompile(`(src|srcset)="([^"]*)"`)

// readme renders Markdown as a forge does: tags of pictures stay, and their addresses become the proxy's.
func readme(t *testing.T, markdown string, proxy *server) string {
	var rendered bytes.Buffer
	require.NoError(t, goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(markdown), &rendered))
	return sources.ReplaceAllStringFunc(rendered.String(), func(found string) string {
		parts := sources.FindStringSubmatch(found)
		return fmt.Sprintf(`%s="%s/?of=%s"`, parts[1], proxy.origin, url.QueryEscape(parts[2]))
	})
}

func TestSnippets(t *testing.T) {
	chromium := browser.New(t)
	const name = "image: Trust badge from bazar.example for Ann (open for current status)"
	for _, c := range []struct {
		name    string
		lang    bonafide.Lang
		visitor browser.Visitor
		picture string // what the issuer is asked for
	}{
		{"light", bonafide.English, browser.Visitor{Width: 320}, path + ".svg"},
		{"dark", bonafide.English, browser.Visitor{Dark: true}, path + ".dark.svg"},
		{"french", bonafide.French, browser.Visitor{Lang: "fr", Dark: true, NoScript: true}, path + ".dark.fr.svg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			issuer, proxy := pictures(t), proxied(t)
			copies := badge.Snippets(issuer.origin+path, "bazar.example", "Ann", c.lang)
			called := name
			if c.lang == bonafide.French {
				called = "image: Badge de confiance de bazar.example pour Ann (ouvrir pour l’état actuel)"
			}
			for shown, at := range map[string]*server{
				"markdown": page(t, "forge", "default-src 'none'; img-src "+proxy.origin, readme(t, copies.Markdown, proxy)),
				"html":     page(t, "blog", "default-src 'none'; img-src "+issuer.origin, "<p>"+copies.HTML+"</p>"),
			} {
				issuer.seen = nil
				p := chromium.Visit(t, c.visitor)
				p.Open(at.origin + "/")
				require.Contains(t, p.Names(), called, shown)
				require.Equal(t, []string{c.picture}, issuer.paths(), shown)
				sound(t, p, "snippet-"+shown+"-"+c.name, c.visitor.NoScript, issuer.origin, proxy.origin)
			}
		})
	}
	t.Run("e-mail", func(t *testing.T) {
		issuer := pictures(t)
		copies := badge.Snippets(issuer.origin+path, "bazar.example", "Ann", bonafide.English)
		p := chromium.Visit(t, browser.Visitor{})
		p.Open(page(t, "mail", "default-src 'none'; img-src *", "<p>Yours, Ann</p>"+copies.Email).origin + "/")
		require.Contains(t, p.Names(), name)
		require.Equal(t, []string{path + ".png"}, issuer.paths())
		sound(t, p, "snippet-e-mail", false, issuer.origin)
	})
}

// An image proxy tells nothing of who looks, so that the address alone says what is drawn.
func TestProxyForwardsNothing(t *testing.T) {
	issuer, proxy := pictures(t), proxied(t)
	_, port, _ := strings.Cut(proxy.origin, ".localhost")
	r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1"+port+"/?of="+url.QueryEscape(issuer.origin+path+".fr.svg"), nil)
	require.NoError(t, err)
	for _, name := range []string{"Accept", "Accept-Language", "Cookie", "Referer"} {
		r.Header.Set(name, "fr")
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	drawn, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(drawn), "4 sur 5")
	for name := range issuer.seen[0].Header {
		require.Contains(t, []string{"User-Agent", "Connection"}, name)
	}
}

// sound fails the test unless nothing is wrong with the page but that its pictures come from where they should.
func sound(t *testing.T, p *browser.Page, name string, noScript bool, origins ...string) {
	t.Helper()
	p.Keep(name)
	found := p.Faults()
	if !noScript { // without scripts axe doesn't run
		found = p.Violations()
	}
	require.Empty(t, slices.DeleteFunc(found, func(fault string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool { return strings.HasPrefix(fault, "from elsewhere: "+origin+"/") })
	}), name)
}
