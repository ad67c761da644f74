package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/issuer"
	"github.com/spf13/cobra"
)

func newEventsCommand(e *env) *cobra.Command {
	return group("events", "Tell a site what its members did, and how they were rated", newImportCommand(e), newCancelCommand(e))
}

// importing is one run of events import.
type importing struct {
	*env
	format  issuer.ReadFormat
	publish bool
	try     string
}

func newImportCommand(e *env) *cobra.Command {
	i := &importing{env: e}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Record the events of a CSV or NDJSON file",
		Long: `Records every event of FILE: NDJSON if its name ends in .ndjson, CSV otherwise. The CSV columns are
id, member, mechanism, kind, at (RFC 3339, or seconds since 1970) and, for a share, positive (true or
false) or rating (above or below 0); other columns are passed over. Every line is checked for its form
before anything is kept. Interrupted, or stopped by an event that its mechanism doesn't count, the command
can be given again: it goes on where it stopped, and no event counts twice.

The running server is used if there is one, else the store is opened. Badges whose level changed are
issued anew by the running server, or as soon as one runs.`,
		Example: "  bonafide events import ratings.csv --config site.json\n" +
			"  bonafide events import otc.csv --config site.json --columns rater,member,rating,at --id rater,member \\\n" +
			"    --mechanism trader --kind rating --publish --try table.json",
		Args: cobra.ExactArgs(1),
	}
	read := addSiteFlags(e, cmd)
	i.addFormat(cmd)
	cmd.Flags().BoolVar(&i.publish, "publish", false, "then publish a badge for every member under --mechanism")
	cmd.Flags().StringVar(&i.try, "try", "", "then count what this conversion table would give the badges published under --mechanism")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if (i.publish || i.try != "") && i.format.Mechanism == "" {
			return fmt.Errorf("--publish and --try need --mechanism")
		}
		s, err := read()
		if err != nil {
			return err
		}
		return s.administer(e, func(admin *adminClient) error { return i.run(cmd.Context(), admin, args[0]) })
	}
	return cmd
}

// addFormat gives the command the flags that say how the file writes events.
func (i *importing) addFormat(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&i.format.Columns, "columns", nil, "CSV: the names of the columns, for a file without a header")
	cmd.Flags().StringSliceVar(&i.format.ID, "id", nil, "CSV: the columns that together name an event (default id)")
	cmd.Flags().StringVar(&i.format.Mechanism, "mechanism", "", "CSV: the mechanism of every event")
	cmd.Flags().StringVar(&i.format.Kind, "kind", "", "CSV: the kind of every event")
}

func (i *importing) run(ctx context.Context, admin *adminClient, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	i.format.NDJSON = strings.HasSuffix(path, ".ndjson")
	id, err := fingerprint(file)
	if err != nil {
		return err
	}
	report, err := issuer.Import(ctx, admin, id, file, i.format, i.progress("rows", -1))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	say(i.stdout, "%d rows, %d of them done before; %d new events", report.Rows, report.Resumed, report.Recorded)
	if i.publish {
		answer, err := call[issuer.PublishedAll](ctx, admin, http.MethodPost, "/admin/badges/"+i.format.Mechanism, nil)
		if err != nil {
			return err
		}
		say(i.stdout, "%d badges published, %d of them new", answer.Badges, answer.New)
	}
	if i.try != "" {
		return i.tryTable(ctx, admin)
	}
	return nil
}

// fingerprint names an import by the hash of its file.
func fingerprint(file io.ReadSeeker) (string, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	_, err := file.Seek(0, io.SeekStart)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// tryTable counts what another site's table would give for what the badges say openly.
func (i *importing) tryTable(ctx context.Context, admin *adminClient) error {
	tables, err := readFiles[bonafide.Table]([]string{i.try})
	if err != nil {
		return err
	}
	table := &tables[0]
	mechanism, err := call[bonafide.Mechanism](ctx, admin, http.MethodGet, "/admin/mechanisms/"+i.format.Mechanism, nil)
	if err != nil {
		return err
	}
	if err := conversion.Check(table, &mechanism, nil); err != nil {
		return fmt.Errorf("%s: %w", i.try, err)
	}
	t := newTally(table, &mechanism)
	for after := ""; ; {
		page, err := call[issuer.BadgePage](ctx, admin, http.MethodGet, "/admin/badges/"+i.format.Mechanism+"?after="+url.QueryEscape(after), nil)
		if err != nil {
			return err
		}
		for _, badge := range page.Badges {
			t.count(badge.Status, i.now())
		}
		if after = page.Next; after == "" {
			say(i.stdout, "What %s would give them at %s:", i.try, table.Origin().Host())
			t.print(i.stdout)
			return nil
		}
	}
}
