package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// logged is a site with a public log, on a server that may lie in its name, and somebody who looks at it.
type logged struct {
	*testing.T
	config site.Config
	keys   string // their folder
	site   *site.Site
	opened int                            // how often
	lies   map[string]func([]byte) []byte // what is answered in place of the truth, by path
	env    *env
	out    bytes.Buffer
}

func newLogged(t *testing.T) *logged {
	l := &logged{T: t, lies: map[string]func([]byte) []byte{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(l.serve))
	server.Start()
	t.Cleanup(server.Close)
	l.env = &env{strings.NewReader(""), &l.out, &l.out, func(string) string { return "" }, time.Now}
	origin := bonafide.Origin(fmt.Sprintf("http://bazar.localhost:%d", server.Listener.Addr().(*net.TCPAddr).Port))
	read, err := readFiles[bonafide.Mechanism]([]string{"../../examples/ratings/trader.json"})
	require.NoError(t, err)
	read[0].ID = string(origin) + "/mechanisms/trader"
	l.keys = filepath.Join(t.TempDir(), "keys")
	keys, err := site.OpenKeys(l.keys)
	require.NoError(t, err)
	l.config = site.Config{
		Origin: origin, Name: "Bazar", Keys: keys, Issues: true, Mechanisms: read, Local: true, Log: slog.New(slog.DiscardHandler),
		SignIn: bonafide.SignIn{
			Account: func(*http.Request) (bonafide.Account, bool) { return bonafide.Account{}, false },
			Address: func(string) string { return "/" },
		},
	}
	l.open()
	return l
}

// open gives the site a store that has nothing yet.
func (l *logged) open() {
	kept, err := bolt.Open(filepath.Join(l.TempDir(), "store"))
	require.NoError(l, err)
	l.Cleanup(func() { require.NoError(l, kept.Close()) })
	l.config.Store = kept
	l.opened++
	l.config.Now = func() time.Time { return time.Now().Add(-time.Duration(l.opened) * time.Minute) }
	l.site, err = site.New(l.config)
	require.NoError(l, err)
}

func (l *logged) serve(w http.ResponseWriter, r *http.Request) {
	lie := l.lies[r.URL.Path]
	if lie == nil {
		l.site.Handler().ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	l.site.Handler().ServeHTTP(answer, r)
	body := lie(answer.Body.Bytes())
	if body == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
	w.Write(body)
}

// says puts something into the site's log that it doesn't publish.
func (l *logged) says(kind publiclog.Kind, path string) {
	log, err := publiclog.New(l.Context(), publiclog.Config{Origin: l.config.Origin, Store: l.config.Store, Key: l.config.Keys.Log, Now: time.Now})
	require.NoError(l, err)
	require.NoError(l, l.config.Store.Update(l.Context(), func(tx store.Tx) error {
		return log.Note(tx, kind, string(l.config.Origin)+path, publiclog.HashOfBytes(path))
	}))
}

// run runs bonafide log, and returns its exit code and what it printed.
func (l *logged) run(args ...string) (int, string) {
	l.out.Reset()
	code := run(l.Context(), l.env, append([]string{"log"}, args...))
	return code, l.out.String()
}

// keys list tells by what the site names the key of its log.
func TestKeysListNamesTheLogsKey(t *testing.T) {
	l := newLogged(t)
	log, err := publiclog.New(t.Context(), publiclog.Config{Origin: l.config.Origin, Store: l.config.Store, Key: l.config.Keys.Log, Now: time.Now})
	require.NoError(t, err)
	require.Zero(t, run(t.Context(), l.env, []string{"keys", "list", l.keys}))
	listed := strings.Fields(l.out.String())
	require.True(t, strings.HasSuffix(log.Metadata().Keys[0], "+"+listed[len(listed)-1]), l.out.String())
}

// BF-LOG-8, BF-LOG-11, BF-LOG-12, BF-LOG-13, BF-LOG-14: what a dishonest site does to its log is found, and said in a sentence.
func TestLogVerify(t *testing.T) {
	const mechanism = "/mechanisms/trader.json"
	replace := func(was, is string) func([]byte) []byte {
		return func(body []byte) []byte { return []byte(strings.Replace(string(body), was, is, 1)) }
	}
	for name, c := range map[string]struct {
		then func(*logged)
		exit int
		says string
	}{
		"nothing happened":         {func(*logged) {}, exitGood, "begins with what it was on 20"},
		"it has grown":             {func(l *logged) { l.says("later", "/later"); l.says(publiclog.StatusList, "/status/1") }, exitGood, "holds: it has 6 entries"},
		"another log of that size": {func(l *logged) { l.open(); l.says("later", "/later") }, exitNotAuthentic, "log-forked"},
		"another log":              {func(l *logged) { l.open(); l.says("later", "/later"); l.says("later", "/more") }, exitNotAuthentic, "log-forked"},
		"an older store":           {func(l *logged) { l.open(); l.config.Mechanisms = nil; l.open() }, exitNotAuthentic, "log-rolled-back"},
		"no log any more":          {func(l *logged) { l.config.Keys.Log = nil; l.open() }, exitNotAuthentic, "had a public log on 20"},
		"another mechanism": {func(l *logged) {
			l.lies[mechanism] = replace("/mechanisms/trader", "/mechanisms/traitor")
		}, exitNotAuthentic, "not-in-log"},
		"another did document": {func(l *logged) {
			l.lies["/.well-known/did.json"] = replace("#", "#x")
		}, exitNotAuthentic, "not-in-log"},
		"a mechanism that is only in the log": {func(l *logged) {
			l.lies["/mechanisms/trader/v/1.json"] = func([]byte) []byte { return nil }
		}, exitNotAuthentic, "answers with status 404"},
		"a version with two texts": {func(l *logged) { l.says(publiclog.Mechanism, "/mechanisms/trader/v/1") }, exitNotAuthentic, "was entered with 2 different texts"},
		"another signature":        {func(l *logged) { l.lies["/log/checkpoint"] = replace("\n4\n", "\n2\n") }, exitNotAuthentic, "bad-signature"},
		"no checkpoint":            {func(l *logged) { l.lies["/log/checkpoint"] = func([]byte) []byte { return nil } }, exitNotAuthentic, "has no checkpoint"},
		"other entries":            {func(l *logged) { l.lies["/log/tile/entries/000.p/4"] = replace("trader", "Trader") }, exitNotAuthentic, "bad-log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLogged(t)
			state := filepath.Join(t.TempDir(), "state.json")
			verify := []string{"verify", string(l.config.Origin), "--local", "--state", state}
			code, said := l.run(verify...)
			require.Equal(t, exitGood, code, said)
			before, err := os.ReadFile(state)
			require.NoError(t, err)

			c.then(l)
			for range 2 { // what was found out stays so
				code, said = l.run(verify...)
				require.Equal(t, c.exit, code, said)
				require.Contains(t, said, c.says)
			}
			after, err := os.ReadFile(state)
			require.NoError(t, err)
			if strings.HasPrefix(c.says, "log-") {
				require.Contains(t, string(after), strings.TrimSuffix(string(before), "}}\n"), "what was remembered stays")
				require.Contains(t, string(after), `"against":"bazar.localhost`)
			}
		})
	}
}

func TestLogShow(t *testing.T) {
	l := newLogged(t)
	code, said := l.run("show", string(l.config.Origin), "--local")
	require.Equal(t, exitGood, code)
	require.Regexp(t, `(?m)^0  20\S+Z  mechanism    http://bazar\.localhost:\d+/mechanisms/trader/v/1  sha-256:\S{43}$`, said)
	require.Equal(t, 4, strings.Count(said, "\n"))
	code, said = l.run("show", string(l.config.Origin), "--local", "--json")
	require.Equal(t, exitGood, code)
	require.Contains(t, said, `{"number":2,"entry":{"kind":"metadata","address":"http://bazar.`)

	code, said = l.run("verify", string(l.config.Origin), "--local")
	require.Equal(t, exitGood, code)
	require.Contains(t, said, "nothing is remembered of it yet")
	l.config.Keys.Log = nil
	l.open()
	for _, what := range []string{"show", "verify"} {
		code, said = l.run(what, string(l.config.Origin), "--local")
		require.Equal(t, exitNothing, code)
		require.Regexp(t, `names no public log|keeps no public log`, said)
	}
}

// A state file of something else is refused, and stays as it is.
func TestLogStateRefused(t *testing.T) {
	l := newLogged(t)
	state := filepath.Join(t.TempDir(), "state.json")
	require.NoError(t, os.WriteFile(state, []byte(`{"x":1}`), 0o600))
	code, said := l.run("verify", string(l.config.Origin), "--local", "--state", state)
	require.Equal(t, exitCouldNotRun, code)
	require.Contains(t, said, "isn't what bonafide log verify --state wrote")
}
