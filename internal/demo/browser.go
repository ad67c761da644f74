package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"
)

// browser is a person's browser without scripts: it keeps cookies, follows redirects, and fills in and
// sends the forms of the page it is on.
type browser struct {
	http    *http.Client
	address *url.URL // of the page it is on
	status  int
	header  http.Header
	body    []byte
	page    *html.Node
	stopAt  string // a redirect to an address that begins so isn't followed
}

// newTransport reaches names under .localhost on loopback, as browsers do.
func newTransport() http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}}
}

func newBrowser() *browser {
	jar, _ := cookiejar.New(nil) // it fails for bad options only
	b := &browser{}
	b.http = &http.Client{Transport: patient{newTransport()}, Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if b.stopAt != "" && strings.HasPrefix(r.URL.String(), b.stopAt) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// patient asks once more if a site refuses for a moment, as a person reloads the page. It asks for that page alone, not
// for what led to it, which may have been done.
type patient struct{ http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := p.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	pause, ok := fetch.Pause(response.StatusCode, response.Header)
	if !ok {
		return response, nil
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	time.Sleep(pause)
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return p.RoundTripper.RoundTrip(again)
}

// open goes to an address, relative to the page it is on.
func (b *browser) open(ctx context.Context, address string) error {
	return b.send(ctx, http.MethodGet, address, nil)
}

func (b *browser) send(ctx context.Context, method, address string, form url.Values) error {
	target, err := url.Parse(address)
	if err != nil {
		return err
	}
	if b.address != nil {
		target = b.address.ResolveReference(target)
	}
	r, err := http.NewRequestWithContext(ctx, method, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.address.Scheme+"://"+b.address.Host)
	}
	response, err := b.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if b.body, err = read(response); err != nil {
		return err
	}
	b.address, b.status, b.header = response.Request.URL, response.StatusCode, response.Header
	b.page, err = html.Parse(bytes.NewReader(b.body))
	return err
}

// read returns the body of an answer: of JSON, however it is spelt, the text that says the same without more ado.
func read(response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return body, err
	}
	value, err := bonafide.ParsePeer[any](body)
	if err != nil {
		return nil, err
	}
	return bonafide.MarshalJSON(value)
}

// answers fetches an address so many times at once, following redirects, without leaving the page that
// the browser is on, and returns what it got.
func (b *browser) answers(ctx context.Context, address string, times int) ([]answer, error) {
	all := make([]answer, times)
	group, ctx := errgroup.WithContext(ctx)
	for i := range all {
		group.Go(func() error {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				return err
			}
			response, err := b.http.Do(r)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			body, err := read(response)
			all[i] = answer{response.StatusCode, string(body)}
			return err
		})
	}
	return all, group.Wait()
}

type answer struct {
	status int
	body   string
}

// follow follows the link of the page to an address that begins so.
func (b *browser) follow(ctx context.Context, address string) error {
	for link := range b.page.Descendants() {
		if link.Data == "a" && strings.HasPrefix(b.resolve(attr(link, "href")), b.resolve(address)) {
			return b.open(ctx, attr(link, "href"))
		}
	}
	return fmt.Errorf("%s (status %d) has no link to %s", b.address, b.status, address)
}

// submit fills in the form that leads to action and sends it. Fields not given keep what the page put in.
func (b *browser) submit(ctx context.Context, action string, fields url.Values) error {
	return b.submitIn(ctx, b.page, action, fields)
}

// submitUnder does so within the first section that says the words.
func (b *browser) submitUnder(ctx context.Context, words, action string, fields url.Values) error {
	for section := range b.page.Descendants() {
		if (section.Data == "section" || section.Data == "article") && strings.Contains(textOf(section), words) {
			return b.submitIn(ctx, section, action, fields)
		}
	}
	return fmt.Errorf("%s (status %d) has no section that says %q", b.address, b.status, words)
}

func (b *browser) submitIn(ctx context.Context, part *html.Node, action string, fields url.Values) error {
	for form := range part.Descendants() {
		if form.Data != "form" || !strings.HasPrefix(b.resolve(attr(form, "action")), b.resolve(action)) {
			continue
		}
		if !holds(form, fields) {
			continue
		}
		values := url.Values{}
		for input := range form.Descendants() {
			if name := attr(input, "name"); input.Data == "input" && name != "" && attr(input, "type") != "submit" {
				values.Set(name, attr(input, "value"))
			}
		}
		for name := range fields {
			values.Set(name, fields.Get(name))
		}
		if strings.EqualFold(attr(form, "method"), http.MethodPost) {
			return b.send(ctx, http.MethodPost, b.resolve(attr(form, "action")), values)
		}
		return b.open(ctx, attr(form, "action")+"?"+values.Encode())
	}
	return fmt.Errorf("%s (status %d) has no form for %s with %v: %s", b.address, b.status, action, fields, textOf(b.page))
}

// holds tells whether the form has a control for every field; a fixed one must have the value too.
func holds(form *html.Node, fields url.Values) bool {
	for name := range fields {
		found := false
		for control := range form.Descendants() {
			fixed := control.Data == "button" || attr(control, "type") == "hidden"
			if attr(control, "name") == name && (!fixed || attr(control, "value") == fields.Get(name)) {
				found = true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func (b *browser) resolve(address string) string {
	target, err := b.address.Parse(address)
	if err != nil {
		return address
	}
	return target.String()
}

// says tells whether the page shows the words.
func (b *browser) says(words string) bool { return strings.Contains(textOf(b.page), words) }

// textOf returns the words of a part of a page, with single spaces.
func textOf(part *html.Node) string {
	var text strings.Builder
	for node := range part.Descendants() {
		if node.Type == html.TextNode && node.Parent.Data != "style" {
			text.WriteString(node.Data)
			text.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func attr(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
