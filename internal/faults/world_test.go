package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/pgtest"
	"github.com/stretchr/testify/require"
)

// world is a site where members help one another and stand behind one another, and another site that counts what they
// earned there.
type world struct {
	t             *testing.T
	bazar, outils *server
	mechanism     bonafide.Mechanism // bazar's
	database      *pgtest.Cluster    // nil with stores in files
	out           time.Duration      // how long what comes back by itself is out
	rounds        int                // so far
	stepped       int                // how often clocks were set wrong so far
	wrong         []string           // what an injection found itself
}

// slug is what bazar's mechanism is called.
const slug = "neighbour"

// The members of bazar, who have accounts of the same names at outils. The first have earned much, the others little.
const (
	population = 24
	vouchers   = 12
)

func memberName(n int) string { return fmt.Sprintf("m%02d", n) }

// newWorld makes the sites with the program, and starts them, with stores of a kind.
func newWorld(t *testing.T, program, kept string) *world {
	w := &world{t: t, out: outBrief}
	w.bazar, w.outils = w.site(program, "bazar"), w.site(program, "outils")
	if kept == postgres {
		w.database = pgtest.NewOnDisk(t)
	}
	w.mechanism = neighbour(t, w.bazar.origin)
	theirs := neighbour(t, w.outils.origin)
	table := tableOf(&w.mechanism, &theirs)
	w.bazar.write("neighbour.json", w.mechanism)
	w.outils.write("neighbour.json", theirs)
	w.outils.write("table.json", table)
	for _, s := range []*server{w.bazar, w.outils} {
		settings := map[string]any{
			"origin": s.origin, "roles": []string{"issuer"}, "keys": "keys", "store": w.store(kept),
			"admin": "admin.sock", "mechanisms": []string{"neighbour.json"}, "listen": "127.0.0.1:0",
			"sign_in_header": memberHeader, "sign_in_page": s.origin + "/sign-in", "proxies": []string{"127.0.0.1/32"},
			"at_work": places, "per_network": -1,
		}
		if s == w.outils {
			settings["roles"], settings["tables"] = []string{"issuer", "verifier"}, []string{"table.json"}
		}
		s.write("site.json", settings)
		s.run("keys", "new", "keys")
		s.start()
		t.Cleanup(s.kill)
	}
	w.found()
	return w
}

// store returns where a site is to have its store.
func (w *world) store(kept string) string {
	if kept == postgres {
		return w.database.Database(w.t)
	}
	return "store.db"
}

// String tells what the sites logged last.
func (w *world) String() string { return w.bazar.log() + w.outils.log() }

func (w *world) site(program, name string) *server {
	s := &server{t: w.t, program: program, folder: filepath.Join(w.t.TempDir(), name), front: newFront(w.t)}
	require.NoError(w.t, os.Mkdir(s.folder, 0o700))
	s.origin = fmt.Sprintf("http://%s.localhost:%d", name, s.port())
	return s
}

// write writes a file of the site's.
func (s *server) write(name string, content any) {
	data, err := bonafide.MarshalJSON(content)
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(filepath.Join(s.folder, name), data, 0o600))
}

// neighbour returns the mechanism of examples/vouching as it is at an origin.
func neighbour(t *testing.T, origin string) bonafide.Mechanism {
	data, err := os.ReadFile("../../examples/vouching/neighbour.json")
	require.NoError(t, err)
	m, err := bonafide.Parse[bonafide.Mechanism]([]byte(strings.ReplaceAll(string(data), "https://bazar.example", origin)))
	require.NoError(t, err)
	return m
}

// tableOf says what a level under from counts for under to.
func tableOf(from, to *bonafide.Mechanism) bonafide.Table {
	now := time.Now()
	return bonafide.Table{
		ID: string(to.Origin()) + "/conversions/neighbours", Version: 1,
		From:   bonafide.TableFrom{Issuer: from.Origin(), Mechanism: from.ID, Versions: []int{from.Version}, Context: from.Context},
		To:     bonafide.TableTo{Mechanism: to.ID},
		Accept: bonafide.Accept{MaxAgeDays: 90},
		Rates:  []bonafide.Rate{{Level: "four", Gives: 3}, {Level: "three", Gives: 2}, {Level: "two", Gives: 1}},
		Cap:    3, ValidFrom: bonafide.DateOf(now.AddDate(0, -1, 0)), ValidUntil: bonafide.DateOf(now.AddDate(1, 0, 0)),
	}
}

// found has members earn points and stand behind one another.
func (w *world) found() {
	founder := &worker{world: w, book: newBook(), name: "founder"}
	for n := range population {
		deeds := 1
		if n < vouchers {
			deeds = 15
		}
		for range deeds {
			founder.deed(memberName(n))
		}
		founder.badge(memberName(n))
	}
	for n := range population {
		for v := range 3 {
			founder.vouch(memberName((n+v+1)%vouchers), memberName(n), 10)
		}
	}
	require.Empty(w.t, founder.book.unclear)
	require.Zero(w.t, founder.book.unanswered)
}
