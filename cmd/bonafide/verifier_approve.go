package main

import (
	"errors"
	"time"

	"bonafide.example"
	"bonafide.example/verifier"
	"github.com/spf13/cobra"
)

func newApproveCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approve ORIGIN {THUMBPRINT... | --log}",
		Short: "Count an issuer again, with the keys or the public log that it has now",
		Long: `Takes what the issuer at ORIGIN has now as its own, in the place of what was known of it: the keys with these thumbprints,
which are all that it publishes, or with --log its public log. Whether it is still the same site, and why its log isn't
what it was, nobody can tell but you: ask who runs it, by another way than the site. bonafide verifier waiting shows what
waits, with the command for each.`,
		Example: "  bonafide verifier approve https://bazar.example --log --config site.json",
		Args:    cobra.MinimumNArgs(1),
	}
	log := cmd.Flags().Bool("log", false, "approve of its public log, not of keys")
	flags := addErrandFlags(e, cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case !*log && len(args) == 1:
			return errors.New("approve of what? name the thumbprints of its keys, or --log for its public log; see: bonafide verifier waiting")
		case *log && len(args) > 1:
			return errors.New("keys and logs are approved of one after the other; give the command once with thumbprints and once with --log")
		case *log:
			return approveLog(e).do(cmd.Context(), flags, args)
		}
		return approveKeys(e).do(cmd.Context(), flags, args)
	}
	return cmd
}

func approveKeys(e *env) errand[verifier.Identity] {
	return errand[verifier.Identity]{
		e,
		func(args []string) (request, error) {
			origin, err := bonafide.ParseOrigin(args[0])
			return posting(verifier.Approval{Origin: origin, Keys: args[1:]}, "identities"), err
		},
		func(id verifier.Identity) error {
			say(e.stdout, "%s counts again, within a minute or two.", id.Origin)
			return nil
		},
	}
}

func approveLog(e *env) errand[verifier.Watched] {
	return errand[verifier.Watched]{
		e,
		func(args []string) (request, error) {
			issuer, err := bonafide.ParseOrigin(args[0])
			return posting(verifier.LogApproval{Issuer: issuer}, "logs", "approve"), err
		},
		func(before verifier.Watched) error {
			say(e.stdout, "The log of %s is taken as it is when it is looked at next, within a minute. It had been refused since %s: %s.",
				before.Issuer, before.Since.Format(time.DateOnly), before.Fault)
			return nil
		},
	}
}
