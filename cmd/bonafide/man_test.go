package main

import (
	"os"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// undocumented returns what the commands lack: a line of their own, and those that do something more than that.
func undocumented(cmd *cobra.Command) (all []string) {
	if cmd.Hidden {
		return nil
	}
	if cmd.Short == "" {
		all = append(all, cmd.CommandPath()+" has no line of its own")
	}
	if !cmd.HasSubCommands() && cmd.Long == "" && cmd.Example == "" {
		all = append(all, cmd.CommandPath()+" has neither a text nor an example")
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Usage == "" {
			all = append(all, cmd.CommandPath()+" --"+f.Name+" isn't explained")
		}
	})
	for _, child := range cmd.Commands() {
		all = append(all, undocumented(child)...)
	}
	return all
}

func TestCommandsAreDocumented(t *testing.T) {
	e := &env{os.Stdin, os.Stdout, os.Stderr, func(string) string { return "" }, nil}
	require.Empty(t, undocumented(newRoot(e)))

	bare := &cobra.Command{Use: "bare"}
	bare.Flags().Bool("odd", false, "")
	parent := &cobra.Command{Use: "parent", Short: "Hold another"}
	parent.AddCommand(bare)
	require.Equal(t, []string{"parent bare has no line of its own", "parent bare has neither a text nor an example", "parent bare --odd isn't explained"}, undocumented(parent))
}
