package main

import (
	"net/url"

	"bonafide.example"
	"bonafide.example/complaint"
	"github.com/spf13/cobra"
)

func newComplaintCommand(e *env) *cobra.Command {
	cmd := group("complaint", "Answer those who report a badge or contest a status", newComplaintListCommand(e), newComplaintShowCommand(e),
		newComplaintLookCommand(e), newComplaintDecideCommand(e))
	cmd.Long = `Anybody may report a badge, on its page; an answer is due within 14 days. Members contest their status, on the
site's page /contest; there it is 30. Whoever complained sees how far it has come, and when it is late.

A decision changes nothing else. If a badge is to go, suspend its holder or record what was missing; a
fault of a member is another matter (see: bonafide fault).`
	return cmd
}

func newComplaintListCommand(e *env) *cobra.Command {
	var state, after string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the first 500 complaints, the nearest deadline first",
		Example: "  bonafide complaint list --state received --config site.json",
		Args:    cobra.NoArgs,
	}
	cmd.Flags().StringVar(&state, "state", "", "only those in this state: received, looked-at, founded, unfounded or gone")
	cmd.Flags().StringVar(&after, "after", "", "those that follow this complaint")
	return errand[[]complaint.Complaint]{e, func([]string) (request, error) {
		asked := getting("complaints")
		asked.path += "?" + url.Values{"state": {state}, "after": {after}}.Encode()
		return asked, nil
	}, e.tellComplaints}.command(cmd)
}

func newComplaintShowCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show COMPLAINT",
		Short:   "Print a complaint",
		Example: "  bonafide complaint show QZ3J… --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	return errand[complaint.Complaint]{e, func(args []string) (request, error) {
		return getting("complaints", args[0]), nil
	}, e.tellComplaint}.command(cmd)
}

func newComplaintLookCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "look COMPLAINT",
		Short:   "Print a complaint, and tell whoever made it that somebody looks at it",
		Example: "  bonafide complaint look QZ3J… --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	return errand[complaint.Complaint]{e, func(args []string) (request, error) {
		return posting(nil, "complaints", args[0], "look"), nil
	}, e.tellComplaint}.command(cmd)
}

func newComplaintDecideCommand(e *env) *cobra.Command {
	var founded, unfounded bool
	var words string
	cmd := &cobra.Command{
		Use:     "decide COMPLAINT --founded|--unfounded --words WORDS",
		Short:   "Answer a complaint",
		Example: "  bonafide complaint decide QZ3J… --founded --words 'The account was not hers; it is suspended.' --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&founded, "founded", false, "whoever complained is right")
	cmd.Flags().BoolVar(&unfounded, "unfounded", false, "all stays as it is")
	cmd.Flags().StringVar(&words, "words", "", "why, for whoever complained to read")
	cmd.MarkFlagsOneRequired("founded", "unfounded")
	cmd.MarkFlagsMutuallyExclusive("founded", "unfounded")
	needs(cmd, "words")
	return errand[complaint.Complaint]{e, func(args []string) (request, error) {
		return posting(map[string]any{"founded": founded, "words": words}, "complaints", args[0], "decide"), nil
	}, e.tellComplaint}.command(cmd)
}

// tellComplaints prints complaints as a table.
func (e *env) tellComplaints(all []complaint.Complaint) error {
	w := newTable(e.stdout)
	w.row("complaint", "about", "member", "mechanism", "state", "received", "answer due")
	for _, c := range all {
		due := ""
		if c.State.Open() {
			due = lastDay(c)
		}
		if c.Overdue {
			due += " (overdue)"
		}
		w.row(c.ID, about(c), c.Member, c.Mechanism, c.State, instant(c.Received), due)
	}
	return w.end()
}

// lastDay returns the day on which an answer is due at the latest.
func lastDay(c complaint.Complaint) string { return string(bonafide.DateOf(c.Deadline.Time())) }

// about says what a complaint is about, in a word.
func about(c complaint.Complaint) string {
	if c.Contest {
		return "status"
	}
	return "badge"
}

// tellComplaint prints one complaint: where it stands first, then what was said.
func (e *env) tellComplaint(c complaint.Complaint) error {
	stands := string(c.State)
	switch {
	case c.Overdue:
		stands += "; an answer was due by " + lastDay(c)
	case c.State.Open():
		stands += "; an answer is due by " + lastDay(c)
	}
	say(e.stdout, "Complaint %s: %s.", c.ID, stands)
	switch {
	case c.Contest:
		say(e.stdout, "  received %s: %s contests their status under %s", instant(c.Received), c.Member, c.Mechanism)
	case c.Member == "":
		say(e.stdout, "  received %s: a report of a badge under %s, whose holder was erased since", instant(c.Received), c.Mechanism)
	default:
		say(e.stdout, "  received %s: a report of the badge %s of %s under %s: %s", instant(c.Received), c.Badge, c.Member, c.Mechanism, c.Kind)
	}
	for _, written := range []string{c.Page, c.Words} {
		if written != "" {
			say(e.stdout, "    %s", written)
		}
	}
	if c.Looked != 0 {
		say(e.stdout, "  looked at %s", instant(c.Looked))
	}
	if c.Closed != 0 {
		say(e.stdout, "  closed %s; forgotten %s", instant(c.Closed), instant(c.ForgottenOn()))
	}
	if c.Answer != "" {
		say(e.stdout, "    %s", c.Answer)
	}
	return nil
}
