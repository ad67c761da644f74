package issuer_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	"github.com/stretchr/testify/require"
)

const bazar = bonafide.Origin("https://bazar.example")

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is an issuer and what it stands on.
type world struct {
	*issuer.Issuer
	t       testing.TB
	clock   *clock
	key     *seal.PrivateKey
	path    string
	handler http.Handler
	events  int
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func level(id string) bonafide.Level {
	return bonafide.Level{ID: id, Name: both(strings.ToUpper(id[:1]) + id[1:]), Sentence: both("Has reached " + id + ".")}
}

func mechanism(slug string, rule bonafide.Rule, windowDays int, levels ...string) bonafide.Mechanism {
	m := bonafide.Mechanism{
		ID: string(bazar) + "/mechanisms/" + slug, Version: 1, Date: "2026-10-01", Context: "selling", Scale: bonafide.Ordinal,
		Name: both("Mechanism " + slug), Meaning: both("What it says."), Rule: rule,
		WhoRates: both("Buyers."), Falls: both("By faults."), Recovers: both("By time."), NotSaid: both("Who it is."),
	}
	for _, id := range levels {
		m.Levels = append(m.Levels, level(id))
	}
	if rule.Points == nil {
		m.Measures = []bonafide.MeasureDef{{ID: "ratings", Name: both("Ratings"), WindowDays: windowDays}}
	}
	return m
}

func shareRule() bonafide.Rule {
	return bonafide.Rule{Share: &bonafide.ShareRule{Measure: "ratings", Kinds: []string{"rating"}, MinTotal: 2, Levels: []bonafide.Decimal{"0.5", "0.75", "1"}}}
}

// seller takes a share of all time, visitor one of 30 days, helper points; the host rules patron.
func mechanisms() []bonafide.Mechanism {
	points := bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"answer": 1, "guide": 5}, Levels: []int64{2, 10}}}
	host := bonafide.Rule{Host: &bonafide.HostRule{Described: both("As the shop sees it.")}}
	return []bonafide.Mechanism{
		mechanism("seller", shareRule(), 0, "bronze", "silver", "gold"),
		mechanism("visitor", shareRule(), 30, "bronze", "silver", "gold"),
		mechanism("helper", points, 0, "one", "two"),
		mechanism("patron", host, 0, "one", "two"),
	}
}

func start() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func newWorld(t testing.TB, change ...func(*issuer.Config)) *world {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	w := &world{t: t, clock: &clock{t: start()}, key: key, path: filepath.Join(t.TempDir(), "store")}
	w.open(change...)
	return w
}

// open starts the issuer over the world's store.
func (w *world) open(change ...func(*issuer.Config)) {
	s, err := bolt.Open(w.path)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { s.Close() })
	config := issuer.Config{
		Origin: bazar, Name: "Bazar", Store: s, Signer: w.key, Mechanisms: mechanisms(), Now: w.clock.now,
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
		Standing: func(context.Context, string, string) (issuer.Standing, error) { return issuer.Standing{}, io.EOF },
		SignIn: bonafide.SignIn{
			Account: func(r *http.Request) (bonafide.Account, bool) {
				name := r.Header.Get("Test-Account")
				return bonafide.Account{ID: name, Name: "The " + name, Since: "2019-05"}, name != ""
			},
			Address: func(returnTo string) string { return "/login?to=" + returnTo },
		},
	}
	for _, f := range change {
		f(&config)
	}
	w.Issuer, err = issuer.New(config)
	require.NoError(w.t, err)
	w.handler = w.Handler()
}

// restart closes the store, as the end of a process does, and starts again.
func (w *world) restart(change ...func(*issuer.Config)) {
	require.NoError(w.t, w.Store.Close())
	w.open(change...)
}

// event returns a new event under mechanism; good is what a share counts.
func (w *world) event(mechanism, member string, good bool) issuer.Event {
	w.events++
	e := issuer.Event{ID: fmt.Sprintf("e%06d", w.events), Member: member, Mechanism: mechanism, Kind: "rating", Positive: new(good), At: w.clock.now()}
	if mechanism == "helper" {
		e.Kind, e.Positive = "answer", nil
	}
	return e
}

// rate records ratings, true for positive.
func (w *world) rate(mechanism, member string, good ...bool) {
	w.t.Helper()
	var events []issuer.Event
	for _, g := range good {
		events = append(events, w.event(mechanism, member, g))
	}
	n, err := w.Record(w.t.Context(), events...)
	require.NoError(w.t, err)
	require.Equal(w.t, len(events), n)
}

// publish publishes a badge and returns its path.
func (w *world) publish(mechanism, member string) string {
	w.t.Helper()
	address, err := w.PublishBadge(w.t.Context(), mechanism, member, member)
	require.NoError(w.t, err)
	require.True(w.t, bazar.Owns(address))
	return strings.TrimPrefix(address, string(bazar))
}

// get asks the issuer; header is name and value in turn.
func (w *world) get(path string, header ...string) *httptest.ResponseRecorder {
	return w.do(w.handler, http.MethodGet, path, "", header...)
}

func (w *world) do(handler http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

// credential gets the badge's signed form, checked as a peer checks it.
func (w *world) credential(path string) *bonafide.Credential {
	w.t.Helper()
	answer := w.get(path + ".jwt")
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	require.Equal(w.t, "application/vc+jwt", answer.Header().Get("Content-Type"))
	token, err := seal.Parse(answer.Body.String(), bonafide.TypeCredential)
	require.NoError(w.t, err)
	c, err := seal.OpenAs[bonafide.Credential](token, w.keys())
	require.NoError(w.t, err)
	require.NoError(w.t, c.Check(bazar, w.clock.now()))
	return &c
}

func (w *world) keys() seal.KeySet {
	w.t.Helper()
	document, err := seal.DIDDocument(bazar, w.key.Public())
	require.NoError(w.t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(w.t, err)
	keys, err := seal.ParseDIDDocument(data, bazar)
	require.NoError(w.t, err)
	return keys
}

// stated returns the level that the badge's signed form states.
func (w *world) stated(path string) string {
	w.t.Helper()
	status, err := w.credential(path).Stated()
	require.NoError(w.t, err)
	return status.Level
}

// revoked reads the entry's list as a peer does.
func (w *world) revoked(e bonafide.StatusEntry) bool {
	w.t.Helper()
	answer := w.get(strings.TrimPrefix(e.Credential, string(bazar)))
	require.Equal(w.t, http.StatusOK, answer.Code)
	token, err := seal.ParseStatusList(answer.Body.String())
	require.NoError(w.t, err)
	list, err := seal.OpenAs[bonafide.StatusList](token, w.keys())
	require.NoError(w.t, err)
	require.NoError(w.t, list.Check(bazar, e.Credential, w.clock.now()))
	bits, err := list.Bits()
	require.NoError(w.t, err)
	index, err := e.Position()
	require.NoError(w.t, err)
	bit, err := bits.Get(index)
	require.NoError(w.t, err)
	return bit
}

func requireCode(t *testing.T, code bonafide.Code, err error) {
	t.Helper()
	require.Equal(t, code, bonafide.CodeOf(err), "%v", err)
}

// failing is a store whose Updates fail after so many.
type failing struct {
	store.Store
	mu   sync.Mutex
	left int
}

func (f *failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	f.mu.Lock()
	f.left--
	stopped := f.left < 0
	f.mu.Unlock()
	if stopped {
		return io.ErrClosedPipe
	}
	return f.Store.Update(ctx, fn)
}
