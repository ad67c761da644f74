package complaint_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

const (
	bazar = bonafide.Origin("https://bazar.example")
	day   = 24 * time.Hour
	alice = "AAAA" // the code of Alice's badge
)

// world is a desk of a site on which badges have the codes AAAA, of Alice, and BBBB, of Bob.
type world struct {
	*complaint.Desk
	t      *testing.T
	config complaint.Config
	now    time.Time
	badges map[string]complaint.Badge
}

func both(s string) bonafide.Text { return bonafide.Text{EN: s, FR: s + " (fr)"} }

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), badges: map[string]complaint.Badge{
		alice: {Mechanism: "seller", Member: "alice", Name: "<i>Alice"}, "BBBB": {Mechanism: "seller", Member: "bob", Name: "Bob"},
	}}
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	w.config = complaint.Config{
		Origin: bazar, Name: "Bazar", Store: kept, Cases: "/cases",
		Mechanisms: []*bonafide.Mechanism{
			{ID: string(bazar) + "/mechanisms/seller", Name: both("Sellers")}, {ID: string(bazar) + "/mechanisms/buyer", Name: both("Buyers")},
		},
		Badge: func(_ store.Reader, code string) (complaint.Badge, error) {
			b, ok := w.badges[code]
			if !ok {
				return b, bonafide.Errorf(bonafide.NotFound, code, "is no badge")
			}
			return b, nil
		},
		SignIn: bonafide.SignIn{
			Account: func(r *http.Request) (bonafide.Account, bool) {
				id := r.Header.Get("Test-Account")
				return bonafide.Account{ID: id, Name: id}, id != ""
			},
			Address: func(returnTo string) string { return "/sign-in?to=" + url.QueryEscape(returnTo) },
		},
		Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
	}
	w.open()
	return w
}

// open starts the desk, again if it ran before.
func (w *world) open() {
	var err error
	w.Desk, err = complaint.New(w.config)
	require.NoError(w.t, err)
}

// do sends a request; with a form it is a POST.
func (w *world) do(handler http.Handler, path, account string, form url.Values, header ...string) *httptest.ResponseRecorder {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Test-Account", account)
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

// page returns a page of the desk.
func (w *world) page(path, account string, header ...string) string {
	answer := w.do(w.Handler(), path, account, nil, header...)
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.String()
}

// report reports Alice's badge and returns the receipt's path.
func (w *world) report(words string) string {
	answer := w.do(w.Handler(), "/b/"+alice+"/report", "", url.Values{"kind": {"untrue"}, "words": {words}, "page": {""}})
	require.Equal(w.t, http.StatusSeeOther, answer.Code, answer.Body)
	return answer.Header().Get("Location")
}

// contest has Alice contest what she is as a seller, and returns it.
func (w *world) contest(words string) complaint.Complaint {
	answer := w.do(w.Handler(), "/contest", "alice", url.Values{"mechanism": {"seller"}, "words": {words}})
	require.Equal(w.t, http.StatusSeeOther, answer.Code, answer.Body)
	return w.all()[0]
}

// replace has Alice put other words in the place of a contest.
func (w *world) replace(c complaint.Complaint, words string) complaint.Complaint {
	answer := w.do(w.Handler(), "/contest", "alice", url.Values{"mechanism": {c.Mechanism}, "words": {words}, "replaces": {c.ID}})
	require.Equal(w.t, http.StatusSeeOther, answer.Code, answer.Body)
	return w.all()[0]
}

// all returns all complaints.
func (w *world) all() []complaint.Complaint {
	all, err := w.Complaints(w.t.Context(), "", "")
	require.NoError(w.t, err)
	return all
}

// kept returns everything in the store, as one text.
func (w *world) kept() string {
	var all strings.Builder
	require.NoError(w.t, w.config.Store.View(w.t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			all.Write(append(append(key, value...), '\n'))
			return true, nil
		})
	}))
	return all.String()
}

func requireCode(t *testing.T, code bonafide.Code, err error) {
	t.Helper()
	require.Equal(t, code, bonafide.CodeOf(err), "%v", err)
}
