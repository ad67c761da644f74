package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"bonafide.example/internal/awkward"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"github.com/spf13/cobra"
)

// awkwardUsage is what the flag says of itself.
const awkwardUsage = "for testing clients, never for production: stay within the spec, but be of no help"

func newServeCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a site: an issuer, a verifier or both",
		Long: `Runs a site's public pages and endpoints on --listen, behind a proxy that speaks https for
--origin, and its administration on a socket (--admin), for its owner alone. Several servers may share
a store in a PostgreSQL database; what falls due is then done by one of them.

Each setting below is a flag, a variable of the environment (--status-url: BONAFIDE_STATUS_URL) or a field of the file that
--config names ("status_url"). A flag goes before a variable, and that before the file. bonafide config check tells
what is wrong with them.

On SIGTERM /readyz answers 503 at once, requests are served for --drain longer, those that run then are let
finish, and the store is closed. A second SIGTERM ends it on the spot; nothing acknowledged is lost by that.`,
		Example: "  bonafide keys new keys\n  bonafide serve --origin https://shop.example --roles issuer --keys keys --store shop.db \\\n    --mechanisms seller.json --status-url 'http://127.0.0.1:9000/rating/{user}'",
		Args:    cobra.NoArgs,
	}
	read := addFlags(e, cmd)
	awkward := cmd.Flags().Bool("awkward", false, awkwardUsage)
	verbose := cmd.Flags().Bool("verbose", false, "log each request, by route and status")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		s.awkward = *awkward
		level := slog.LevelInfo
		if *verbose {
			level = slog.LevelDebug
		}
		return serve(cmd.Context(), e, s, slog.New(slog.NewJSONHandler(e.stderr, &slog.HandlerOptions{Level: level})))
	}
	return cmd
}

// serve runs the site until ctx is done.
func serve(ctx context.Context, e *env, s *settings, log *slog.Logger) error {
	service, closeStore, err := s.listen(e, log)
	if err != nil {
		return err
	}
	return errors.Join(service.run(ctx), closeStore())
}

// listen opens the site, listens for it, and says where. The function returned closes the store.
func (s *settings) listen(e *env, log *slog.Logger) (_ *service, closeStore func() error, err error) {
	config, err := s.check(e, log, site.LoadKeys)
	if err != nil {
		return nil, nil, err
	}
	drain, err := s.drain()
	if err != nil {
		return nil, nil, err
	}
	opened, end, err := s.openAs(config)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, end())
		}
	}()
	public, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; choose another address with --listen", err)
	}
	listener, beside, err := s.https(public, log)
	if err != nil {
		return nil, nil, errors.Join(err, public.Close())
	}
	socket := s.socket()
	admin, err := web.ListenAdmin(socket)
	if err != nil {
		return nil, nil, errors.Join(err, public.Close())
	}
	figures, err := s.figures()
	if err != nil {
		return nil, nil, errors.Join(err, public.Close(), admin.Close())
	}
	scheme := "http"
	if s.encrypts() {
		scheme = "https"
	}
	say(e.stdout, "%s is served on %s://%s, its administration on %s", s.Origin, scheme, public.Addr(), socket)
	handler := opened.Handler()
	if s.awkward {
		say(e.stdout, "It is %s", awkward.Warning)
		handler = awkward.Handler(opened)
	}
	if figures != nil {
		say(e.stdout, "Its figures are on http://%s/metrics", figures.Addr())
	}
	return &service{opened, listener, admin, figures, handler, opened.Admin(), beside, drain, log}, end, nil
}

// figures listens for who collects figures; nil if nobody does.
func (s *settings) figures() (net.Listener, error) {
	if s.Figures == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", s.Figures)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another address with --metrics-listen", err)
	}
	return listener, nil
}
