package main

import (
	"errors"
	"fmt"
	"io/fs"

	"bonafide.example/site"
	"github.com/spf13/cobra"
)

func newKeysCommand(e *env) *cobra.Command {
	return group("keys", "Make and list a site's keys",
		&cobra.Command{
			Use:   "new FOLDER",
			Short: "Make a folder with a site's three keys",
			Long:  "Makes credential.jwk, client.jwk and federation.jwk (ES256), readable by you alone.\nA folder that has keys already is left as it is.",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				made, err := site.CreateKeys(args[0])
				if errors.Is(err, fs.ErrExist) {
					return fmt.Errorf("%s has keys already; to see them: bonafide keys list %s", args[0], args[0])
				}
				if err != nil {
					return err
				}
				say(e.stdout, "Three keys were made in %s. Keep them to yourself: who has them can speak for the site.", args[0])
				return printKeys(e, made)
			},
		},
		&cobra.Command{
			Use:   "list FOLDER",
			Short: "Print the thumbprints that the keys are published under",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				loaded, err := site.LoadKeys(args[0])
				if errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("%w; to make keys: bonafide keys new %s", err, args[0])
				}
				if err != nil {
					return err
				}
				return printKeys(e, loaded)
			},
		},
	)
}

func printKeys(e *env, keys site.Keys) error {
	prints, err := keys.Thumbprints()
	if err != nil {
		return err
	}
	for _, use := range []string{"credential", "client", "federation"} {
		say(e.stdout, "%-11s %s", use, prints[use])
	}
	return nil
}
