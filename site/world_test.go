package site_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// clock is the time of a test.
type clock struct{ atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time       { return time.Unix(0, c.Load()).UTC() }
func (c *clock) Move(d time.Duration) { c.Add(int64(d)) }

func text(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func mechanism(origin bonafide.Origin, slug string, levels ...string) bonafide.Mechanism {
	m := bonafide.Mechanism{
		ID: string(origin) + "/mechanisms/" + slug, Version: 1, Date: "2026-01-01", Context: slug, Scale: bonafide.Ordinal,
		Name: text("The " + slug), Meaning: text("meaning"), WhoRates: text("the site"), Falls: text("falls"), Recovers: text("recovers"), NotSaid: text("not said"),
		Rule: bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"deed": 1}}},
	}
	for i, id := range levels {
		m.Levels = append(m.Levels, bonafide.Level{ID: id, Name: text("Level " + id), Sentence: text("sentence")})
		m.Rule.Points.Levels = append(m.Rule.Points.Levels, int64(i+1))
	}
	return m
}

// signIn takes the Test-Account header's word.
var signIn = bonafide.SignIn{
	Account: func(r *http.Request) (bonafide.Account, bool) {
		id := r.Header.Get("Test-Account")
		return bonafide.Account{ID: id, Name: "<i>" + id}, id != ""
	},
	Address: func(returnTo string) string { return "/sign-in?return=" + url.QueryEscape(returnTo) },
}

// place is a site of a test on a server of its own.
type place struct {
	*testing.T
	*site.Site
	config  site.Config
	folder  string
	server  *httptest.Server
	handler http.Handler
	away    atomic.Bool
	shut    func() error // closes the store
	events  int          // recorded so far
}

// open starts a site named name at a free port. fill completes its Config, which it may not do before
// its origin is known.
func open(t *testing.T, clock *clock, name string, fill func(*site.Config)) *place {
	p := &place{T: t, folder: t.TempDir()}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			panic(http.ErrAbortHandler)
		}
		p.handler.ServeHTTP(w, r)
	}))
	port := p.server.Listener.Addr().(*net.TCPAddr).Port
	p.config = site.Config{
		Origin: bonafide.Origin(fmt.Sprintf("http://%s.localhost:%d", name, port)), Name: name, SignIn: signIn,
		Local: true, Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	fill(&p.config)
	p.start()
	p.server.Start()
	t.Cleanup(func() {
		p.server.Close()
		require.NoError(t, p.shut())
	})
	return p
}

// start opens the store and the keys and makes the site, again if it ran before.
func (p *place) start() {
	if p.shut != nil {
		require.NoError(p, p.shut())
	}
	kept, err := bolt.Open(filepath.Join(p.folder, "store"))
	require.NoError(p, err)
	p.shut = kept.Close
	p.config.Store = kept
	p.config.Keys, err = site.KeyFolder{Path: filepath.Join(p.folder, "keys"), Now: p.config.Now}.Open()
	require.NoError(p, err)
	p.Site, err = site.New(p.config)
	require.NoError(p, err)
	p.handler = p.Site.Handler()
}

func (p *place) due() { require.NoError(p, p.RunDue(p.Context())) }

// deeds records deeds of a member under the site's first mechanism.
func (p *place) deeds(member string, n int) {
	var events []issuer.Event
	for range n {
		p.events++
		id := fmt.Sprintf("event-%d", p.events)
		events = append(events, issuer.Event{ID: id, Member: member, Mechanism: p.config.Mechanisms[0].Slug(), Kind: "deed", At: p.config.Now()})
	}
	_, err := p.Issuer.Record(p.Context(), events...)
	require.NoError(p, err)
}

// shown returns what the site shows of a member under its first mechanism.
func (p *place) shown(member string) site.Shown {
	all, err := p.Shown(p.Context(), member)
	require.NoError(p, err)
	return all[0]
}

// browser is a person's browser; redirects between the sites are followed by hand.
type browser struct {
	*testing.T
	account string
	client  *http.Client
}

func newBrowser(t *testing.T, account string) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{T: t, account: account, client: &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
	code bonafide.Code // of a problem document
}

func (b *browser) do(method, address string, form url.Values, header ...string) answer {
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	require.NoError(b, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.account != "" {
		r.Header.Set("Test-Account", b.account)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := b.client.Do(r)
	require.NoError(b, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	a := answer{Response: response, body: string(body)}
	if response.Header.Get("Content-Type") == "application/problem+json" {
		problem, err := bonafide.Parse[web.ProblemDocument](body)
		require.NoError(b, err)
		a.code = problem.Code
	}
	return a
}

func (b *browser) get(p *place, path string, header ...string) answer {
	return b.do(http.MethodGet, string(p.Origin)+path, nil, header...)
}

func (b *browser) page(p *place, path string) answer { return b.get(p, path, "Accept", "text/html") }

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)

// imports takes the account's status from one site to another.
func (b *browser) imports(from, to *place) {
	started := b.do(http.MethodPost, string(to.Origin)+"/import/start", url.Values{"mechanism": {from.config.Mechanisms[0].ID}})
	require.Equal(b, http.StatusSeeOther, started.StatusCode, started.body)
	asked := b.do(http.MethodGet, started.Header.Get("Location"), nil, "Accept", "text/html")
	require.Equal(b, http.StatusOK, asked.StatusCode, asked.body)
	form := url.Values{"decision": {"allow"}}
	for _, field := range hidden.FindAllStringSubmatch(asked.body, -1) {
		form.Set(field[1], field[2])
	}
	allowed := b.do(http.MethodPost, string(from.Origin)+"/oauth/authorize", form)
	require.Equal(b, http.StatusSeeOther, allowed.StatusCode, allowed.body)
	back := b.do(http.MethodGet, allowed.Header.Get("Location"), nil)
	require.Regexp(b, `^/standing(\?imported=|$)`, back.Header.Get("Location"), back.body)
}

// stated returns what the badge at the address says, checked as a peer checks it.
func (p *place) stated(address string) bonafide.Status {
	client, err := fetch.New(fetch.Config{Local: true, Now: p.config.Now})
	require.NoError(p, err)
	credential, _, err := client.Badge(p.Context(), address)
	require.NoError(p, err)
	status, err := credential.Stated()
	require.NoError(p, err)
	return status
}

// broken is a store that doesn't answer.
type broken struct{ store.Store }

func (broken) View(context.Context, func(store.Reader) error) error { return io.ErrUnexpectedEOF }
