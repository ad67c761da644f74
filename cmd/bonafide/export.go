package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"bonafide.example/internal/static"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store"
	"github.com/spf13/cobra"
)

func newExportCommand(e *env) *cobra.Command {
	x := &exporting{importing: importing{env: e}}
	cmd := &cobra.Command{
		Use:   "export --from FILE --out FOLDER",
		Short: "Write badges as files, for a host that runs no server",
		Long: `Records the events of FILE as events import does, publishes a badge for every member, and writes into FOLDER
all that readers of badges need: pages, pictures, signed forms, status lists, mechanisms and the site's keys. Send the
folder to where --origin leads. Given again, the command brings the folder up to date; the store keeps every badge's
address, so keep it, and keep it and the keys out of FOLDER.

A member who is no longer in FILE keeps their badge, since a file may be cut short; --withdraw ends it. What is signed
ends soon, so that a suspension is seen soon: the command says when, and is to be given again before, twice a day at best.

The host must send .jwt and /status/ under their media types, or readers refuse them: FOLDER/_headers says so to
Netlify and Cloudflare Pages, recipes/ shows it for nginx and Caddy; GitHub Pages can't. A static host can't answer
by the Accept field, import with consent, vouching, reports, the pages of members and those of a server that checks at
each view; for these run: bonafide serve.`,
		Example: "  bonafide export --config site.json --from ratings.csv --out public --badges badges.csv\n" +
			"  17 3,15 * * *  cd /srv/badges && bonafide export --config site.json --from ratings.csv --out public   # crontab",
		Args: cobra.NoArgs,
	}
	read := addFewFlags(e, cmd, "origin", "name", "keys", "passphrase-file", "store", "mechanisms", "contest")
	x.addFormat(cmd)
	cmd.Flags().StringVar(&x.from, "from", "", "CSV or NDJSON file of events (see: bonafide events import --help)")
	cmd.Flags().StringVar(&x.out, "out", "", "folder to write")
	cmd.Flags().StringVar(&x.list, "badges", "", "file to write each member's mechanism and badge address into, as CSV; an id that a spreadsheet would take for a formula is written after a '")
	cmd.Flags().StringSliceVar(&x.withdraw, "withdraw", nil, "members whose badges are withdrawn")
	needs(cmd, "from", "out")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		if len(s.Roles) == 0 {
			s.Roles = []string{"issuer"}
		}
		return x.run(cmd.Context(), s)
	}
	return cmd
}

// exporting is one run of the export command.
type exporting struct {
	importing
	from, out, list string
	withdraw        []string
}

// run opens the site's store and writes what its handler answers.
func (x *exporting) run(ctx context.Context, s *settings) (err error) {
	log := slog.New(slog.NewTextHandler(x.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := x.apart(s); err != nil {
		return err
	}
	opened, closeStore, err := s.open(x.env, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	if opened.Issuer == nil {
		return fmt.Errorf("%s isn't an issuer, as its roles are set", s.Origin)
	}
	admin := &adminClient{web.AdminOf(opened.Admin())}
	if err := x.importing.run(ctx, admin, x.from); err != nil {
		return err
	}
	if err := x.settle(ctx, opened.Issuer); err != nil {
		return err
	}
	export := static.Export{Origin: opened.Origin, Name: opened.Name, Handler: opened.Handler(), Now: x.now()}
	for _, slug := range opened.Issuer.Slugs() {
		m, err := opened.Issuer.Mechanism(slug)
		if err != nil {
			return err
		}
		export.Mechanisms = append(export.Mechanisms, *m)
		err = opened.Issuer.Published(ctx, slug, func(b issuer.PublishedBadge) error {
			export.Badges = append(export.Badges, static.Badge{Address: b.Address, Status: b.Status})
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	until, err := export.Write(x.out)
	if err != nil {
		return err
	}
	if err := x.write(ctx, opened, export.Badges); err != nil {
		return err
	}
	say(x.stdout, "%d badges are in %s", len(export.Badges), x.out)
	say(x.stdout, "Readers take this until %s: give the command again before, twice a day at best", until.UTC().Format("2006-01-02 15:04 UTC"))
	say(x.stdout, "On a static host there are no imports with consent, no reports and no pages of members; see: bonafide export --help")
	return nil
}

// apart refuses a folder that holds what isn't to be published.
func (x *exporting) apart(s *settings) error {
	out, err := real(x.out)
	if err != nil {
		return err
	}
	for flag, path := range map[string]string{"keys": s.Keys, "store": s.Store, "badges": x.list, "from": x.from} {
		if path == "" || path == "-" || strings.Contains(path, "://") {
			continue
		}
		if path, err = real(path); err != nil {
			return err
		}
		if within, err := filepath.Rel(out, path); err == nil && filepath.IsLocal(within) {
			return fmt.Errorf("--%s %s is in --out %s, all of which is to be published: choose another place for one of them", flag, path, out)
		}
	}
	return nil
}

// real returns where a path leads, whether it is there yet or not.
func real(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	there, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
		return there, err
	}
	folder, err := real(filepath.Dir(path))
	return filepath.Join(folder, filepath.Base(path)), err
}

// cell returns a text as a spreadsheet shows it: what it would take for a formula comes after an apostrophe.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// settle publishes everybody's badges, withdraws those named, and issues what is due.
func (x *exporting) settle(ctx context.Context, i *issuer.Issuer) error {
	for _, slug := range i.Slugs() {
		if _, err := i.PublishAll(ctx, slug); err != nil {
			return err
		}
		for _, member := range x.withdraw {
			if err := i.WithdrawBadge(ctx, slug, member); err != nil {
				return err
			}
		}
	}
	return i.RunDue(ctx)
}

// write lists whose each badge is, for the site's owner alone: it isn't part of what is published.
func (x *exporting) write(ctx context.Context, opened *site.Site, badges []static.Badge) (err error) {
	if x.list == "" {
		return nil
	}
	file, err := os.OpenFile(x.list, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	rows := csv.NewWriter(file)
	rows.Write([]string{"member", "mechanism", "badge"}) // what goes wrong is kept for the end
	err = opened.Store.View(ctx, func(r store.Reader) error {
		for _, b := range badges {
			holder, err := opened.Issuer.BadgeHolder(r, b.Address)
			if err != nil {
				return err
			}
			rows.Write([]string{cell(holder.Member), holder.Mechanism, b.Address})
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows.Flush()
	return rows.Error()
}
