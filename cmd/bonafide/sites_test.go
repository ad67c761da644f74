package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/demo"
	"bonafide.example/internal/pgtest"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/postgres"
	"github.com/stretchr/testify/require"
)

// sites are those of the demonstration, some of them on several servers each, in processes of their own.
type sites struct {
	t         *testing.T
	folder    string
	several   []string          // the names of those that run so
	databases map[string]string // their addresses, by the site's name
	fleets    map[string]*fleet // by the site's name
	up        chan struct{}     // is closed once these are there
	strikes   chan struct{}     // gets something when a server is about to be killed
	every     atomic.Int64      // how many requests pass between two kills
	kills     int
	leaders   int // how many of these were of the server that did what falls due
}

// newSites returns what a world needs to have the sites of these names on three servers each.
func newSites(t *testing.T, several ...string) (*sites, demo.Config) {
	folder, err := os.MkdirTemp("", "sites-") // t.TempDir is too long for sockets
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	s := &sites{t: t, folder: folder, several: several, databases: map[string]string{}, fleets: map[string]*fleet{}, strikes: make(chan struct{}, 1), up: make(chan struct{})}
	s.moved(0)
	t.Setenv(aheadVariable, s.ahead())
	return s, demo.Config{Stores: s.open, Servers: s.serve, Moved: s.moved}
}

func (s *sites) ahead() string { return filepath.Join(s.folder, "ahead") }

func (s *sites) moved(ahead time.Duration) {
	require.NoError(s.t, writeAhead(s.ahead(), ahead))
}

// open makes a site's database, and opens it for who looks after the site.
func (s *sites) open(name string) ([]store.Store, error) {
	s.databases[name] = pgtest.Start(s.t)
	opened, err := postgres.Open(s.t.Context(), s.databases[name])
	if err != nil {
		return nil, err
	}
	return []store.Store{&noted{Store: opened, Leader: opened, wrote: func() {
		if f := s.fleets[name]; f != nil {
			f.written.Store(time.Now().UnixNano())
		}
	}}}, nil
}

// noted is a store of which is noted when it was written.
type noted struct {
	store.Store
	store.Leader
	wrote func()
}

func (n *noted) Update(ctx context.Context, fn func(store.Tx) error) error {
	defer n.wrote()
	return n.Store.Update(ctx, fn)
}

// serve starts the servers of a site, as its operator would: by a settings file.
func (s *sites) serve(config site.Config, keys string) (*demo.Front, error) {
	name, _, _ := strings.Cut(config.Origin.Host(), ".")
	if !slices.Contains(s.several, name) {
		return nil, nil
	}
	dir := filepath.Join(s.folder, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if err := errors.Join(exec.Command("cp", "-Rp", keys, filepath.Join(dir, "keys")).Run(), writeSettings(dir, config)); err != nil {
		return nil, err
	}
	_, mechanism, _ := strings.Cut(config.Mechanisms[0].ID, "/mechanisms/")
	f := &fleet{t: s.t, program: "steered", dir: dir, database: s.databases[name], origin: config.Origin, mechanism: mechanism}
	if s.fleets[name] = f.launch(3); len(s.fleets) == len(s.several) {
		close(s.up)
	}
	admin := f.admin()
	return &demo.Front{Public: f.public(), Admin: admin, RunDue: func(ctx context.Context) error { return runDue(ctx, admin) }}, nil
}

// runDue has one of the servers do what is due, and another where that one is killed.
func runDue(ctx context.Context, admin *proxy) error {
	for {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/due", nil)
		answer := httptest.NewRecorder()
		admin.ServeHTTP(answer, r)
		if said := strings.TrimSpace(answer.Body.String()); answer.Code == http.StatusOK {
			return nil
		} else if said != cutOff || ctx.Err() != nil {
			return errors.New(said)
		}
	}
}

// writeSettings writes site.json, and the files that it names.
func writeSettings(dir string, config site.Config) error {
	var roles, mechanisms, tables []string
	if config.Issues {
		roles = append(roles, "issuer")
	}
	if config.Verifies {
		roles = append(roles, "verifier")
	}
	var failed error
	write := func(name string, object any) string {
		text, err := bonafide.MarshalJSON(object)
		failed = errors.Join(failed, err, os.WriteFile(filepath.Join(dir, name), text, 0o600))
		return name
	}
	for n, m := range config.Mechanisms {
		mechanisms = append(mechanisms, write(fmt.Sprintf("mechanism-%d.json", n), m))
	}
	for n, table := range config.Tables {
		tables = append(tables, write(fmt.Sprintf("table-%d.json", n), table))
	}
	settings := map[string]any{
		"origin": config.Origin, "name": config.Name, "roles": roles, "keys": "keys", "mechanisms": mechanisms, "drain": "0s",
		"sign_in_header": "X-Judged", "sign_in_page": "/demo/sign-in", "proxies": []string{"127.0.0.0/8"},
	}
	if tables != nil {
		settings["tables"] = tables
	}
	if config.Believes != nil {
		settings["believes"] = config.Believes
	}
	write("site.json", settings)
	return failed
}

// killWhile kills servers of the sites in turn until do returns, each once so many requests have passed since the last one
// was back. Every third is the one that does what falls due.
func (s *sites) killWhile(every int, do func()) {
	s.every.Store(int64(every))
	over := make(chan struct{})
	go func() {
		defer close(over)
		do()
	}()
	select {
	case <-s.up:
	case <-over: // they couldn't be had
		return
	}
	for ; ; s.kills++ {
		f := s.fleets[s.several[s.kills%len(s.several)]]
		for range s.every.Load() {
			select {
			case <-f.passing:
			case <-over:
				return
			}
		}
		turn := s.kills / len(s.several)
		victim := turn % len(f.members)
		if leads := f.leads(); turn%3 == 2 && leads >= 0 {
			victim = leads
			s.leaders++
		}
		select {
		case s.strikes <- struct{}{}:
		default: // nobody heard of the last
		}
		f.kill(victim)
		f.start(victim)
	}
}

// cut returns how many requests were cut off so far.
func (s *sites) cut() (requests uint64) {
	for _, f := range s.fleets {
		requests += f.cut.Load()
	}
	return requests
}

// told says what was done to the servers.
func (s *sites) told() string {
	var again uint64
	for _, f := range s.fleets {
		again += f.again.Load()
	}
	return fmt.Sprintf("%d kills, %d of them of the server that leads; %d requests cut off, %d sent again", s.kills, s.leaders, s.cut(), again)
}

// sound requires that all that is kept of each site is whole and agrees.
func (s *sites) sound() {
	for name := range s.fleets {
		said, err := exec.Command("bonafide", "restore", "--check", s.databases[name]).CombinedOutput()
		require.NoError(s.t, err, "%s: %s", name, said)
		s.t.Logf("%s: %s", name, lastLine(said))
	}
}

func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return lines[len(lines)-1]
}
