package main

import (
	"fmt"

	"bonafide.example/site"
	"github.com/spf13/cobra"
)

func newKeysCommand(e *env) *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Make and list a site's keys"}
	keys.AddCommand(
		&cobra.Command{
			Use:   "new FOLDER",
			Short: "Make a folder with a site's three keys",
			Long:  "Makes credential.jwk, client.jwk and federation.jwk (ES256), readable by you alone.\nA folder that has keys already is left as it is.",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				made, err := site.CreateKeys(args[0])
				if err != nil {
					return err
				}
				return printKeys(e, made)
			},
		},
		&cobra.Command{
			Use:   "list FOLDER",
			Short: "Print the thumbprints that the keys are published under",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				loaded, err := site.LoadKeys(args[0])
				if err != nil {
					return err
				}
				return printKeys(e, loaded)
			},
		},
	)
	return keys
}

func printKeys(e *env, keys site.Keys) error {
	prints, err := keys.Thumbprints()
	if err != nil {
		return err
	}
	for _, use := range []string{"credential", "client", "federation"} {
		fmt.Fprintf(e.stdout, "%-11s %s\n", use, prints[use])
	}
	return nil
}
