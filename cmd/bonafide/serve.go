package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"bonafide.example/internal/awkward"
	"bonafide.example/internal/web"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// awkwardUsage is what the flag says of itself.
const awkwardUsage = "for testing clients, never for production: stay within the spec, but be of no help"

func newServeCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a site: an issuer, a verifier or both",
		Long: `Runs a site's public pages and endpoints on --listen, behind a proxy that speaks https for
--origin, and its administration on a socket beside the store, for its owner alone.`,
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
func serve(ctx context.Context, e *env, s *settings, log *slog.Logger) (err error) {
	opened, closeStore, err := s.open(e, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	if s.Listen == "" {
		s.Listen = "127.0.0.1:8080"
	}
	public, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	admin, err := web.ListenAdmin(s.socket())
	if err != nil {
		return errors.Join(err, public.Close())
	}
	say(e.stdout, "%s is served on http://%s, its administration on %s", s.Origin, public.Addr(), s.socket())
	handler := opened.Handler()
	if s.awkward {
		say(e.stdout, "It is %s", awkward.Warning)
		handler = awkward.Handler(opened)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return web.Serve(ctx, public, handler, log) })
	group.Go(func() error { return web.Serve(ctx, admin, web.Unhurried(opened.Admin()), log) })
	group.Go(func() error { return opened.Run(ctx) })
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
