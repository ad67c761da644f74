package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"bonafide.example"
)

// Harden wraps a site's handler. It refuses changes sent by other sites' pages, bodies over [MaxBody] and
// what is over the [Limits]; says as everything else is said what a mux refuses in plain
// text; survives a panic; and logs each request by its route, never by its address, which may hold a
// badge's code. A hardened handler within another is as if it weren't.
func (p *Pages) Harden(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Fail(w, r, bonafide.Errorf(bonafide.CrossOrigin, r.Header.Get("Origin"), "may not send this"))
	}))
	protected := protection.Handler(next)
	limits := p.limits
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(*answer); ok {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		places, charged, err := limits.enter(r)
		if err != nil {
			p.Fail(w, r, err)
			p.tell(Answered{Method: r.Method, Status: bonafide.CodeOf(err).Meaning().Status})
			return
		}
		defer func() { <-places }()
		if r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
		}
		p.watch(protected, &answer{ResponseWriter: w, pages: p, request: r, limits: limits, charged: charged}, r)
	})
}

// Answered says how a request was answered.
type Answered struct {
	Route  string // the pattern that it matched; "" for none
	Method string // as the request has it, which may be any word
	Status int
	Took   time.Duration
}

// Watch has tell told of each request that a hardened handler answers. It is to be quick.
func (p *Pages) Watch(tell func(Answered)) { p.tell = tell }

// watch lets the handler answer, and logs how.
func (p *Pages) watch(next http.Handler, a *answer, r *http.Request) {
	start := time.Now()
	defer func() {
		thrown := recover()
		cut := thrown == http.ErrAbortHandler // the handler's own wish
		if thrown != nil && !cut {
			p.log.Error("panic", "route", r.Pattern, "thrown", thrown, "stack", string(debug.Stack()))
			if cut = a.status != 0; !cut { // half an answer must not pass for a whole one
				p.refuse(a, r, &bonafide.Error{Code: bonafide.Internal})
			}
		}
		how := Answered{r.Pattern, r.Method, max(a.status, http.StatusOK), time.Since(start)}
		p.tell(how)
		if p.log.Enabled(r.Context(), slog.LevelDebug) { // else what it would say needn't be put together
			p.log.Debug("request", "method", r.Method, "route", r.Pattern, "status", how.Status, "cut", cut, "ms", how.Took.Milliseconds())
		}
		if cut {
			panic(http.ErrAbortHandler)
		}
	}()
	next.ServeHTTP(a, r)
}

// answer follows what a handler answers, and puts a refusal in the place of a mux's plain text.
type answer struct {
	http.ResponseWriter
	pages    *Pages
	request  *http.Request
	status   int  // 0: nothing is sent yet
	replaced bool // what the handler writes is dropped
	limits   *limits
	charged  bool // it counts already as one of a member's requests
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
		a.replace(bonafide.Errorf(bonafide.NotFound, a.request.URL.Path, "is no page of this site"))
	case first && plain && status == http.StatusMethodNotAllowed:
		a.replace(bonafide.Errorf(bonafide.MethodNotAllowed, a.request.URL.Path, "doesn't take %s", a.request.Method))
	default:
		a.ResponseWriter.WriteHeader(status)
	}
}

// replace answers with a refusal in the place of what the handler says.
func (a *answer) replace(refusal error) {
	a.replaced = true
	a.pages.Fail(a.ResponseWriter, a.request, refusal)
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
