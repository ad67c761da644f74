package main

import (
	"context"
	"net/http"
	"net/url"

	"bonafide.example"
	"github.com/spf13/cobra"
)

// request is what a command asks of a site's administration.
type request struct {
	method, path string
	body         any // nil: none
}

// getting and posting are requests to the path that these parts make, each of them escaped.
func getting(parts ...string) request { return request{http.MethodGet, adminPath(parts), nil} }

func posting(body any, parts ...string) request {
	return request{http.MethodPost, adminPath(parts), body}
}

func adminPath(parts []string) string {
	path := "/admin"
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// errand is a command that asks one thing of a site's administration: the running server's, else that of the
// site whose store it opens.
type errand[T any] struct {
	*env
	ask  func(args []string) (request, error)
	tell func(answer T) error // in words, or as a table
}

// command gives cmd the flags of the settings, and --json, and has it run the errand.
func (d errand[T]) command(cmd *cobra.Command) *cobra.Command {
	read := addFlags(d.env, cmd)
	raw := cmd.Flags().Bool("json", false, "print the answer as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asked, err := d.ask(args)
		if err != nil {
			return err
		}
		s, err := read()
		if err != nil {
			return err
		}
		return s.withAdmin(cmd.Context(), d.env, func(admin *adminClient) error {
			return d.run(cmd.Context(), admin, asked, *raw)
		})
	}
	return cmd
}

func (d errand[T]) run(ctx context.Context, admin *adminClient, asked request, raw bool) error {
	data, err := admin.send(ctx, asked.method, asked.path, asked.body)
	if err != nil {
		return err
	}
	if raw {
		say(d.stdout, "%s", data)
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
