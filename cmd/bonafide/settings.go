package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"bonafide.example/issuer"
)

// settings say which site a command is about. They come from a file (--config), then from the
// environment (BONAFIDE_ and the name in capitals), then from flags, the later winning.
type settings struct {
	Origin     string   `json:"origin"`
	Name       string   `json:"name"`
	Roles      []string `json:"roles"`
	Keys       string   `json:"keys"`
	Passphrase string   `json:"passphrase_file"`
	Store      string   `json:"store"`
	Admin      string   `json:"admin"`
	Listen     string   `json:"listen"`
	Mechanisms []string `json:"mechanisms"`
	Tables     []string `json:"tables"`
	StatusURL  string   `json:"status_url"`
	Admission  string   `json:"admission"`
	Admitted   []string `json:"admitted"`
	Believes   []string `json:"believes"`
	Header     string   `json:"sign_in_header"`
	NameHeader string   `json:"sign_in_name_header"`
	SignInPage string   `json:"sign_in_page"`
	Proxies    []string `json:"proxies"`
	Contest    string   `json:"contest"`
	ACME       string   `json:"acme"`
	Directory  string   `json:"acme_directory"`
	Email      string   `json:"acme_email"`
	Account    string   `json:"acme_account"`
	Plain      string   `json:"plain_listen"`
	Drain      string   `json:"drain"`
	AtWork     int      `json:"at_work"`
	PerNetwork int      `json:"per_network"`
	PerAccount int      `json:"per_account"`

	Certificate    string `json:"tls_cert"`
	CertificateKey string `json:"tls_key"`
	Figures        string `json:"metrics_listen"`

	folder  string            // that relative paths of the file start from
	awkward bool              // see package awkward
	runtime string            // the user's folder for what runs; "": none
	from    map[string]string // where each setting came from, by its name
}

// setting is one of the settings as the environment and the command line know it.
type setting struct {
	name, usage string
	text        *string // one of these three
	list        *[]string
	number      *int
	usual       string   // what holds where nothing is given; "": nothing
	choices     []string // what it may be; nil: anything
}

func (s *settings) all() []setting {
	return []setting{
		{name: "origin", usage: "the site's address, such as https://shop.example", text: &s.Origin},
		{name: "name", usage: "what people call the site", text: &s.Name},
		{name: "roles", usage: "issuer (publishes badges), verifier (counts those of other sites) or both, comma-separated", list: &s.Roles, choices: []string{"issuer", "verifier"}},
		{name: "keys", usage: "folder of the site's keys (see: bonafide keys new)", text: &s.Keys},
		{name: "passphrase-file", usage: "file with the passphrase of encrypted keys (or BONAFIDE_PASSPHRASE)", text: &s.Passphrase},
		{name: "store", usage: "file of the site's store, or postgres://USER@HOST/DATABASE, which several servers may share", text: &s.Store},
		{name: "admin", usage: "socket for administration (default: beside the store's file; else bonafide.sock in $XDG_RUNTIME_DIR or here)", text: &s.Admin},
		{name: "listen", usage: "address to listen on, behind a proxy that speaks https", text: &s.Listen, usual: "127.0.0.1:8080"},
		{name: "mechanisms", usage: "files of the site's mechanisms: what levels its members have, and how they reach them", list: &s.Mechanisms},
		{name: "tables", usage: "files of the site's conversion tables: what badges from elsewhere count for here", list: &s.Tables},
		{name: "status-url", usage: "where the site's own program tells what it knows of a member, such as http://127.0.0.1:9000/rating/{user}", text: &s.StatusURL},
		{name: "admission", usage: "which verifiers the issuer answers: open or listed", text: &s.Admission, usual: issuer.AdmitOpen, choices: []string{issuer.AdmitOpen, issuer.AdmitListed}},
		{name: "admitted", usage: "with --admission listed: the verifiers that are answered, such as https://forum.example", list: &s.Admitted},
		{name: "believes", usage: "sites whose word is taken on faults of people whom members referred there, such as https://forum.example", list: &s.Believes},
		{name: "sign-in-header", usage: "request header in which the proxy gives the id of who is signed in", text: &s.Header},
		{name: "sign-in-name-header", usage: "request header in which the proxy gives their name, for others to see in place of the id; UTF-8, percent-encoded or as it is", text: &s.NameHeader},
		{name: "sign-in-page", usage: "page where members sign in; return=PATH, where they are sent back to, is added to it", text: &s.SignInPage},
		{name: "proxies", usage: "address ranges of the proxies in front, whose headers are believed, such as 127.0.0.1/32", list: &s.Proxies},
		{name: "acme", usage: "folder for certificates got by ACME, without a proxy: --listen then speaks https (the authority's terms are taken as agreed to)", text: &s.ACME},
		{name: "acme-directory", usage: "with --acme: the authority's directory, instead of that of Let's Encrypt", text: &s.Directory},
		{name: "acme-email", usage: "with --acme: where the authority may write to", text: &s.Email},
		{name: "acme-account", usage: "with --acme: file with key id and key of an account made with the authority beforehand", text: &s.Account},
		{name: "tls-cert", usage: "file with the certificate and its chain in PEM, without a proxy: --listen then speaks https; read again when it changes", text: &s.Certificate},
		{name: "tls-key", usage: "with --tls-cert: file with its key in PEM", text: &s.CertificateKey},
		{name: "plain-listen", usage: "with --acme or --tls-cert: address that sends http to https, such as :80", text: &s.Plain},
		{name: "metrics-listen", usage: "address that answers /metrics, for Prometheus, and nothing else, such as 127.0.0.1:9464", text: &s.Figures},
		{name: "drain", usage: "how long requests are still served after SIGTERM, for a proxy that asks /readyz to notice; 0s if there is none", text: &s.Drain, usual: "3s"},
		{name: "at-work", usage: "how many requests are worked at at once; light ones, such as pictures, aside", number: &s.AtWork, usual: "256"},
		{name: "per-network", usage: "how many requests a second one network may send; -1 sets no limit", number: &s.PerNetwork, usual: "50"},
		{name: "per-account", usage: "how many requests a second one member may send; -1 sets no limit", number: &s.PerAccount, usual: "20"},
		{name: "contest", usage: "address of a page where members contest their levels, such as https://shop.example/disputes (default: the site's own page, /contest)", text: &s.Contest},
	}
}

// resolve makes the paths of a settings file relative to its folder.
func (s *settings) resolve() {
	within := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(s.folder, path)
	}
	for _, path := range []*string{&s.Keys, &s.Passphrase, &s.Admin, &s.ACME, &s.Account, &s.Certificate, &s.CertificateKey} {
		*path = within(*path)
	}
	if !inDatabase(s.Store) {
		s.Store = within(s.Store)
	}
	for _, list := range [][]string{s.Mechanisms, s.Tables} {
		for i := range list {
			list[i] = within(list[i])
		}
	}
}

// complete tells whether everything that a site can't do without is given, and names what isn't.
func (s *settings) complete() error {
	var missing []string
	for _, need := range s.all() {
		switch need.name {
		case "origin", "keys", "store":
			if *need.text == "" {
				missing = append(missing, "--"+need.name)
			}
		case "roles":
			if len(*need.list) == 0 {
				missing = append(missing, "--"+need.name)
			}
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%s not given; give it by flag, as %s in the environment, or in a settings file (--config)",
		strings.Join(missing, ", "), variable(strings.TrimPrefix(missing[0], "--")))
}

// variable is what a setting is called in the environment.
func variable(name string) string {
	return "BONAFIDE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}
