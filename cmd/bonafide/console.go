package main

import (
	"context"
	"fmt"
	"log/slog"

	"bonafide.example/internal/console"
	"bonafide.example/internal/web"
	"github.com/spf13/cobra"
)

func newAdminCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "Show a site's administration as pages, to one browser on this machine",
		Long: `Prints an address to open in a browser on this machine: what waits, members, complaints and cases, keys,
tables and the log of the site whose store is named, whether its server runs or not. The address is good once, and the pages
until Ctrl-C. They are reached on this machine alone; from elsewhere, forward the port by ssh -L.`,
		Example: "  bonafide admin --config site.json\n  bonafide admin --store shop.db   # while its server runs",
		Args:    cobra.NoArgs,
	}
	read := addSiteFlags(e, cmd)
	port := cmd.Flags().Int("port", 0, "port to listen on, on loopback; 0 takes a free one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		return s.administer(e, func(admin *adminClient) error {
			return showConsole(cmd.Context(), e, admin, *port)
		})
	}
	return cmd
}

// showConsole serves the pages until ctx is done.
func showConsole(ctx context.Context, e *env, admin *adminClient, port int) error {
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	gate, err := openConsole(ctx, admin.AdminClient, port, log)
	if err != nil {
		return err
	}
	say(e.stdout, "Open %s", gate.Address())
	say(e.stdout, "The address is good once, for one browser on this machine. Ctrl-C ends it.")
	return gate.Serve(ctx, log)
}

// openConsole makes the pages of an administration, behind a gate on loopback.
func openConsole(ctx context.Context, admin *web.AdminClient, port int, log *slog.Logger) (*console.Gate, error) {
	pages, err := console.New(ctx, console.Config{Admin: admin, Log: log})
	if err != nil {
		return nil, err
	}
	gate, err := console.OpenGate(pages, port)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another port with --port", err)
	}
	return gate, nil
}
