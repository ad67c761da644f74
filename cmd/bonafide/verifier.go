package main

import (
	"strings"
	"time"

	"bonafide.example/site"
	"bonafide.example/verifier"
	"github.com/spf13/cobra"
)

func newVerifierCommand(e *env) *cobra.Command {
	return group("verifier", "See what this site remembers of issuers, and approve of what has changed",
		newWaitingCommand(e), newIssuersCommand(e), newLogsCommand(e), newApproveCommand(e))
}

func newWaitingCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "waiting",
		Short: "Show what waits for your approval: issuers whose keys, or whose public logs, aren't what they were",
		Long: `Shows the issuers from which nothing new is taken until you have approved of what they are now: those whose keys have changed without
the word of one that was known, and those whose public log isn't what it was; with the command for each. bonafide admin shows the same.`,
		Args: cobra.NoArgs,
	}
	return errand[site.Overview]{
		e, func([]string) (request, error) { return getting("overview"), nil }, e.tellWaiting,
	}.command(cmd)
}

func (e *env) tellWaiting(o site.Overview) error {
	if len(o.Changed)+len(o.ChangedLogs) == 0 {
		say(e.stdout, "Nothing waits for your approval.")
	}
	for _, id := range o.Changed {
		e.tellIdentity(id)
	}
	for _, w := range o.ChangedLogs {
		say(e.stdout, "%s, whose public log was last in order on %s", w.Issuer, moment(w.Looked))
		say(e.stdout, "  LOG CHANGED: since %s it is %s. %s", moment(w.Since), w.Fault, w.Fault.Meaning().Sentence.EN)
		say(e.stdout, "  Ask who runs it, by another way than this site, what happened. If you are content with it:")
		say(e.stdout, "  bonafide verifier approve %s --log", w.Issuer)
	}
	return nil
}

func newIssuersCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "issuers",
		Short: "List the issuers that the site has seen, with the keys that it knows them by",
		Long: `Lists the issuers that the site has seen, those first whose keys have changed without the word of one that was
known. Nothing new of these is taken until you have approved of them.`,
		Args: cobra.NoArgs,
	}
	return errand[[]verifier.Identity]{
		e, func([]string) (request, error) { return getting("identities"), nil }, e.tellIdentities,
	}.command(cmd)
}

func (e *env) tellIdentities(all []verifier.Identity) error {
	if len(all) == 0 {
		say(e.stdout, "No issuer has been seen yet.")
	}
	for _, id := range all {
		e.tellIdentity(id)
	}
	return nil
}

func (e *env) tellIdentity(id verifier.Identity) {
	say(e.stdout, "%s, known since %s by", id.Origin, moment(id.Since))
	for _, print := range id.Keys {
		say(e.stdout, "  %s", print)
	}
	for _, print := range id.Compromised {
		say(e.stdout, "  %s, compromised", print)
	}
	if id.Changed == nil {
		return
	}
	say(e.stdout, "  IDENTITY CHANGED: since %s it publishes", moment(id.Changed.Since))
	for _, print := range id.Changed.Keys {
		say(e.stdout, "  %s", print)
	}
	say(e.stdout, "  Ask who runs it, by another way than this site, whether these are its keys. If they are:")
	say(e.stdout, "  bonafide verifier approve %s %s", id.Origin, strings.Join(id.Changed.Keys, " "))
}

func newLogsCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "List the public logs of issuers that this site remembers",
		Long: `A site that recognises others looks at their public logs once a day and remembers the last checkpoint. Of one that
isn't what it was, both checkpoints are kept (--json prints them), and nothing new is taken from that issuer until you approve.`,
		Example: "  bonafide verifier logs --config site.json",
		Args:    cobra.NoArgs,
	}
	return errand[[]verifier.Watched]{e, func([]string) (request, error) { return getting("logs"), nil }, e.tellLogs}.command(cmd)
}

// tellLogs prints logs as a table.
func (e *env) tellLogs(all []verifier.Watched) error {
	if len(all) == 0 {
		say(e.stdout, "No issuer that this site recognises keeps a public log, or none was looked at yet.")
		return nil
	}
	t := newTable(e.stdout)
	t.row("issuer", "log", "last looked at", "wrong", "since")
	for _, w := range all {
		since := ""
		if w.Fault != "" {
			since = w.Since.Format(time.DateOnly)
		}
		t.row(w.Issuer, w.Address, w.Looked.Format(time.DateOnly), w.Fault, since)
	}
	return t.end()
}
