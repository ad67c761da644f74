package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// proxy stands before the servers of a fleet, which it asks in turn.
type proxy struct {
	*fleet
	at     func(*member) (network, address string) // where a server listens for it
	client *http.Client
}

// public returns a proxy before what the servers serve in public.
func (f *fleet) public() *proxy {
	return f.before(func(m *member) (network, address string) { return "tcp", strings.TrimPrefix(m.serves, "http://") })
}

// admin returns one before their administration.
func (f *fleet) admin() *proxy {
	return f.before(func(m *member) (network, address string) { return "unix", m.socket })
}

// before returns a proxy that opens a connection for each request: one that can't be opened has sent nothing.
func (f *fleet) before(at func(*member) (network, address string)) *proxy {
	p := &proxy{fleet: f, at: at}
	p.client = &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				where := ctx.Value(whereKey{}).([2]string)
				return new(net.Dialer).DialContext(ctx, where[0], where[1])
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return p
}

// whereKey is the context's key of where a request is sent.
type whereKey struct{}

// cutOff is what is answered in the place of a server that was killed with a request that may have been carried out.
const cutOff = "cut off: the server that had this request was killed"

// ServeHTTP asks one server after the other until one answers. The next one is asked where a server was gone before it had the
// request, and where it was killed with one that changes nothing. What else a killed server had may have been done or not,
// and isn't sent again: the answer says so, and doesn't ask for another try.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // whoever asked is gone
	}
	came := time.Now()
	p.passes(r)
	defer p.passed(r)
	for range 4 * len(p.members) {
		m := p.members[p.turn.Add(1)%uint64(len(p.members))]
		life := m.life()
		answer, err := p.ask(m, r, body)
		var dial *net.OpError
		switch {
		case err == nil:
			answer.give(w)
			return
		case r.Context().Err() != nil:
			p.t.Logf("%s %s: whoever asked left after %s", r.Method, r.URL, time.Since(came))
			panic(http.ErrAbortHandler)
		case errors.As(err, &dial) && dial.Op == "dial":
			continue
		case !m.ended(life):
			p.t.Errorf("%s %s: a server that wasn't killed: %v", r.Method, r.URL, err)
		}
		if !repeatable(r) {
			p.cut.Add(1)
			http.Error(w, cutOff, http.StatusBadGateway)
			return
		}
		p.again.Add(1)
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "no server listens", http.StatusServiceUnavailable)
}

// repeatable tells whether a request may be sent again although it was heard. By what it is to mean (RFC 9110, section
// 9.2.1) each that reads may be, but the answer to an import spends its code.
func repeatable(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !r.URL.Query().Has("code")
}

// heard is how soon what was written through one server is seen in the badges that the others remember.
const heard = time.Second

// passes tells the killer of a request, and keeps one for a badge until every server has heard of what was written.
func (p *proxy) passes(r *http.Request) {
	select {
	case p.passing <- struct{}{}:
	default:
	}
	if strings.HasPrefix(r.URL.Path, "/b/") {
		time.Sleep(time.Until(time.Unix(0, p.written.Load()).Add(heard)))
	}
}

// passed notes when something may have been written.
func (p *proxy) passed(r *http.Request) {
	if !repeatable(r) {
		p.written.Store(time.Now().UnixNano())
	}
}

// answered is what a server answered.
type answered struct {
	*http.Response
	whole []byte
}

func (a *answered) give(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.StatusCode)
	w.Write(a.whole)
}

// ask sends a server the request, and returns its answer once it is whole.
func (p *proxy) ask(m *member, r *http.Request, body []byte) (*answered, error) {
	network, address := m.where(p.at)
	sent := r.Clone(context.WithValue(r.Context(), whereKey{}, [2]string{network, address}))
	sent.URL.Scheme, sent.URL.Host, sent.RequestURI = "http", "server", ""
	sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer, err := p.client.Do(sent)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	whole, err := io.ReadAll(answer.Body)
	return &answered{answer, whole}, err
}

func (m *member) address() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.serves
}

// where returns where the server listens now.
func (m *member) where(at func(*member) (network, address string)) (network, address string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return at(m)
}

// life returns which of its lives the server is in.
func (m *member) life() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lives
}

// ended tells whether the server was killed in that life.
func (m *member) ended(life int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.alive || m.lives != life
}
