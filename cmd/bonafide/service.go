package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"bonafide.example/internal/web"
	"bonafide.example/site"
	"golang.org/x/sync/errgroup"
)

// service is a site that is served.
type service struct {
	site          *site.Site
	public, admin net.Listener
	figures       net.Listener                // nil: nobody collects them
	handler       http.Handler                // of the public listener
	administers   http.Handler                // that of admin
	beside        func(context.Context) error // runs beside the public listener; see [settings.https]
	drain         time.Duration               // how long it is served on once the site has said that it ends
	log           *slog.Logger
}

// run serves until ctx is done, and then ends in this order: the site says so, is served on for a while, requests
// that run are finished, and what is done in the background and the administration end last.
func (s *service) run(ctx context.Context) error {
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	group, background := errgroup.WithContext(background)
	public, endPublic := context.WithCancel(background)
	defer endPublic()
	group.Go(func() error {
		defer end()
		return web.Serve(public, s.public, s.handler, s.log)
	})
	group.Go(func() error { return web.Serve(background, s.admin, web.Unhurried(s.administers), s.log) })
	group.Go(func() error { return s.beside(public) })
	if s.figures != nil {
		group.Go(func() error { return web.Serve(background, s.figures, figuresAlone(s.administers), s.log) })
	}
	group.Go(func() error { return s.site.Run(background) })
	group.Go(func() error {
		select {
		case <-background.Done(): // something failed
			return nil
		case <-ctx.Done():
		}
		s.log.Info("ending", "drain", s.drain.String())
		s.site.Drain()
		select {
		case <-background.Done():
		case <-time.After(s.drain):
		}
		endPublic()
		return nil
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// figuresAlone is the administration but for all that is not figures.
func figuresAlone(administers http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", administers)
	return mux
}

// builtAt returns the time of the revision that the program was built from; zero where it doesn't tell.
func builtAt(info *debug.BuildInfo, ok bool) time.Time {
	if !ok {
		return time.Time{}
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.time" {
			at, err := time.Parse(time.RFC3339, setting.Value)
			if err != nil {
				return time.Time{}
			}
			return at
		}
	}
	return time.Time{}
}
