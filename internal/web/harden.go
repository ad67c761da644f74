package web

import (
	"errors"
	"net/http"
	"runtime/debug"
	"time"

	"bonafide.example"
)

// maxAtOnce is how many requests are answered at the same time; with [MaxBody] it bounds the memory that
// they take. Limits per client are for the proxy in front, which alone knows who the clients are.
const maxAtOnce = 256

// Harden wraps a site's handler. It refuses changes sent by other sites' pages, bodies over [MaxBody] and
// more requests at once than can be answered; says as everything else is said what a mux refuses in plain
// text; survives a panic; and logs each request by its route, never by its address, which may hold a
// badge's code. A hardened handler within another is as if it weren't.
func (p *Pages) Harden(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Fail(w, r, bonafide.Errorf(bonafide.CrossOrigin, r.Header.Get("Origin"), "may not send this"))
	}))
	protected := protection.Handler(next)
	places := make(chan struct{}, maxAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(*answer); ok {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
			p.watch(protected, w, r)
		default:
			p.Fail(w, r, bonafide.Errorf(bonafide.RateLimited, "", "%d requests are being answered", maxAtOnce))
		}
	})
}

// watch lets the handler answer, and logs how.
func (p *Pages) watch(next http.Handler, w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	a := &answer{ResponseWriter: w, refuse: func(err error) { p.Fail(w, r, err) }, path: r.URL.Path, method: r.Method}
	defer func() {
		thrown := recover()
		cut := thrown == http.ErrAbortHandler // the handler's own wish
		if thrown != nil && !cut {
			p.log.Error("panic", "route", r.Pattern, "thrown", thrown, "stack", string(debug.Stack()))
			if cut = a.status != 0; !cut { // half an answer must not pass for a whole one
				Problem(a, errors.New("panic"))
			}
		}
		p.log.Debug("request", "method", r.Method, "route", r.Pattern, "status", max(a.status, http.StatusOK), "cut", cut, "ms", time.Since(start).Milliseconds())
		if cut {
			panic(http.ErrAbortHandler)
		}
	}()
	next.ServeHTTP(a, r)
}

// answer follows what a handler answers, and puts a refusal in the place of a mux's plain text.
type answer struct {
	http.ResponseWriter
	refuse       func(error)
	path, method string // of the request
	status       int    // 0: nothing is sent yet
	replaced     bool   // what the handler writes is dropped
}

// Unwrap is for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	first := a.status == 0
	if status >= http.StatusOK {
		a.status = status
	}
	plain := a.Header().Get("Content-Type") == "text/plain; charset=utf-8" // as [http.Error] sets it
	switch {
	case first && plain && status == http.StatusNotFound:
		a.replaced = true
		a.refuse(bonafide.Errorf(bonafide.NotFound, a.path, "is no page of this site"))
	case first && plain && status == http.StatusMethodNotAllowed:
		a.replaced = true
		a.refuse(bonafide.Errorf(bonafide.MethodNotAllowed, a.path, "doesn't take %s", a.method))
	default:
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a *answer) Write(data []byte) (int, error) {
	if a.replaced {
		return len(data), nil
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(data)
}
