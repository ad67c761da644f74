package doctor

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// shop is a site on this machine with a badge and a table, and a proxy before it that a test may plant faults in.
type shop struct {
	*testing.T
	*site.Site
	folder string
	now    atomic.Int64 // Unix seconds
	inner  http.Handler
	lock   sync.Mutex // guards proxy: an answer that the doctor didn't wait for may still be on its way
	proxy  func(http.Handler) http.Handler
	badge  string
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func trader(origin bonafide.Origin) bonafide.Mechanism {
	return bonafide.Mechanism{
		ID: string(origin) + "/mechanisms/trader", Version: 1, Date: "2026-01-01", Context: "trading", Scale: bonafide.Ordinal,
		Name: both("Trader"), Meaning: both("meaning"), WhoRates: both("the site"), Falls: both("falls"), Recovers: both("recovers"), NotSaid: both("not said"),
		Levels: []bonafide.Level{{ID: "one", Name: both("One"), Sentence: both("sentence")}},
		Rule:   bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"deed": 1}, Levels: []int64{1}}},
	}
}

func ledger(origin bonafide.Origin) bonafide.Table {
	return bonafide.Table{
		ID: string(origin) + "/conversions/otc", Version: 1,
		From:  bonafide.TableFrom{Issuer: "https://otc.example", Mechanism: "https://otc.example/mechanisms/trader", Versions: []int{1}, Context: "trading"},
		To:    bonafide.TableTo{Mechanism: string(origin) + "/mechanisms/trader"},
		Rates: []bonafide.Rate{{Level: "good", Gives: 1}}, Cap: 1, ValidFrom: "2026-01-01", ValidUntil: "2036-01-01",
	}
}

func newShop(t *testing.T, change ...func(*site.Config)) *shop {
	s := &shop{T: t, folder: t.TempDir(), proxy: func(next http.Handler) http.Handler { return next }}
	s.now.Store(time.Now().Unix())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
		s.lock.Lock()
		handler := s.proxy(s.inner)
		s.lock.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	origin := bonafide.Origin("http://shop.localhost:" + strconv.Itoa(server.Listener.Addr().(*net.TCPAddr).Port))
	s.Site = s.open(origin, "store", change...)
	s.inner = s.Handler()
	_, err := s.Issuer.Record(t.Context(), issuer.Event{ID: "1", Member: "alice", Mechanism: "trader", Kind: "deed", At: s.clock()})
	require.NoError(t, err)
	s.badge, err = s.Issuer.PublishBadge(t.Context(), "trader", "alice", "Alice")
	require.NoError(t, err)
	require.NoError(t, s.RunDue(t.Context()))
	return s
}

func (s *shop) clock() time.Time { return time.Unix(s.now.Load(), 0) }

// open makes the site, or another that would be taken for it, with a store of its own.
func (s *shop) open(origin bonafide.Origin, name string, change ...func(*site.Config)) *site.Site {
	db, err := bolt.Open(filepath.Join(s.folder, name))
	require.NoError(s, err)
	s.Cleanup(func() { require.NoError(s, db.Close()) })
	keys, err := site.OpenKeys(filepath.Join(s.folder, "keys"))
	require.NoError(s, err)
	config := site.Config{
		Origin: origin, Keys: keys, Store: db, Issues: true, Verifies: true, Local: true, Now: s.clock, Log: slog.New(slog.DiscardHandler),
		Mechanisms: []bonafide.Mechanism{trader(origin)}, Tables: []bonafide.Table{ledger(origin)}, SignIn: site.ProxySignIn(site.ProxyHeaders{ID: "X-User"}, "/sign-in"),
	}
	for _, c := range change {
		c(&config)
	}
	made, err := site.New(config)
	require.NoError(s, err)
	return made
}

// faults returns which checks found one.
func (s *shop) faults() map[string]string {
	client, err := fetch.New(fetch.Config{Local: true, Now: s.clock})
	require.NoError(s, err)
	report, err := Examine(s.Context(), Config{Site: s.Origin, Badge: s.badge, Fetch: client, Now: s.clock})
	require.NoError(s, err)
	found := map[string]string{}
	for _, f := range report.Findings {
		if f.Result == Fault {
			require.NotEmpty(s, f.Mend, f.What)
			found[f.Check] = f.What
		}
	}
	return found
}
