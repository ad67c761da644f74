package main

import (
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"github.com/spf13/cobra"
)

func newRotateCommand(e *env) *cobra.Command {
	k := &keysCommand{env: e}
	cmd := k.flags(&cobra.Command{
		Use:   "rotate FOLDER [USE...]",
		Short: "Have new keys take the place of those that sign, without refusing anything valid",
		Long: `Makes a new key for each USE (credential, client, federation; all of them if none is named). It is published at once
and signs two hours later, when nobody uses a key set from before any more. The old one stays published until all that it
signed is over. Servers that run take it up by themselves, and need the folder as it is now: copy it to each.`,
		Example: "  bonafide keys rotate keys credential",
	})
	cmd.Args = cobra.MinimumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		uses, err := usesOf(args[1:])
		if err != nil {
			return err
		}
		folder, err := keyfolder.Open(k.config(args[0]))
		if err != nil {
			return missingKeys(err, args[0])
		}
		for _, use := range uses {
			key, err := folder.Rotate(cmd.Context(), use)
			if err != nil {
				return err
			}
			say(e.stdout, "A new %s key is published from now on, and signs from %s UTC on: %s", use, moment(key.Signs), key.Thumbprint())
		}
		return nil
	}
	return cmd
}

func usesOf(names []string) (uses []bonafide.KeyUse, err error) {
	if len(names) == 0 {
		return keyfolder.Uses, nil
	}
	for _, name := range names {
		if !slices.Contains(keyfolder.Uses, bonafide.KeyUse(name)) {
			return nil, fmt.Errorf("%q is no use of a key; name credential, client or federation", name)
		}
		uses = append(uses, bonafide.KeyUse(name))
	}
	return uses, nil
}

func newCompromiseCommand(e *env) *cobra.Command {
	k := &keysCommand{env: e}
	cmd := k.flags(&cobra.Command{
		Use:   "compromise FOLDER THUMBPRINT",
		Short: "Have nothing count that a key signed, since somebody else may have it",
		Long: `Takes the key out of what is published, at once, and makes everything void that it signed, whatever its date: a thief
dates back. Another key signs from now on. Servers that run sign every live badge, list, mechanism and table again, and need
the folder as it is now: copy it to each. Verifiers that know the site follow by the word of one of its other keys;
if those are lost too, they wait until their owners have approved of the new ones.`,
		Example: "  bonafide keys list keys\n  bonafide keys compromise keys Se62oipvs3Tm3ChmKk8z4y55kacp_v7ydMqRKTCfnWE",
	})
	cmd.Args = cobra.ExactArgs(2)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		folder, err := keyfolder.Open(k.config(args[0]))
		if err != nil {
			return missingKeys(err, args[0])
		}
		signs, err := folder.Compromise(cmd.Context(), args[1])
		if err != nil {
			return err
		}
		say(e.stdout, "Nothing counts any more that %s signed.", args[1])
		if signs.Signs.Before(k.now().Add(-time.Minute)) {
			say(e.stdout, "The %s key %s goes on signing.", signs.Use, signs.Thumbprint())
			return nil
		}
		say(e.stdout, "The %s key that signs from now on is %s", signs.Use, signs.Thumbprint())
		return nil
	}
	return cmd
}
