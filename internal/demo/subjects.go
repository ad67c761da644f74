package demo

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"bonafide.example"
)

// subject describes a site to the conformance suite.
type subject struct {
	Name     string          `json:"name"`
	Version  string          `json:"version"`
	Origin   bonafide.Origin `json:"origin"`
	Admin    subjectAdmin    `json:"admin"`
	Clock    string          `json:"clock"`
	Accounts subjectAccounts `json:"accounts"`
	Issuer   *subjectIssuer  `json:"issuer,omitzero"`
	Verifier *subjectImports `json:"verifier,omitzero"`
}

// subjectAdmin says where the administration is.
type subjectAdmin struct {
	Address string `json:"address"`
}

// subjectAccounts says what signs an account in; {id} stands for its id.
type subjectAccounts struct {
	Headers map[string]string `json:"headers"`
}

// subjectIssuer says what is judged of an issuer: a mechanism whose rule is share, and which buttons of the consent
// page allow and decline, by their names and values.
type subjectIssuer struct {
	Mechanism string                       `json:"mechanism"`
	Consent   map[string]map[string]string `json:"consent"`
}

// subjectImports says what is judged of a verifier: the mechanism whose levels imports count for, and what the
// form posts to that starts one, and that which deletes all.
type subjectImports struct {
	Mechanism string      `json:"mechanism"`
	Start     string      `json:"start"`
	Erase     subjectForm `json:"erase"`
}

// subjectForm is a form with what it sends.
type subjectForm struct {
	Address string            `json:"address"`
	Form    map[string]string `json:"form"`
}

// subject returns what the files of both sites have.
func (c *Control) subject(p *Place) subject {
	s := subject{
		Name: "Bonafide", Version: "unknown", Origin: p.Origin,
		Admin: subjectAdmin{"unix:" + p.admin.Addr().String()}, Clock: string(c.Origin) + clockPath,
		Accounts: subjectAccounts{map[string]string{judgedHeader: "{id}"}},
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		s.Version = cmp.Or(build.Main.Version, s.Version)
	}
	return s
}

// Subjects are the files that describe the sites of a judged world to the conformance suite, by their paths.
type Subjects struct {
	Bazar  string // judged as an issuer
	Outils string // judged as a verifier
}

// WriteSubjects writes the files into a folder, which it makes if there is none. Everything listens by now, so
// that whoever finds a file may begin; each appears whole.
func (c *Control) WriteSubjects(folder string) (*Subjects, error) {
	bazar, outils := c.subject(c.world.Bazar), c.subject(c.world.Outils)
	bazar.Issuer = &subjectIssuer{c.world.Bazar.Mechanisms[0].ID, map[string]map[string]string{
		"allow": {"decision": "allow"}, "decline": {"decision": "decline"},
	}}
	outils.Verifier = &subjectImports{c.world.Outils.Mechanisms[0].ID, "/import/start", subjectForm{"/standing/erase", map[string]string{"sure": "yes"}}}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	s := &Subjects{filepath.Join(folder, "bazar.json"), filepath.Join(folder, "outils.json")}
	if err := errors.Join(writeSubject(s.Bazar, bazar), writeSubject(s.Outils, outils)); err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	return s, nil
}

func writeSubject(path string, s subject) error {
	text, err := bonafide.MarshalJSON(s)
	if err != nil {
		return err
	}
	aside := path + ".new"
	if err := os.WriteFile(aside, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(aside, path)
}

// Remove removes the files.
func (s *Subjects) Remove() error {
	var failures []error
	for _, path := range []string{s.Bazar, s.Outils} {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Commands prints how to have the sites judged.
func (s *Subjects) Commands(out io.Writer) {
	fmt.Fprintf(out, "The sites are ready to be judged:\n    bonafide-conformance issuer %s\n    bonafide-conformance verifier %s\n\n", s.Bazar, s.Outils)
}
