package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// staticHost sends the files of a folder as static hosts do: x.html for x, and the fields that _headers names.
func staticHost(t *testing.T, folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers, err := os.ReadFile(filepath.Join(folder, "_headers"))
		require.NoError(t, err)
		applies := false
		for line := range strings.Lines(string(headers)) {
			line = strings.TrimRight(line, "\n")
			if rule, field := strings.CutPrefix(line, "  "); field && applies {
				name, value, _ := strings.Cut(rule, ": ")
				w.Header().Set(name, value)
			} else if !field {
				matched, err := path.Match(line, r.URL.Path)
				require.NoError(t, err)
				applies = matched || line == "/*"
			}
		}
		file := filepath.Join(folder, filepath.Clean("/"+r.URL.Path))
		if _, err := os.Stat(file); err != nil {
			file += ".html"
		}
		http.ServeFile(w, r, file)
	})
}

// shop is a site without a server, at an origin that leads to its folder.
type shop struct {
	t              *testing.T
	folder, origin string
	now            time.Time
	args           []string
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, folder: filepath.Join(t.TempDir(), "[a]"), now: time.Now()} // a name that isn't a pattern
	require.NoError(t, os.Mkdir(s.folder, 0o755))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(staticHost(t, filepath.Join(s.folder, "public")))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	s.origin = strings.Replace(server.URL, "127.0.0.1", "shop.localhost", 1)
	mechanism, err := os.ReadFile("../../examples/ratings/trader.json")
	require.NoError(t, err)
	s.write("trader.json", strings.ReplaceAll(string(mechanism), "https://otc.example", s.origin))
	code, said := s.run("keys", "new", s.at("keys"))
	require.Zero(t, code, said)
	s.args = []string{"export", "--origin", s.origin, "--keys", s.at("keys"), "--store", s.at("shop.db"), "--mechanisms", s.at("trader.json"),
		"--from", s.at("ratings.csv"), "--out", s.at("public"), "--badges", s.at("badges.csv"), "--mechanism", "trader", "--kind", "rating"}
	return s
}

func (s *shop) at(name string) string { return filepath.Join(s.folder, name) }

func (s *shop) write(name, text string) {
	require.NoError(s.t, os.WriteFile(s.at(name), []byte(text), 0o600))
}

func (s *shop) run(args ...string) (code int, said string) {
	var out bytes.Buffer
	e := &env{strings.NewReader(""), &out, &out, func(string) string { return "" }, func() time.Time { return s.now }}
	code = run(context.Background(), e, args)
	return code, out.String()
}

// export exports, and returns the address of each member's badge.
func (s *shop) export(more ...string) map[string]string {
	s.t.Helper()
	code, said := s.run(append(s.args, more...)...)
	require.Zero(s.t, code, said)
	require.Contains(s.t, said, "Readers take this until ")
	list, err := os.ReadFile(s.at("badges.csv"))
	require.NoError(s.t, err)
	badges := map[string]string{}
	for line := range strings.Lines(string(list)) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		badges[fields[0]] = fields[2]
	}
	return badges
}

// get returns what the host sends for an address.
func (s *shop) get(address string) (body, mediaType string) {
	answer := httptest.NewRecorder()
	staticHost(s.t, s.at("public")).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, strings.TrimPrefix(address, s.origin), nil))
	require.Equal(s.t, http.StatusOK, answer.Code, address)
	return answer.Body.String(), answer.Header().Get("Content-Type")
}

// A folder that a plain host sends is read like a site with a server: badges are found good, fall, and are withdrawn.
func TestExport(t *testing.T) {
	s := newShop(t)
	const first = "id,member,at,rating\n1,alice,1790000000,5\n2,alice,1790000001,3\n3,bob,1790000000,1\n"
	s.write("ratings.csv", first)
	badges := s.export()
	for member, address := range badges {
		if member == "member" {
			continue
		}
		code, said := s.run("verify", "--local", address)
		require.Zero(t, code, said)
		require.Contains(t, said, `"excellent"`)
	}
	alice := badges["alice"]
	page, kind := s.get(alice)
	require.Contains(t, kind, "text/html")
	for _, said := range []string{"Excellent, level 3 of 3.", "it checks nothing. After ", "bonafide verify " + alice, ".fr.html"} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "alice", "nobody is named")
	french, _ := s.get(alice + ".fr.html")
	require.Contains(t, french, "elle ne vérifie rien")
	for suffix, want := range map[string]string{".svg": "image/svg+xml", ".card.dark.fr.png": "image/png", ".jwt": "application/vc+jwt", ".json": "application/json"} {
		_, kind := s.get(alice + suffix)
		require.Equal(t, want, kind, suffix)
	}
	policies, err := os.ReadFile(s.at("public/_headers"))
	require.NoError(t, err)
	for suffix, policy := range s.policies(alice) {
		require.Contains(t, string(policies), "/b/*"+suffix+"\n  Content-Security-Policy: "+policy+"\n")
	}
	code, said := s.run("cv", "--local", s.at("list"))
	require.Equal(t, exitCouldNotRun, code, said)
	s.write("list", alice)
	code, said = s.run("cv", "--local", s.at("list"))
	require.Zero(t, code, said)
	require.Contains(t, said, "level 3 of 3.", "the mechanism is read, too")

	// Again, with more: the addresses stay, and what fell is revoked.
	s.now = s.now.Add(time.Hour)
	old, _ := s.get(alice + ".jwt")
	s.write("old.jwt", old)
	s.write("ratings.csv", first+"4,alice,1790000002,-5\n5,alice,1790000003,-5\n6,alice,1790000004,-5\n")
	require.Equal(t, badges, s.export())
	code, said = s.run("verify", "--local", alice)
	require.Zero(t, code, said)
	require.NotContains(t, said, `"excellent"`)
	code, said = s.run("verify", "--local", s.at("old.jwt"))
	require.Equal(t, exitNotCurrent, code, said)

	// A member missing from the file keeps the badge; who is withdrawn loses it.
	s.now = s.now.Add(time.Hour)
	s.write("ratings.csv", "id,member,at,rating\n1,alice,1790000000,5\n")
	bob := badges["bob"]
	require.Contains(t, s.export(), "bob")
	s.now = s.now.Add(time.Hour)
	require.NotContains(t, s.export("--withdraw", "bob"), "bob")
	page, _ = s.get(bob)
	require.Contains(t, page, "was withdrawn")
	picture, _ := s.get(bob + ".svg")
	require.Contains(t, picture, "withdrawn")
	code, said = s.run("verify", "--local", bob)
	require.NotZero(t, code, said)

	// What isn't exported again in time is good no longer.
	s.now = s.now.Add(73 * time.Hour)
	code, said = s.run("verify", "--local", alice)
	require.Equal(t, exitUndecided, code, said)
}

// policies returns what the site's own server says of a badge's pictures.
func (s *shop) policies(badge string) map[string]string {
	settings := &settings{Origin: s.origin, Roles: []string{"issuer"}, Keys: s.at("keys"), Store: s.at("shop.db"), Mechanisms: []string{s.at("trader.json")}}
	opened, closeStore, err := settings.open(&env{now: func() time.Time { return s.now }}, slog.New(slog.DiscardHandler))
	require.NoError(s.t, err)
	defer closeStore()
	found := map[string]string{}
	for _, suffix := range []string{".svg", ".png"} {
		answer := httptest.NewRecorder()
		opened.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, strings.TrimPrefix(badge, s.origin)+suffix, nil))
		found[suffix] = answer.Header().Get("Content-Security-Policy")
	}
	return found
}

// What isn't to be published is refused in the folder that is, by whatever way it is named.
func TestExportApart(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "public"), 0o755))
	require.NoError(t, os.Symlink("public", filepath.Join(folder, "link")))
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, c := range map[string]struct {
		keys, store, list, from string
		refused                 string
	}{
		"beside":             {at("keys"), at("shop.db"), at("badges.csv"), at("public.csv"), ""},
		"another store":      {at("keys"), "postgres://db/site", "", "-", ""},
		"the keys":           {at("public/keys"), at("shop.db"), "", "-", "--keys"},
		"by another name":    {at("keys"), at("link/deep/shop.db"), "", "-", "--store"},
		"the list of badges": {at("keys"), at("shop.db"), at("public/../public/badges.csv"), "-", "--badges"},
		"the events":         {at("keys"), at("shop.db"), "", at("public/ratings.csv"), "--from"},
		"the folder itself":  {at("public"), at("shop.db"), "", "-", "--keys"},
	} {
		x := &exporting{from: c.from, out: at("public"), list: c.list}
		err := x.apart(&settings{Keys: c.keys, Store: c.store})
		if c.refused == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, c.refused, name)
		}
	}
}

// A member's id is a text in a spreadsheet too.
func TestCell(t *testing.T) {
	for id, want := range map[string]string{"": "", "alice": "alice", "a=1": "a=1", `=HYPERLINK("https://evil.example")`: `'=HYPERLINK("https://evil.example")`, "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1"} {
		require.Equal(t, want, cell(id))
	}
}
