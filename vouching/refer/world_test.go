package refer_test

import (
	"fmt"
	"html"
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
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

const (
	here = bonafide.Origin("https://bazar.example")
	slug = "seller"
	day  = 24 * time.Hour
)

func text(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

// sellers has the model's default parameters and the levels one to four.
func sellers() bonafide.Mechanism {
	m := bonafide.Mechanism{
		ID: string(here) + "/mechanisms/" + slug, Version: 1, Date: "2026-01-01", Context: "selling", Scale: bonafide.Ordinal,
		Name: text("Seller"), Meaning: text("meaning"), WhoRates: text("buyers"), Falls: text("falls"), Recovers: text("recovers"), NotSaid: text("not said"),
		Rule:     bonafide.Rule{Points: &bonafide.PointsRule{Kinds: map[string]int64{"ten": 10}, Levels: []int64{100, 300, 1000, 3000}}},
		Vouching: &bonafide.Vouching{Supporters: []int{2, 2, 3}, MinStake: []int64{10, 30, 90}},
		Faults:   []bonafide.FaultClass{{ID: "half", Name: text("half"), Severity: "0.5", Points: 20}, {ID: "fraud", Name: text("fraud"), Severity: "1", Points: 100}},
	}
	for _, id := range []string{"one", "two", "three", "four"} {
		m.Levels = append(m.Levels, bonafide.Level{ID: id, Name: text("Level " + id), Sentence: text("sentence")})
	}
	return m
}

// world is a site whose members refer people to others.
type world struct {
	*testing.T
	*refer.Desk
	court   *court.Court
	config  refer.Config
	handler http.Handler
	keys    seal.KeySet // that open what the site signs
	there   *elsewhere
	mu      sync.Mutex
	clock   time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) instant() bonafide.Seconds { return bonafide.SecondsOf(w.now()) }

// wait moves the clock and does what is due.
func (w *world) wait(d time.Duration) {
	w.Helper()
	w.mu.Lock()
	w.clock = w.clock.Add(d)
	w.mu.Unlock()
	w.due()
}

func (w *world) due() {
	w.Helper()
	require.NoError(w, w.court.RunDue(w.Context()))
	require.NoError(w, w.RunDue(w.Context()))
	require.NoError(w, w.Issuer.RunDue(w.Context()))
}

// newWorld starts the site, on which Alice has earned 1040 points, and another, which takes referrals.
func newWorld(t *testing.T, change ...func(*refer.Config)) *world {
	w := &world{T: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.there = newElsewhere(w, "outils")
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	signer, err := seal.GenerateKey()
	require.NoError(t, err)
	signIn := bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			id := r.Header.Get("Test-Account")
			return bonafide.Account{ID: id, Name: id}, id != ""
		},
		Address: func(returnTo string) string { return "/sign-in?" + url.Values{"to": {returnTo}}.Encode() },
	}
	quiet := slog.New(slog.DiscardHandler)
	issuing, err := issuer.New(issuer.Config{
		Origin: here, Name: "Bazar", Store: kept, Signer: signer, Mechanisms: []bonafide.Mechanism{sellers()}, SignIn: signIn, Now: w.now, Log: quiet,
		Erasing: func(tx store.Tx, member, pseudonym string) error {
			if err := w.court.Erase(tx, member, pseudonym); err != nil {
				return err
			}
			return w.Desk.Erase(tx, member, pseudonym)
		},
	})
	require.NoError(t, err)
	w.court, err = court.New(court.Config{Origin: here, Name: "Bazar", Issuer: issuing, Store: kept, Signer: signer, SignIn: signIn, Now: w.now, Log: quiet})
	require.NoError(t, err)
	w.config = refer.Config{
		Origin: here, Name: "Bazar", Issuer: issuing, Court: w.court, Store: kept, Signer: signer, SignIn: signIn,
		Believes: []bonafide.Origin{w.there.origin}, Local: true, Now: w.now, Log: quiet,
	}
	for _, fn := range change {
		fn(&w.config)
	}
	w.Desk, err = refer.New(w.config)
	require.NoError(t, err)
	w.handler = w.Handler()
	document, err := seal.DIDDocument(here, signer.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	w.keys, err = seal.ParseDIDDocument(data, here)
	require.NoError(t, err)
	w.earn("alice", 1040)
	return w
}

// earn has a member earn points, tens at once.
func (w *world) earn(member string, points int) {
	w.Helper()
	var events []issuer.Event
	for n := range points / 10 {
		events = append(events, issuer.Event{
			ID: fmt.Sprintf("%s-%d-%d", member, w.instant(), n), Member: member, Mechanism: slug, Kind: "ten", At: w.now(),
		})
	}
	_, err := w.Issuer.Record(w.Context(), events...)
	require.NoError(w, err)
}

// answer is how a request was answered.
type answer struct {
	status   int
	body     string
	location string
	code     bonafide.Code // of a problem document
}

// ask sends a request: as a person's browser if there is somebody signed in, otherwise as a program.
func (w *world) ask(method, path, member string, fields ...string) answer {
	w.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if member != "" {
		r.Header.Set("Test-Account", member)
		r.Header.Set("Accept", "text/html")
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	a := answer{recorder.Code, html.UnescapeString(recorder.Body.String()), recorder.Header().Get("Location"), ""}
	if recorder.Header().Get("Content-Type") == "application/problem+json" {
		problem, err := bonafide.Parse[web.ProblemDocument](recorder.Body.Bytes())
		require.NoError(w, err)
		a.code = problem.Code
	}
	return a
}

func requireCode(t require.TestingT, code bonafide.Code, err error) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	require.Error(t, err)
	require.Equal(t, code, bonafide.CodeOf(err), "%v", err)
}

// refers has a member make a link with that stake, and returns its id.
func (w *world) refers(member string, stake int64) string {
	w.Helper()
	made, err := w.Make(w.Context(), bonafide.Account{ID: member}, slug, w.there.origin, stake)
	require.NoError(w, err)
	return made.ID
}

// confirmed has Alice refer somebody with a stake of 60, and confirm that they meant whoever redeemed it, a
// second ago.
func (w *world) confirmed() string {
	w.Helper()
	id := w.refers("alice", 60)
	require.Equal(w, bonafide.ReferralPending, w.told(id, w.there.redeemed(id, "Bob")).State)
	require.NoError(w, w.Confirm(w.Context(), "alice", id))
	w.wait(time.Second)
	return id
}

// told posts an outcome, which must be taken.
func (w *world) told(id string, o bonafide.Outcome) bonafide.ReferralAnswer {
	w.Helper()
	a := w.ask("POST", "/outcomes", "", "outcome", w.there.seal(o))
	require.Equal(w, http.StatusOK, a.status, a.body)
	said, err := bonafide.Parse[bonafide.ReferralAnswer]([]byte(a.body))
	require.NoError(w, err)
	return said
}

// refused posts an outcome, which must be refused with the code.
func (w *world) refused(code bonafide.Code, o bonafide.Outcome) {
	w.Helper()
	before := w.records()
	a := w.ask("POST", "/outcomes", "", "outcome", w.there.seal(o))
	require.Equal(w, code, a.code, a.body)
	require.Equal(w, code.Meaning().Status, a.status)
	require.Equal(w, before, w.records(), "what is refused changes nothing")
}

// records returns everything in the store.
func (w *world) records() map[string]string {
	all := map[string]string{}
	require.NoError(w, w.Store.View(w.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			all[string(key)] = string(value)
			return true, nil
		})
	}))
	return all
}

// kept returns a referral as it is listed for the administrator, false if there is none.
func (w *world) kept(id string) (refer.Referral, bool) {
	w.Helper()
	recorder := httptest.NewRecorder()
	w.Admin().ServeHTTP(recorder, httptest.NewRequest("GET", "/admin/referrals", nil))
	all, err := bonafide.Parse[[]refer.Referral](recorder.Body.Bytes())
	require.NoError(w, err)
	for _, r := range all {
		if r.ID == id {
			return r, true
		}
	}
	return refer.Referral{}, false
}

// lent returns what the member has put up, and what they have been charged and not healed of.
func (w *world) lent(member string) (lent, charged int64) {
	w.Helper()
	kept, err := w.Issuer.Ledger(slug)
	require.NoError(w, err)
	require.NoError(w, w.Store.View(w.Context(), func(r store.Reader) error {
		state, err := kept.Around(r, w.instant(), member)
		if err != nil {
			return err
		}
		lent, charged = state.Member(member).Lent, state.Member(member).Charged
		return nil
	}))
	return lent, charged
}

// revoked tells whether the entry that a referral states is set.
func (w *world) revoked(entry bonafide.StatusEntry) bool {
	w.Helper()
	recorder := httptest.NewRecorder()
	w.Issuer.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", strings.TrimPrefix(entry.Credential, string(here)), nil))
	require.Equal(w, http.StatusOK, recorder.Code, recorder.Body)
	token, err := seal.ParseStatusList(recorder.Body.String())
	require.NoError(w, err)
	list, err := seal.OpenAs[bonafide.StatusList](token, w.keys)
	require.NoError(w, err)
	require.NoError(w, list.Check(here, entry.Credential, w.now()))
	bits, err := list.Bits()
	require.NoError(w, err)
	index, err := entry.Position()
	require.NoError(w, err)
	set, err := bits.Get(index)
	require.NoError(w, err)
	return set
}
