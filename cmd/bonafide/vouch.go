package main

import (
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/spf13/cobra"
)

func newVouchCommand(e *env) *cobra.Command {
	cmd := group("vouch", "Let members stand behind members", newVouchAddCommand(e), newVouchOfferCommand(e),
		newVouchShowCommand(e), newVouchWithdrawCommand(e), newVouchOfCommand(e), newVouchEventsCommand(e))
	cmd.Long = `Members stand behind one another with part of what they earned. They ask, offer and accept by themselves
on the site's pages, from /vouches on; these commands are for the site's owner.

MECHANISM is the NAME in the mechanism's address, ORIGIN/mechanisms/NAME.`
	return cmd
}

// putUp gives the command the flags that say what a voucher puts up.
func putUp(cmd *cobra.Command, level *int, stake *int64) {
	cmd.Flags().IntVar(level, "level", 0, "the highest level to support, from 1")
	cmd.Flags().Int64Var(stake, "stake", 0, "the points to put up")
	needs(cmd, "level", "stake")
}

func newVouchAddCommand(e *env) *cobra.Command {
	var given desk.Attested
	cmd := &cobra.Command{
		Use:   "add MECHANISM VOUCHER VOUCHEE --level N --stake POINTS --accepted-by VOUCHEE",
		Short: "Keep a vouch that both agreed to elsewhere",
		Long: `Keeps that VOUCHER stands behind VOUCHEE from now on. With --accepted-by you attest that the vouchee
accepted; nobody else can. It is refused for what would refuse it on the site's pages too, such as a stake
beyond what the voucher may lend. Given again with the same --id, it changes nothing.`,
		Example: "  bonafide vouch add neighbour alice bob --level 2 --stake 60 --accepted-by bob --config site.json",
		Args:    cobra.ExactArgs(3),
	}
	putUp(cmd, &given.Level, &given.Stake)
	cmd.Flags().StringVar(&given.AcceptedBy, "accepted-by", "", "who accepted: the vouchee")
	cmd.Flags().StringVar(&given.ID, "id", "", "an id of your own for the vouch; without it, it gets one")
	needs(cmd, "accepted-by")
	return errand[vouching.Vouch]{e, func(args []string) (request, error) {
		given.Mechanism, given.Voucher, given.Vouchee = args[0], args[1], args[2]
		return posting(given, "vouches"), nil
	}, e.tellVouch}.command(cmd)
}

func newVouchShowCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show MECHANISM ID",
		Short:   "Print a vouch as it stands",
		Example: "  bonafide vouch show neighbour alice-bob --config site.json",
		Args:    cobra.ExactArgs(2),
	}
	return errand[vouching.Vouch]{e, func(args []string) (request, error) {
		return getting("vouches", args[0], args[1]), nil
	}, e.tellVouch}.command(cmd)
}

func newVouchWithdrawCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw MECHANISM ID",
		Short: "Give notice of a vouch, for the voucher",
		Long: `Gives notice, as the voucher can on the site's pages. The vouch goes on for 7 days, and what the vouchee did
until it ends may still be charged to it.`,
		Example: "  bonafide vouch withdraw neighbour alice-bob --config site.json",
		Args:    cobra.ExactArgs(2),
	}
	return errand[vouching.Vouch]{e, func(args []string) (request, error) {
		return posting(nil, "vouches", args[0], args[1], "withdraw"), nil
	}, e.tellVouch}.command(cmd)
}

// tellVouch prints a vouch, and what faults charge to it.
func (e *env) tellVouch(v vouching.Vouch) error {
	switch {
	case v.Site != "":
		say(e.stdout, "%s stands behind somebody at %s: referral %s, with %d points of which %d are left.",
			v.Voucher, v.Site.Host(), v.ID, v.Stake, v.Remaining)
	default:
		say(e.stdout, "%s stands behind %s: vouch %s, for levels up to %d, with %d points of which %d are left.",
			v.Voucher, v.Vouchee, v.ID, v.Level, v.Stake, v.Remaining)
	}
	say(e.stdout, "It is live from %s until %s.", instant(v.Accepted), instant(v.Ends))
	switch {
	case v.Withdrawn != 0:
		say(e.stdout, "Notice was given on %s.", instant(v.Withdrawn))
	case v.Live && v.Site == "" && v.Supports == 0:
		say(e.stdout, "It supports no level now.")
	case v.Live && v.Site == "":
		say(e.stdout, "It supports levels up to %d now.", v.Supports)
	}
	for _, c := range v.Charges {
		say(e.stdout, "The fault %s charges it %d points, %d of them healed; the rest heals by %s.", c.Fault, c.Amount, c.Healed, instant(c.HealedBy))
	}
	return nil
}

// instant returns an instant of the model in RFC 3339.
func instant(at bonafide.Seconds) string { return at.Time().Format(time.RFC3339) }

func newVouchOfferCommand(e *env) *cobra.Command {
	var given desk.Offering
	cmd := &cobra.Command{
		Use:   "offer MECHANISM VOUCHER --level N --stake POINTS",
		Short: "Make a one-time link by which somebody accepts a vouch",
		Long: `Makes the link that VOUCHER could make on the site's pages, and prints it. Whoever opens it first and signs in,
or signs up, may accept that the voucher stands behind them. Until then nothing is put up.`,
		Example: "  bonafide vouch offer neighbour dave --level 2 --stake 60 --config site.json",
		Args:    cobra.ExactArgs(2),
	}
	putUp(cmd, &given.Level, &given.Stake)
	return errand[desk.Link]{e, func(args []string) (request, error) {
		given.Mechanism, given.Voucher = args[0], args[1]
		return posting(given, "offers"), nil
	}, func(o desk.Link) error {
		say(e.stdout, "%s", o.Link)
		say(e.stdout, "It works once, until %s. Give it to nobody but whom %s means.", instant(o.Expires), given.Voucher)
		return nil
	}}.command(cmd)
}

func newVouchEventsCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events MECHANISM",
		Short: "Print the history under a mechanism, for bonafide simulate",
		Long: `Prints everything that happened between members under the mechanism, one JSON object a line, with what they
earned so far: what bonafide simulate reads. It holds the members' ids; keep it to yourself.`,
		Example: "  bonafide vouch events neighbour --config site.json |\n" +
			"    bonafide simulate - --mechanism neighbour.json --at 2026-12-01T00:00:00Z",
		Args: cobra.ExactArgs(1),
	}
	read := addSiteFlags(e, cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		return s.administer(e, func(admin *adminClient) error {
			asked := getting("ledgers", args[0], "events")
			lines, err := admin.Send(cmd.Context(), asked.method, asked.path, nil)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(lines)) {
				say(e.stdout, "%s", strings.TrimSuffix(line, "\n"))
			}
			return nil
		})
	}
	return cmd
}
