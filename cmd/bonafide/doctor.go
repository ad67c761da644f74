package main

import (
	"context"
	"errors"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/doctor"
	"bonafide.example/internal/fetch"
	"github.com/spf13/cobra"
)

// exitFaults is doctor's own: it ran, and found something to mend.
const exitFaults = 2

func newDoctorCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Look at a running site from outside: name each fault, and how to mend it",
		Long: `Looks at a site as its peers and visitors do: names and certificates, its signed documents, keys,
status lists, headers, and what a proxy in front of it may have done to them. Name a badge of the site in
the place of its address, and the badge, its list and its pictures are looked at too. Nothing is changed.

Exit codes: 0 all is well · 1 could not run · 2 faults were found.`,
		Example: "  bonafide doctor https://shop.example\n  bonafide doctor https://shop.example/b/2v8kq5",
		Args:    cobra.ExactArgs(1),
	}
	asJSON := cmd.Flags().Bool("json", false, "print the report as one JSON object")
	local := cmd.Flags().Bool("local", false, "visit sites under .localhost, over http (for the demo)")
	headers := cmd.Flags().StringSlice("sign-in-header", doctor.SignInHeaders, "headers in which the proxy might name who is signed in")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		client, err := fetch.New(fetch.Config{Local: *local, Now: e.now})
		if err != nil {
			return err
		}
		config := doctor.Config{Headers: *headers, Fetch: client, Now: e.now}
		address := strings.TrimSuffix(args[0], "/")
		if config.Site, err = bonafide.OriginOf(address); err != nil {
			return err
		}
		if strings.HasPrefix(string(config.Site), "http://") && !*local {
			return errors.New("names under .localhost are for demonstrations; add --local")
		}
		if address != string(config.Site) {
			config.Badge = fetch.BadgeAddress(address)
		}
		return runDoctor(cmd.Context(), e, config, *asJSON)
	}
	return cmd
}

// runDoctor examines the site and prints what was found, faults first.
func runDoctor(ctx context.Context, e *env, config doctor.Config, asJSON bool) error {
	report, err := doctor.Examine(ctx, config)
	if err != nil {
		return err
	}
	faults := report.Count(doctor.Fault)
	if asJSON {
		if err := sayJSON(e.stdout, report); err != nil {
			return err
		}
	} else {
		say(e.stdout, "%s: faults %d, well %d, not checked %d", report.Site, faults, report.Count(doctor.Well), report.Count(doctor.Unchecked))
		for _, result := range []doctor.Result{doctor.Fault, doctor.Well, doctor.Unchecked} {
			for _, f := range report.Findings {
				if f.Result == result {
					say(e.stdout, "%s", inOneLine(f))
				}
			}
		}
	}
	if faults > 0 {
		return &exitError{code: exitFaults}
	}
	return nil
}

// inOneLine says what was found, and how to mend it.
func inOneLine(f doctor.Finding) string {
	result := string(f.Result)
	if f.Result == doctor.Unchecked {
		result = "not checked"
	}
	line := result + ": " + f.Check + ": " + f.What
	if f.Mend != "" {
		line += " · mend: " + f.Mend
	}
	return line
}
