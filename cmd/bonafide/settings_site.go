package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/awkward"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
)

// open opens the store and makes the site. The function returned closes the store.
func (s *settings) open(e *env, log *slog.Logger) (*site.Site, func() error, error) {
	if err := s.complete(); err != nil {
		return nil, nil, err
	}
	config, err := s.config(e, log, site.LoadKeys)
	if err != nil {
		return nil, nil, err
	}
	return s.openAs(config)
}

// openAs does so for a site that these settings describe so.
func (s *settings) openAs(config site.Config) (*site.Site, func() error, error) {
	db, err := openStore(s.Store)
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

// config returns the site that the settings describe, but for its store. It tells all that is wrong with them.
func (s *settings) config(e *env, log *slog.Logger, load func(site.KeyFolder) (site.Keys, error)) (site.Config, error) {
	config := site.Config{
		Name: s.Name, Contest: s.Contest, Now: e.now, Log: log, Built: builtAt(debug.ReadBuildInfo()),
		Admission: issuer.Admission{Policy: s.Admission}, Limits: site.Limits{AtWork: s.AtWork, PerNetwork: s.PerNetwork, PerAccount: s.PerAccount},
		Local: strings.HasPrefix(s.Origin, "http://"), Checkpoint: s.beside("checkpoint"), Erasures: s.beside("erasures.json"),
	}
	var wrong []error
	note := func(err error) { wrong = append(wrong, err) }
	var err error
	config.Origin, err = bonafide.ParseOrigin(s.Origin)
	note(err)
	if config.Name == "" {
		config.Name = config.Origin.Host()
	}
	config.Issues, config.Verifies, err = s.roles()
	note(err)
	if config.Keys, err = load(site.KeyFolder{Path: s.Keys, Passphrase: e.passphrase(s.Passphrase), Now: e.now}); err != nil {
		note(missingKeys(err, s.Keys))
	}
	if config.Mechanisms, err = readFiles[bonafide.Mechanism](s.Mechanisms); err != nil {
		note(fmt.Errorf("--mechanisms: %w", err))
	}
	if config.Tables, err = readFiles[bonafide.Table](s.Tables); err != nil {
		note(fmt.Errorf("--tables: %w", err))
	}
	config.Admission.Listed, err = origins(s.Admitted)
	note(err)
	config.Believes, err = origins(s.Believes)
	note(err)
	if s.StatusURL != "" {
		config.Standing = issuer.HostURL(s.StatusURL, http.DefaultClient)
	}
	config.Proxies, err = s.proxies()
	note(err)
	config.SignIn, err = s.signIn(config.Proxies)
	note(err)
	return config, together(wrong...)
}

func (s *settings) roles() (issues, verifies bool, err error) {
	var wrong []error
	for _, role := range s.Roles {
		switch role {
		case "issuer":
			issues = true
		case "verifier":
			verifies = true
		default:
			wrong = append(wrong, fmt.Errorf("role %q is neither issuer nor verifier", role))
		}
	}
	return issues, verifies, together(wrong...)
}

// beside returns the path of a file beside the keys, where what must outlive the store is kept.
func (s *settings) beside(name string) string { return filepath.Join(s.Keys, name) }

// drain returns how long requests are served on once the program is told to end.
func (s *settings) drain() (time.Duration, error) {
	drain, err := time.ParseDuration(s.Drain)
	if err != nil || drain < 0 || drain > time.Hour {
		return 0, fmt.Errorf("drain %q is not a time such as 5s, an hour at most", s.Drain)
	}
	return drain, nil
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

// proxies returns the ranges of addresses of the proxies believed.
func (s *settings) proxies() (all []netip.Prefix, err error) {
	for _, text := range s.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("proxy %q is not a range of addresses such as 127.0.0.1/32", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// signIn returns how members sign in; without a header of the proxy's nobody does.
func (s *settings) signIn(proxies []netip.Prefix) (bonafide.SignIn, error) {
	for _, header := range []string{s.Header, s.NameHeader} {
		if header != "" && !headerName.MatchString(header) {
			return bonafide.SignIn{}, fmt.Errorf("%q is no name of a request header; give one such as X-User, without a colon", header)
		}
	}
	switch {
	case s.Header == "" && s.NameHeader != "":
		return bonafide.SignIn{}, fmt.Errorf("a name in %s is of nobody; say with --sign-in-header which header has their id", s.NameHeader)
	case s.Header == "":
		return bonafide.SignIn{
			Account: func(*http.Request) (bonafide.Account, bool) { return bonafide.Account{}, false },
			Address: func(string) string { return "/" },
		}, nil
	case s.SignInPage == "" || len(s.Proxies) == 0:
		return bonafide.SignIn{}, errors.New("a sign-in header needs --sign-in-page, where members sign in, and --proxies, whose word is taken")
	}
	return site.ProxySignIn(site.ProxyHeaders{ID: s.Header, Name: s.NameHeader}, s.SignInPage, proxies...), nil
}

// headerName matches the name of a header (RFC 9110, section 5.1).
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

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

// administer calls fn with a client of the site's administration: the running server's, else that of the site opened here.
func (s *settings) administer(e *env, fn func(*adminClient) error) error {
	if client, ok := web.DialAdmin(s.socket()); ok {
		return fn(&adminClient{client})
	}
	if s.Store == "" {
		return errNoStore
	}
	opened, closeStore, err := s.open(e, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return fmt.Errorf("no server listens on %s, and the site can't be opened here: %w", s.socket(), err)
	}
	return errors.Join(fn(&adminClient{web.AdminOf(opened.Admin())}), closeStore())
}
