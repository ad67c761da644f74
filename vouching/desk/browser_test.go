package desk_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// browser is a member's browser without scripts: it follows links and sends forms as they stand on pages.
type browser struct {
	t    *testing.T
	at   *httptest.Server
	http *http.Client
	url  *url.URL
	page *html.Node
}

// browse opens a browser that asks for pages in a language; name "" isn't signed in.
func (w *world) browse(name, lang string) *browser {
	server := httptest.NewServer(w.pages)
	w.t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	b := &browser{t: w.t, at: server, http: &http.Client{Jar: jar}}
	b.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/sign-in" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	home, err := url.Parse(server.URL)
	require.NoError(w.t, err)
	b.url = home
	jar.SetCookies(home, []*http.Cookie{{Name: "lang", Value: lang}})
	if name != "" {
		b.signIn(name)
	}
	return b
}

func (b *browser) signIn(name string) {
	b.http.Jar.SetCookies(b.url, []*http.Cookie{{Name: "member", Value: name}})
}

// open goes to a page and returns its status.
func (b *browser) open(address string) int {
	b.t.Helper()
	to, err := b.url.Parse(address)
	require.NoError(b.t, err)
	return b.load(http.MethodGet, to, "")
}

func (b *browser) load(method string, to *url.URL, body string) int {
	b.t.Helper()
	r, err := http.NewRequest(method, to.String(), strings.NewReader(body))
	require.NoError(b.t, err)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := b.http.Do(r)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	b.page, err = html.Parse(answer.Body)
	require.NoError(b.t, err)
	if b.url = answer.Request.URL; answer.StatusCode == http.StatusSeeOther {
		b.url, err = answer.Location()
		require.NoError(b.t, err)
		return answer.StatusCode
	}
	b.check()
	return answer.StatusCode
}

// check holds every page to what makes it usable with the keyboard alone, without scripts.
func (b *browser) check() {
	b.t.Helper()
	require.Empty(b.t, b.all("script"))
	require.Len(b.t, b.all("h1"), 1)
	require.NotContains(b.t, b.text(), "[", "a message that doesn't exist")
	ids := map[string]int{}
	for _, label := range b.all("label") {
		ids[attribute(label, "for")]++
	}
	for _, field := range slices.Concat(b.all("input"), b.all("select"), b.all("textarea")) {
		if attribute(field, "type") == "hidden" {
			continue
		}
		labelled := ids[attribute(field, "id")] == 1 && attribute(field, "id") != ""
		for up := field.Parent; up != nil; up = up.Parent {
			labelled = labelled || up.Data == "label"
		}
		require.True(b.t, labelled, "the field %s has no label", attribute(field, "name"))
	}
}

// follow follows the first link with that text.
func (b *browser) follow(text string) int {
	b.t.Helper()
	for _, a := range b.all("a") {
		if textOf(a) == text {
			return b.open(attribute(a, "href"))
		}
	}
	require.Fail(b.t, "no such link", "%q in %s", text, b.text())
	return 0
}

// press sends the first form with a button of that text, once the fields are filled in.
func (b *browser) press(button string, fields url.Values) int {
	b.t.Helper()
	for _, form := range b.all("form") {
		if !slices.ContainsFunc(nodes(form, "button"), func(n *html.Node) bool { return textOf(n) == button }) {
			continue
		}
		values := url.Values{}
		for _, field := range slices.Concat(nodes(form, "input"), nodes(form, "select"), nodes(form, "textarea")) {
			name, value := attribute(field, "name"), attribute(field, "value")
			if options := nodes(field, "option"); len(options) > 0 {
				value = attribute(options[0], "value")
			}
			if given, ok := fields[name]; ok {
				value = given[0]
			}
			values.Set(name, value)
		}
		for name := range fields {
			require.True(b.t, values.Has(name), "the form has no field %s", name)
		}
		to, err := b.url.Parse(attribute(form, "action"))
		require.NoError(b.t, err)
		if attribute(form, "method") == "post" {
			return b.load(http.MethodPost, to, values.Encode())
		}
		to.RawQuery = values.Encode()
		return b.load(http.MethodGet, to, "")
	}
	require.Fail(b.t, "no such button", "%q in %s", button, b.text())
	return 0
}

// field returns what the first field of that name holds.
func (b *browser) field(name string) string {
	b.t.Helper()
	for _, field := range slices.Concat(b.all("input"), b.all("select"), b.all("textarea")) {
		if attribute(field, "name") != name {
			continue
		}
		for _, option := range nodes(field, "option") {
			if slices.ContainsFunc(option.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
				return attribute(option, "value")
			}
		}
		if field.Data == "textarea" {
			return textOf(field)
		}
		return attribute(field, "value")
	}
	require.Fail(b.t, "no such field", "%q in %s", name, b.text())
	return ""
}

// text returns what the page says, spaces drawn together.
func (b *browser) text() string { return textOf(nodes(b.page, "body")[0]) }

func (b *browser) all(element string) []*html.Node { return nodes(b.page, element) }

func nodes(under *html.Node, element string) (found []*html.Node) {
	for n := range under.Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			found = append(found, n)
		}
	}
	return found
}

func textOf(under *html.Node) string {
	var text strings.Builder
	for n := range under.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	return plain(text.String())
}

// plain draws all spaces together.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
