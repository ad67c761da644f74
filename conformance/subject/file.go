// Package subject reaches a site that is judged: by the subject file that describes it, as a visitor's browser, as its
// administrator, and through its clock.
package subject

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// File describes a site. The README of the program says what each field means.
type File struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Origin   string    `json:"origin"`
	Admin    Admin     `json:"admin"`
	Clock    string    `json:"clock"`   // an address; "": its time can't be moved
	Servers  int       `json:"servers"` // how many answer for the site; 0: one
	Accounts Accounts  `json:"accounts"`
	Issuer   *Issuer   `json:"issuer"`   // nil: it isn't one
	Verifier *Verifier `json:"verifier"` // nil: it isn't one
}

// Admin is where the site takes administration.
type Admin struct {
	Address string            `json:"address"` // http://127.0.0.1:9000, or unix:PATH of a socket
	Headers map[string]string `json:"headers"`
}

// Accounts is how the suite comes by accounts and their sessions. {id} stands for an account's id.
type Accounts struct {
	IDs     []string          `json:"ids"`     // nil: the suite may invent them
	Headers map[string]string `json:"headers"` // sent with each request of the account
	SignIn  *Filled           `json:"sign_in"` // nil: the headers are enough
}

// Filled is a form with what it sends. One that signs in is posted once for an account, whose session is the cookies that come.
type Filled struct {
	Address string            `json:"address"`
	Form    map[string]string `json:"form"`
}

// Issuer is what is to be known of an issuer.
type Issuer struct {
	Mechanism string `json:"mechanism"` // the address of one whose rule is a share, and whose events the administration takes
	Consent   struct {
		Allow   map[string]string `json:"allow"`   // the button of the consent page's form: its name and value
		Decline map[string]string `json:"decline"` // the same
	} `json:"consent"`
}

// Verifier is what is to be known of a verifier.
type Verifier struct {
	Mechanism string  `json:"mechanism"` // the address of its own, of which conversion gives levels
	Start     string  `json:"start"`     // the action of the form that starts an import, on the page at initiate_import_uri
	Erase     *Filled `json:"erase"`     // by which an account has all that is held on it deleted; nil: not judged
}

// readFile reads a subject file.
func readFile(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f); err != nil {
		return nil, fmt.Errorf("%s is no subject file: %w", path, err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// check names the first thing that is missing or out of form.
func (f *File) check() error {
	u, err := url.Parse(f.Origin)
	switch {
	case err != nil || u.Host == "" || u.Path != "":
		return fmt.Errorf("origin: %q is no origin such as https://shop.example", f.Origin)
	case f.Servers < 0:
		return fmt.Errorf("servers: %d can't answer", f.Servers)
	case f.Issuer == nil && f.Verifier == nil:
		return errors.New("it has neither issuer nor verifier, so there is nothing to judge")
	case f.Accounts.IDs != nil && len(f.Accounts.IDs) < minAccounts:
		return fmt.Errorf("accounts.ids: at least %d are needed, or none at all if the suite may invent them", minAccounts)
	case f.Accounts.SignIn == nil && len(f.Accounts.Headers) == 0:
		return errors.New("accounts: neither headers nor sign_in says how an account is signed in")
	case f.Issuer != nil && f.Issuer.Mechanism == "":
		return errors.New("issuer.mechanism: is missing")
	case f.Issuer != nil && (len(f.Issuer.Consent.Allow) == 0 || len(f.Issuer.Consent.Decline) == 0):
		return errors.New("issuer.consent: allow and decline are the name and value of the buttons of the consent page")
	case f.Verifier != nil && (f.Verifier.Mechanism == "" || f.Verifier.Start == ""):
		return errors.New("verifier: mechanism or start is missing")
	case f.Verifier != nil && f.Verifier.Erase != nil && f.Verifier.Erase.Address == "":
		return errors.New("verifier.erase: address is missing")
	}
	return nil
}

// minAccounts is how many accounts a site must have at least, where the suite may not invent them.
const minAccounts = 4
