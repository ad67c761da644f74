package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"github.com/spf13/cobra"
)

// addFlags gives the command the flags of the settings and the function that reads them all.
func addFlags(e *env, cmd *cobra.Command) func() (*settings, error) {
	var flags settings
	file := cmd.Flags().String("config", "", "JSON file with the settings below")
	cmd.MarkFlagFilename("config", "json") // it fails only for a flag that the command doesn't have
	for _, f := range flags.all() {
		usage := f.usage
		if f.usual != "" {
			usage += fmt.Sprintf(" (default %s)", f.usual)
		}
		switch {
		case f.text != nil:
			cmd.Flags().StringVar(f.text, f.name, "", usage)
		case f.list != nil:
			cmd.Flags().StringSliceVar(f.list, f.name, nil, usage)
		default:
			cmd.Flags().IntVar(f.number, f.name, 0, usage)
		}
		if f.choices != nil {
			completes(cmd, f.name, f.choices...)
		}
	}
	return func() (*settings, error) {
		path := *file
		if path == "" {
			path = e.getenv("BONAFIDE_CONFIG")
		}
		s, err := readSettings(path)
		if err != nil {
			return nil, err
		}
		given := flags.all()
		for i, to := range s.all() {
			if err := s.take(to, given[i], cmd.Flags().Changed(to.name), e.getenv(variable(to.name))); err != nil {
				return nil, err
			}
		}
		s.runtime = e.getenv("XDG_RUNTIME_DIR")
		return s, nil
	}
}

// addSiteFlags does so for a command that only has to find a site. The flags that don't say where the site is count too, where
// no server runs and the site is opened.
func addSiteFlags(e *env, cmd *cobra.Command) func() (*settings, error) {
	return addFewFlags(e, cmd, "store", "admin")
}

// addFewFlags does so for a command whose help shows these flags alone; it takes all.
func addFewFlags(e *env, cmd *cobra.Command, shown ...string) func() (*settings, error) {
	read := addFlags(e, cmd)
	for _, f := range new(settings).all() {
		if !slices.Contains(shown, f.name) {
			cmd.Flags().MarkHidden(f.name) // it fails only for a flag that the command doesn't have
		}
	}
	cmd.Flag("config").Usage = "JSON file with the site's settings, each of which is a flag, too (see: bonafide serve --help)"
	return read
}

// Where a setting came from, but for a file, which is named.
const (
	fromFlag    = "flag"
	fromDefault = "default"
)

// take sets one of the settings from its flag if that was given, else from the environment's text, else leaves what
// the file says, else sets the usual.
func (s *settings) take(to, flag setting, flagged bool, environment string) error {
	switch {
	case flagged:
		s.from[to.name] = fromFlag
		switch {
		case to.text != nil:
			*to.text = *flag.text
		case to.list != nil:
			*to.list = *flag.list
		default:
			*to.number = *flag.number
		}
		return nil
	case environment != "":
		s.from[to.name] = variable(to.name)
		return to.set(environment)
	case s.from[to.name] == "" && to.usual != "":
		s.from[to.name] = fromDefault
		return to.set(to.usual)
	}
	return nil
}

// set takes a setting from text.
func (to setting) set(text string) (err error) {
	switch {
	case to.text != nil:
		*to.text = text
	case to.list != nil:
		*to.list = strings.Split(text, ",")
	default:
		if *to.number, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%s %q is not a number", variable(to.name), text)
		}
	}
	return nil
}

// readSettings reads a settings file; "" is none.
func readSettings(path string) (*settings, error) {
	s := &settings{from: map[string]string{}}
	if path == "" {
		return s, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	from := s.from
	if *s, err = bonafide.Parse[settings](data); err != nil {
		return nil, fmt.Errorf("%s: %w%s", path, err, meant(err))
	}
	fields, err := bonafide.Parse[map[string]any](data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, of := range s.all() {
		if _, ok := fields[key(of.name)]; ok {
			from[of.name] = path
		}
	}
	s.from, s.folder = from, filepath.Dir(path)
	s.resolve()
	return s, nil
}

// key is what a setting is called in a settings file.
func key(name string) string { return strings.ReplaceAll(name, "-", "_") }

// meant names the setting that an unknown field of a settings file was most likely meant to be, "" if it is far from each.
func meant(err error) string {
	var own *bonafide.Error
	if !errors.As(err, &own) || own.Code != bonafide.UnknownField {
		return ""
	}
	const most = 2 // letters that are wrong, missing or too many
	given, nearest, least := strings.TrimPrefix(own.Subject, "/"), "", most+1
	for _, of := range new(settings).all() {
		if d := distance(given, key(of.name)); d < least {
			nearest, least = key(of.name), d
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean: %s", nearest)
}

// distance returns how many letters must be changed, added or left out to make one word of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
