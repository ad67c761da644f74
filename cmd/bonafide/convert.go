package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"github.com/spf13/cobra"
)

func newConvertCommand(e *env) *cobra.Command {
	c := &converting{verification: verification{env: e}}
	cmd := &cobra.Command{
		Use:   "convert BADGE... --table FILE",
		Short: "Tell what badges count for under conversion tables, and why",
		Long: `Checks each badge as verify does, then applies the conversion tables of one site, which say what badges from elsewhere
count for there, and explains the outcome. Nothing is imported: for that their holder has to agree, on the pages of that
site. An issuer that no table names is not visited.

Exit codes: those of verify, and 5 when these tables give nothing.`,
		Example: "  bonafide convert https://shop.example/b/K7QXM2VTP4WN9RFA --table table.json",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	cmd.Flags().StringSliceVar(&c.tables, "table", nil, "file with a conversion table; may be repeated")
	cmd.Flags().StringSliceVar(&c.from, "from", nil, "file with an issuer's mechanism, in place of the one it publishes; may be repeated")
	cmd.Flags().StringVar(&c.to, "to", "", "file with the mechanism whose levels are given, for their names")
	cmd.Flags().StringVar(&c.lang, "lang", "en", "language of the explanation: en or fr")
	completes(cmd, "lang", string(bonafide.English), string(bonafide.French))
	c.addFlags(cmd)
	cmd.Flags().BoolVar(&c.json, "json", false, "print the explanation as JSON")
	return cmd
}

// converting is one run of the convert command.
type converting struct {
	verification
	tables, from []string
	to, lang     string
}

func (c *converting) run(ctx context.Context, badges []string) error {
	if c.lang != string(bonafide.English) && c.lang != string(bonafide.French) {
		return fmt.Errorf("language %q is neither en nor fr", c.lang)
	}
	tables, err := readFiles[bonafide.Table](c.tables)
	if err != nil {
		return err
	}
	if len(tables) == 0 {
		return errors.New("no conversion table is given; use --table FILE")
	}
	client, err := fetch.New(fetch.Config{Local: c.local, Now: c.now})
	if err != nil {
		return err
	}
	q := conversion.Question{Site: tables[0].Origin(), Now: c.now()}
	if slices.ContainsFunc(tables, func(t bonafide.Table) bool { return t.To != tables[0].To }) {
		return errors.New("the tables give levels of several mechanisms; give those of one")
	}
	if q.To, err = readMechanism(c.to); err != nil {
		return err
	}
	for _, badge := range badges {
		input, err := c.input(ctx, client, badge, tables)
		if err != nil {
			return judged(err)
		}
		q.Inputs = append(q.Inputs, input)
	}
	if q.Rules, err = c.rules(ctx, client, tables, q.Inputs); err != nil {
		return err
	}
	return c.tell(conversion.Convert(q))
}

// input checks a badge, once a table names its issuer. One that is authentic counts as an input even if
// it was revoked, or if that can't be told: the explanation says so.
func (c *converting) input(ctx context.Context, client *fetch.Client, badge string, tables []bonafide.Table) (conversion.Input, error) {
	v, origin := c.verification, bonafide.Origin("")
	var err error
	if strings.Contains(badge, "://") {
		origin, err = bonafide.OriginOf(badge)
	} else {
		origin, err = v.hold(badge)
		badge = "-"
	}
	if err != nil {
		return conversion.Input{}, err
	}
	if !slices.ContainsFunc(tables, func(t bonafide.Table) bool { return t.From.Issuer == origin }) {
		return conversion.Input{}, bonafide.Errorf(bonafide.NotRecognised, string(origin), "is not named by these tables")
	}
	checked := &report{}
	err = v.verify(ctx, client, badge, checked)
	input := conversion.Input{Condition: conversion.Good, CheckedAt: c.now().UTC().Truncate(time.Second)}
	if checked.Status == nil {
		return input, err
	}
	input.Status, input.ReliedUntil = *checked.Status, checked.ValidUntil
	switch {
	case err == nil:
	case bonafide.CodeOf(err) == bonafide.Internal:
		return input, err
	case checked.exit == exitNotCurrent:
		input.Condition = conversion.Revoked
	default:
		input.Condition, input.CheckedAt = conversion.Paused, time.Time{}
	}
	return input, nil
}

// hold reads a badge from a file or standard input, keeps it there to be read again, and returns the
// issuer that it names.
func (v *verification) hold(path string) (bonafide.Origin, error) {
	badge, err := v.readBadge(path)
	if err != nil {
		return "", err
	}
	held := *v.env
	held.stdin = strings.NewReader(badge)
	v.env = &held
	token, err := seal.Parse(badge, bonafide.TypeCredential)
	if err != nil {
		return "", err
	}
	return token.Issuer()
}

// rules puts the mechanisms beside the tables: each version that a table of levels needs for the inputs,
// and whatever --from names.
func (c *converting) rules(ctx context.Context, client *fetch.Client, tables []bonafide.Table, inputs []conversion.Input) ([]conversion.Rule, error) {
	given, err := readFiles[bonafide.Mechanism](c.from)
	if err != nil {
		return nil, err
	}
	var rules []conversion.Rule
	for _, table := range tables {
		if err := conversion.Check(&table, nil, nil); err != nil {
			return nil, err
		}
		hash, err := bonafide.Hash(table)
		if err != nil {
			return nil, err
		}
		rules = append(rules, conversion.Rule{Table: table, Hash: hash})
		for _, input := range inputs {
			s := input.Status
			if s.Mechanism != table.From.Mechanism || !slices.Contains(table.From.Versions, s.Version) {
				continue
			}
			i := slices.IndexFunc(given, func(m bonafide.Mechanism) bool { return m.ID == s.Mechanism && m.Version == s.Version })
			switch {
			case i >= 0:
				rules = append(rules, conversion.Rule{Table: table, Hash: hash, From: &given[i]})
			case table.Measure == nil:
				from, err := client.Mechanism(ctx, s.Mechanism, s.Version)
				if err != nil {
					return nil, judged(err)
				}
				rules = append(rules, conversion.Rule{Table: table, Hash: hash, From: from})
			}
		}
	}
	return rules, nil
}

// tell prints the explanation and chooses the exit code.
func (c *converting) tell(e *conversion.Explanation) error {
	if c.json {
		if err := sayJSON(c.stdout, e); err != nil {
			return err
		}
	} else {
		for _, line := range e.Lines(bonafide.Lang(c.lang)) {
			say(c.stdout, "%s", line)
		}
	}
	if e.Verdict == conversion.Converted {
		return nil
	}
	worst := exitNotRecognised
	for _, input := range e.Inputs {
		switch input.Reason {
		case bonafide.Revoked, bonafide.NotCurrent:
			return &exitError{code: exitNotCurrent}
		case bonafide.Paused:
			worst = exitUndecided
		}
	}
	return &exitError{code: worst}
}

// readMechanism reads a mechanism from a file, nil for no file.
func readMechanism(path string) (*bonafide.Mechanism, error) {
	if path == "" {
		return nil, nil
	}
	read, err := readFiles[bonafide.Mechanism]([]string{path})
	if err != nil {
		return nil, err
	}
	return &read[0], nil
}

func newConversionCommand(e *env) *cobra.Command {
	c := &checking{env: e}
	check := &cobra.Command{
		Use:   "check TABLE...",
		Short: "Compare tables with their mechanisms, and name the faulty row",
		Long: `Checks that each table, a file, holds together and fits the mechanism that it converts, which the issuer's site is asked
for. With --from the mechanism is read from a file instead, and with --offline that part is left out. Whether the
table gives levels that your own mechanism has is looked at if --to names its file.`,
		Example: "  bonafide conversion check table.json --to seller.json",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	check.Flags().StringVar(&c.from, "from", "", "file with the mechanism that the table converts")
	check.Flags().StringVar(&c.to, "to", "", "file with your own mechanism, whose levels it gives")
	check.Flags().BoolVar(&c.offline, "offline", false, "don't visit the issuer")
	check.Flags().BoolVar(&c.local, "local", false, "visit sites under .localhost, over http (for the demo)")
	return group("conversion", "Check conversion tables, which say what badges from elsewhere count for", check)
}

// checking is one run of conversion check.
type checking struct {
	*env
	from, to       string
	offline, local bool
}

func (c *checking) run(ctx context.Context, paths []string) error {
	to, err := readMechanism(c.to)
	if err != nil {
		return err
	}
	for _, path := range paths {
		tables, err := readFiles[bonafide.Table]([]string{path})
		if err != nil {
			return err
		}
		table := &tables[0]
		from, err := c.fromOf(ctx, table)
		if err != nil {
			return err
		}
		if err := conversion.Check(table, from, to); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		say(c.stdout, "%s: holds together", path)
		c.compared("fits", table.From.Mechanism, from)
		c.compared("gives levels of", table.To.Mechanism, to)
	}
	return nil
}

// fromOf returns the mechanism that the table converts, nil if it is to be left out.
func (c *checking) fromOf(ctx context.Context, table *bonafide.Table) (*bonafide.Mechanism, error) {
	if c.from != "" || c.offline {
		return readMechanism(c.from)
	}
	client, err := fetch.New(fetch.Config{Local: c.local, Now: c.now})
	if err != nil {
		return nil, err
	}
	return client.Mechanism(ctx, table.From.Mechanism, 0)
}

// compared says that a mechanism was compared with the table, or that it wasn't.
func (c *checking) compared(how, address string, m *bonafide.Mechanism) {
	if m == nil {
		say(c.stdout, "  not checked: %s", address)
		return
	}
	say(c.stdout, "  %s %s, version %d", how, address, m.Version)
}
