package site_test

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	chromium "bonafide.example/internal/browser"
	"bonafide.example/js"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// blog is another site, on which a member shows a badge within <trust-badge>, under the strictest policy that lets it.
type blog struct {
	*httptest.Server
	origin string
	page   atomic.Pointer[string]     // what stands on it
	policy atomic.Pointer[string]     // its Content-Security-Policy
	change func(script string) string // what becomes of a script that it hosts; nil: nothing
}

// probe says on the page what tests can't see from outside: that a script was refused, and that all that came into view is
// past the element's first step.
const probe = `const said = (words) => document.querySelector('main').append(Object.assign(document.createElement('p'), { textContent: words }))
addEventListener('error', ({ target }) => target.localName === 'script' && said('refused'), true)
new IntersectionObserver(() => setTimeout(() => said(isSecureContext ? 'seen' : 'seen without cryptography'))).observe(document.querySelector('trust-badge'))`

func newBlog(t *testing.T) *blog {
	b := &blog{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", *b.policy.Load())
		io.WriteString(w, *b.page.Load())
	})
	mux.HandleFunc("GET /{script}", func(w http.ResponseWriter, r *http.Request) {
		text := []byte(probe)
		if name := r.PathValue("script"); name != "probe.js" {
			var err error
			if text, err = fs.ReadFile(js.FS, "dist/"+name); err != nil {
				http.NotFound(w, r)
				return
			}
		}
		w.Header().Set("Content-Type", "text/javascript")
		if b.change != nil {
			text = []byte(b.change(string(text)))
		}
		w.Write(text)
	})
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	b.origin = fmt.Sprintf("http://blog.localhost:%d", b.Listener.Addr().(*net.TCPAddr).Port)
	return b
}

// shows puts snippets on the page, in a language, and lets pictures and what is checked come from the issuers, scripts from
// the blog and another site.
func (b *blog) shows(lang, snippets string, scripts bonafide.Origin, issuers ...bonafide.Origin) {
	page := `<!doctype html><html lang="` + lang + `"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">` +
		`<title>A blog</title><script type="module" src="/probe.js"></script><main><h1>A blog</h1>` + snippets + `</main></html>`
	policy := fmt.Sprintf("default-src 'none'; script-src 'self' %s; img-src %[2]s; connect-src %[2]s", scripts, strings.Trim(fmt.Sprint(issuers), "[]"))
	b.page.Store(&page)
	b.policy.Store(&policy)
}

// hosted returns the element's snippet with the script that the blog itself hosts.
func hosted(copies badge.Copies) string {
	_, tag, _ := strings.Cut(copies.Element, "</script>")
	return badge.Script("/"+js.Element) + tag
}

// waits returns what the page says once it says the words.
func waits(t *testing.T, p *chromium.Page, words string) []string {
	t.Helper()
	var names []string
	require.Eventually(t, func() bool {
		names = p.Names()
		return says(names, words)
	}, 2*time.Minute, 50*time.Millisecond, "%q isn't said; there is %q", words, &names)
	return names
}

// picture is how a screen reader names the badge's picture.
const picture = "image: Trust badge from "

func says(names []string, words string) bool { return count(names, words) > 0 }

func count(names []string, words string) (found int) {
	for _, name := range names {
		if strings.Contains(name, words) {
			found++
		}
	}
	return found
}

// elementWorld is a site with members whose badges a blog shows: one is called as it stands with the badge.
type elementWorld struct {
	*place
	*blog
	copies []badge.Copies // of all badges
}

// standings are how it stands with the badges, and which of them show their picture within <trust-badge>.
var standings = map[string]bool{"current": true, "suspended": false, "withdrawn": false, "erased": false, "old": false, "forged": false}

func newElementWorld(t *testing.T) *elementWorld {
	clock := newClock()
	w := &elementWorld{blog: newBlog(t), place: open(t, clock, "outils", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one", "two", "three")}
	})}
	codes := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(standings)) {
		clock.Store(time.Now().UnixNano()) // which is the visitors'
		if name == "old" {                 // issued so long ago that it has expired, and never since
			clock.Move(-100 * 24 * time.Hour)
		}
		w.deeds(name, 2)
		address, err := w.Issuer.PublishBadge(t.Context(), "member", name, name)
		require.NoError(t, err)
		codes[name] = strings.TrimPrefix(address, string(w.Origin))
		w.copies = append(w.copies, badge.Snippets(address, w.Origin.Host(), name, bonafide.English))
	}
	clock.Store(time.Now().UnixNano())
	require.NoError(t, w.Issuer.Suspend(t.Context(), "suspended"))
	require.NoError(t, w.Issuer.WithdrawBadge(t.Context(), "member", "withdrawn"))
	require.NoError(t, w.Issuer.Erase(t.Context(), "erased"))
	w.forge(codes["forged"] + ".jwt")
	return w
}

// forge has the site answer for a badge with one whose signature is another's.
func (w *elementWorld) forge(path string) {
	honest := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			honest.ServeHTTP(rw, r)
			return
		}
		token := asked(honest, path)
		signature := strings.LastIndex(token.Body.String(), ".") + 1
		changed := token.Body.Bytes()
		changed[signature] ^= 1 << 5 // a letter in the other case
		if changed[signature]|1<<5 < 'a' {
			changed[signature] = 'A'
		}
		rw.Header().Set("Access-Control-Allow-Origin", "*")
		rw.Header().Set("Content-Type", token.Header().Get("Content-Type"))
		rw.Write(changed)
	})
}

func TestElement(t *testing.T) {
	chrome, w := chromium.New(t), newElementWorld(t)
	// Nothing listens where this one's site should be.
	away := bonafide.Origin("http://away.localhost:1")
	unreached := badge.Snippets(string(away)+"/b/0123456789ABCDEF", "away.localhost:1", "away", bonafide.English)
	for _, c := range []struct {
		visitor chromium.Visitor
		scripts bonafide.Origin // from where the element comes; "": the blog itself
		badly   string          // how the words about a badge that doesn't hold begin
		said    []string
	}{
		{chromium.Visitor{Lang: "en", Width: 320, ForcedColors: true}, "", "Holds no longer", []string{
			"Holds now: HOST says level 2 of 3, as of ",
			"Holds no longer: HOST has suspended or withdrawn this badge. Checked by your browser at ",
			"Holds no longer: HOST has no such badge. Checked by your browser at ",
			"Holds no longer: this badge of HOST has expired. Checked by your browser at ",
			"Not authentic: this badge is not correctly signed by HOST. Do not rely on it. Checked by your browser at ",
			"Your browser could not check this badge.",
		}},
		{chromium.Visitor{Lang: "fr", Dark: true}, w.Origin, "Plus en vigueur", []string{
			"En vigueur\u202f: HOST indique le niveau 2 sur 3, au ",
			"Plus en vigueur\u202f: HOST a suspendu ou retiré ce badge. Vérifié par votre navigateur à ",
			"Plus en vigueur\u202f: HOST n’a pas ce badge. Vérifié par votre navigateur à ",
			"Plus en vigueur\u202f: ce badge de HOST a expiré. Vérifié par votre navigateur à ",
			"Non authentique\u202f: ce badge n’est pas correctement signé par HOST. Ne vous y fiez pas. Vérifié par votre navigateur à ",
			"Votre navigateur n’a pas pu vérifier ce badge.",
		}},
	} {
		t.Run(c.visitor.Lang, func(t *testing.T) {
			var snippets []string
			for _, copies := range w.copies {
				if c.scripts == "" {
					snippets = append(snippets, hosted(copies))
				} else {
					snippets = append(snippets, copies.Element)
				}
			}
			_, tag, _ := strings.Cut(unreached.Element, "</script>") // a page needs the script once
			snippets = append(snippets, tag)
			w.shows(c.visitor.Lang, strings.Join(snippets, "<hr>"), c.scripts, w.Origin, away)
			p := chrome.Visit(t, c.visitor)
			require.EqualValues(t, http.StatusOK, p.Open(w.blog.origin+"/"))
			var names []string
			for _, words := range c.said {
				names = waits(t, p, "StaticText: "+strings.ReplaceAll(words, "HOST", w.Origin.Host()))
			}
			require.Equal(t, 1, count(names, "StaticText: "+strings.ReplaceAll(c.said[0], "HOST", w.Origin.Host())), "only one is current: %q", names)
			require.Equal(t, len(snippets), count(names, "link: "), "%q", names)
			for name, pictured := range standings {
				require.Equal(t, pictured, says(names, picture+w.Origin.Host()+" for "+name), "%s: %q", name, names)
			}
			for _, name := range names { // where words take the picture's place, the keyboard reaches them
				if link, ok := strings.CutPrefix(name, "link: "+c.badly); ok {
					p.Tab(c.badly + link)
				}
			}
			w.sound(t, p, "element-"+c.visitor.Lang, away)
		})
	}
}

// Where nothing can be checked, the picture and the link stay, and no word is said.
func TestElementLeavesThePicture(t *testing.T) {
	chrome, w := chromium.New(t), newElementWorld(t)
	w.shows("en", hosted(w.copies[0]), "", w.Origin)
	for _, c := range []struct {
		name    string
		visitor chromium.Visitor
		origin  string                     // at which the blog is visited; "": its own
		change  func(script string) string // of the scripts that the blog hosts
		said    string                     // by which the test knows that all is over
		loads   bool                       // whether the reader is asked for
	}{
		{name: "no-scripts", visitor: chromium.Visitor{NoScript: true}, said: "A blog"},
		// Browsers take this address for no name of this machine, so that there is no cryptography over http.
		{name: "plain-http", origin: "http://0.0.0.0", said: "seen without cryptography"},
		{name: "other-element", change: func(script string) string { return script + " " }, said: "refused"},
		{name: "other-reader", change: func(script string) string { return strings.ReplaceAll(script, "Holds now", "Holds ever") }, said: "refused", loads: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var loaded atomic.Bool
			w.change = func(script string) string {
				if strings.Contains(script, "as checkInWords") { // which the reader exports
					loaded.Store(true)
				}
				if c.change != nil {
					script = c.change(script)
				}
				return script
			}
			at := w.blog.origin
			if c.origin != "" {
				at = fmt.Sprintf("%s:%d", c.origin, w.blog.Listener.Addr().(*net.TCPAddr).Port)
			}
			p := chrome.Visit(t, c.visitor)
			require.EqualValues(t, http.StatusOK, p.Open(at+"/"))
			names := waits(t, p, c.said)
			require.Equal(t, c.loads, loaded.Load())
			require.True(t, says(names, picture), "%q", names)
			require.True(t, says(names, "link: Trust badge from "+w.Origin.Host()), "%q", names)
			for _, words := range []string{"Holds", "hecked", "could not"} {
				require.False(t, says(names, words), "%q", names)
			}
			w.sound(t, p, "element-"+c.name, "")
		})
	}
}

// sound fails the test unless nothing is wrong with the page but that it loads from the badges' sites, one of which may be
// away.
func (w *elementWorld) sound(t *testing.T, p *chromium.Page, name string, away bonafide.Origin) {
	t.Helper()
	p.Keep(name)
	found := p.Faults()
	if !strings.HasSuffix(name, "no-scripts") { // axe is one
		found = p.Violations()
	}
	require.Empty(t, slices.DeleteFunc(found, func(fault string) bool {
		return strings.HasPrefix(fault, "from elsewhere: "+string(w.Origin)+"/") ||
			away != "" && (strings.HasPrefix(fault, "from elsewhere: "+string(away)) || strings.HasPrefix(fault, "a broken picture: "+string(away)))
	}), name)
}
