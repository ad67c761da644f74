package court_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

const (
	bazar = bonafide.Origin("https://bazar.example")
	day   = 24 * time.Hour
)

// world is a court and the issuer whose members it sees to: Alice, Dave and Erin stand behind Bob.
type world struct {
	*court.Court
	t      *testing.T
	issuer *issuer.Issuer
	config court.Config
	judge  *judge // an arbiter of another organisation

	mu  sync.Mutex
	now time.Time
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func mechanism(slug string, arbiters ...bonafide.Origin) bonafide.Mechanism {
	terms := vouching.Default()
	m := bonafide.Mechanism{
		ID: string(bazar) + "/mechanisms/" + slug, Version: 1, Date: "2026-10-01", Context: "selling", Scale: bonafide.Ordinal,
		Name: both("Mechanism " + slug), Meaning: both("What it says."),
		Rule:     bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"sale": 20}, Levels: terms.Levels}},
		WhoRates: both("Buyers."), Falls: both("By faults."), Recovers: both("By time."), NotSaid: both("Who it is."),
		Faults: []bonafide.FaultClass{
			{ID: "late", Name: both("Late"), Severity: "0.25", Points: 50},
			{ID: "fraud", Name: both("Fraud"), Severity: "0.5", Points: 300},
		},
		Arbiters: arbiters, Vouching: &bonafide.Vouching{Supporters: terms.Supporters, MinStake: terms.MinStake},
	}
	for _, id := range []string{"one", "two", "three", "four"} {
		m.Levels = append(m.Levels, bonafide.Level{ID: id, Name: both(id), Sentence: both("Has " + id + ".")})
	}
	return m
}

// newWorld starts a world. seller has the site itself as an arbiter and another organisation, solo the other alone,
// and ratings counts no points.
func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	w.judge = newJudge(t, w.clock)
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	ratings := mechanism("ratings")
	ratings.Vouching, ratings.Levels = nil, ratings.Levels[:1]
	ratings.Measures = []bonafide.MeasureDef{{ID: "ratings", Name: both("Ratings")}}
	ratings.Rule = bonafide.Rule{Share: &bonafide.ShareRule{Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 2, Levels: []bonafide.Decimal{"0.5"}}}
	signIn := bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			id := r.Header.Get("Test-Account")
			return bonafide.Account{ID: id, Name: id}, id != ""
		},
		Address: func(returnTo string) string { return "/sign-in?to=" + url.QueryEscape(returnTo) },
	}
	w.issuer, err = issuer.New(issuer.Config{
		Origin: bazar, Name: "Bazar", Store: kept, Signer: key, SignIn: signIn, Now: w.clock, Log: slog.New(slog.DiscardHandler),
		Mechanisms: []bonafide.Mechanism{mechanism("seller", bazar, w.judge.origin), mechanism("solo", w.judge.origin), ratings},
	})
	require.NoError(t, err)
	w.config = court.Config{
		Origin: bazar, Name: "Bazar", Issuer: w.issuer, Store: kept, Signer: key, SignIn: signIn, Local: true,
		Now: w.clock, Log: slog.New(slog.DiscardHandler),
	}
	w.open()
	for member, points := range map[string]int{"alice": 1040, "dave": 1000, "erin": 1200, "bob": 400} {
		w.earn(member, points)
	}
	for _, voucher := range []string{"alice", "dave", "erin"} {
		w.add("seller", vouching.Event{Kind: vouching.KindVouch, ID: voucher + "-bob", At: w.seconds(), Voucher: voucher, Vouchee: "bob", AcceptedBy: "bob", Level: 2, Stake: 60})
	}
	w.wait(10 * day)
	return w
}

// open starts the court, again if it ran before.
func (w *world) open() {
	var err error
	w.Court, err = court.New(w.config)
	require.NoError(w.t, err)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) seconds() bonafide.Seconds { return bonafide.SecondsOf(w.clock()) }

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) earn(member string, points int) {
	for _, slug := range []string{"seller", "solo"} {
		var events []issuer.Event
		for n := range points / 20 {
			events = append(events, issuer.Event{ID: fmt.Sprintf("%s-%s-%d", slug, member, n), Member: member, Mechanism: slug, Kind: "sale", At: w.clock()})
		}
		_, err := w.issuer.Record(w.t.Context(), events...)
		require.NoError(w.t, err)
	}
}

// add adds an event to a ledger, as others of the site do.
func (w *world) add(slug string, e vouching.Event) {
	l, err := w.issuer.Ledger(slug)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Store.Update(w.t.Context(), func(tx store.Tx) error {
		_, err := l.Add(tx, w.seconds(), e)
		return err
	}))
}

// report returns a report about Bob of what he did a day ago.
func (w *world) report(id string) court.Report {
	return court.Report{ID: id, Mechanism: "seller", Member: "bob", Class: "fraud", Occurred: w.seconds() - vouching.Day, Words: "The parcel\nwas empty."}
}

// reported makes the report into a case.
func (w *world) reported(r court.Report) court.Case {
	w.t.Helper()
	k, err := w.Report(w.t.Context(), r)
	require.NoError(w.t, err)
	return k
}

// contested makes the report into a case that the member contests.
func (w *world) contested(r court.Report) court.Case {
	w.t.Helper()
	w.reported(r)
	k, err := w.Appeal(w.t.Context(), r.Member, r.ID, "It was full.")
	require.NoError(w.t, err)
	return k
}

// state returns where the case stands.
func (w *world) state(id string) court.State {
	w.t.Helper()
	k, err := w.Case(w.t.Context(), id)
	require.NoError(w.t, err)
	return k.State
}

// member returns what holds of a member as seller.
func (w *world) member(id string) (m vouching.Member) {
	l, err := w.issuer.Ledger("seller")
	require.NoError(w.t, err)
	require.NoError(w.t, w.Store.View(w.t.Context(), func(r store.Reader) error {
		state, err := l.Around(r, w.seconds(), id)
		if err == nil {
			m = state.Member(id)
		}
		return err
	}))
	return m
}

// costs returns what Bob and those behind him have lost and not regained: Bob, Alice, Dave, Erin.
func (w *world) costs() [4]int64 {
	return [4]int64{w.member("bob").Lost, w.member("alice").Charged, w.member("dave").Charged, w.member("erin").Charged}
}

// kept returns all records.
func (w *world) kept() map[string]string {
	all := map[string]string{}
	require.NoError(w.t, w.Store.View(w.t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			all[string(key)] = string(value)
			return true, nil
		})
	}))
	return all
}

// refused requires that act is refused with the code and changes nothing.
func (w *world) refused(code bonafide.Code, act func() error, msg ...any) {
	w.t.Helper()
	before := w.kept()
	err := act()
	require.Error(w.t, err, msg...)
	require.Equal(w.t, code, bonafide.CodeOf(err), "%v %v", err, msg)
	require.Equal(w.t, before, w.kept(), msg...)
}

// do asks the court as somebody.
func (w *world) do(handler http.Handler, method, path, account, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Account", account)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

// waiting returns how many cases wait for somebody.
func (w *world) waiting(member string) int {
	count, err := w.Waiting(w.t.Context(), member)
	require.NoError(w.t, err)
	return count
}

// page gets a page for somebody in a browser.
func (w *world) page(path, account string, header ...string) string {
	w.t.Helper()
	answer := w.do(w.Handler(), http.MethodGet, path, account, "", append([]string{"Accept", "text/html"}, header...)...)
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.String()
}

// judge is an arbiter on an origin of its own.
type judge struct {
	t      *testing.T
	origin bonafide.Origin
	sealer *seal.Sealer
	clock  func() time.Time

	mu    sync.Mutex
	asked int // how often it was asked for its keys
}

func newJudge(t *testing.T, clock func() time.Time) *judge {
	j := &judge{t: t, clock: clock}
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		j.mu.Lock()
		j.asked++
		j.mu.Unlock()
		document, err := seal.DIDDocument(j.origin, key.Public())
		if err == nil {
			data, _ := bonafide.MarshalJSON(document)
			rw.Header().Set("Content-Type", "application/did+json")
			rw.Write(data)
		}
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	j.origin = bonafide.Origin("http://judge.localhost:" + port)
	kid, err := seal.DIDKeyID(j.origin, key.Public())
	require.NoError(t, err)
	j.sealer, err = seal.NewSealer(key, kid)
	require.NoError(t, err)
	return j
}

// ruling returns a ruling on a case at bazar.
func (j *judge) ruling(id string, d bonafide.Decision) bonafide.Ruling {
	now := bonafide.SecondsOf(j.clock())
	return bonafide.Ruling{
		Issuer: j.origin, Audience: bazar, ID: "r-" + id + "-" + string(d), IssuedAt: now, Expires: now + 86_400,
		Case: id, Decision: d, Reason: "Both were heard.",
	}
}

func (j *judge) sign(r bonafide.Ruling) string {
	token, err := j.sealer.Seal(j.t.Context(), bonafide.TypeRuling, r)
	require.NoError(j.t, err)
	return token
}
