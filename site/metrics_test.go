package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// figures returns what the administration tells at /metrics.
func (p *place) figures() string {
	w := httptest.NewRecorder()
	p.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(p, http.StatusOK, w.Code, w.Body.String())
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	clock, bazar, outils, alice, _ := two(t)
	alice.imports(bazar, outils)
	says := bazar.figures()
	for _, line := range []string{
		`bonafide_ready 1`, `bonafide_requests_at_work{kind="usual"} 0`, `bonafide_requests_refused_total{limit="busy"} 0`,
		`bonafide_request_seconds_count{class="2xx",method="POST",route="POST /oauth/token"} 1`,
		`bonafide_waiting{queue="statuses"} 0`, `bonafide_waiting_seconds{queue="statuses"} 0`, `bonafide_waiting{queue="badges"} 0`,
		`bonafide_status_lists_signed_total 1`, `bonafide_badges_issued_total 0`, `bonafide_store_failures_total 0`,
	} {
		require.Contains(t, says, line+"\n")
	}
	for _, beginning := range []string{`bonafide_store_transactions_total{kind="view"} `, `bonafide_store_commits_total `, `bonafide_fetches_total{outcome="answered"} `, "bonafide_build_info{", "go_goroutines ", "process_open_fds "} {
		require.Contains(t, says, "\n"+beginning)
	}
	_, err := bazar.Issuer.PublishBadge(t.Context(), bazar.config.Mechanisms[0].Slug(), "alice", "Alice")
	require.NoError(t, err)
	require.Contains(t, bazar.figures(), "bonafide_badges_issued_total 1\n")

	bazar.away.Store(true)
	clock.Move(40 * 24 * time.Hour)
	require.Contains(t, bazar.figures(), `bonafide_waiting{queue="statuses"} 1`+"\n", "the badge is to be renewed")
	require.Regexp(t, `bonafide_waiting_seconds\{queue="statuses"\} [1-9]`, bazar.figures())
	require.Contains(t, outils.figures(), `bonafide_waiting{queue="statements"} 1`+"\n")
	outils.due()
	require.Contains(t, outils.figures(), `bonafide_fetches_total{outcome="unreachable"} `)
	requireServed(t, "../deploy/alerts.yml", bazar.figures()+outils.figures())
	requireServed(t, "../deploy/README.md", bazar.figures()+outils.figures())
}

var named = regexp.MustCompile(`bonafide_[a-z_]+`)

// requireServed tells whether all figures that the file names are served.
func requireServed(t *testing.T, file, figures string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	all := named.FindAllString(string(data), -1)
	require.NotEmpty(t, all)
	for _, name := range all {
		require.Regexp(t, `(?m)^`+name+`(_count)?[ {]`, figures, "%s names it", file)
	}
}

var (
	figure = regexp.MustCompile(`(?m)^([a-z_]+)(\{.*\})? `)
	label  = regexp.MustCompile(`([a-z]+)="((?:[^"\\]|\\.)*)"`)
)

// Whatever a request says, no label repeats it, and there are no more figures for it. BF-PRIVACY-2
func TestMetricsNameNobody(t *testing.T) {
	p := alone(t, true, true)
	handler := p.Handler()
	barrage := func(mark string) {
		for _, path := range []string{"/", "/" + mark, "/b/" + mark, "/b/" + mark + ".svg", "/cv/" + mark, "/status/" + mark, "/conversions/" + mark, "/imports/" + mark + "/remove", "/.well-known/" + mark, "/%22%7D%0A" + mark} {
			for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "PROPFIND", strings.ToUpper(mark), mark + `"}`} {
				r := httptest.NewRequest("GET", path+"?"+mark+"="+mark, strings.NewReader(mark))
				r.Method, r.Host, r.RemoteAddr = method, mark+".example", "127.0.0.1:1"
				for _, header := range []string{"User-Agent", "Referer", "Origin", "Cookie", "X-Forwarded-For", "Test-Account", "Accept", "Content-Type"} {
					r.Header.Set(header, mark)
				}
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		}
	}
	names := func() []string { return figure.FindAllString(p.figures(), -1) }
	barrage("kanari")
	names() // the administration's own request is counted, too
	before := names()
	require.NotEmpty(t, before)
	for _, mark := range []string{"canary", "kanarie", "kanarienvogel"} {
		barrage(mark)
	}
	require.Equal(t, before, names(), "nobody makes the figures more")
	require.NotRegexp(t, `(?i)canary|kanari`, p.figures())

	known := map[string]*regexp.Regexp{
		"route": regexp.MustCompile(`^(none|((GET|POST|PUT|DELETE) )?/[a-z./{}$-]*)$`), "method": regexp.MustCompile(`^([A-Z]+|other)$`), "class": regexp.MustCompile(`^([1-5]xx|other)$`),
		"outcome": regexp.MustCompile(`^[a-z-]+$`), "queue": regexp.MustCompile(`^(statuses|badges|statements)$`), "kind": regexp.MustCompile(`^(usual|light|view|update)$`),
		"limit": regexp.MustCompile(`^(busy|network|account)$`), "le": regexp.MustCompile(`^([0-9.]+|\+Inf)$`), "quantile": regexp.MustCompile(`^[0-9.]+$`),
		"revision": regexp.MustCompile(``), "go": regexp.MustCompile(``), "version": regexp.MustCompile(``),
	}
	for _, found := range label.FindAllStringSubmatch(p.figures(), -1) {
		require.Contains(t, known, found[1], "a label that nobody judged")
		require.Regexp(t, known[found[1]], found[2], found[1])
	}
}

// While all places are taken, pictures, status lists and keys are answered, and who watches over the server; the rest
// is told when to come back.
func TestBusySite(t *testing.T) {
	entered, leave, done := make(chan bool), make(chan bool), make(chan bool)
	p := open(t, newClock(), "alone", func(c *site.Config) {
		c.Issues, c.Limits = true, site.Limits{AtWork: 1}
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one")}
		c.SignIn.Account = func(r *http.Request) (bonafide.Account, bool) {
			if r.Header.Get("Test-Account") == "slow" {
				entered <- true
				<-leave
			}
			return signIn.Account(r)
		}
	})
	p.deeds("alice", 1)
	b := newBrowser(t, "")
	badge, err := p.Issuer.PublishBadge(t.Context(), "member", "alice", "Alice")
	require.NoError(t, err)
	go func() {
		newBrowser(t, "slow").get(p, "/me")
		done <- true
	}()
	<-entered
	path := strings.TrimPrefix(badge, string(p.Origin))
	requireOAuth(t, b.do(http.MethodPost, string(p.Origin)+"/oauth/par", url.Values{}), bonafide.Unavailable)
	for range 20 {
		for _, path := range []string{"/", path, "/mechanisms/member.json"} {
			a := b.get(p, path)
			require.Equal(t, http.StatusServiceUnavailable, a.StatusCode, path)
			require.Equal(t, bonafide.Unavailable, a.code)
			require.NotEmpty(t, a.Header.Get("Retry-After"))
		}
		for _, path := range []string{path + ".svg", path + ".png", path + ".jwt", "/status/1", "/.well-known/did.json", "/readyz", "/livez"} {
			require.Equal(t, http.StatusOK, b.get(p, path).StatusCode, path)
		}
	}
	require.Contains(t, p.figures(), `bonafide_requests_refused_total{limit="busy"} 61`+"\n")
	leave <- true
	<-done
	require.Equal(t, http.StatusOK, b.get(p, "/").StatusCode)
}

// A member who asks without end is stopped, on any site but a local one.
func TestMembersAreBounded(t *testing.T) {
	p := open(t, newClock(), "alone", func(c *site.Config) { c.Verifies, c.Limits = true, site.Limits{PerAccount: 1} })
	alice := newBrowser(t, "alice")
	a, answered := alice.page(p, "/standing"), 0
	for ; a.StatusCode == http.StatusOK && answered < 100; answered++ {
		a = alice.get(p, "/standing.json")
	}
	require.GreaterOrEqual(t, answered, 10, "she may ask for ten seconds' worth at once, and for more once some have passed")
	require.Equal(t, bonafide.RateLimited, a.code)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, newBrowser(t, "bob").page(p, "/standing").StatusCode)
}
