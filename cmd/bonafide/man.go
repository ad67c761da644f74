package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newManCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the pages of the manual, one for each command",
		Long: `Writes a page for man(1) of each command into the folder, which is made if it isn't there. Pages that are there
already are written anew.`,
		Example: "  bonafide man /usr/local/share/man/man1\n  man bonafide-serve",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			built := builtAt(debug.ReadBuildInfo()) // the same program writes the same pages
			if built.IsZero() {
				built = time.Unix(0, 0).UTC()
			}
			header := &doc.GenManHeader{Section: "1", Source: "Bonafide", Manual: "Bonafide", Date: &built}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return err
			}
			pages, err := filepath.Glob(filepath.Join(args[0], "bonafide*.1"))
			if err != nil {
				return err
			}
			say(e.stdout, "%d pages were written to %s.", len(pages), args[0])
			return nil
		},
	}
}

// completes has shells offer these values for a flag.
func completes(cmd *cobra.Command, flag string, values ...string) {
	// It fails only for a flag that the command doesn't have, or that has values already.
	cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
