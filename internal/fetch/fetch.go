// Package fetch is the only package that dials what a peer or a member named. Whatever is asked for,
// within these limits: https, or under the demo switch http to *.localhost; public addresses, checked as
// dialled; redirects at most 3 and on the same origin; 5 s, 64 KiB of header and 1 MiB of body; no
// compression, no cookies and no proxy from the environment. Each origin gets a few connections and a
// few requests a second, and one verification a [Budget].
//
// [Client.Get], [Client.PostForm] and [Client.Tell] bring raw answers. The other methods bring what peers publish,
// opened with their keys and checked, and remember it as long as each kind allows. Which sites may be
// asked at all is for callers to decide: a verifier asks only those that its own tables name.
package fetch

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"code.dny.dev/ssrf"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// The limits of one fetch, and of all fetches from one origin.
const (
	DefaultTimeout = 5 * time.Second // in all: waiting for a turn, redirects and the body included
	MaxBody        = 1 << 20         // bytes
	MaxHeader      = 64 << 10        // bytes
	MaxRedirects   = 3
	maxConns       = 4   // at once to one origin
	perSecond      = 20  // requests to one origin on average
	burst          = 100 // requests to one origin at once
)

const userAgent = "bonafide/1"

// Config tells a [Client] where it runs.
type Config struct {
	// Local is the demo switch: names under .localhost are visited over http, at 127.0.0.1 and the
	// address's own port. Without it they and http are refused. Nothing else becomes allowed by it.
	Local bool
	// Now is the clock by which what is kept grows old and signed objects expire; nil means time.Now.
	Now func() time.Time
	// Timeout bounds one fetch in all; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Told is told how each request went, by one of the names that [outcome] has; nil: nobody is.
	Told func(outcome string)
	// Judge tells which keys, of those that an origin publishes or did, aren't taken as that origin's, and why. It is
	// called whenever they were fetched, and may fetch from the origin itself; nil: all are taken.
	Judge func(ctx context.Context, origin bonafide.Origin, published seal.KeySet) (Refusals, error)
}

// Client fetches, within the limits. It is safe for concurrent use.
type Client struct {
	local   bool
	now     func() time.Time
	timeout time.Duration
	told    func(outcome string)
	judge   func(context.Context, bonafide.Origin, seal.KeySet) (Refusals, error)
	guard   *ssrf.Guardian
	http    *http.Client
	flights singleflight.Group
	memories
}

// New makes a client.
func New(config Config) (*Client, error) {
	if config.Timeout < 0 {
		return nil, fmt.Errorf("fetch: timeout %s is negative", config.Timeout)
	}
	c := &Client{
		local: config.Local, now: config.Now, timeout: config.Timeout, told: config.Told, judge: config.Judge,
		guard:    ssrf.New(ssrf.WithAnyPort()), // ports are for allowed to judge
		memories: newMemories(),
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.told == nil {
		c.told = func(string) {}
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	c.http = &http.Client{
		CheckRedirect: c.checkRedirect,
		Transport: &http.Transport{ // no Proxy, and HTTP/1.1 alone, whose limits are all here
			DialContext:            c.dial,
			DisableCompression:     true,
			MaxResponseHeaderBytes: MaxHeader,
			MaxConnsPerHost:        maxConns,
			MaxIdleConns:           100,
			IdleConnTimeout:        30 * time.Second,
		},
	}
	return c, nil
}

// Answer is what a peer answered.
type Answer struct {
	Status int // HTTP status code
	Body   []byte
	Header http.Header
}

// Get fetches the address, and takes only an answer of 200 with one of the media types in accept. Errors
// name the address: address-refused and bad-origin before anything is sent, fetch-budget, rate-limited,
// unreachable, bad-redirect, not-found (404 and 410) and bad-answer. A peer that refuses for a second at most is
// asked once more, within the time and the budget of this fetch.
func (c *Client) Get(ctx context.Context, address string, accept ...string) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	answer, err := Twice(ctx, func() (*Answer, error) { return c.send(ctx, http.MethodGet, address, "", accept) })
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, badStatus(address, answer)
	}
	return answer, checkType(address, answer.Header, accept)
}

// PostForm posts the form and takes any answer in JSON, since OAuth tells its refusals in JSON too (RFC
// 6749, section 5.2). No redirect is followed: the form is meant for that address. Errors are those of
// [Client.Get]. It is for the caller to ask again: the assertion in a form is good once ([Twice]).
func (c *Client) PostForm(ctx context.Context, address string, form url.Values) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.post(ctx, address, form, mediaJSON)
}

// Tell posts the form to an endpoint of the protocol, which refuses in problem documents (RFC 9457) and takes the
// same form again as if it came once. Otherwise it is [Client.PostForm], but asks once more as [Client.Get] does.
func (c *Client) Tell(ctx context.Context, address string, form url.Values) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return Twice(ctx, func() (*Answer, error) { return c.post(ctx, address, form, mediaJSON, mediaProblem) })
}

func (c *Client) post(ctx context.Context, address string, form url.Values, accept ...string) (*Answer, error) {
	answer, err := c.send(ctx, http.MethodPost, address, form.Encode(), accept)
	if err != nil {
		return nil, err
	}
	if err := checkType(address, answer.Header, accept); err != nil {
		if answer.Status >= 400 {
			return nil, badStatus(address, answer)
		}
		return nil, err
	}
	return answer, nil
}

// send does a request and tells how it went.
func (c *Client) send(ctx context.Context, method, address, form string, accept []string) (*Answer, error) {
	answer, err := c.exchange(ctx, method, address, form, accept)
	c.told(outcome(answer, err))
	return answer, err
}

// exchange does a request within the limits of one fetch, but its time, and reads the body.
func (c *Client) exchange(ctx context.Context, method, address, form string, accept []string) (*Answer, error) {
	request, err := http.NewRequest(method, address, strings.NewReader(form))
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadOrigin, address, "is not an address").Because(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	origin, err := c.allowed(address)
	if err != nil {
		return nil, err
	}
	if err := spend(ctx, address); err != nil {
		return nil, err
	}
	if err := c.limiter(origin).Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, networkError(ctx, address, err)
		}
		return nil, bonafide.Errorf(bonafide.RateLimited, address, "more than %d requests a second go to %s", perSecond, origin)
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", strings.Join(accept, ", "))
	request.Header.Set("Accept-Encoding", "identity")
	ctx, begun := traceAnswer(ctx)
	response, err := c.http.Do(request.WithContext(ctx))
	if err != nil {
		if begun() && ctx.Err() == nil && bonafide.CodeOf(err) == bonafide.Internal {
			return nil, bonafide.Errorf(bonafide.BadAnswer, address, "answered no HTTP with a header of at most 64 KiB").Because(err)
		}
		return nil, networkError(ctx, address, err)
	}
	defer response.Body.Close()
	if encoding := response.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, bonafide.Errorf(bonafide.BadAnswer, address, "is compressed (%q), which wasn't asked for", encoding)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	if err != nil {
		return nil, networkError(ctx, address, err)
	}
	if len(body) > MaxBody {
		return nil, bonafide.Errorf(bonafide.BadAnswer, address, "is longer than 1 MiB")
	}
	return &Answer{Status: response.StatusCode, Body: body, Header: response.Header}, nil
}

// limiter returns the rate limiter of the origin. It goes by real time whatever the clock of the Config
// says: it protects a peer that lives in real time.
func (c *Client) limiter(origin bonafide.Origin) *rate.Limiter {
	return c.limiters.obtain(string(origin), c.now(), func() (*rate.Limiter, time.Time) {
		return rate.NewLimiter(perSecond, burst), c.now().Add(time.Hour)
	})
}

// badStatus says what a status other than 200 means. 429 is a peer that can't answer just now.
func badStatus(address string, answer *Answer) error {
	code, status := bonafide.BadAnswer, answer.Status
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		code = bonafide.NotFound
	case status >= 500 || status == http.StatusTooManyRequests:
		code = bonafide.Unreachable
	}
	return bonafide.Errorf(code, address, "answers with status %d", status).Because(PutOff(answer.Header))
}

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// checkType takes an answer that says once what it is. Of two media types, one reader might see the first, another the last.
func checkType(address string, header http.Header, accept []string) error {
	got := strings.Join(header.Values("Content-Type"), ", ")
	media, _, err := mime.ParseMediaType(got)
	if err != nil || !slices.Contains(accept, media) {
		return bonafide.Errorf(bonafide.BadAnswer, address, "is %.100q instead of %s", got, strings.Join(accept, " or "))
	}
	return nil
}

// token fetches a signed object of the type and checks its form. Nothing in it is trusted yet.
func (c *Client) token(ctx context.Context, address string, typ bonafide.Type) (*seal.Token, string, error) {
	answer, err := c.Get(ctx, address, typ.MediaType())
	if err != nil {
		return nil, "", err
	}
	token, err := seal.Parse(string(answer.Body), typ)
	return token, string(answer.Body), err
}
