package demo

import (
	"context"
	"embed"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/vouching"
)

//go:embed *.html messages.*.json
var files embed.FS

// Control is the page from which a person moves the world: its clock, Alice's ratings, who stands behind whom, Carol's fault, bazar's absence.
type Control struct {
	Origin   bonafide.Origin
	world    *World
	pages    *web.Pages
	listener net.Listener
}

// NewControl makes the page, listening on loopback at the port.
func NewControl(w *World, port int) (*Control, error) {
	at, err := w.listen("demo", port)
	if err != nil {
		return nil, err
	}
	pages, err := web.NewPages("Bonafide", w.log, files)
	if err != nil {
		return nil, err
	}
	return &Control{at.origin, w, pages, at.listener}, nil
}

// Run serves the page until ctx is done.
func (c *Control) Run(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		c.pages.Render(w, r, web.Page{Name: "control", Title: c.pages.Say(r, "title"), Data: controlView{c.world, c.done(r)}})
	})
	for path, do := range c.actions() {
		mux.HandleFunc("POST /"+path, func(w http.ResponseWriter, r *http.Request) {
			if err := do(r.Context()); err != nil {
				c.pages.Fail(w, r, err)
				return
			}
			http.Redirect(w, r, "/?done="+url.QueryEscape(path), http.StatusSeeOther)
		})
	}
	if c.world.judged {
		c.serveClock(mux)
	}
	return web.Serve(ctx, c.listener, c.pages.Harden(mux), c.world.log)
}

// controlView is what the page shows.
type controlView struct {
	*World
	Done string // the message of the button that was pressed; "": none was
}

// done returns the message of the button whose path the address names.
func (c *Control) done(r *http.Request) string {
	path := r.URL.Query().Get("done")
	if _, known := c.actions()[path]; !known {
		return ""
	}
	return strings.ReplaceAll(path, "/", "-")
}

// period is how long it takes until another twelfth of what a fault cost has healed.
const period = time.Duration(vouching.Period) * time.Second

// actions are what the page's buttons do, by path.
func (c *Control) actions() map[string]func(context.Context) error {
	w := c.world
	advance := func(by time.Duration) func(context.Context) error {
		return func(ctx context.Context) error { return w.Advance(ctx, by) }
	}
	return map[string]func(context.Context) error{
		"rate/bad":    func(ctx context.Context) error { return w.Rate(ctx, alice.ID, 0, 12) },
		"rate/good":   func(ctx context.Context) error { return w.Rate(ctx, alice.ID, 500, 0) },
		"suspend":     func(ctx context.Context) error { return w.Bazar.Issuer.Suspend(ctx, alice.ID) },
		"restore":     func(ctx context.Context) error { return w.Bazar.Issuer.Restore(ctx, alice.ID) },
		"vouch/bob":   w.StandBehindBob,
		"vouch/carol": w.StandBehindCarol,
		"fault": func(ctx context.Context) error {
			_, err := w.Accuse(ctx, w.Bazar, "neighbour", carol.ID, "unpaid")
			return err
		},
		"contest": w.Contest,
		"uphold":  func(ctx context.Context) error { return w.Decide(ctx, bonafide.Uphold) },
		"reverse": func(ctx context.Context) error { return w.Decide(ctx, bonafide.Reverse) },
		"minutes": advance(6 * time.Minute),
		"day":     advance(24 * time.Hour),
		"week":    advance(7 * 24 * time.Hour),
		"months":  advance(6 * period),
		"away":    func(context.Context) error { w.Bazar.Away.Store(true); return nil },
		"back": func(ctx context.Context) error {
			w.Bazar.Away.Store(false)
			return w.Advance(ctx, time.Minute)
		},
	}
}
