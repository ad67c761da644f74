package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"

	"bonafide.example"
)

// say prints one line. Whatever a peer slipped into its parts stays within the line and commands nothing.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, plain(fmt.Sprintf(format, args...)))
}

// sayJSON prints a value as one line of JSON.
func sayJSON(w io.Writer, value any) error {
	data, err := bonafide.MarshalJSON(value)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, plain(string(data)))
	return err
}

// plain replaces what a terminal might obey rather than show by escapes, as \u001b: control characters,
// line ends among them, and those that reorder or hide text (Unicode categories Cc, Cf, Zl and Zp). In
// JSON, where they stand within strings alone, the value stays the same.
func plain(s string) string {
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

// table prints rows of cells in aligned columns.
type table struct {
	lines *tabwriter.Writer // what goes wrong in it is kept for the end
}

func newTable(out io.Writer) table { return table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)} }

// row adds a row; an empty cell is shown as a hyphen.
func (t table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = cmp.Or(plain(fmt.Sprint(cell)), "-")
	}
	fmt.Fprintln(t.lines, strings.Join(texts, "\t"))
}

// gap adds an empty line; the rows after it have columns of their own.
func (t table) gap() { fmt.Fprintln(t.lines) }

// end prints what was added.
func (t table) end() error { return t.lines.Flush() }
