package main

import (
	"errors"
	"fmt"
	"net/http"

	"bonafide.example/internal/web"
	"bonafide.example/site"
	"github.com/spf13/cobra"
)

func newHealthCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Tell whether the running server of a site is ready for requests",
		Long: `Asks the server that runs on this store's administration socket, prints what it checks, and fails if one of them
isn't good. For containers and monitoring: it needs nothing but this program.`,
		Example: "  bonafide health --store shop.db",
		Args:    cobra.NoArgs,
	}
	read := addSiteFlags(e, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		socket := s.socket()
		client, ok := web.DialAdmin(socket)
		if !ok {
			return fmt.Errorf("no server listens on %s; see its log, or name its store with --store", socket)
		}
		ready, err := web.CallAdmin[site.Readiness](cmd.Context(), client, http.MethodGet, "/admin/readiness", nil)
		if err != nil {
			return err
		}
		lines := newTable(e.stdout)
		for _, c := range ready.Checks {
			if c.Good {
				lines.row(c.Name, "good")
			} else {
				lines.row(c.Name, c.Says)
			}
		}
		if err := lines.end(); err != nil || ready.Ready {
			return err
		}
		return errors.New("the server isn't ready")
	}
	return cmd
}
