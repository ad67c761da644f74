package verifier_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

const site = bonafide.Origin("http://outils.localhost")

// world is a verifier with the one issuer that it recognises.
type world struct {
	t      *testing.T
	clock  *clock
	issuer *fakeIssuer
	config verifier.Config
	*verifier.Verifier
	server *httptest.Server
	admin  *httptest.Server
}

func newWorld(t *testing.T) *world {
	clock := &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	w := &world{t: t, clock: clock, issuer: newFakeIssuer(t, clock)}
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	signer, err := seal.GenerateKey()
	require.NoError(t, err)
	client, err := seal.GenerateKey()
	require.NoError(t, err)
	w.config = verifier.Config{
		Origin: site, Name: "Outils", Store: kept, Signer: signer, ClientSigner: client,
		Mechanisms: []bonafide.Mechanism{mechanism(string(site)+"/mechanisms/member", "lending", "guest", "regular", "pillar")},
		Tables:     []bonafide.Table{w.table()},
		SignIn: bonafide.SignIn{
			Account: func(r *http.Request) (bonafide.Account, bool) {
				id := r.Header.Get("Test-Account")
				return bonafide.Account{ID: id, Name: id}, id != ""
			},
			Address: func(returnTo string) string { return "/sign-in?return=" + url.QueryEscape(returnTo) },
		},
		Contest: string(site) + "/contest", Local: true, Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	w.start()
	return w
}

// start starts the verifier, again if it ran before.
func (w *world) start() {
	var err error
	w.Verifier, err = verifier.New(w.config)
	require.NoError(w.t, err)
	w.server = httptest.NewServer(w.Handler())
	w.t.Cleanup(w.server.Close)
	w.admin = httptest.NewServer(w.Admin())
	w.t.Cleanup(w.admin.Close)
}

// table gives level 2 for 95 % and level 1 for 80 %.
func (w *world) table() bonafide.Table {
	return bonafide.Table{
		ID: string(site) + "/conversions/bazar", Version: 1,
		From:    bonafide.TableFrom{Issuer: w.issuer.origin, Mechanism: string(w.issuer.origin) + seller, Versions: []int{1}, Context: "selling"},
		To:      bonafide.TableTo{Mechanism: string(site) + "/mechanisms/member"},
		Accept:  bonafide.Accept{MinSample: 20, MinAccountDays: 180},
		Measure: &bonafide.MeasureBy{Share: "ratings"},
		Rates:   []bonafide.Rate{{AtLeast: "0.95", Gives: 2}, {AtLeast: "0.80", Gives: 1}},
		Cap:     2, ValidFrom: "2026-01-01", ValidUntil: "2027-12-31",
	}
}

// browser is one person's browser at the verifier. Requests are those of a program, unless page is set.
type browser struct {
	*world
	account string
	page    bool
	jar     http.CookieJar
}

func (w *world) browser(account string) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	return &browser{world: w, account: account, jar: jar}
}

type answer struct {
	status   int
	body     string
	location string
	header   http.Header
	code     bonafide.Code // of a problem document
}

func (b *browser) do(method, path string, form url.Values) answer {
	request, err := http.NewRequest(method, b.server.URL+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	request.Header.Set("Test-Account", b.account)
	request.Header.Set("Accept", "application/json")
	if b.page {
		request.Header.Set("Accept", "text/html")
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{Jar: b.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	a := answer{status: response.StatusCode, body: string(body), location: response.Header.Get("Location"), header: response.Header}
	if response.Header.Get("Content-Type") == "application/problem+json" {
		problem, err := bonafide.Parse[web.ProblemDocument](body)
		require.NoError(b.t, err)
		a.code = problem.Code
	}
	return a
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, fields ...string) answer {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

// begin begins an import and consents at the issuer; it returns the answer to bring back.
func (b *browser) begin() url.Values {
	b.t.Helper()
	started := b.post("/import/start", "issuer", string(b.issuer.origin))
	require.Equal(b.t, http.StatusSeeOther, started.status, started.body)
	return b.issuer.consent(started.location)
}

func (b *browser) callback(query url.Values) answer {
	return b.get("/import/callback?" + query.Encode())
}

// imports does a whole import, which must succeed.
func (b *browser) imports() {
	b.t.Helper()
	a := b.callback(b.begin())
	require.Equal(b.t, http.StatusSeeOther, a.status, a.body)
	require.Contains(b.t, a.location, "/standing?imported=")
}

// converted returns what the account's imports count for.
func (w *world) converted(account string) *conversion.Explanation {
	w.t.Helper()
	explanations, err := w.Converted(w.t.Context(), account)
	require.NoError(w.t, err)
	require.Len(w.t, explanations, 1)
	return explanations[0]
}

// runDue does what is due.
func (w *world) runDue() {
	w.t.Helper()
	require.NoError(w.t, w.RunDue(w.t.Context()))
}

// held returns what is held on the account.
func (w *world) held(account string) *verifier.Held {
	w.t.Helper()
	held, err := w.Export(w.t.Context(), account)
	require.NoError(w.t, err)
	return held
}

// rows returns how many rows the store has of the kinds that an import writes.
func (w *world) rows() int {
	n := 0
	require.NoError(w.t, w.config.Store.View(w.t.Context(), func(r store.Reader) error {
		n = 0
		for _, kind := range []string{"input", "watch", "due", "over", "subject", "seen", "list", "mechanism", "ending"} {
			err := r.Scan(store.Prefix(store.Key("verifier", kind)), func(_, _ []byte) (bool, error) {
				n++
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return n
}
