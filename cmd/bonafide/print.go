package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"bonafide.example"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// say prints one line. Whatever a peer slipped into its parts stays within the line and commands nothing.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, bonafide.Visible(fmt.Sprintf(format, args...)))
}

// sayJSON prints a value as one line of JSON.
func sayJSON(w io.Writer, value any) error {
	data, err := bonafide.MarshalJSON(value)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, bonafide.Visible(string(data)))
	return err
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
		texts[i] = cmp.Or(bonafide.Visible(fmt.Sprint(cell)), "-")
	}
	fmt.Fprintln(t.lines, strings.Join(texts, "\t"))
}

// gap adds an empty line; the rows after it have columns of their own.
func (t table) gap() { fmt.Fprintln(t.lines) }

// end prints what was added.
func (t table) end() error { return t.lines.Flush() }

// progress shows how many things of a kind are done, of so many or, for -1, of nobody knows how many: as a bar, on a
// terminal alone.
func (e *env) progress(kind string, all int64) func(done int64) {
	terminal, ok := e.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return func(int64) {}
	}
	bar := progressbar.NewOptions64(all, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription(kind),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	return func(done int64) { bar.Set64(done) }
}
