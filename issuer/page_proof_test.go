package issuer_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// homepage is a member's own site.
type homepage struct {
	mu      sync.Mutex
	page    string
	kind    string
	visits  int
	address string // of its page
	stalls  func(r *http.Request)
}

func newHomepage(t *testing.T) *homepage {
	h := &homepage{kind: "text/html; charset=utf-8"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.visits++
		if h.stalls != nil {
			h.stalls(r)
			return
		}
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", h.kind)
		fmt.Fprint(w, h.page)
	}))
	t.Cleanup(server.Close)
	h.address = strings.Replace(server.URL, "127.0.0.1", "alice.localhost", 1) + "/"
	return h
}

// stall has the page answer no more. asked tells of the next visit, given that it was given up.
func (h *homepage) stall() (asked, given chan bool) {
	asked, given = make(chan bool), make(chan bool)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stalls = func(r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(given)
	}
	return asked, given
}

func (h *homepage) say(page string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.page = page
}

func local(c *issuer.Config) { c.Local = true }

// names has alice name a page, and returns the answer.
func (w *world) names(address string) *httptest.ResponseRecorder {
	form := url.Values{"mechanism": {"seller"}, "page": {address}}
	return w.do(w.handler, http.MethodPost, "/badges/page", form.Encode(), "Content-Type", formType, "Test-Account", "alice")
}

// BF-BADGE-9
func TestPageProof(t *testing.T) {
	w := newWorld(t, local)
	h := newHomepage(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	address := string(bazar) + path
	before := w.credential(path)
	_, ok := before.PublishedOn()
	require.False(t, ok)

	h.say(`<p>Me: <a rel="nofollow ME" href="` + address + `">trusted</a>`)
	require.Equal(t, http.StatusSeeOther, w.names(h.address).Code)
	after := w.credential(path)
	on, ok := after.PublishedOn()
	require.True(t, ok)
	require.Equal(t, bonafide.PublishedOn{Address: h.address, Seen: "2026-11-22"}, on)
	require.Equal(t, "gold", w.stated(path), "the status is read as before")
	require.False(t, w.revoked(before.Status), "what was issued before says nothing wrong")
	mine := w.get("/badges", "Test-Account", "alice").Body.String()
	require.Contains(t, mine, `last seen on 22 November 2026`)
	require.Contains(t, mine, h.address)
	w.say("seller", "alice", issuer.Public)
	require.Contains(t, w.shows(w.cv("alice")), h.address)

	// It is looked at again when the badge is renewed, and a page that no longer links loses it.
	w.clock.add(30 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	on, ok = w.credential(path).PublishedOn()
	require.True(t, ok)
	require.Equal(t, bonafide.Date("2026-12-22"), on.Seen)
	h.say("gone")
	w.clock.add(30 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	_, ok = w.credential(path).PublishedOn()
	require.False(t, ok)
	require.NotContains(t, w.shows(w.cv("alice")), h.address)
	require.Contains(t, w.get("/badges", "Test-Account", "alice").Body.String(), "This page last linked back on 22 December 2026. It is stated no longer.")
	held, err := w.Holding(t.Context(), "alice")
	require.NoError(t, err)
	require.Empty(t, held.Badges[0].Page, "what is stated no longer isn't told")
	require.Equal(t, string(bazar)+w.cv("alice"), held.CV)
	export, err := w.Export(t.Context(), "alice")
	require.NoError(t, err)
	require.Equal(t, h.address, export.Badges[0].LostPage, "and still is held")
	visits := h.visits
	w.clock.add(30 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, visits, h.visits, "what is lost isn't looked at any more")

	// The CV may be linked to in the badge's place, as long as the badge stands on it.
	cv := string(bazar) + w.cv("alice")
	h.say(`<link href="` + cv + `" rel="me">`)
	require.Equal(t, http.StatusSeeOther, w.names(h.address).Code)
	form := url.Values{"mechanism": {"seller"}, "forget": {"yes"}}
	w.do(w.handler, http.MethodPost, "/badges/page", form.Encode(), "Content-Type", formType, "Test-Account", "alice")
	_, ok = w.credential(path).PublishedOn()
	require.False(t, ok)
	w.say("seller", "alice", issuer.LinkOnly)
	require.Equal(t, http.StatusUnprocessableEntity, w.names(h.address).Code)
	held, err = w.Holding(t.Context(), "alice")
	require.NoError(t, err)
	require.Empty(t, held.CV, "nothing stands on it")
	export, err = w.Export(t.Context(), "alice")
	require.NoError(t, err)
	require.Equal(t, cv, export.CV)
}

func TestPageThatProvesNothing(t *testing.T) {
	w := newWorld(t, local)
	h := newHomepage(t)
	w.rate("seller", "alice", true, true)
	require.Equal(t, http.StatusNotFound, w.names(h.address).Code, "there is no badge yet")
	path := w.publish("seller", "alice")
	address := string(bazar) + path
	link := `<a rel="me" href="` + address + `">`
	const none = "That page has no such link."
	for name, c := range map[string]struct{ address, page, kind, said string }{
		"nothing":         {"", link, "", "must begin with https://"},
		"plain http":      {"http://example.com/", link, "", "must begin with https://"},
		"an address":      {"https://192.0.2.1/", link, "", "must begin with https://"},
		"no address":      {"ftp:\\", link, "", "must begin with https://"},
		"this site":       {address, link, "", "That page is on this site."},
		"this site, #":    {"https://Bazar.example:443/#me", link, "", "That page is on this site."},
		"not there":       {h.address + "missing", link, "", "Nothing came from that address."},
		"no page":         {h.address, link, "text/plain", "a web page (HTML) of at most 1 MiB"},
		"too large":       {h.address, strings.Repeat(" ", 1<<20) + link, "", "a web page (HTML) of at most 1 MiB"},
		"no link":         {h.address, "hello", "", none},
		"another badge":   {h.address, strings.Replace(link, path, "/b/0000000000000000", 1), "", none},
		"not me":          {h.address, strings.Replace(link, "me", "author", 1), "", none},
		"a comment":       {h.address, "<!-- " + link + " -->", "", none},
		"a script":        {h.address, "<script>" + link + "</script>", "", none},
		"a text":          {h.address, "<textarea>" + link + "</textarea>", "", none},
		"a second rel":    {h.address, strings.Replace(link, `rel="me"`, `rel="nofollow" rel="me"`, 1), "", none},
		"another element": {h.address, strings.Replace(link, "<a", "<area", 1), "", none},
	} {
		t.Run(name, func(t *testing.T) {
			h.say(c.page)
			h.kind = "text/html"
			if c.kind != "" {
				h.kind = c.kind
			}
			answer := w.names(c.address)
			require.Equal(t, http.StatusUnprocessableEntity, answer.Code)
			require.Contains(t, answer.Body.String(), c.said)
			require.Contains(t, answer.Body.String(), `value="`+c.address+`"`, "what was typed is kept")
			require.Contains(t, answer.Body.String(), "&lt;a rel=&#34;me&#34; href=&#34;"+address)
			_, ok := w.credential(path).PublishedOn()
			require.False(t, ok)
			w.clock.add(time.Second)
		})
	}
	for range 30 {
		w.names(h.address)
	}
	require.Equal(t, http.StatusTooManyRequests, w.names(h.address).Code)
	refused := w.do(w.handler, http.MethodPost, "/badges/page", url.Values{"mechanism": {"seller"}, "page": {h.address}}.Encode(),
		"Content-Type", formType, "Test-Account", "alice", "Accept", "text/html")
	require.Equal(t, http.StatusTooManyRequests, refused.Code)
	require.NotEmpty(t, refused.Header().Get("Retry-After"))
	require.Contains(t, refused.Body.String(), "you asked too often")
	require.Contains(t, refused.Body.String(), `value="`+h.address+`"`, "what was typed is kept")
	w.rate("seller", "bob", true)
	w.publish("seller", "bob")
	others := w.do(w.handler, http.MethodPost, "/badges/page", url.Values{"mechanism": {"seller"}, "page": {h.address}}.Encode(),
		"Content-Type", formType, "Test-Account", "bob")
	require.Equal(t, http.StatusUnprocessableEntity, others.Code, "no other member is held up")
}

// proved is a world in which alice's badge states a page of hers.
func proved(t *testing.T, change ...func(*issuer.Config)) (w *world, h *homepage, path string) {
	w, h = newWorld(t, append(change, local)...), newHomepage(t)
	w.rate("seller", "alice", true, true)
	path = w.publish("seller", "alice")
	h.say(`<a rel="me" href="` + string(bazar) + path + `">`)
	require.Equal(t, http.StatusSeeOther, w.names(h.address).Code)
	return w, h, path
}

func TestSamePageAgainIsNoNewIssue(t *testing.T) {
	w, h, path := proved(t)
	before := w.credential(path)
	w.clock.add(time.Hour)
	require.Equal(t, http.StatusSeeOther, w.names(h.address).Code)
	require.Equal(t, before, w.credential(path), "the same day")
	w.clock.add(24 * time.Hour)
	require.Equal(t, http.StatusSeeOther, w.names(h.address).Code)
	on, ok := w.credential(path).PublishedOn()
	require.True(t, ok)
	require.Equal(t, bonafide.Date("2026-11-23"), on.Seen)
}

// BF-BADGE-9
// What is issued before the page was looked at again states none.
func TestStalePageIsNotStated(t *testing.T) {
	w, h, path := proved(t)
	w.clock.add(30*24*time.Hour - time.Second)
	w.rate("seller", "alice", false)
	_, ok := w.credential(path).PublishedOn()
	require.True(t, ok)
	w.clock.add(time.Second)
	w.rate("seller", "alice", false)
	_, ok = w.credential(path).PublishedOn()
	require.False(t, ok)
	require.Equal(t, 1, h.visits)
	require.NoError(t, w.RunDue(t.Context()))
	on, ok := w.credential(path).PublishedOn()
	require.True(t, ok, "once it has been looked at, it is stated again")
	require.Equal(t, bonafide.Date("2026-12-22"), on.Seen)
	require.Equal(t, 2, h.visits)
}

// One issue renews the badge and its page.
func TestPageIsRenewedWithItsBadge(t *testing.T) {
	w, h, path := proved(t)
	before := w.credential(path)
	for range 29 {
		w.clock.add(24 * time.Hour)
		require.NoError(t, w.RunDue(t.Context()))
	}
	renewed := w.credential(path)
	require.NotEqual(t, before.NBF, renewed.NBF)
	require.Equal(t, 2, h.visits)
	w.clock.add(24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, renewed, w.credential(path))
	require.Equal(t, 2, h.visits)
}

// A page that never answers holds up nothing else that is due.
func TestSlowPageHoldsUpNothing(t *testing.T) {
	w, h, _ := proved(t)
	w.rate("seller", "bob", true, true)
	bobs := w.publish("seller", "bob")
	before := w.credential(bobs)
	w.clock.add(31 * 24 * time.Hour)
	asked, given := h.stall()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	<-asked
	for w.credential(bobs).NBF == before.NBF {
		runtime.Gosched()
	}
	select {
	case <-given:
		require.Fail(t, "bob's badge waited until the page was given up")
	default:
	}
	stop()
	require.NoError(t, <-done)
	<-given
}

// A badge of somebody whom the host has to be asked about anew, and who isn't known until then, stops nothing.
func TestPageOfAMemberOfWhomNothingIsKnown(t *testing.T) {
	w, h, _ := proved(t)
	w.restart(local, func(c *issuer.Config) {
		previous, err := bonafide.Hash(&c.Mechanisms[0])
		require.NoError(t, err)
		next := &c.Mechanisms[0]
		next.Version, next.Previous = 2, previous
		next.Rule = bonafide.Rule{Host: &bonafide.HostRule{Described: both("As the shop sees it.")}}
	})
	w.clock.add(31 * 24 * time.Hour)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, 2, h.visits)
}
