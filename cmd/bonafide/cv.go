package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"bonafide.example"
	"bonafide.example/internal/cv"
	"bonafide.example/internal/fetch"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

const (
	cvAtOnce  = 4   // badges that are checked at the same time
	maxBadges = 500 // on one page
)

func newCVCommand(e *env) *cobra.Command {
	c := &cvMaking{verification: verification{env: e}}
	cmd := &cobra.Command{
		Use:   "cv FILE",
		Short: "Check the badges of a list, and write them as one HTML page",
		Long: `Checks every badge whose address is in FILE (- is standard input) as verify does, and writes one HTML
page to standard output that needs nothing else: pictures drawn here from what was verified, QR codes, links and
the date. FILE has one address a line; lines that begin with # are passed over, and "## HEADING" puts the badges
below it under that heading. Without one badges are grouped by the context that they state. Nothing is added up.

A badge that doesn't hold is shown as what it is. The exit code is 0 if the page was written.`,
		Example: "  bonafide cv badges.txt > cv.html\n  bonafide cv --lang fr --name Alice - < badges.txt > cv.html",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args[0]) },
	}
	cmd.Flags().BoolVar(&c.local, "local", false, "visit sites under .localhost, over http (for the demo)")
	cmd.Flags().StringVar(&c.lang, "lang", string(bonafide.English), "language of the page: en or fr")
	completes(cmd, "lang", string(bonafide.English), string(bonafide.French))
	cmd.Flags().StringVar(&c.name, "name", "", "whose badges they are, as the page is to say")
	return cmd
}

// cvMaking is one run of the cv command.
type cvMaking struct {
	verification
	lang, name string
}

// cvLine is one address of the file.
type cvLine struct{ heading, address string }

func (c *cvMaking) run(ctx context.Context, path string) error {
	if lang := bonafide.Lang(c.lang); lang != bonafide.English && lang != bonafide.French {
		return fmt.Errorf("--lang %q is neither en nor fr", c.lang)
	}
	text, err := c.readAll(path)
	if err != nil {
		return err
	}
	lines, err := readCV(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	client, err := fetch.New(fetch.Config{Local: c.local, Now: c.now})
	if err != nil {
		return err
	}
	badges, err := c.check(ctx, client, lines)
	if err != nil {
		return err
	}
	page := cv.Page{Lang: bonafide.Lang(c.lang), Name: c.name, Now: c.now(), Groups: grouped(lines, badges)}
	if err := cv.Write(c.stdout, page); err != nil {
		return err
	}
	c.summary(badges)
	return nil
}

// readCV reads the addresses of a text. Errors name the line.
func readCV(text string) (lines []cvLine, err error) {
	heading, n := "", 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line, n = strings.TrimSpace(line), n+1
		title, isHeading := strings.CutPrefix(line, "## ")
		switch {
		case isHeading:
			heading = strings.TrimSpace(title)
			continue
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		}
		if _, err := bonafide.OriginOf(line); err != nil {
			return nil, fmt.Errorf("line %d: %q is not the address of a badge", n, line)
		}
		lines = append(lines, cvLine{heading, fetch.BadgeAddress(line)})
	}
	switch {
	case len(lines) == 0:
		return nil, &exitError{exitNothing, errors.New("it names no badge; write one address a line")}
	case len(lines) > maxBadges:
		return nil, fmt.Errorf("it names %d badges; a page has %d at most", len(lines), maxBadges)
	}
	return lines, nil
}

// check verifies the badges, some at once.
func (c *cvMaking) check(ctx context.Context, client *fetch.Client, lines []cvLine) ([]cv.Badge, error) {
	badges := make([]cv.Badge, len(lines))
	show := c.progress("badges", int64(len(lines)))
	var done atomic.Int64
	checking, ctx := errgroup.WithContext(ctx)
	checking.SetLimit(cvAtOnce)
	for n, line := range lines {
		checking.Go(func() (err error) {
			badges[n], err = c.checkOne(ctx, client, line.address)
			show(done.Add(1))
			return err
		})
	}
	return badges, checking.Wait()
}

// checkOne verifies one badge, and fetches its mechanism if it holds. A mechanism that can't be had leaves the level
// without its name.
func (c *cvMaking) checkOne(ctx context.Context, client *fetch.Client, address string) (cv.Badge, error) {
	r, err := c.report(ctx, client, address)
	if err != nil {
		return cv.Badge{}, err
	}
	b := cv.Badge{Address: address, Verdict: cv.Untold, Code: r.Code}
	switch {
	case r.Good:
		b.Verdict, b.Status, b.Until = cv.Holds, *r.Status, r.ValidUntil
		if r.Page != nil {
			b.Page = *r.Page
		}
	case r.exit == exitNotAuthentic || r.exit == exitNotCurrent || r.exit == exitNothing:
		b.Verdict = cv.Fails
	}
	if b.Verdict != cv.Holds {
		return b, nil
	}
	ctx, cancel := fetch.Budget(ctx)
	defer cancel()
	if m, err := client.Mechanism(ctx, b.Status.Mechanism, b.Status.Version); err == nil {
		b.Mechanism = m
	}
	return b, nil
}

// grouped puts each badge under its heading, or else under the context that it states, in the order of the file.
func grouped(lines []cvLine, badges []cv.Badge) (groups []cv.Group) {
	at := map[string]int{}
	for n, b := range badges {
		heading := lines[n].heading
		if heading == "" {
			heading = b.Status.Context
		}
		if _, found := at[heading]; !found {
			at[heading] = len(groups)
			groups = append(groups, cv.Group{Heading: heading})
		}
		groups[at[heading]].Badges = append(groups[at[heading]].Badges, b)
	}
	return groups
}

// summary says what became of the badges, and names those that don't hold.
func (c *cvMaking) summary(badges []cv.Badge) {
	count := map[cv.Verdict]int{}
	for _, b := range badges {
		count[b.Verdict]++
		if b.Verdict != cv.Holds {
			say(c.stderr, "%s: %s", b.Address, b.Code.Meaning().Sentence.EN)
		}
	}
	say(c.stderr, "%d badges: %d hold, %d do not, %d could not be checked", len(badges), count[cv.Holds], count[cv.Fails], count[cv.Untold])
}
