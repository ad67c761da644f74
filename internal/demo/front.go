package demo

import (
	"context"
	"net/http"
	"sync/atomic"

	"bonafide.example"
	"bonafide.example/site"
)

// Front is what stands before servers of a site that run outside of this process.
type Front struct {
	Public http.Handler                // asks one of them; the header X-Judged names who is signed in
	Admin  http.Handler                // asks the administration of one of them
	RunDue func(context.Context) error // has one of them do what is due
}

// move has a place served by servers outside of this process, if the world's sites have some. People sign in here.
func (w *World) move(p *Place, config site.Config, keys string, signIn bonafide.SignIn, signInPage http.Handler) (err error) {
	if w.servers == nil {
		return nil
	}
	if p.front, err = w.servers(config, keys); err != nil || p.front == nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/demo/sign-in", signInPage)
	mux.HandleFunc("/", func(answer http.ResponseWriter, r *http.Request) {
		account, signedIn := signIn.Account(r)
		r.Header.Del(judgedHeader)
		if signedIn {
			r.Header.Set(judgedHeader, account.ID)
		}
		p.front.Public.ServeHTTP(answer, r)
	})
	p.handler = mux
	return nil
}

// Admin serves the administration of the site, wherever it runs.
func (p *Place) Admin() http.Handler {
	if p.front != nil {
		return p.front.Admin
	}
	return p.Site.Admin()
}

// RunDue has the site do at once everything that is due now, wherever it runs.
func (p *Place) RunDue(ctx context.Context) error {
	if p.front != nil {
		return p.front.RunDue(ctx)
	}
	return p.Site.RunDue(ctx)
}

// called returns what the site calls somebody: servers know no more than the proxy before them tells.
func (p *Place) called(who bonafide.Account) string {
	if p.front != nil {
		return who.ID
	}
	return who.Name
}

// roundRobin asks one handler after the other, as a proxy before several servers does.
type roundRobin struct {
	handlers []http.Handler
	requests atomic.Uint64
}

func (h *roundRobin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.handlers[h.requests.Add(1)%uint64(len(h.handlers))].ServeHTTP(w, r)
}
