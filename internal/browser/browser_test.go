package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// page is a sound page, in which each planted fault replaces something.
const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A page</title>
<main><h1>A page</h1><p>Read.</p><img src="/dot.svg" alt="A dot">
<form action="/sent"><label>Said <input name="said" value="old"></label> <label>Which <select name="which"><option value="1">one</option><option value="2">two</option></select></label>
<label><input type="checkbox" name="sure"> Sure</label> <button>Send</button></form><a href="/sent">Go on</a></main></html>`

func serve(t *testing.T, body string) string {
	mux := http.NewServeMux()
	answer := func(path, mediaType string, body func(*http.Request) string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src *; script-src 'self'; style-src 'self'")
			io.WriteString(w, body(r))
		})
	}
	answer("/", "text/html", func(*http.Request) string { return body })
	answer("/sent", "text/html", func(r *http.Request) string {
		return `<title>Sent</title>` + r.URL.Query().Encode() + " " + r.Header.Get("Accept-Language")
	})
	answer("/dot.svg", "image/svg+xml", func(*http.Request) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`
	})
	answer("/fails.js", "text/javascript", func(*http.Request) string { return "document.title = 'scripted'; none()" })
	answer("/wide.css", "text/css", func(*http.Request) string { return "p { width: 700px }" })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestBrowser(t *testing.T) {
	chromium := browser.New(t)
	for _, fault := range []struct{ name, was, is, found string }{
		{"none", "Read.", "Read.", ""},
		{"no alternative", ` alt="A dot"`, ``, "image-alt"},
		{"no label", `Said <`, `<`, "label"},
		{"inline style", `<p>`, `<p style="color: red">`, "against its policy: style-src"},
		{"inline script", `<p>`, `<script>1</script><p>`, "against its policy: script-src"},
		{"from elsewhere", `<p>`, `<img alt="" src="http://127.0.0.1:1/dot.svg"><p>`, "from elsewhere: http://127.0.0.1:1/dot.svg"},
		{"failing script", `<p>`, `<script src="/fails.js"></script><p>`, "script: "},
		{"too wide", `<p>`, `<link rel="stylesheet" href="/wide.css"><p>`, "wider than the window: P"},
		{"broken picture", `/dot.svg`, `/none.svg`, "a broken picture"},
	} {
		t.Run(fault.name, func(t *testing.T) {
			p := chromium.Visit(t, browser.Visitor{Width: 320})
			require.EqualValues(t, 200, p.Open(serve(t, strings.Replace(page, fault.was, fault.is, 1))))
			found := p.Violations()
			if fault.found == "" {
				require.Empty(t, found)
				return
			}
			require.Contains(t, strings.Join(found, "\n"), fault.found)
		})
	}
}

func TestSteps(t *testing.T) {
	chromium, address := browser.New(t), serve(t, strings.Replace(page, "<p>", `<script src="/fails.js"></script><p>`, 1))
	t.Run("mouse", func(t *testing.T) {
		p := chromium.Visit(t, browser.Visitor{Lang: "fr"})
		p.Open(address)
		p.Fill("Said", "new & <b>")
		p.Choose("Which", "two")
		p.Press("Sure")
		require.Contains(t, p.Names(), "button: Send")
		require.EqualValues(t, 200, p.Follow("Send"))
		require.Equal(t, "said=new+%26+%3Cb%3E&sure=on&which=2 fr", p.Text())
		require.Equal(t, address+"/sent?said=new+%26+%3Cb%3E&which=2&sure=on", p.Address())
	})
	t.Run("keyboard, no scripts", func(t *testing.T) {
		p := chromium.Visit(t, browser.Visitor{NoScript: true})
		p.Open(address)
		p.Tab("Said")
		p.Type("er")
		p.Tab("Send")
		p.Enter()
		require.Equal(t, "said=er&which=1 en", p.Text())
		require.Empty(t, p.Faults(), "no script ran")
		require.Contains(t, strings.Join(p.Violations(), "\n"), "html-has-lang")
	})
	t.Run("print", func(t *testing.T) {
		p := chromium.Visit(t, browser.Visitor{Dark: true, ForcedColors: true, Zoom: 200, Vision: "achromatopsia"})
		p.Open(address)
		require.Equal(t, "%PDF", string(p.PDF()[:4]))
		require.Equal(t, "\x89PNG", string(p.Screenshot()[:4]))
	})
}
