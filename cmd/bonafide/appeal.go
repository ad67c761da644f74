package main

import (
	"context"
	"crypto/rand"
	"os"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"bonafide.example/vouching/court"
	"github.com/spf13/cobra"
)

func newAppealCommand(e *env) *cobra.Command {
	cmd := group("appeal", "Contest a fault, and rule on it", newAppealFileCommand(e), newAppealRuleCommand(e),
		newAppealSignCommand(e), newAppealDeliverCommand(e))
	cmd.Long = `A member contests a reported fault within 14 days, on the site's pages from /cases on. Then an arbiter rules
within 60 days, or the report is void. Who may be the arbiter is published with the mechanism: the site
itself (appeal rule), or somebody elsewhere with a key of their own (appeal sign), whose ruling is brought
to the site by whomever (appeal deliver).`
	return cmd
}

func newAppealFileCommand(e *env) *cobra.Command {
	var words string
	cmd := &cobra.Command{
		Use:     "file CASE --words WORDS",
		Short:   "Contest a fault on the member's behalf",
		Long:    "Contests the fault of CASE for the member, who asked for it in some other way than on the site's pages.",
		Example: "  bonafide appeal file 4f1c… --words 'The parcel was never sent to me.' --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringVar(&words, "words", "", "what the member says, for the arbiter to read")
	needs(cmd, "words")
	return errand[court.Case]{e, func(args []string) (request, error) {
		return posting(map[string]string{"words": words}, "cases", args[0], "appeal"), nil
	}, e.tellCase}.command(cmd)
}

// decided is what an arbiter decides, as the flags say it.
type decided struct {
	uphold, reverse bool
	class, reason   string
}

func (d *decided) addFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&d.uphold, "uphold", false, "the fault is as it was reported")
	cmd.Flags().StringVar(&d.class, "lower", "", "it is of this class, which costs less")
	cmd.Flags().BoolVar(&d.reverse, "reverse", false, "there was none, also if it was final already")
	cmd.Flags().StringVar(&d.reason, "reason", "", "why, for the member to read")
	cmd.MarkFlagsOneRequired("uphold", "lower", "reverse")
	cmd.MarkFlagsMutuallyExclusive("uphold", "lower", "reverse")
	needs(cmd, "reason")
}

func (d *decided) decision() bonafide.Decision {
	switch {
	case d.uphold:
		return bonafide.Uphold
	case d.reverse:
		return bonafide.Reverse
	default:
		return bonafide.Lower
	}
}

func newAppealRuleCommand(e *env) *cobra.Command {
	var d decided
	cmd := &cobra.Command{
		Use:   "rule CASE --uphold|--lower CLASS|--reverse --reason WORDS",
		Short: "Rule as the site's own arbiter",
		Long: `Rules on CASE with the site's own key, if the mechanism lets the site be its own arbiter. A fault that is
final already can still be reversed: then all is as if it had never been.`,
		Example: "  bonafide appeal rule 4f1c… --lower late --reason 'It arrived, a month late.' --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	d.addFlags(cmd)
	return errand[court.Case]{e, func(args []string) (request, error) {
		body := map[string]string{"decision": string(d.decision()), "reason": d.reason}
		if d.class != "" {
			body["class"] = d.class
		}
		return posting(body, "cases", args[0], "ruling"), nil
	}, e.tellCase}.command(cmd)
}

// signing is one run of appeal sign.
type signing struct {
	*env
	decided
	arbiter, site, keys string
	passphraseFile      string
	days                int
}

func newAppealSignCommand(e *env) *cobra.Command {
	s := &signing{env: e}
	cmd := &cobra.Command{
		Use:   "sign CASE --arbiter ORIGIN --keys FOLDER --for ORIGIN --uphold|--lower CLASS|--reverse --reason WORDS",
		Short: "Sign a ruling as an arbiter elsewhere, and print it",
		Long: `Signs, with the key of the arbiter at --arbiter, a ruling on the CASE of the site at --for, and prints it on
one line. Nothing is sent and no store is opened: bring it to that site with bonafide appeal deliver, or in
the form field ruling of a POST to its /rulings. The site finds the arbiter's key at the arbiter's origin,
in /.well-known/did.json.`,
		Example: "  bonafide appeal sign 4f1c… --arbiter https://arbiter.example --keys keys --for https://shop.example \\\n" +
			"    --uphold --reason 'Both sides were heard; nothing was delivered.' > ruling.jwt",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args[0]) },
	}
	s.addFlags(cmd)
	cmd.Flags().StringVar(&s.arbiter, "arbiter", "", "the arbiter's origin")
	cmd.Flags().StringVar(&s.keys, "keys", "", "folder of the arbiter's keys (see: bonafide keys new)")
	cmd.Flags().StringVar(&s.passphraseFile, "passphrase-file", "", "file with their passphrase, if they are encrypted (or "+passphraseVariable+")")
	cmd.Flags().StringVar(&s.site, "for", "", "the origin of the site where the fault was reported")
	cmd.Flags().IntVar(&s.days, "days", 30, "for how many days it may be delivered, at most 60")
	needs(cmd, "arbiter", "keys", "for")
	return cmd
}

func (s *signing) run(ctx context.Context, id string) error {
	arbiter, err := bonafide.ParseOrigin(s.arbiter)
	if err != nil {
		return err
	}
	audience, err := bonafide.ParseOrigin(s.site)
	if err != nil {
		return err
	}
	now := s.now().UTC()
	ruling := bonafide.Ruling{
		Issuer: arbiter, Audience: audience, ID: rand.Text(), IssuedAt: bonafide.SecondsOf(now),
		Expires: bonafide.SecondsOf(now.AddDate(0, 0, s.days)), Case: id, Decision: s.decision(), Class: s.class, Reason: s.reason,
	}
	if err := ruling.Check(audience, now); err != nil {
		return err
	}
	sealer, err := arbiterSealer(arbiter, site.KeyFolder{Path: s.keys, Passphrase: s.passphrase(s.passphraseFile), Now: s.now})
	if err != nil {
		return err
	}
	token, err := sealer.Seal(ctx, bonafide.TypeRuling, &ruling)
	if err == nil {
		say(s.stdout, "%s", token)
	}
	return err
}

// arbiterSealer returns what signs with the key in the folder that is published at the origin.
func arbiterSealer(origin bonafide.Origin, folder site.KeyFolder) (*seal.Sealer, error) {
	keys, err := site.LoadKeys(folder)
	if err != nil {
		return nil, missingKeys(err, folder.Path)
	}
	return seal.ForOrigin(origin, keys.Credential)
}

func newAppealDeliverCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deliver RULING",
		Short: "Bring the site an arbiter's ruling: the token, a file with it, or - for standard input",
		Long: `Brings the site a ruling that its arbiter signed. The site visits the arbiter for the key. A ruling that was
taken before changes nothing.`,
		Example: "  bonafide appeal deliver ruling.jwt --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	return errand[court.Case]{e, func(args []string) (request, error) {
		token, err := e.readToken(args[0])
		return posting(map[string]string{"ruling": token}, "rulings"), err
	}, e.tellCase}.command(cmd)
}

// readToken returns what is given as a token itself, as a file, or as - for standard input.
func (e *env) readToken(given string) (string, error) {
	if _, err := os.Stat(given); err != nil && strings.Count(given, ".") == 2 {
		return given, nil
	}
	return e.read(given)
}
