package subject

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bonafide.example/conformance/wire"
)

// Site is a site that is judged.
type Site struct {
	*File
	ahead    atomic.Int64 // how far the site's clock is ahead of this machine's, in nanoseconds
	wrote    atomic.Int64 // when it last answered what may have changed something, by this machine's clock, in Unix nanoseconds
	mutex    sync.Mutex
	taken    int // accounts
	run      string
	public   http.RoundTripper
	internal http.RoundTripper
}

// Open reads the subject file and learns the site's time, if it has a clock that can be moved. It fails if the site can't
// be reached.
func Open(ctx context.Context, path string) (*Site, error) {
	file, err := readFile(path)
	if err != nil {
		return nil, err
	}
	s := &Site{File: file, run: strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(wire.Random(6))), public: transport("")}
	socket, _ := strings.CutPrefix(file.Admin.Address, "unix:")
	s.internal = transport(socket)
	if file.Admin.Address == "" || socket == file.Admin.Address {
		s.internal = s.public
	}
	if s.Clock != "" {
		return s, s.clock(ctx, http.MethodGet, nil)
	}
	_, err = s.Anybody().Get(ctx, "/.well-known/did.json", "application/json")
	return s, err
}

// transport dials the socket if there is one; else names under .localhost at 127.0.0.1, as browsers do.
func transport(socket string) http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if socket != "" {
			network, address = "unix", socket
		} else if name, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(name, ".localhost") {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// Now is the site's time.
func (s *Site) Now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())).UTC() }

// ErrNoClock says that a case can't be judged at this site.
var ErrNoClock = errors.New("the subject file names no clock, and this shows only once time has passed")

// ErrNoErase says the same.
var ErrNoErase = errors.New("the subject file names no verifier.erase, and this shows only once an account was erased")

// Advance moves the site's clock, and returns once the site did what was due by then. First the site does what is due
// now: the suite's sites are ahead of it until its clock has moved too, and what they answered to something still under way
// wouldn't be valid yet.
func (s *Site) Advance(ctx context.Context, by time.Duration) error {
	if s.Clock == "" {
		return ErrNoClock
	}
	if err := s.advance(ctx, 0); err != nil {
		return err
	}
	s.ahead.Add(int64(by)) // what the site does meanwhile it does at that time, and the suite's sites answer at it
	err := s.advance(ctx, by)
	if err != nil {
		s.ahead.Add(-int64(by))
	}
	return err
}

func (s *Site) advance(ctx context.Context, by time.Duration) error {
	return s.clock(ctx, http.MethodPost, wire.Object{"advance": int64(by / time.Second)})
}

func (s *Site) clock(ctx context.Context, method string, body any) error {
	r := Request{Method: method, Address: s.Clock}
	if body != nil {
		r.JSON(body)
	}
	x, err := s.Anybody().Do(ctx, r)
	if err != nil {
		return err
	}
	var answer struct {
		Now time.Time `json:"now"`
	}
	if err := json.Unmarshal(x.Body, &answer); x.Status != http.StatusOK || err != nil {
		return fmt.Errorf("the clock at %s answers %d: %.200s", s.Clock, x.Status, x.Body)
	}
	s.ahead.Store(int64(time.Until(answer.Now)))
	return nil
}

// Anybody returns a visitor who isn't signed in.
func (s *Site) Anybody() *Visitor {
	jar, _ := cookiejar.New(nil) // it fails for bad options only
	return &Visitor{site: s, client: client(s.public, jar)}
}

func client(by http.RoundTripper, jar http.CookieJar) *http.Client {
	return &http.Client{
		Transport: by, Jar: jar, Timeout: 2 * time.Minute, // the clock is answered once everything due was done
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Account signs in as an account that no case used yet.
func (s *Site) Account(ctx context.Context) (*Visitor, error) {
	s.mutex.Lock()
	id := fmt.Sprintf("%s%d", s.invented(), s.taken+1)
	if s.Accounts.IDs != nil {
		id = s.Accounts.IDs[s.taken%len(s.Accounts.IDs)] // used again once all are
	}
	s.taken++
	s.mutex.Unlock()
	return s.SignIn(ctx, id)
}

// invented is how the ids of accounts begin that the suite makes up, and nothing else.
func (s *Site) invented() string { return "judged-" + s.run + "-" }

// SignIn returns a new browser in which the account is signed in.
func (s *Site) SignIn(ctx context.Context, id string) (*Visitor, error) {
	return s.signIn(ctx, s.Anybody(), id)
}

// Switch signs in as another account that no case used yet, in a visitor's browser: the cookies stay. It returns what that browser
// is then.
func (s *Site) Switch(ctx context.Context, in *Visitor) (*Visitor, error) {
	other, err := s.Account(ctx)
	if err != nil {
		return nil, err
	}
	return s.signIn(ctx, &Visitor{site: s, client: in.client}, other.ID)
}

// signIn signs an account in, in a browser.
func (s *Site) signIn(ctx context.Context, v *Visitor, id string) (*Visitor, error) {
	v.ID, v.headers = id, map[string]string{}
	for name, value := range s.Accounts.Headers {
		v.headers[name] = strings.ReplaceAll(value, "{id}", id)
	}
	if s.Accounts.SignIn == nil {
		return v, nil
	}
	form := url.Values{}
	for name, value := range s.Accounts.SignIn.Form {
		form.Set(name, strings.ReplaceAll(value, "{id}", id))
	}
	x, err := v.Post(ctx, s.Accounts.SignIn.Address, form)
	if err == nil && x.Status >= 400 {
		err = fmt.Errorf("%s can't be signed in: %s answers %d", id, s.Accounts.SignIn.Address, x.Status)
	}
	return v, err
}

// Administer makes a request to the site's administration. body is an object, or nil for none.
func (s *Site) Administer(ctx context.Context, method, path string, body any) (*Exchange, error) {
	r := Request{Method: method}
	if body != nil {
		r.JSON(body)
	}
	return s.administer(ctx, path, r)
}

// AdministerAs is Administer with a body of any content type.
func (s *Site) AdministerAs(ctx context.Context, method, path, contentType string, body []byte) (*Exchange, error) {
	return s.administer(ctx, path, Request{Method: method, Body: body, Header: map[string]string{"Content-Type": contentType}})
}

// ErrNoAdmin says that a case can't be judged at this site.
var ErrNoAdmin = errors.New("the subject file names no administration, and this takes it")

func (s *Site) administer(ctx context.Context, path string, r Request) (*Exchange, error) {
	if s.Admin.Address == "" {
		return &Exchange{}, ErrNoAdmin
	}
	base := s.Admin.Address
	if strings.HasPrefix(base, "unix:") {
		base = "http://admin.localhost"
	}
	v := &Visitor{site: s, client: client(s.internal, nil), headers: s.Admin.Headers}
	r.Address = strings.TrimSuffix(base, "/") + path
	return v.Do(ctx, r)
}
