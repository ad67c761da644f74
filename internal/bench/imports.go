package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// commits is how often an import writes: the request pushed, the flow begun, the consent, the answer taken, the status
// told and the status kept. All of them wait for the disk.
const commits = 6

// imports measures a status's way from site to site over HTTP on loopback, and the part of it that is asked again
// and again: the token endpoint.
func (b *bench) imports(ctx context.Context) (err error) {
	w, err := b.world(ctx, "camille")
	if err != nil {
		return err
	}
	defer ended(&err, w.stop)
	if err := b.importing(ctx, w); err != nil {
		return err
	}
	return b.refreshing(ctx, w)
}

func (b *bench) importing(ctx context.Context, w *world) error {
	p := newPerson(ctx, "camille")
	const times = 3 // peers are asked at most 100 times at once
	c, err := b.fewer().rounds(func() (spent [2]float64, err error) {
		start := time.Now()
		for range times {
			if err := p.imports(w); err != nil {
				return spent, err
			}
		}
		spent[0] = float64(time.Since(start)) / times
		start = time.Now()
		for range commits {
			if err := commitOne(ctx, w.club.store); err != nil {
				return spent, err
			}
		}
		spent[1] = float64(time.Since(start))
		return spent, nil
	})
	if err != nil {
		return err
	}
	b.add(c.row("import a status, with consent and conversion, over HTTP", "the six commits in it", Aim{}))
	return nil
}

// commitOne writes one small record.
func commitOne(ctx context.Context, s store.Store) error {
	return s.Update(ctx, func(tx store.Tx) error { return tx.Put(store.Key("bench"), []byte(time.Now().String())) })
}

func (b *bench) refreshing(ctx context.Context, w *world) error {
	client, server, first, err := w.consented(ctx)
	if err != nil {
		return err
	}
	const times = 10 // no more than 100 statements may run under one consent
	c, err := b.fewer().rounds(func() (spent [2]float64, err error) {
		start := time.Now()
		for range times {
			if _, err := client.Refresh(ctx, server, first.RefreshToken, &first.Details[0]); err != nil {
				return spent, err
			}
		}
		spent[0] = float64(time.Since(start)) / times
		start = time.Now()
		for range times {
			if err := commitOne(ctx, w.shop.store); err != nil {
				return spent, err
			}
		}
		spent[1] = float64(time.Since(start)) / times
		return spent, nil
	})
	if err != nil {
		return err
	}
	b.add(c.row("the token endpoint: a new status for a refresh token", "the commit in it", Aim{}))
	return nil
}

// consented imports as the club's own code does, and returns what the club got.
func (w *world) consented(ctx context.Context) (*oauth.Client, *bonafide.AuthorizationServer, *oauth.TokenResponse, error) {
	peers, err := fetch.New(fetch.Config{Local: true})
	if err != nil {
		return nil, nil, nil, err
	}
	sealer, err := seal.ForKeySet(w.club.Keys.Client)
	if err != nil {
		return nil, nil, nil, err
	}
	client := &oauth.Client{Origin: w.club.Origin, Sealer: sealer, Fetch: peers, Now: time.Now}
	entity, err := peers.Entity(ctx, w.shop.Origin)
	if err != nil {
		return nil, nil, nil, err
	}
	server := entity.Metadata.AuthorizationServer
	verifier, challenge := oauth.NewPKCE()
	back := string(w.club.Origin) + "/import/callback"
	address, err := client.Push(ctx, server, oauth.Request{
		RedirectURI: back, State: oauth.Random(), Challenge: challenge,
		Details: bonafide.AuthorizationDetails{
			Type: bonafide.DetailsType, Mechanism: w.shop.Mechanisms[0].ID, Claims: []bonafide.Claim{bonafide.ClaimLevel},
			Purpose: bonafide.Text{EN: "To measure.", FR: "Pour mesurer."}, RetentionDays: 30, Nonce: oauth.Random(),
		},
	})
	if err != nil {
		return nil, nil, nil, err
	}
	p := newPerson(ctx, "camille")
	p.stopAt = back
	answer, err := p.allows(address)
	if err != nil {
		return nil, nil, nil, err
	}
	response, err := client.Exchange(ctx, server, answer.Query().Get("code"), verifier, back)
	return client, server, response, err
}

// person is somebody with a browser, signed in at every site.
type person struct {
	ctx    context.Context
	http   *http.Client
	stopAt string // a redirect to this address isn't followed; "": all are
}

func newPerson(ctx context.Context, name string) *person {
	jar, _ := cookiejar.New(nil) // it fails for bad options only
	p := &person{ctx: ctx}
	p.http = &http.Client{Jar: jar, Transport: signedIn{name, onLoopback()}, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if p.stopAt != "" && strings.HasPrefix(r.URL.String(), p.stopAt) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return p
}

// onLoopback reaches names under .localhost, as browsers do.
func onLoopback() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}}
}

// signedIn adds to each request who sends it.
type signedIn struct {
	name string
	next http.RoundTripper
}

func (s signedIn) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(memberHeader, s.name)
	return s.next.RoundTrip(r)
}

// imports brings the person's status from the shop to the club.
func (p *person) imports(w *world) error {
	at := string(w.club.Origin) + "/import/start"
	response, page, err := p.send(at, url.Values{"mechanism": {w.shop.Mechanisms[0].ID}})
	if err != nil {
		return err
	}
	response, page, err = p.decide(response.Request.URL, page)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || response.Request.URL.Path != "/standing" {
		return fmt.Errorf("the import led to %s with status %d: %.500s", response.Request.URL, response.StatusCode, page)
	}
	return nil
}

// allows opens a consent page and allows what it asks. It returns where the person is sent.
func (p *person) allows(address string) (*url.URL, error) {
	response, page, err := p.send(address, nil)
	if err != nil {
		return nil, err
	}
	if response, _, err = p.decide(response.Request.URL, page); err != nil {
		return nil, err
	}
	return response.Location()
}

var bindingField = regexp.MustCompile(`name="binding" value="([^"]+)"`)

// decide sends the form of a consent page.
func (p *person) decide(at *url.URL, page []byte) (*http.Response, []byte, error) {
	binding := bindingField.FindSubmatch(page)
	if binding == nil {
		return nil, nil, fmt.Errorf("%s asks for no consent: %.500s", at, page)
	}
	form := at.Query()
	form.Set("binding", string(binding[1]))
	form.Set("decision", "allow")
	to := *at
	to.RawQuery = ""
	return p.send(to.String(), form)
}

// send gets a page, or posts a form as from a page of the same site.
func (p *person) send(address string, form url.Values) (*http.Response, []byte, error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(p.ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	response, err := p.http.Do(r)
	if err != nil {
		return nil, nil, err
	}
	page, err := drain(response)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = errors.New("answers with an error")
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %.300s", response.Request.URL, err, page)
	}
	return response, page, err
}
