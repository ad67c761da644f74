package site

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

const (
	storeWait   = 2 * time.Second  // within which a store answers, or doesn't
	writeEvery  = 10 * time.Second // how often it is tried whether the store can be written, while it can
	retryEvery  = time.Second      // and while it can't
	checkStore  = "store"
	checkClock  = "clock"
	checkEnding = "ending"
)

// Check is one thing that the site needs for requests to be sent to it.
type Check struct {
	Name string `json:"name"` // store, clock or ending
	Good bool   `json:"good"`
	Says string `json:"says,omitzero"` // why it isn't good, for who runs the site
}

// Readiness tells whether requests may be sent to this server, and what that rests on.
type Readiness struct {
	Ready  bool    `json:"ready"`
	Checks []Check `json:"checks"`
}

// readiness is what the site remembers of how it is.
type readiness struct {
	ending atomic.Bool

	mu     sync.Mutex
	tried  time.Time // when it was last tried to write; zero: never
	failed error     // how that ended
	told   string    // what the log was last told is wrong
}

// Drain has the site say that no more requests are to be sent to it, and close each connection after its next answer.
// It goes on answering. Whoever ends a server calls it a few seconds before.
func (s *Site) Drain() { s.readiness.ending.Store(true) }

// draining wraps the site's handler in what [Site.Drain] says.
func (s *Site) draining(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.readiness.ending.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// Readiness looks whether the site could answer requests now. It reads the store each time, and writes to it now
// and then: a full disk reads well.
func (s *Site) Readiness(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	all := Readiness{Ready: true}
	for _, c := range []struct {
		name string
		err  error
	}{
		{checkEnding, s.checkEnding()},
		{checkClock, s.checkClock()},
		{checkStore, s.checkStore(ctx)},
	} {
		check := Check{Name: c.name, Good: c.err == nil}
		if c.err != nil {
			all.Ready, check.Says = false, c.err.Error()
		}
		all.Checks = append(all.Checks, check)
	}
	return all
}

func (s *Site) checkEnding() error {
	if s.readiness.ending.Load() {
		return errors.New("this server is about to end")
	}
	return nil
}

// checkClock tells a clock that can't be right: nobody runs a program before it is built. What is signed by such a
// clock is refused everywhere.
func (s *Site) checkClock() error {
	if now := s.Now(); now.Before(s.Built) {
		return bonafide.Errorf(bonafide.Unavailable, "the clock", "says %s, and this program was built on %s", now.UTC().Format(time.RFC3339), s.Built.UTC().Format(time.RFC3339))
	}
	return nil
}

func (s *Site) checkStore(ctx context.Context) error {
	err := s.Store.View(ctx, func(r store.Reader) error {
		_, err := r.Get(readyKey())
		return err
	})
	if err != nil {
		return err
	}
	k := &s.readiness
	k.mu.Lock()
	defer k.mu.Unlock()
	every := writeEvery
	if k.failed != nil {
		every = retryEvery
	}
	now := s.Now()
	if since := now.Sub(k.tried); !k.tried.IsZero() && since >= 0 && since < every {
		return k.failed
	}
	k.failed = s.Store.Update(ctx, func(tx store.Tx) error {
		return store.PutJSON(tx, readyKey(), now.UTC().Truncate(time.Second))
	})
	k.tried = now
	return k.failed
}

func readyKey() []byte { return store.Key("site", "ready") }

// readyz answers anybody whether requests may be sent here. Why not is for who runs the site.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) {
	ready := s.Readiness(r.Context())
	s.logReady(ready)
	if ready.Ready {
		well(w)
		return
	}
	web.Problem(w, bonafide.Errorf(bonafide.Unavailable, "this server", "takes no requests just now"))
}

// logReady tells the log what is wrong when that changes, however often it is asked for.
func (s *Site) logReady(ready Readiness) {
	var wrong []string
	for _, c := range ready.Checks {
		if !c.Good && c.Name != checkEnding {
			wrong = append(wrong, c.Name+": "+c.Says)
		}
	}
	says := strings.Join(wrong, "; ")
	s.readiness.mu.Lock()
	before := s.readiness.told
	s.readiness.told = says
	s.readiness.mu.Unlock()
	switch {
	case says == before:
	case says == "":
		s.Log.Info("ready again")
	default:
		s.Log.Error("not ready", "says", says)
	}
}

// adminReadiness answers with a [Readiness], whatever it is.
func (s *Site) adminReadiness(w http.ResponseWriter, r *http.Request) error {
	web.JSON(w, http.StatusOK, s.Readiness(r.Context()))
	return nil
}

// livez answers as long as the process does.
func livez(w http.ResponseWriter, _ *http.Request) { well(w) }

// well answers who watches over the server that all is well.
func well(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Write([]byte("ok\n"))
}
