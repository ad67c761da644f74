package desk_test

import (
	"fmt"
	"io"
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
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

const (
	bazar = bonafide.Origin("https://bazar.example")
	day   = 24 * time.Hour
)

// world is a desk over a real issuer and store, and a clock that tests move.
type world struct {
	*desk.Desk
	t      *testing.T
	issuer *issuer.Issuer
	store  store.Store
	key    *seal.PrivateKey
	pages  http.Handler
	admin  http.Handler
	events int

	mu    sync.Mutex
	clock time.Time
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

// trade counts points and has the terms that mechanisms have unless they publish others, as union does; club
// counts points without any.
func mechanisms() []bonafide.Mechanism {
	named := func(slug string) bonafide.Mechanism {
		m := bonafide.Mechanism{
			ID: string(bazar) + "/mechanisms/" + slug, Version: 1, Date: "2026-10-01", Context: "selling", Scale: bonafide.Ordinal,
			Name: both("Fair " + slug), Meaning: both("Whether this member deals fairly."),
			Rule: bonafide.Rule{Points: &bonafide.PointsRule{
				Kinds:  map[string]int64{"one": 1, "ten": 10, "hundred": 100, "thousand": 1000},
				Levels: []int64{100, 300, 1000, 3000},
			}},
			WhoRates: both("Buyers."), Falls: both("By faults."), Recovers: both("By time."), NotSaid: both("Who it is."),
			Faults: []bonafide.FaultClass{{ID: "half", Name: both("Unpaid"), Severity: "0.5", Points: 50}, {ID: "fraud", Name: both("Fraud"), Severity: "1", Points: 300}},
		}
		for _, id := range []string{"bronze", "silver", "gold", "platinum"} {
			m.Levels = append(m.Levels, bonafide.Level{ID: id, Name: both(strings.ToUpper(id[:1]) + id[1:]), Sentence: both("Deals at " + id + ".")})
		}
		return m
	}
	terms := vouching.Default()
	trade, union := named("trade"), named("union")
	trade.Vouching = &bonafide.Vouching{Supporters: terms.Supporters, MinStake: terms.MinStake}
	union.Vouching = trade.Vouching
	return []bonafide.Mechanism{trade, union, named("club")}
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	w.store, w.key = kept, key
	w.open(mechanisms()...)
	return w
}

// open starts the issuer and the desk over the world's store.
func (w *world) open(mechanisms ...bonafide.Mechanism) {
	w.t.Helper()
	signIn := bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			cookie, err := r.Cookie("member")
			if err != nil {
				return bonafide.Account{}, false
			}
			return account(cookie.Value), true
		},
		Address: func(returnTo string) string { return "/sign-in?" + url.Values{"to": {returnTo}}.Encode() },
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	w.issuer, err = issuer.New(issuer.Config{
		Origin: bazar, Name: "Bazar", Store: w.store, Signer: w.key, Mechanisms: mechanisms, SignIn: signIn, Now: w.now, Log: quiet,
	})
	require.NoError(w.t, err)
	w.Desk, err = desk.New(desk.Config{Origin: bazar, Name: "Bazar", Issuer: w.issuer, Store: w.store, SignIn: signIn, Now: w.now, Log: quiet})
	require.NoError(w.t, err)
	w.pages, w.admin = w.Handler(), w.Admin()
}

// publish has the site publish a second version of trade.
func (w *world) publish(change func(*bonafide.Mechanism)) {
	w.t.Helper()
	all := mechanisms()
	hash, err := bonafide.Hash(all[0])
	require.NoError(w.t, err)
	all[0].Version, all[0].Previous = 2, hash
	change(&all[0])
	w.open(all...)
}

// account is somebody signed in: the ids are such that no page may hold them.
func account(name string) bonafide.Account {
	return bonafide.Account{ID: "id-" + name, Name: strings.ToUpper(name[:1]) + name[1:], Since: "2020-05"}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) seconds() bonafide.Seconds { return bonafide.SecondsOf(w.now()) }

// wait moves the clock, and has done what falls due.
func (w *world) wait(d time.Duration) {
	w.t.Helper()
	w.mu.Lock()
	w.clock = w.clock.Add(d)
	w.mu.Unlock()
	require.NoError(w.t, w.RunDue(w.t.Context()))
	require.NoError(w.t, w.issuer.RunDue(w.t.Context()))
}

// earn has a member earn points.
func (w *world) earn(name string, points int) {
	w.t.Helper()
	var events []issuer.Event
	for _, k := range []struct {
		kind  string
		worth int
	}{{"thousand", 1000}, {"hundred", 100}, {"ten", 10}, {"one", 1}} {
		for ; points >= k.worth; points -= k.worth {
			w.events++
			events = append(events, issuer.Event{
				ID: fmt.Sprintf("e%06d", w.events), Member: account(name).ID, Mechanism: "trade", Kind: k.kind, At: w.now(),
			})
		}
	}
	_, err := w.issuer.Record(w.t.Context(), events...)
	require.NoError(w.t, err)
}

// badge publishes a member's badge and returns its address.
func (w *world) badge(name string) string {
	w.t.Helper()
	of := account(name)
	require.NoError(w.t, w.store.Update(w.t.Context(), func(tx store.Tx) error { return w.issuer.Know(tx, of) }))
	address, err := w.issuer.PublishBadge(w.t.Context(), "trade", of.ID, of.Name)
	require.NoError(w.t, err)
	return address
}

// ask has one member ask another, and returns the id of the ask.
func (w *world) ask(asker, asked string) string {
	w.t.Helper()
	require.NoError(w.t, w.Ask(w.t.Context(), account(asker), "trade", w.badge(asked), "It is me, "+asker+"."))
	for _, a := range w.view(asked).Asked {
		if a.Person.Name == account(asker).Name {
			return a.ID
		}
	}
	require.Fail(w.t, "the ask isn't seen")
	return ""
}

// vouch has one member vouch for another who asked, and returns the id of the vouch.
func (w *world) vouch(voucher, vouchee string, level int, stake int64) string {
	w.t.Helper()
	id := w.ask(vouchee, voucher)
	require.NoError(w.t, w.Answer(w.t.Context(), account(voucher), id, level, stake))
	return id
}

// offer makes a link, and returns its code.
func (w *world) offer(voucher string, level int, stake int64) string {
	w.t.Helper()
	link, err := w.Offer(w.t.Context(), account(voucher), "trade", level, stake)
	require.NoError(w.t, err)
	return link.Link[strings.LastIndexByte(link.Link, '/')+1:]
}

// fault has a member's fault become final a second from now, and reported; it occurred so long before, or now.
func (w *world) fault(name, class string, ago time.Duration) {
	w.t.Helper()
	w.wait(time.Second) // the second in which it occurred must be over
	w.events++
	kept, err := w.issuer.Ledger("trade")
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.Update(w.t.Context(), func(tx store.Tx) error {
		touched, err := kept.Add(tx, w.seconds(), vouching.Event{
			Kind: vouching.KindFault, ID: fmt.Sprintf("fault-%d", w.events), At: w.seconds(), Member: account(name).ID, Class: class,
			Occurred: bonafide.SecondsOf(w.now().Add(-max(ago, time.Second))), Reported: w.seconds(),
		})
		if err != nil {
			return err
		}
		return w.issuer.Follow(tx, "trade", touched...)
	}))
	require.NoError(w.t, w.issuer.RunDue(w.t.Context()))
}

// view returns what a member sees under trade.
func (w *world) view(name string) desk.Standing {
	w.t.Helper()
	view, err := w.View(w.t.Context(), account(name).ID)
	require.NoError(w.t, err)
	require.Len(w.t, view.Mechanisms, 2, "club has no terms")
	require.Equal(w.t, "trade", view.Mechanisms[0].Mechanism)
	return view.Mechanisms[0]
}

// ledgered returns how many events of the kind the ledger keeps.
func (w *world) ledgered(kind vouching.Kind) (count int) {
	w.t.Helper()
	kept, err := w.issuer.Ledger("trade")
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.View(w.t.Context(), func(r store.Reader) error {
		count = 0
		return kept.Events(r, func(e vouching.Event) error {
			if e.Kind == kind {
				count++
			}
			return nil
		})
	}))
	return count
}

// get asks for a page or for JSON as a member ("" for nobody).
func (w *world) get(name, path string, header ...string) *httptest.ResponseRecorder {
	return w.send(w.pages, name, http.MethodGet, path, "", header...)
}

// post sends a form.
func (w *world) post(name, path string, fields url.Values) *httptest.ResponseRecorder {
	return w.send(w.pages, name, http.MethodPost, path, fields.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (w *world) send(handler http.Handler, name, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if name != "" {
		r.AddCookie(&http.Cookie{Name: "member", Value: name})
	}
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

// atOnce does something a hundred times at once, and counts how it went by code.
func atOnce(do func(n int) error) map[bonafide.Code]int {
	var all sync.WaitGroup
	errs := make([]error, 100)
	for n := range errs {
		all.Go(func() { errs[n] = do(n) })
	}
	all.Wait()
	counts := map[bonafide.Code]int{}
	for _, err := range errs {
		counts[bonafide.CodeOf(err)]++
	}
	return counts
}

func requireCode(t *testing.T, code bonafide.Code, err error) {
	t.Helper()
	require.Equal(t, code, bonafide.CodeOf(err), "%v", err)
}

// sent returns the code of the problem document that answers.
func sent(t *testing.T, answer *httptest.ResponseRecorder) bonafide.Code {
	t.Helper()
	problem, err := bonafide.ParsePeer[struct {
		Code bonafide.Code `json:"code"`
	}](answer.Body.Bytes())
	require.NoError(t, err, answer.Body)
	return problem.Code
}

// dump returns all that the desk keeps.
func (w *world) dump() string {
	w.t.Helper()
	var all strings.Builder
	require.NoError(w.t, w.store.View(w.t.Context(), func(r store.Reader) error {
		return r.Scan(store.Prefix(store.Key("desk")), func(key, value []byte) (bool, error) {
			fmt.Fprintf(&all, "%q %s\n", key, value)
			return true, nil
		})
	}))
	return all.String()
}
