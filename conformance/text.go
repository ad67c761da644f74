package conformance

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"
)

// Plain replaces what a terminal might obey rather than show by escapes, as \u001b: control characters, line ends
// among them, and those that reorder or hide text (Unicode categories Cc, Cf, Zl and Zp).
func Plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// say prints one line. Whatever a program slipped into its parts stays within the line and commands nothing.
func say(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, Plain(fmt.Sprintf(format, args...)))
}

// WriteText writes the report for people: what failed and why, then the sums, then the conclusion. said holds the
// sentence of each requirement.
func (r *Report) WriteText(out io.Writer, said map[string]string) {
	for i := range r.Cases {
		if v := &r.Cases[i]; v.Outcome == Failed {
			say(out, "FAILED %s", v.Name)
			v.say(out, said)
			say(out, "")
		}
	}
	for _, trouble := range r.Troubles {
		say(out, "TROUBLE What no one case can be blamed for: %s", trouble)
		say(out, "")
	}
	r.saySums(out)
	r.sayUnanswered(out, Unsupported)
	r.sayUnanswered(out, Skipped)
	if r.Measured != nil {
		say(out, "The longest answer took %d ms, the most memory was %d KiB.", r.Measured.Milliseconds, r.Measured.Kibibytes)
		say(out, "")
	}
	if r.Compared != nil {
		r.Compared.say(out)
	}
	say(out, "%s", r.conclusion())
}

const maxShown = 300 // bytes of what came in a text; a report in JSON has more

// say prints what is to be known of a case that isn't passed.
func (v *Verdict) say(out io.Writer, said map[string]string) {
	say(out, "  case       %s", v.Description)
	for _, id := range v.Requirements {
		say(out, "  shows      %s %s", id, said[id])
	}
	say(out, "  wrong      %s", v.Reason)
	if v.Due != nil {
		say(out, "  due        %s", Cut(v.due(), maxShown))
	}
	if v.Came != "" {
		say(out, "  came       %s", Cut(v.Came, maxShown))
	}
	if v.Reproduce != "" {
		say(out, "  reproduce  %s", v.Reproduce)
	}
}

// due returns what had to come as text: a text as it is, all else as JSON.
func (v *Verdict) due() string {
	if text, ok := v.Due.(string); ok {
		return text
	}
	return brief(v.Due)
}

// saySums prints how many cases of each class passed.
func (r *Report) saySums(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "class\tpassed\tfailed\tis to")
	for _, c := range r.Classes {
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", c.Class, c.Passed, c.Failed, c.About)
	}
	fmt.Fprintln(table)
	table.Flush()
}

// sayUnanswered prints how many cases of each class had this outcome, for each reason.
func (r *Report) sayUnanswered(out io.Writer, as Outcome) {
	for _, c := range r.Classes {
		var reasons []string
		of := map[string][]string{} // names of cases
		for _, v := range r.Cases {
			if v.Outcome != as || v.Class != c.Class {
				continue
			}
			if of[v.Reason] == nil {
				reasons = append(reasons, v.Reason)
			}
			of[v.Reason] = append(of[v.Reason], v.Name)
		}
		for _, reason := range reasons {
			say(out, "Failed in %s as %s: %d, from %s on, since %s.", c.Class, as, len(of[reason]), of[reason][0], reason)
			say(out, "")
		}
	}
}

// say prints what changed.
func (c *Comparison) say(out io.Writer) {
	say(out, "Compared with %s:", c.With)
	for _, part := range []struct {
		what  string
		cases []string
	}{
		{"better", c.Better}, {"worse", c.Worse}, {"new", c.New}, {"gone", c.Gone},
	} {
		say(out, "  %-6s  %d  %s", part.what, len(part.cases), Cut(strings.Join(part.cases, ", "), 2000))
	}
	say(out, "")
}

// conclusion says in a sentence what it comes to.
func (r *Report) conclusion() string {
	sum := r.Total()
	var names, broken []string
	for _, c := range r.Classes {
		names = append(names, c.Class)
	}
	for _, q := range r.Requirements {
		if q.Failed > 0 {
			broken = append(broken, q.ID)
		}
	}
	switch {
	case r.Conforms && r.Only != "":
		return fmt.Sprintf("%s passes the cases chosen, %d. To conform is to pass every case of a class.", r.Implementation, sum.Passed)
	case r.Conforms:
		return fmt.Sprintf("%s conforms to %s: it passes all %d cases.", r.Implementation, strings.Join(names, ", "), sum.Passed)
	case sum.Failed == 0:
		return fmt.Sprintf("%s does not conform: it gives the answers that are due, but not by the rules.", r.Implementation)
	default:
		return fmt.Sprintf("%s does not conform: %d of %d cases failed, which show what is required by %s.",
			r.Implementation, sum.Failed, sum.Passed+sum.Failed, Cut(strings.Join(broken, ", "), 1000))
	}
}
