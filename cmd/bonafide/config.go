package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/site"
	"github.com/spf13/cobra"
)

func newConfigCommand(e *env) *cobra.Command {
	return group("config", "Print and check the settings of a site", newConfigPrintCommand(e), newConfigCheckCommand(e))
}

func newConfigPrintCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the settings in force, and where each came from",
		Long: `Prints every setting that holds, and whether it came from a flag, from the environment, from the settings file or
is the default. Passwords in addresses are hidden.`,
		Example: "  bonafide config print --config site.json",
		Args:    cobra.NoArgs,
	}
	read := addFlags(e, cmd)
	raw := cmd.Flags().Bool("json", false, "print them as JSON")
	cmd.RunE = func(*cobra.Command, []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		if *raw {
			return sayJSON(e.stdout, s.shown())
		}
		lines := newTable(e.stdout)
		for _, of := range s.shown() {
			lines.row(of.Name, of.Value, of.From)
		}
		return lines.end()
	}
	return cmd
}

// shownSetting is a setting as it is printed.
type shownSetting struct {
	Name  string `json:"name"`
	Value string `json:"value"` // without passwords; the items of a list are parted by commas
	From  string `json:"from"`  // flag, default, a variable's name or a file's
}

// shown returns the settings that hold.
func (s *settings) shown() (all []shownSetting) {
	for _, of := range s.all() {
		if s.from[of.name] == "" {
			continue
		}
		value := ""
		switch {
		case of.text != nil:
			value = withoutPassword(*of.text)
		case of.list != nil:
			value = strings.Join(*of.list, ",")
		default:
			value = strconv.Itoa(*of.number)
		}
		all = append(all, shownSetting{of.name, value, s.from[of.name]})
	}
	return all
}

// secret matches the password in an address: before the host, or as a parameter, where PostgreSQL takes it too.
var secret = regexp.MustCompile(`(://[^/?#@:]*:)[^/?#]*(@)|([?&]password=)[^&#]*`)

// withoutPassword hides the password in an address, and leaves all else as it is.
func withoutPassword(text string) string { return secret.ReplaceAllString(text, "${1}${3}xxxxx$2") }

func newConfigCheckCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the settings of a site without starting it",
		Long: `Reads the settings and all that they name, keys, mechanisms and tables, and says all that is wrong with them.
serve checks the same before it listens. The store isn't opened, so that a site may be checked while it runs.`,
		Example: "  bonafide config check --config site.json",
		Args:    cobra.NoArgs,
	}
	read := addFlags(e, cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		if _, err := s.check(e, slog.New(slog.DiscardHandler), openKeys); err != nil {
			return err
		}
		say(e.stdout, "These settings are good.")
		return nil
	}
	return cmd
}

// openKeys opens the keys of a site, and unlike [site.LoadKeys] makes none that is missing.
func openKeys(f site.KeyFolder) (site.Keys, error) {
	_, err := keyfolder.Open(keyfolder.Config{Path: f.Path, Passphrase: f.Passphrase, Now: f.Now})
	return site.Keys{}, err
}

// check returns the site that the settings describe, but for its store, and tells all that is wrong with them.
func (s *settings) check(e *env, log *slog.Logger, load func(site.KeyFolder) (site.Keys, error)) (site.Config, error) {
	if err := s.complete(); err != nil {
		return site.Config{}, err
	}
	config, err := s.config(e, log, load)
	wrong := []error{err, s.checkListen(), s.checkCertificate(), s.checkStore()}
	if _, err := s.drain(); err != nil {
		wrong = append(wrong, err)
	}
	if err := bonafide.CheckName("name", config.Name); config.Origin != "" && err != nil {
		wrong = append(wrong, err)
	}
	for _, m := range config.Mechanisms {
		wrong = append(wrong, m.Validate())
		if config.Origin != "" && m.Origin() != config.Origin {
			wrong = append(wrong, bonafide.Errorf(bonafide.BadMechanism, m.ID, "is not on %s", config.Origin))
		}
		if m.Rule.Host != nil && config.Standing == nil {
			wrong = append(wrong, bonafide.Errorf(bonafide.BadMechanism, m.ID, "leaves its rule to the host; say where to ask it with --status-url"))
		}
	}
	if s.Contest != "" {
		wrong = append(wrong, site.CheckContest(s.Contest, config.Local))
	}
	if s.StatusURL != "" && !strings.Contains(s.StatusURL, "{user}") {
		wrong = append(wrong, fmt.Errorf("--status-url %s asks the same about everybody; put {user} where the member's id goes", withoutPassword(s.StatusURL)))
	}
	for _, t := range config.Tables {
		wrong = append(wrong, t.Validate())
	}
	return config, together(wrong...)
}

// together returns the errors as one; nil if there is none.
func together(all ...error) error {
	all = slices.DeleteFunc(all, func(err error) bool { return err == nil })
	if len(all) == 0 {
		return nil
	}
	return several(all)
}

// several is some errors, told in one line.
type several []error

func (s several) Error() string {
	texts := make([]string, len(s))
	for i, err := range s {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

func (s several) Unwrap() []error { return s }

// checkListen tells whether the site can listen where it is to, as far as that shows without trying.
func (s *settings) checkListen() error {
	_, port, err := net.SplitHostPort(s.Listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("listen %q is not an address such as 127.0.0.1:8080", s.Listen)
	}
	return nil
}

// checkCertificate tells whether https can be spoken as the settings ask for it, as far as that shows without asking an authority.
func (s *settings) checkCertificate() error {
	switch {
	case s.Plain != "" && !s.encrypts():
		return fmt.Errorf("--plain-listen %s sends visitors to https, which there is only with --acme or --tls-cert", s.Plain)
	case s.ACME == "" && s.Directory+s.Email+s.Account != "":
		return errors.New("--acme-directory, --acme-email and --acme-account are for certificates got by ACME; say with --acme where to keep them")
	case s.ACME != "" && s.Certificate != "":
		return errors.New("the certificate comes by --acme or from --tls-cert, not from both")
	case (s.Certificate == "") != (s.CertificateKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case s.encrypts() && !strings.HasPrefix(s.Origin, "https://"):
		return fmt.Errorf("a certificate is for https, and the origin %s is not", s.Origin)
	case s.Directory != "" && !strings.HasPrefix(s.Directory, "https://"):
		return fmt.Errorf("--acme-directory %s is no address of https", s.Directory)
	}
	if !s.encrypts() {
		return nil
	}
	_, _, err := s.certified(slog.New(slog.DiscardHandler))
	return err
}

// checkStore tells whether the store is where one can be.
func (s *settings) checkStore() error {
	if inDatabase(s.Store) {
		return nil
	}
	return checkFile(s.Store)
}
