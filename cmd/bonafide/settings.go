package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/awkward"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
	"github.com/spf13/cobra"
)

// settings say which site a command is about. They come from a file (--config), then from the
// environment (BONAFIDE_ and the name in capitals), then from flags, the later winning.
type settings struct {
	Origin     string   `json:"origin"`
	Name       string   `json:"name"`
	Roles      []string `json:"roles"`
	Keys       string   `json:"keys"`
	Store      string   `json:"store"`
	Listen     string   `json:"listen"`
	Mechanisms []string `json:"mechanisms"`
	Tables     []string `json:"tables"`
	StatusURL  string   `json:"status_url"`
	Admission  string   `json:"admission"`
	Admitted   []string `json:"admitted"`
	Believes   []string `json:"believes"`
	Header     string   `json:"sign_in_header"`
	SignInPage string   `json:"sign_in_page"`
	Proxies    []string `json:"proxies"`
	Contest    string   `json:"contest"`

	folder  string // that relative paths of the file start from
	awkward bool   // see package awkward
}

// setting is one of the settings as the environment and the command line know it.
type setting struct {
	name, usage string
	text        *string
	list        *[]string
}

func (s *settings) all() []setting {
	return []setting{
		{name: "origin", usage: "the site's address, such as https://shop.example", text: &s.Origin},
		{name: "name", usage: "what people call the site", text: &s.Name},
		{name: "roles", usage: "issuer, verifier or both, comma-separated", list: &s.Roles},
		{name: "keys", usage: "folder of the site's keys (see: bonafide keys new)", text: &s.Keys},
		{name: "store", usage: "file of the site's store", text: &s.Store},
		{name: "listen", usage: "address to listen on, behind a proxy that speaks https", text: &s.Listen},
		{name: "mechanisms", usage: "files of the site's mechanisms", list: &s.Mechanisms},
		{name: "tables", usage: "files of the site's conversion tables", list: &s.Tables},
		{name: "status-url", usage: "where the host tells a member's standing: http://127.0.0.1:9000/rating/{user}", text: &s.StatusURL},
		{name: "admission", usage: "which verifiers the issuer answers: open or listed", text: &s.Admission},
		{name: "admitted", usage: "origins of the verifiers admitted when listed", list: &s.Admitted},
		{name: "believes", usage: "origins of the sites whose word is taken on faults of people referred there", list: &s.Believes},
		{name: "sign-in-header", usage: "request header in which the proxy names who is signed in", text: &s.Header},
		{name: "sign-in-page", usage: "the host's sign-in page; return=PATH is added to it", text: &s.SignInPage},
		{name: "proxies", usage: "addresses of the proxies believed, such as 127.0.0.1/32", list: &s.Proxies},
		{name: "contest", usage: "address where members dispute what a level counts for", text: &s.Contest},
	}
}

// addFlags gives the command the flags of the settings and the function that reads them all.
func addFlags(e *env, cmd *cobra.Command) func() (*settings, error) {
	var flags settings
	file := cmd.Flags().String("config", "", "JSON file with the settings below")
	for _, f := range flags.all() {
		if f.text != nil {
			cmd.Flags().StringVar(f.text, f.name, "", f.usage)
		} else {
			cmd.Flags().StringSliceVar(f.list, f.name, nil, f.usage)
		}
	}
	return func() (*settings, error) {
		s := &settings{}
		if *file == "" {
			*file = e.getenv("BONAFIDE_CONFIG")
		}
		if *file != "" {
			data, err := os.ReadFile(*file)
			if err != nil {
				return nil, err
			}
			if *s, err = bonafide.Parse[settings](data); err != nil {
				return nil, fmt.Errorf("%s: %w", *file, err)
			}
			s.folder = filepath.Dir(*file)
			s.resolve()
		}
		given := flags.all()
		for i, to := range s.all() {
			found := e.getenv(variable(to.name))
			flag := cmd.Flags().Changed(to.name)
			switch {
			case to.text != nil && flag:
				*to.text = *given[i].text
			case to.text != nil && found != "":
				*to.text = found
			case to.list != nil && flag:
				*to.list = *given[i].list
			case to.list != nil && found != "":
				*to.list = strings.Split(found, ",")
			}
		}
		return s, nil
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
	s.Keys, s.Store = within(s.Keys), within(s.Store)
	for _, list := range [][]string{s.Mechanisms, s.Tables} {
		for i := range list {
			list[i] = within(list[i])
		}
	}
}

// socket is where the running server takes administration.
func (s *settings) socket() string { return s.Store + ".sock" }

// open opens the store and makes the site. The function returned closes the store.
func (s *settings) open(e *env, log *slog.Logger) (*site.Site, func() error, error) {
	if err := s.complete(); err != nil {
		return nil, nil, err
	}
	config, err := s.config(e, log)
	if err != nil {
		return nil, nil, err
	}
	db, err := bolt.Open(s.Store)
	if err != nil {
		return nil, nil, err
	}
	config.Store = db
	if s.awkward {
		if config, err = awkward.Config(config, s.Keys); err != nil {
			return nil, nil, errors.Join(err, db.Close())
		}
	}
	made, err := site.New(config)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return made, db.Close, nil
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

func (s *settings) config(e *env, log *slog.Logger) (site.Config, error) {
	config := site.Config{
		Name: s.Name, Contest: s.Contest, Now: e.now, Log: log,
		Admission: issuer.Admission{Policy: s.Admission},
	}
	var err error
	if config.Origin, err = bonafide.ParseOrigin(s.Origin); err != nil {
		return config, err
	}
	config.Local = strings.HasPrefix(s.Origin, "http://")
	if config.Name == "" {
		config.Name = config.Origin.Host()
	}
	for _, role := range s.Roles {
		switch role {
		case "issuer":
			config.Issues = true
		case "verifier":
			config.Verifies = true
		default:
			return config, fmt.Errorf("role %q is neither issuer nor verifier", role)
		}
	}
	if config.Keys, err = site.LoadKeys(s.Keys); errors.Is(err, fs.ErrNotExist) {
		return config, fmt.Errorf("%w; make them with: bonafide keys new %s", err, s.Keys)
	} else if err != nil {
		return config, err
	}
	if config.Mechanisms, err = readFiles[bonafide.Mechanism](s.Mechanisms); err != nil {
		return config, err
	}
	if config.Tables, err = readFiles[bonafide.Table](s.Tables); err != nil {
		return config, err
	}
	if config.Admission.Listed, err = origins(s.Admitted); err != nil {
		return config, err
	}
	if config.Believes, err = origins(s.Believes); err != nil {
		return config, err
	}
	if s.StatusURL != "" {
		config.Standing = issuer.HostURL(s.StatusURL, http.DefaultClient)
	}
	config.SignIn, err = s.signIn()
	return config, err
}

func origins(texts []string) (all []bonafide.Origin, err error) {
	for _, text := range texts {
		origin, err := bonafide.ParseOrigin(text)
		if err != nil {
			return nil, err
		}
		all = append(all, origin)
	}
	return all, nil
}

func (s *settings) signIn() (bonafide.SignIn, error) {
	if s.Header == "" {
		return bonafide.SignIn{
			Account: func(*http.Request) (bonafide.Account, bool) { return bonafide.Account{}, false },
			Address: func(string) string { return "/" },
		}, nil
	}
	if s.SignInPage == "" || len(s.Proxies) == 0 {
		return bonafide.SignIn{}, errors.New("a sign-in header needs --sign-in-page, where members sign in, and --proxies, whose word is taken")
	}
	var proxies []netip.Prefix
	for _, text := range s.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return bonafide.SignIn{}, fmt.Errorf("proxy %q is not a range of addresses such as 127.0.0.1/32", text)
		}
		proxies = append(proxies, prefix)
	}
	return site.ProxySignIn(s.Header, s.SignInPage, proxies...), nil
}

// readFiles parses one object from each file.
func readFiles[T any](paths []string) ([]T, error) {
	var objects []T
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		object, err := bonafide.Parse[T](data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// withAdmin calls fn with a client of the issuer's administration: the running server's, else that of
// the site opened here.
func (s *settings) withAdmin(ctx context.Context, e *env, fn func(*adminClient) error) error {
	if client, ok := dialAdmin(s.socket()); ok {
		return fn(client)
	}
	opened, closeStore, err := s.open(e, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	if opened.Issuer == nil {
		return errors.Join(fmt.Errorf("%s isn't an issuer, as its roles are set", s.Origin), closeStore())
	}
	return errors.Join(fn(&adminClient{&http.Client{Transport: inProcess{opened.Admin()}}}), closeStore())
}
