package faults

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// memberHeader names who is signed in at the sites.
const memberHeader = "X-Member"

// person is somebody with a browser.
type person struct {
	name string // who they are signed in as, at both sites; "": they aren't
	http *http.Client
	next http.RoundTripper
}

func newPerson(name string) *person {
	jar, _ := cookiejar.New(nil) // it fails for bad options only
	p := &person{name: name, next: &http.Transport{DisableKeepAlives: true, DialContext: onLoopback}}
	p.http = &http.Client{Jar: jar, Transport: p, Timeout: patience}
	return p
}

// onLoopback reaches names under .localhost, as browsers do.
func onLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

// RoundTrip adds to each request who sends it, as the proxies of both sites do.
func (p *person) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if p.name != "" {
		r.Header.Set(memberHeader, p.name)
	}
	return p.next.RoundTrip(r)
}

// send gets a page, or posts a form as from a page of the same site.
func (p *person) send(address string, form url.Values) (*url.URL, string, error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	response, err := p.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, "", err
	}
	if response.StatusCode < http.StatusBadRequest {
		return response.Request.URL, string(page), nil
	}
	return nil, "", refusal(response, page)
}

// refusal returns what a site answered instead.
func refusal(response *http.Response, page []byte) error {
	if problem, err := bonafide.ParsePeer[web.ProblemDocument](page); err == nil {
		return &bonafide.Error{Code: problem.Code, Subject: problem.Subject, Detail: problem.Detail}
	}
	return fmt.Errorf("%s %s: %.300s", response.Status, response.Request.URL.Path, page)
}

var bindingField = regexp.MustCompile(`name="binding" value="([^"]+)"`)

// imports brings the member's status from bazar to outils, consenting at bazar.
func (w *worker) imports(member string) bool {
	p := newPerson(member)
	return w.book.note(promise{what: "import", member: member}, func() error {
		at, page, err := p.send(w.outils.origin+"/import/start", url.Values{"mechanism": {w.mechanism.ID}})
		if err != nil {
			return err
		}
		binding := bindingField.FindStringSubmatch(page)
		if binding == nil {
			return fmt.Errorf("%s asks for no consent: %.300s", at, page)
		}
		form := at.Query()
		form.Set("binding", binding[1])
		form.Set("decision", "allow")
		to := *at
		to.RawQuery = ""
		if at, page, err = p.send(to.String(), form); err == nil && at.Path != "/standing" {
			err = fmt.Errorf("the import ends at %s: %.300s", at, page)
		}
		return err
	}())
}
