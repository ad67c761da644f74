package issuer_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

const formType = "application/x-www-form-urlencoded"

// BF-ISSUER-37, BF-ISSUER-38, BF-SITE-6
func TestMyBadges(t *testing.T) {
	w := newWorld(t)
	answer := w.get("/badges")
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, "/login?to=/badges", answer.Header().Get("Location"))
	post := func(path string, fields url.Values, account string) *httptest.ResponseRecorder {
		return w.do(w.handler, http.MethodPost, path, fields.Encode(), "Content-Type", formType, "Test-Account", account)
	}
	require.Equal(t, http.StatusUnauthorized, post("/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"link"}}, "").Code)
	forged := w.do(w.handler, http.MethodPost, "/badges/audience", "mechanism=seller&audience=link", "Content-Type", formType, "Test-Account", "alice", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, forged.Code)

	// Who has no event yet is published without a level.
	first := w.get("/badges", "Test-Account", "alice").Body.String()
	require.Contains(t, first, "This is your first visit")
	require.Contains(t, first, "Nothing is known of you here yet.")
	require.Equal(t, http.StatusSeeOther, post("/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"link"}}, "alice").Code)
	require.Contains(t, w.get("/badges", "Test-Account", "alice").Body.String(), "No level yet.")
	w.rate("seller", "alice", true, true)
	page := w.get("/badges", "Test-Account", "alice", "Accept-Language", "fr").Body.String()
	require.Contains(t, page, "Gold (fr), niveau 3 sur 3.")
	held, err := w.Holding(t.Context(), "alice")
	require.NoError(t, err)
	require.Equal(t, bonafide.Month("2019-05"), held.AccountSince)
	require.Equal(t, "The alice", held.Badges[0].Name)
	require.Contains(t, page, held.Badges[0].Address)

	require.Equal(t, http.StatusSeeOther, post("/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"private"}}, "alice").Code)
	require.Contains(t, w.get("/badges", "Test-Account", "alice").Body.String(), "It was withdrawn, and its address says so.")
	require.Equal(t, http.StatusNotFound, post("/badges/audience", url.Values{"mechanism": {"none"}, "audience": {"link"}}, "alice").Code)
	require.Equal(t, http.StatusBadRequest, post("/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"all"}}, "alice").Code)
}

// BF-ISSUER-39, BF-ISSUER-40, BF-ISSUER-41
func TestExportAndErase(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.rate("visitor", "alice", true, true)
	w.rate("seller", "bob", true, true)
	path, bobs := w.publish("seller", "alice"), w.publish("seller", "bob")
	before := w.credential(path)
	answer := w.get("/badges/export", "Test-Account", "alice")
	require.Equal(t, http.StatusOK, answer.Code)
	require.Contains(t, answer.Header().Get("Content-Disposition"), "attachment")
	for _, held := range []string{`"e000001"`, `"e000004"`, path, `"level":"gold"`} {
		require.Contains(t, answer.Body.String(), held)
	}
	require.NotContains(t, answer.Body.String(), "bob")

	erase := func(form string) int {
		return w.do(w.handler, http.MethodPost, "/badges/erase", form, "Content-Type", formType, "Test-Account", "alice").Code
	}
	require.Equal(t, http.StatusBadRequest, erase(""))
	require.Equal(t, http.StatusSeeOther, erase("sure=yes"))
	_, err := w.Export(t.Context(), "alice")
	requireCode(t, bonafide.NoSuchMember, err)
	require.True(t, w.revoked(before.Status))
	require.Equal(t, http.StatusNotFound, w.get(path+".jwt").Code)
	require.Equal(t, http.StatusOK, w.get(path+".svg").Code)
	require.Contains(t, w.get(path, "Accept", "text/html").Body.String(), "was withdrawn")
	n, err := w.Record(t.Context(), issuer.Event{ID: "e000001", Member: "alice", Mechanism: "seller", Kind: "rating", Positive: new(true), At: start()})
	require.NoError(t, err)
	require.Zero(t, n, "what was erased doesn't come back")
	require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			require.NotContains(t, string(key)+string(value), "alice", "nothing names who was erased")
			return true, nil
		})
	}))
	w.clock.add(40 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	_, err = w.Export(t.Context(), "alice")
	requireCode(t, bonafide.NoSuchMember, err)
	require.Equal(t, "gold", w.stated(bobs))
	w.rate("seller", "alice", true, true)
	require.NotEqual(t, path, w.publish("seller", "alice"), "who comes back is somebody new")
	require.NoError(t, w.Erase(t.Context(), "nobody"))
}

// BF-ISSUER-15
func TestHostRule(t *testing.T) {
	standings := map[string]issuer.Standing{"alice": {Level: "one", Measures: []bonafide.Measure{{ID: "ratings", Positive: 9, Total: 10}}, AccountSince: "2020-02"}}
	var asked int
	var silent error
	w := newWorld(t, func(c *issuer.Config) {
		c.Standing = func(_ context.Context, mechanism, member string) (issuer.Standing, error) {
			asked++
			require.Equal(t, "patron", mechanism)
			standing, ok := standings[member]
			if !ok {
				return standing, bonafide.Errorf(bonafide.NoSuchMember, member, "is not a patron")
			}
			return standing, silent
		}
	})
	status, err := w.Status(t.Context(), "patron", "alice")
	require.NoError(t, err)
	require.Equal(t, "one", status.Level)
	require.Equal(t, bonafide.Month("2020-02"), status.AccountSince)
	path := w.publish("patron", "alice")
	require.Equal(t, 2, asked, "the host is asked when a badge is published")
	before := w.credential(path)
	require.NoError(t, w.Refresh(t.Context(), "patron", "alice"))
	require.Equal(t, before, w.credential(path), "nothing changed")

	standings["alice"] = issuer.Standing{Level: "two", AccountSince: "2020-02"}
	require.NoError(t, w.Refresh(t.Context(), "patron", "alice"))
	require.Equal(t, "two", w.stated(path))
	require.True(t, w.revoked(before.Status), "a measure isn't stated any more")

	for _, bad := range []issuer.Standing{{Level: "nine"}, {Measures: []bonafide.Measure{{ID: "stars", Positive: 1, Total: 1}}}} {
		standings["alice"] = bad
		requireCode(t, bonafide.HostSilent, w.Refresh(t.Context(), "patron", "alice"))
	}
	silent = errors.New("down")
	requireCode(t, bonafide.HostSilent, w.Refresh(t.Context(), "patron", "alice"))
	requireCode(t, bonafide.NoSuchMember, w.Refresh(t.Context(), "patron", "bob"))
	require.Equal(t, "two", w.stated(path))

	// A badge to renew waits until the host answers again.
	last := w.credential(path)
	w.clock.add(31 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, last, w.credential(path))
	silent, standings["alice"] = nil, issuer.Standing{Level: "two"}
	w.clock.add(time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	renewed, err := w.credential(path).Stated()
	require.NoError(t, err)
	require.Equal(t, bonafide.Date("2026-12-23"), renewed.AsOf)

	// While the badge is out the host is asked again and again, once each time.
	asked = 0
	before = w.credential(path)
	standings["alice"] = issuer.Standing{Level: "one"}
	w.clock.add(15 * time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, 1, asked)
	require.Equal(t, "one", w.stated(path))
	require.True(t, w.revoked(before.Status))
	delete(standings, "alice")
	w.clock.add(15 * time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, 2, asked)
	require.Empty(t, w.stated(path), "the host no longer knows her")

	require.NoError(t, w.WithdrawBadge(t.Context(), "patron", "alice"))
	w.clock.add(15 * time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	asked = 0
	w.clock.add(time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Zero(t, asked, "nothing is out")
}

func TestHostURL(t *testing.T) {
	const whole = `{"level":"one","measures":[{"id":"ratings","positive":1,"total":2}],"account_since":"2020-02"}`
	for name, c := range map[string]struct {
		status          int
		mediaType, body string
		code            bonafide.Code
	}{
		"whole":         {200, "application/json; charset=utf-8", whole, ""},
		"no such":       {404, "text/plain", "no", bonafide.NoSuchMember},
		"failing":       {500, "application/json", whole, bonafide.HostSilent},
		"redirect":      {302, "application/json", whole, bonafide.HostSilent},
		"a page":        {200, "text/html", whole, bonafide.HostSilent},
		"unknown field": {200, "application/json", `{"levels":"one"}`, bonafide.HostSilent},
		"no share":      {200, "application/json", `{"measures":[{"id":"ratings","positive":3,"total":2}]}`, bonafide.HostSilent},
		"too long":      {200, "application/json", `{"level":"` + strings.Repeat("a", 70000) + `"}`, bonafide.HostSilent},
	} {
		t.Run(name, func(t *testing.T) {
			host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.EscapedPath() != "/rating/a%2Fb/patron" {
					t.Errorf("asked for %s", r.URL.EscapedPath())
				}
				w.Header().Set("Content-Type", c.mediaType)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				w.Write([]byte(c.body))
			}))
			defer host.Close()
			standing, err := issuer.HostURL(host.URL+"/rating/{user}/{mechanism}", nil)(t.Context(), "patron", "a/b")
			requireCode(t, c.code, err)
			if err == nil {
				require.Equal(t, issuer.Standing{Level: "one", Measures: []bonafide.Measure{{ID: "ratings", Positive: 1, Total: 2}}, AccountSince: "2020-02"}, standing)
			}
		})
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	_, err := issuer.HostURL(gone.URL, nil)(t.Context(), "patron", "alice")
	requireCode(t, bonafide.HostSilent, err)
}

// BF-ISSUER-1, BF-ISSUER-2, BF-ISSUER-3, BF-ISSUER-4, BF-ISSUER-5, BF-ISSUER-6, BF-ISSUER-9, BF-SITE-3, BF-SITE-5
func TestAdmin(t *testing.T) {
	w := newWorld(t)
	admin := w.Admin()
	const event = `{"id":"1","member":"alice","mechanism":"seller","kind":"rating","positive":true,"at":"2026-11-22T10:00:00Z"}`
	second := strings.Replace(event, `"1"`, `"2"`, 1)
	for _, c := range []struct {
		method, path, mediaType, body string
		status                        int
		contains                      string
	}{
		{"POST", "/admin/events", "application/json", event, 200, `{"recorded":1}`},
		{"POST", "/admin/events", "application/json", event, 200, `{"recorded":0}`},
		{"POST", "/admin/events", "application/x-ndjson", event + "\n" + second + "\n", 200, `{"recorded":1}`},
		{"POST", "/admin/events", "application/x-ndjson", event + "\n{}\n", 400, `line 2, `},
		{"POST", "/admin/events", "application/json", strings.Replace(event, "true", "false", 1), 409, `"code":"event-conflict"`},
		{"POST", "/admin/events", "application/json", strings.Replace(event, `"kind"`, `"kinds"`, 1), 400, `"code":"unknown-field"`},
		{"POST", "/admin/events", "application/json", strings.Replace(event, `"id":"1"`, `"id":"1","id":"1"`, 1), 400, `"code":"doubled-field"`},
		{"POST", "/admin/events", "application/json", strings.Replace(event, "2026-11-22", "2026-11-31", 1), 400, `"code":"bad-value"`},
		{"POST", "/admin/events", "application/json", strings.Replace(event, "2026-11-22", "2026-12-22", 1), 422, `"code":"future-event"`},
		{"POST", "/admin/events", "application/json", strings.Replace(event, `"rating"`, `"sale"`, 1), 422, `"code":"unknown-kind"`},
		{"POST", "/admin/events", "text/plain", event, 415, `"code":"bad-content-type"`},
		{"POST", "/admin/events", "application/json", strings.Repeat(" ", 1<<20) + event, 413, `"code":"too-large"`},
		{"POST", "/admin/imports/x", "application/json", `{"import":"x","row":1,"events":[` + strings.Replace(event, `"1"`, `"3"`, 1) + `]}`, 200, `{"recorded":1}`},
		{"POST", "/admin/imports/y", "application/json", `{"import":"x","row":1,"events":[]}`, 400, `"code":"bad-value"`},
		{"GET", "/admin/imports/x", "", "", 200, `{"rows":1}`},
		{"GET", "/admin/imports/z", "", "", 200, `{"rows":0}`},
		{"GET", "/admin/members/bob", "", "", 404, `"code":"no-such-member"`},
		{"POST", "/admin/members/alice/badges/seller", "application/json", `{"name":"Alice"}`, 200, `"address":"https://bazar.example/b/`},
		{"POST", "/admin/members/alice/badges/none", "application/json", `{"name":"Alice"}`, 404, `"code":"not-found"`},
		{"GET", "/admin/members/alice", "", "", 200, `"positive":3,"total":3`},
		{"POST", "/admin/members/alice/suspend", "", "", 200, `"suspended":true`},
		{"POST", "/admin/members/alice/restore", "", "", 200, `"suspended":false`},
		{"POST", "/admin/members/alice/refresh", "", "", 503, `"code":"host-silent"`},
		{"DELETE", "/admin/members/alice/badges/seller", "", "", 200, `"withdrawn":true`},
		{"GET", "/admin/events", "", "", 404, `"code":"not-found"`},
	} {
		answer := w.do(admin, c.method, c.path, c.body, "Content-Type", c.mediaType)
		require.Equal(t, c.status, answer.Code, "%v: %s", c, answer.Body)
		require.Contains(t, answer.Body.String(), c.contains)
	}
}

// BF-ISSUER-44, BF-ISSUER-45, BF-ISSUER-46, BF-ISSUER-47
func TestAdminOfMembers(t *testing.T) {
	w := newWorld(t)
	admin := w.Admin()
	ask := func(method, path string) *httptest.ResponseRecorder {
		return w.do(admin, method, "/admin/members/"+path, `{"name":"Alice"}`, "Content-Type", "application/json")
	}
	held := func(method, path string) issuer.Holding {
		answer := ask(method, path)
		require.Equal(t, http.StatusOK, answer.Code, "%s %s: %s", method, path, answer.Body)
		h, err := bonafide.Parse[issuer.Holding](answer.Body.Bytes())
		require.NoError(t, err)
		return h
	}
	refused := func(status int, code bonafide.Code, method, path string) {
		answer := ask(method, path)
		require.Equal(t, status, answer.Code, "%s %s", method, path)
		require.Contains(t, answer.Body.String(), `"code":"`+string(code)+`"`)
	}
	const post, remove = http.MethodPost, http.MethodDelete
	for _, member := range []string{"nobody/suspend", "nobody/restore", "nobody/badges/seller"} {
		refused(http.StatusNotFound, bonafide.NoSuchMember, post, member)
	}
	refused(http.StatusNotFound, bonafide.NoSuchMember, remove, "nobody/badges/seller")

	w.rate("seller", "a/b", true, true)
	refused(http.StatusNotFound, bonafide.NotFound, post, "a%2Fb/badges/none")
	refused(http.StatusNotFound, bonafide.NotFound, remove, "a%2Fb/badges/none")
	require.Empty(t, held(remove, "a%2Fb/badges/seller").Badges, "there is none")
	address := held(post, "a%2Fb/badges/seller").Badges[0].Address
	badge := issuer.HeldBadge{Mechanism: "seller", Address: address, Name: "Alice"}
	gone := badge
	gone.Withdrawn = true
	for range 2 {
		require.True(t, held(post, "a%2Fb/suspend").Suspended)
	}
	for range 2 {
		require.False(t, held(post, "a%2Fb/restore").Suspended)
	}
	for range 2 {
		require.Equal(t, []issuer.HeldBadge{gone}, held(remove, "a%2Fb/badges/seller").Badges)
	}
	for range 2 {
		require.Equal(t, []issuer.HeldBadge{badge}, held(post, "a%2Fb/badges/seller").Badges)
	}
	path := strings.TrimPrefix(address, "https://bazar.example")
	require.Equal(t, "gold", w.stated(path))
	for range 2 {
		require.JSONEq(t, `{"erased":"a/b"}`, ask(remove, "a%2Fb").Body.String())
	}
	refused(http.StatusNotFound, bonafide.NoSuchMember, http.MethodGet, "a%2Fb")
	require.Equal(t, http.StatusNotFound, w.get(path+".jwt").Code)
}
