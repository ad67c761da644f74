package main

import (
	"net/url"

	"bonafide.example/vouching/court"
	"github.com/spf13/cobra"
)

func newFaultCommand(e *env) *cobra.Command {
	cmd := group("fault", "Report what members did wrong, and look at the cases", newFaultReportCommand(e), newFaultListCommand(e), newFaultShowCommand(e))
	cmd.Long = `A report opens a case: the member is told at once, and nobody else. It becomes final after 14 days unless the
member contests it (see: bonafide appeal). What is final costs the member points, and those who stand
behind them a part of what they put up.

MECHANISM is the NAME in the mechanism's address, ORIGIN/mechanisms/NAME; CLASS one of the classes of fault
that it publishes.`
	return cmd
}

func newFaultReportCommand(e *env) *cobra.Command {
	var report court.Report
	var occurred string
	cmd := &cobra.Command{
		Use:   "report MECHANISM MEMBER CLASS --occurred INSTANT --words WORDS",
		Short: "Report a fault",
		Long: `Reports that MEMBER committed a fault of CLASS at the instant --occurred (RFC 3339, or seconds since 1970),
at most 180 days ago. Who stood behind the member at that instant answers for it; a voucher whose notice
took effect before the report doesn't, unless somebody other than the site attests the instant
(--attested). Given again with the same --id, it changes nothing.`,
		Example: "  bonafide fault report neighbour carol unpaid --occurred 2026-11-20T18:00:00Z \\\n" +
			"    --words 'Two invoices of October are still open.' --config site.json",
		Args: cobra.ExactArgs(3),
	}
	cmd.Flags().StringVar(&occurred, "occurred", "", "when the fault was committed")
	cmd.Flags().StringVar(&report.Words, "words", "", "what happened, for the member and the arbiter to read")
	cmd.Flags().StringVar(&report.ID, "id", "", "an id of your own for the case; without it, it gets one")
	cmd.Flags().BoolVar(&report.Attested, "attested", false, "somebody other than the site attests when it was committed")
	needs(cmd, "occurred", "words")
	return errand[court.Case]{e, func(args []string) (request, error) {
		report.Mechanism, report.Member, report.Class = args[0], args[1], args[2]
		var err error
		report.Occurred, err = parseInstant("--occurred", occurred)
		return posting(report, "cases"), err
	}, e.tellCase}.command(cmd)
}

func newFaultListCommand(e *env) *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the cases",
		Example: "  bonafide fault list --state contested --config site.json",
		Args:    cobra.NoArgs,
	}
	cmd.Flags().StringVar(&state, "state", "", "only those in this state: reported, contested, final, dismissed, void or reversed")
	return errand[[]court.Case]{e, func([]string) (request, error) {
		asked := getting("cases")
		asked.path += "?state=" + url.QueryEscape(state)
		return asked, nil
	}, e.tellCases}.command(cmd)
}

func newFaultShowCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show CASE",
		Short:   "Print a case",
		Example: "  bonafide fault show 4f1c… --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	return errand[court.Case]{e, func(args []string) (request, error) { return getting("cases", args[0]), nil }, e.tellCase}.command(cmd)
}
