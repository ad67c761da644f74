package main

import (
	"context"
	"fmt"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/publiclog"
	"github.com/spf13/cobra"
)

func newLogCommand(e *env) *cobra.Command {
	v := &logReading{env: e}
	verify := &cobra.Command{
		Use:   "verify URL",
		Short: "Check a site's public log against what it was, and against what the site publishes now",
		Long: `Reads the public log of a site and tells whether a key that the site names signed it, whether its entries make up the
root that was signed, whether it still begins with what it was when it was last looked at, and whether what the site
publishes now is in it as it is.

With --state the last checkpoint is remembered in that file; without it nobody can tell whether the log was changed.

Exit codes: 0 it holds · 1 could not run · 2 it was changed, or doesn't fit · 4 undecided · 6 the site keeps no log.`,
		Example: "  bonafide log verify https://shop.example --state checkpoints.json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return v.verify(cmd.Context(), args[0]) },
	}
	verify.Flags().StringVar(&v.state, "state", "", "file with the last checkpoint of each site, which is kept up to date")
	show := &cobra.Command{
		Use:   "show URL",
		Short: "Print the entries of a site's public log, one a line",
		Long:  "Prints the entries of a site's public log, the first one first, once each is shown to be under the root that the site signed.",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return v.show(cmd.Context(), args[0]) },
	}
	verify.Flags().BoolVar(&v.json, "json", false, "print the report as one JSON object")
	show.Flags().BoolVar(&v.json, "json", false, "print one JSON object for each entry")
	for _, cmd := range []*cobra.Command{verify, show} {
		cmd.Flags().BoolVar(&v.local, "local", false, "visit sites under .localhost, over http (for the demo)")
	}
	log := group("log", "Read and check the public logs of sites", verify, show)
	log.Long = `A site may keep a public log of what it publishes: its keys, mechanisms, conversion tables and status lists, each with the
instant and a hash, and nothing of a person. It only grows, so that what is changed later, or told to some alone, is noticed.
What this site remembers of others' logs: bonafide verifier logs.`
	return log
}

// logReading is one run of the log command.
type logReading struct {
	*env
	state       string
	local, json bool

	fetch  *fetch.Client
	origin bonafide.Origin
}

// open begins to read the log of the site at the address. It fails with [bonafide.NotFound] if the site has none.
func (v *logReading) open(ctx context.Context, address string) (entity *bonafide.EntityConfiguration, source *publiclog.Source, err error) {
	if v.origin, err = bonafide.OriginOf(address); err != nil {
		return nil, nil, err
	}
	if v.fetch, err = fetch.New(fetch.Config{Local: v.local, Now: v.now}); err != nil {
		return nil, nil, err
	}
	if entity, err = v.fetch.Entity(ctx, v.origin); err != nil {
		return nil, nil, err
	}
	if entity.Metadata.Log == nil {
		return entity, nil, bonafide.Errorf(bonafide.NotFound, string(v.origin), "names no public log")
	}
	return entity, &publiclog.Source{Origin: v.origin, LogMetadata: *entity.Metadata.Log, Get: v.get}, nil
}

// get fetches what has this media type.
func (v *logReading) get(ctx context.Context, address, media string) ([]byte, error) {
	answer, err := v.fetch.Get(ctx, address, media)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func (v *logReading) show(ctx context.Context, address string) error {
	_, source, err := v.open(ctx, address)
	if err != nil {
		return judged(err)
	}
	at, err := source.Checkpoint(ctx)
	if err != nil {
		return judged(err)
	}
	return judged(source.Entries(ctx, at, 0, func(number int64, e publiclog.Entry) error {
		if v.json {
			return sayJSON(v.stdout, numbered{number, e})
		}
		say(v.stdout, "%d  %s  %-11s  %s  %s", number, e.At.UTC().Format(time.RFC3339), e.Kind, e.Address, e.Hash)
		return nil
	}))
}

// numbered is an entry as show prints it in JSON.
type numbered struct {
	Number int64           `json:"number"`
	Entry  publiclog.Entry `json:"entry"`
}

// logReport is what is known of a log in the end.
type logReport struct {
	Site     bonafide.Origin `json:"site"`
	Holds    bool            `json:"holds"`
	Code     bonafide.Code   `json:"code,omitzero"` // why it doesn't
	Sentence string          `json:"sentence"`
	Mend     string          `json:"mend,omitzero"`
	Entries  int64           `json:"entries"`
	Checks   []check         `json:"checks"`
}

// note adds a check and its outcome, and returns what went wrong.
func (r *logReport) note(what string, err error) error {
	c := check{What: what, Result: "yes"}
	if err != nil {
		c.Result, c.Detail = "no", err.Error()
		if exitCodeOf(bonafide.CodeOf(err)) == exitUndecided {
			c.Result = "could not check"
		}
	}
	r.Checks = append(r.Checks, c)
	return err
}

// conclude puts the report into a sentence.
func (r *logReport) conclude(err error) {
	r.Holds = err == nil
	if r.Holds {
		r.Sentence = fmt.Sprintf("The public log of %s holds: it has %d entries.", r.Site.Host(), r.Entries)
		return
	}
	r.Code = bonafide.CodeOf(err)
	switch {
	case r.Code == bonafide.NotFound && len(r.Checks) == 1:
		r.Sentence = fmt.Sprintf("%s keeps no public log.", r.Site.Host())
	case r.Code == bonafide.NotFound, r.Code == bonafide.VersionConflict:
		r.Sentence = fmt.Sprintf("The public log of %s doesn't bear out what the site publishes.", r.Site.Host())
		r.Mend = "Ask the site why."
	default:
		r.Sentence, r.Mend = r.Code.Meaning().Sentence.EN, r.Code.Meaning().Mend.EN
	}
}

func (r *logReport) print(v *logReading) error {
	if v.json {
		return sayJSON(v.stdout, r)
	}
	say(v.stdout, "%s", r.Sentence)
	if r.Mend != "" {
		say(v.stdout, "%s", r.Mend)
	}
	for _, c := range r.Checks {
		say(v.stdout, "  %s: %s", c.What, c.Result)
		if c.Detail != "" {
			say(v.stdout, "    %s", c.Detail)
		}
	}
	say(v.stdout, "  not checked: whether others are shown the same log; compare checkpoints with theirs")
	return nil
}
