package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"github.com/spf13/cobra"
)

func newCancelCommand(e *env) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "cancel MEMBER EVENT",
		Short: "Take back an event that should never have been recorded",
		Long: `Cancels the event with the id EVENT of MEMBER: a slip of whoever recorded it, or a rating that was bought. What is
said of the member is then what the other events give; what says more is revoked, and badges are issued
anew by the running server, or as soon as one runs. --check tells what would change, and changes nothing.

It can't be undone: only the event's id stays, so that the event doesn't come back when it is sent again.
What was right after all has to be recorded under another id.`,
		Example: "  bonafide events cancel alice order-4711 --check --config site.json\n" +
			"  bonafide events cancel alice order-4711 --config site.json",
		Args: cobra.ExactArgs(2),
	}
	cmd.Flags().BoolVar(&check, "check", false, "tell what would change, and change nothing")
	return errand[issuer.Cancellation]{e, func(args []string) (request, error) {
		path := web.AdminPath("members", args[0], "events", args[1])
		if check {
			return request{http.MethodGet, path, nil}, nil
		}
		return request{http.MethodDelete, path, nil}, nil
	}, func(c issuer.Cancellation) error { return e.tellCancellation(c, check) }}.command(cmd)
}

// tellCancellation prints what cancelling an event changes, or would.
func (e *env) tellCancellation(c issuer.Cancellation, check bool) error {
	is, changes := "is", "changes"
	if check {
		is, changes = "would be", "would change"
	}
	say(e.stdout, "Event %s of %s (%s, %s, %s) %s cancelled.", c.Event.ID, c.Event.Member, c.Event.Mechanism, c.Event.Kind, c.Event.At.Format(time.RFC3339), is)
	with, without := saidOf(c.With), saidOf(c.Without)
	if slices.Equal(with, without) {
		say(e.stdout, "Nothing that is said of the member %s.", changes)
		return nil
	}
	w := newTable(e.stdout)
	w.row("what is said", "with it", "without it")
	for n, name := range []string{"level", "held since", "account since", "measures"} {
		w.row(name, with[n], without[n])
	}
	return w.end()
}

// saidOf returns what a status says, in the order of the rows of tellCancellation.
func saidOf(s bonafide.Status) []string {
	level := s.Level
	if s.Kind != bonafide.Earned {
		level += fmt.Sprintf(" (%s; earned here: %s)", s.Kind, cmp.Or(s.EarnedLevel, "none"))
	}
	var measures []string
	for _, m := range s.Measures {
		measures = append(measures, fmt.Sprintf("%s %d of %d", m.ID, m.Positive, m.Total))
	}
	return []string{level, string(s.Since), string(s.AccountSince), strings.Join(measures, ", ")}
}
