package main

import (
	"bytes"
	"context"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/spf13/cobra"
)

// request is what a command asks of a site's administration.
type request struct {
	method, path string
	body         any // nil: none
}

// getting and posting are requests to the path that these parts make, each of them escaped.
func getting(parts ...string) request { return request{http.MethodGet, web.AdminPath(parts...), nil} }

func posting(body any, parts ...string) request {
	return request{http.MethodPost, web.AdminPath(parts...), body}
}

// errand is a command that asks one thing of a site's administration: the running server's, else that of the
// site whose store it opens.
type errand[T any] struct {
	*env
	ask  func(args []string) (request, error)
	tell func(answer T) error // in words, or as a table
}

// errandFlags are the flags of a command that runs an errand: those of the settings, and --json.
type errandFlags struct {
	settings func() (*settings, error)
	raw      *bool
}

func addErrandFlags(e *env, cmd *cobra.Command) errandFlags {
	return errandFlags{addSiteFlags(e, cmd), cmd.Flags().Bool("json", false, "print the answer as JSON")}
}

// command gives cmd its flags, and has it run the errand.
func (d errand[T]) command(cmd *cobra.Command) *cobra.Command {
	flags := addErrandFlags(d.env, cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return d.do(cmd.Context(), flags, args) }
	return cmd
}

// do runs the errand.
func (d errand[T]) do(ctx context.Context, flags errandFlags, args []string) error {
	asked, err := d.ask(args)
	if err != nil {
		return err
	}
	s, err := flags.settings()
	if err != nil {
		return err
	}
	return s.administer(d.env, func(admin *adminClient) error { return d.run(ctx, admin, asked, *flags.raw) })
}

func (d errand[T]) run(ctx context.Context, admin *adminClient, asked request, raw bool) error {
	data, err := admin.Send(ctx, asked.method, asked.path, asked.body)
	if err != nil {
		return err
	}
	if raw {
		say(d.stdout, "%s", bytes.TrimSpace(data))
		return nil
	}
	answer, err := bonafide.ParsePeer[T](data)
	if err != nil {
		return err
	}
	return d.tell(answer)
}

// needs makes flags of the command mandatory.
func needs(cmd *cobra.Command, flags ...string) {
	for _, name := range flags {
		cmd.MarkFlagRequired(name) // it fails only for a flag that the command doesn't have
	}
}
