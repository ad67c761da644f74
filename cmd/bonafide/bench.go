package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bonafide.example/internal/bench"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/postgres"
	"github.com/spf13/cobra"
)

func newBenchCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast this machine verifies, issues, serves and keeps badges",
		Long: `Measures this program on this machine and prints a table: what something takes, what it is compared to, the
ratio of both, and the aim where there is one. What is compared takes turns, and medians are told, so that a
busy machine matters little; a calm one is better still. It takes about two minutes, and with --full half an
hour and 12 GB of disk. To miss an aim is told, and is no failure.

The topics are ` + strings.Join(bench.Topics(), ", ") + `.`,
		Example: "  bonafide bench --only verify,issue\n  bonafide bench --full --markdown > bench.md",
		Args:    cobra.NoArgs,
	}
	only := cmd.Flags().StringSlice("only", nil, "topics to measure; all unless given")
	full := cmd.Flags().Bool("full", false, "measure for long, and sites of up to a million members")
	sizes := cmd.Flags().IntSlice("sizes", nil, "how many members the sites have whose growth is measured")
	address := cmd.Flags().String("store", "", "postgres:// address of an empty database to measure bulk and ingest on, in place of files")
	folder := cmd.Flags().String("folder", os.TempDir(), "where stores are put meanwhile: on the disk that is to be measured")
	asJSON := cmd.Flags().Bool("json", false, "print JSON: the machine, then an object a line for each row")
	markdown := cmd.Flags().Bool("markdown", false, "print a report in Markdown once all is measured")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	cmd.AddCommand(newAskCommand(e))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		config := bench.Quick(*folder)
		if *full {
			config = bench.Full(*folder)
		}
		if *sizes != nil {
			config.Sizes = *sizes
		}
		program, err := os.Executable()
		if err != nil {
			return err
		}
		config.Topics, config.Asker = *only, []string{program, "bench", "ask"}
		config.Open = func(folder, name string) (store.Store, error) { return bolt.Open(filepath.Join(folder, name+".db")) }
		if *address != "" {
			config.Open = func(string, string) (store.Store, error) { return openEmpty(cmd.Context(), *address) }
			if config.Topics == nil {
				config.Topics = []string{"bulk", "ingest"} // the others need a store for each of several sites
			}
		}
		machine := bench.Describe()
		switch {
		case *asJSON:
			return benchJSON(cmd, e, machine, config)
		case *markdown:
			rows, err := bench.Run(cmd.Context(), config)
			if err != nil {
				return err
			}
			return bench.Markdown(e.stdout, machine, rows)
		default:
			return benchTable(cmd, e, machine, config)
		}
	}
	return cmd
}

// newAskCommand is the client that the bench starts in a process of its own.
func newAskCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "ask", Short: "Ask what the bench says on standard input", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return bench.Ask(e.stdin, e.stdout) },
	}
}

func benchJSON(cmd *cobra.Command, e *env, machine bench.Machine, config bench.Config) error {
	if err := sayJSON(e.stdout, machine); err != nil {
		return err
	}
	var failed error
	config.Measured = func(r bench.Row) {
		if err := sayJSON(e.stdout, r); err != nil {
			failed = err
		}
	}
	if _, err := bench.Run(cmd.Context(), config); err != nil {
		return err
	}
	return failed
}

// benchTable prints a table for each topic as soon as it is measured.
func benchTable(cmd *cobra.Command, e *env, machine bench.Machine, config bench.Config) error {
	say(e.stdout, "%d cores of %s, %s, %s, load %s", machine.Cores, machine.Processor, machine.System, machine.Go, machine.Load)
	topics := config.Topics
	if topics == nil {
		topics = bench.Topics()
	}
	for _, topic := range topics {
		config.Topics = []string{topic}
		rows, err := bench.Run(cmd.Context(), config)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.stdout)
		lines := newTable(e.stdout)
		lines.row(anyOf(bench.Heads())...)
		for _, r := range rows {
			lines.row(anyOf(r.Cells())...)
		}
		if err := lines.end(); err != nil {
			return err
		}
	}
	return nil
}

// anyOf returns the texts as the cells of a table.
func anyOf(texts []string) []any {
	cells := make([]any, len(texts))
	for n, text := range texts {
		cells[n] = text
	}
	return cells
}

// emptied is a database that is left as empty as it was found.
type emptied struct {
	*postgres.Store
	ctx context.Context
}

// openEmpty opens a database that nothing is in: what is measured there is removed again.
func openEmpty(ctx context.Context, address string) (store.Store, error) {
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	err = db.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Range{}, func(_, _ []byte) (bool, error) {
			return false, errors.New("the database holds something already; give --store an empty one, which is empty again afterwards")
		})
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &emptied{db, ctx}, nil
}

// Close empties the database and closes it.
func (e *emptied) Close() error {
	for more := true; more; {
		err := e.Update(e.ctx, func(tx store.Tx) error {
			more = false
			left := 10_000 // keys that are removed at once
			return tx.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
				left--
				more = left == 0
				return !more, tx.Delete(key)
			})
		})
		if err != nil {
			return errors.Join(err, e.Store.Close())
		}
	}
	return e.Store.Close()
}
