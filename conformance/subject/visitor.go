package subject

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Visitor is somebody's browser, without scripts: it keeps cookies and sends what signs its account in.
type Visitor struct {
	ID      string // of the account; "": nobody is signed in
	site    *Site
	client  *http.Client
	headers map[string]string
}

// Request is what a visitor sends.
type Request struct {
	Method  string
	Address string // absolute, or a path on the site
	Header  map[string]string
	Body    []byte
	Once    bool // a refusal for the moment is what is looked for: the request isn't sent again
}

// JSON gives the request a body.
func (r *Request) JSON(body any) {
	text, ok := body.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(body); err != nil {
			panic(err) // bodies are the suite's own
		}
	}
	r.Body = text
	r.set("Content-Type", "application/json")
}

// Form gives the request a body.
func (r *Request) Form(form url.Values) {
	r.Body = []byte(form.Encode())
	r.set("Content-Type", "application/x-www-form-urlencoded")
}

func (r *Request) set(name, value string) {
	if r.Header == nil {
		r.Header = map[string]string{}
	}
	r.Header[name] = value
}

// Limits of a request.
const (
	maxAnswer  = 4 << 20 // bytes
	maxRetries = 5
	maxPause   = 5 * time.Second
)

// Do sends the request and returns what came; redirects aren't followed. A site may refuse anything for the moment (429 or
// 503 with Retry-After), and is then asked again. With an error the exchange is empty.
func (v *Visitor) Do(ctx context.Context, r Request) (*Exchange, error) {
	return v.DoEach(ctx, func() (Request, error) { return r, nil })
}

// DoEach is Do for a request that counts once, such as one with a client assertion: each try is made anew.
func (v *Visitor) DoEach(ctx context.Context, request func() (Request, error)) (*Exchange, error) {
	for tries := 0; ; tries++ {
		r, err := request()
		if err != nil {
			return &Exchange{}, err
		}
		x, err := v.once(ctx, r)
		if err != nil {
			return &Exchange{}, err
		}
		pause, busy := x.busy()
		if !busy || r.Once || tries == maxRetries {
			return x, nil
		}
		if err := rest(ctx, pause); err != nil {
			return &Exchange{}, err
		}
	}
}

// rest waits, unless ctx ends before.
func rest(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// busy tells whether the site asks to come back, and when. Who is refused for the moment because another site can't be
// had may have been heard all the same.
func (x *Exchange) busy() (time.Duration, bool) {
	if !slices.Contains([]string{"", "rate-limited", "unavailable"}, x.Code()) {
		return 0, false
	}
	if x.Status != http.StatusTooManyRequests && x.Status != http.StatusServiceUnavailable {
		return 0, false
	}
	seconds, err := strconv.Atoi(x.Header.Get("Retry-After"))
	pause := time.Duration(seconds) * time.Second
	return pause, err == nil && pause <= maxPause
}

func (v *Visitor) once(ctx context.Context, r Request) (*Exchange, error) {
	address := r.Address
	if strings.HasPrefix(address, "/") {
		address = v.site.Origin + address
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.Body))
	if err != nil {
		return &Exchange{}, err
	}
	for name, value := range v.headers {
		request.Header.Set(name, value)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	if err := rest(ctx, v.settles(r.Method, time.Now())); err != nil {
		return &Exchange{}, err
	}
	response, err := v.client.Do(request)
	if !reads(r.Method) {
		v.site.wrote.Store(time.Now().UnixNano())
	}
	if err != nil {
		return &Exchange{}, err
	}
	defer response.Body.Close()
	x := &Exchange{Request: r, Status: response.StatusCode, Header: response.Header}
	x.Request.Address = address
	if x.Body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer)); err != nil {
		return &Exchange{}, err
	}
	record(ctx, x)
	return x, nil
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// heard is how soon each of several servers says in a badge what another one took (BF-ISSUER-20).
const heard = time.Second

// settles is for how long a request waits, so that each server of the site answers alike: what anybody may read, after a write.
func (v *Visitor) settles(method string, now time.Time) time.Duration {
	if v.site.Servers <= 1 || v.ID != "" || !reads(method) {
		return 0
	}
	return max(0, time.Unix(0, v.site.wrote.Load()).Add(heard).Sub(now))
}

// Get fetches an address. accept is what the visitor takes, "" for no word of it.
func (v *Visitor) Get(ctx context.Context, address, accept string) (*Exchange, error) {
	r := Request{Method: http.MethodGet, Address: address}
	if accept != "" {
		r.set("Accept", accept)
	}
	return v.Do(ctx, r)
}

// Post sends a form as a page of the site does.
func (v *Visitor) Post(ctx context.Context, address string, form url.Values) (*Exchange, error) {
	r := Request{Method: http.MethodPost, Address: address}
	r.Form(form)
	r.set("Accept", "text/html")
	r.set("Origin", v.site.Origin)
	r.set("Sec-Fetch-Site", "same-origin")
	return v.Do(ctx, r)
}
