package demo

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bonafide.example/badge"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// TestHostile brings hostile words through every field into every page, picture and log.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("sends thousands of requests")
	}
	h := newHostile(t)
	h.named()
	h.brought()
	h.crawled()
	h.addressed()
	h.administered()
	t.Run("seen", h.seen)
	require.Empty(t, slices.Sorted(maps.Keys(h.found)))
	h.log.lock.Lock()
	defer h.log.lock.Unlock()
	require.NotZero(t, h.log.Len())
	require.Empty(t, logMarks(h.log.Bytes(), h.secrets))
	t.Log(h.tried, "combinations of a field, a word and a page")
}

// tourist is a browser whose every answer is looked at.
type tourist struct {
	*browser
	h    *hostile
	next int // the word to try next
}

// be returns the browser of a person; -1: of nobody.
func (h *hostile) be(n int) *tourist {
	v := &tourist{newBrowser(), h, 0}
	v.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		v.note(r.Response.Request.URL, marks(r.Response.Header, nil))
		if !strings.HasSuffix(r.URL.Hostname(), ".localhost") {
			v.note(r.Response.Request.URL, []string{"leads to " + r.URL.String()})
			return http.ErrUseLastResponse
		}
		return nil
	}
	for _, at := range h.places {
		if n >= 0 {
			require.NoError(h.t, v.open(h.t.Context(), string(at.Origin)+"/be?n="+strconv.Itoa(n)))
		}
	}
	return v
}

// note keeps what was found, each kind of page once.
func (v *tourist) note(at *url.URL, found []string) {
	for _, one := range found {
		v.h.found[outline(at.Path)+": "+one]++
	}
}

// looks sends a request and looks at the answer.
func (v *tourist) looks(method, address string, form url.Values) {
	v.h.t.Helper()
	require.NoError(v.h.t, v.send(v.h.t.Context(), method, address, form))
	v.note(v.address, marks(v.header, v.body))
	if v.status == http.StatusInternalServerError {
		v.note(v.address, []string{"fails: " + textOf(v.page)})
	}
	v.h.tried++
}

func (v *tourist) opens(address string) { v.h.t.Helper(); v.looks(http.MethodGet, address, nil) }

// word returns another word than the last time.
func (v *tourist) word() string {
	v.next++
	return v.h.words[v.next%len(v.h.words)]
}

// named looks, for each name, at whatever shows it.
func (h *hostile) named() {
	bazar := string(h.Bazar.Origin)
	for n := range h.people {
		v := h.be(n)
		for _, page := range []string{"/", "/me", "/me.json", "/badges", "/badges/export", "/vouches", "/vouches.json", "/cases", "/contest", "/contest?mechanism=seller", "/consents"} {
			v.opens(bazar + page)
			if page == "/cases" && v.follow(h.t.Context(), "/cases/") == nil {
				v.note(v.address, marks(v.header, v.body))
			}
		}
		require.NoError(h.t, v.open(h.t.Context(), bazar+"/badges"))
		seen := map[string]bool{}
		for _, address := range v.links() {
			address, _, _ = strings.Cut(address, "#")
			if at, err := url.Parse(address); err == nil && one.MatchString(at.Path) && !seen[at.Path] {
				seen[at.Path] = true
				v.pictured(address)
			}
		}
		if n < len(h.offers) {
			h.be(0).opens(h.offers[n])
		}
	}
	v := h.be(-1)
	for _, receipt := range h.receipts {
		v.opens(receipt)
	}
}

// one is the path of a badge or a CV.
var one = regexp.MustCompile(`^/(b|cv)/[A-Z0-9]+$`)

// pictured opens a badge's page, or a CV, in all its forms.
func (v *tourist) pictured(address string) {
	v.opens(address)
	if !strings.Contains(address, "/b/") {
		return
	}
	v.opens(address + "/report?lang=fr")
	for _, size := range []badge.Size{badge.Chip, badge.Card, badge.Preview, badge.Baked} {
		v.opens(address + badge.Suffix(badge.Picture{Size: size}, badge.FormatSVG))
	}
	v.opens(address + ".json")
	v.opens(address + ".jwt")
	v.opens(string(v.h.Bazar.Origin) + "/oembed?url=" + url.QueryEscape(address))
}

// brought takes a badge of the hostile site to troc, and one of bazar to the hostile site, and has people referred.
func (h *hostile) brought() {
	ctx, v := h.t.Context(), h.be(0)
	evils, err := h.evil.Issuer.PublishBadge(ctx, "seller", h.people[0], h.words[0])
	require.NoError(h.t, err)
	bazars, err := h.Bazar.Issuer.PublishBadge(ctx, "seller", h.people[0], h.words[0])
	require.NoError(h.t, err)
	for _, way := range []struct {
		to    *Place
		badge string
	}{{h.troc, evils}, {h.evil, bazars}} {
		v.opens(string(way.to.Origin) + "/import?badge=" + url.QueryEscape(way.badge))
		require.NoError(h.t, v.submit(ctx, "/import/preview", url.Values{"badge": {way.badge}}))
		v.note(v.address, marks(v.header, v.body))
		v.filled()
		require.NoError(h.t, begins(v.browser, way.to, way.badge, alice)(ctx))
		v.note(v.address, marks(v.header, v.body))
		v.filled()
		require.NoError(h.t, begins(v.browser, way.to, way.badge, alice)(ctx))
		require.NoError(h.t, allows(v.browser)(ctx))
		v.note(v.address, marks(v.header, v.body))
		require.Equal(h.t, "/standing", v.address.Path, "%s", v.body)
	}
	for n := range 10 {
		h.referred(n + 2)
	}
	require.NoError(h.t, h.Advance(ctx, time.Minute))
}

// referred has the first person refer another to troc, under a hostile name.
func (h *hostile) referred(n int) {
	ctx := h.t.Context()
	made, err := h.evil.Refer.Make(ctx, h.account(0), "neighbour", h.troc.Origin, 100)
	require.NoError(h.t, err)
	v := h.be(n)
	v.opens(made.Link)
	v.looks(http.MethodPost, string(h.troc.Origin)+"/referrals/redeem", url.Values{"token": tokenOf(made.Link), "name": {h.words[n]}})
	v.opens(string(h.troc.Origin) + "/referrals")
	v.opens(string(h.troc.Origin) + "/standing")
}

var codes = regexp.MustCompile(`[A-Z0-9]{16,}|[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22,}|\d{4,}`)

// outline returns an address without the codes in it.
func outline(address string) string { return codes.ReplaceAllString(address, "*") }

// links returns where the page leads, and what it shows.
func (v *tourist) links() (all []string) {
	for node := range v.page.Descendants() {
		for _, name := range []string{"href", "src", "srcset"} {
			if to := attr(node, name); to != "" {
				all = append(all, v.resolve(to))
			}
		}
	}
	return all
}

// crawled visits whatever leads from the pages of each site, and fills in each form.
func (h *hostile) crawled() {
	for _, n := range []int{0, -1} {
		v := h.be(n)
		for _, at := range []*Place{h.Bazar, h.evil, h.troc} {
			queue, seen := []string{string(at.Origin) + "/", string(at.Origin) + "/me"}, map[string]bool{}
			for len(queue) > 0 {
				address := queue[0]
				queue = queue[1:]
				u, err := url.Parse(address)
				if err != nil || u.Host != at.Origin.Host() || seen[outline(address)] || strings.HasPrefix(u.Path, "/spec/") && u.Path != "/spec/v1/" {
					continue
				}
				seen[outline(address)] = true
				v.opens(address)
				if v.status != http.StatusOK || !strings.HasPrefix(v.header.Get("Content-Type"), "text/html") {
					continue
				}
				queue = append(queue, v.links()...)
				v.filled()
				v.asked(address)
			}
		}
	}
}

// parameters are those that any page takes.
var parameters = strings.Fields(`lang badge mechanism return done to token level stake site page url format before state iss code error error_description
	request_uri client_id name maxwidth kind points positive total`)

// asked asks for the page with hostile parameters: all at once, and each alone beside what the address has.
func (v *tourist) asked(address string) {
	u, err := url.Parse(address)
	require.NoError(v.h.t, err)
	if u.Query().Has("lang") {
		return // the same page in another language
	}
	for range 2 {
		all := url.Values{}
		for _, name := range parameters {
			all.Set(name, v.word())
		}
		u.RawQuery = all.Encode()
		v.opens(u.String())
	}
	for _, name := range parameters {
		at, err := url.Parse(address)
		require.NoError(v.h.t, err)
		query := at.Query()
		query.Set(name, v.word())
		at.RawQuery = query.Encode()
		v.opens(at.String())
	}
}

// filled fills in and sends each form of the page: with words in all fields, and in each alone.
func (v *tourist) filled() {
	page, at := v.page, v.address
	for form := range page.Descendants() {
		if form.Data != "form" {
			continue
		}
		send := func(fields url.Values) {
			v.address = at
			action := v.resolve(attr(form, "action"))
			if strings.EqualFold(attr(form, "method"), http.MethodPost) {
				v.looks(http.MethodPost, action, fields)
				return
			}
			action, _, _ = strings.Cut(action, "#")
			v.opens(action + "?" + fields.Encode())
		}
		fixed, typed := v.fields(form)
		all, many := merged(fixed, typed), 0
		for name := range typed {
			all.Set(name, v.word())
			many++
		}
		if many > 0 {
			send(all)
		}
		for name := range merged(fixed, typed) {
			one := merged(fixed, typed)
			one.Set(name, v.word())
			send(one)
		}
	}
	v.page, v.address = page, at
}

func merged(some ...url.Values) url.Values {
	all := url.Values{}
	for _, values := range some {
		for name := range values {
			all.Set(name, values.Get(name))
		}
	}
	return all
}

// fields returns what a form holds that a person can't change, and what they can, with something plausible in it.
func (v *tourist) fields(form *html.Node) (fixed, typed url.Values) {
	fixed, typed = url.Values{}, url.Values{}
	for node := range form.Descendants() {
		name, value := attr(node, "name"), attr(node, "value")
		switch {
		case name == "":
		case node.Data == "textarea":
			typed.Set(name, "Hello")
		case node.Data == "select":
			typed.Set(name, chosen(node))
		case node.Data == "input" && attr(node, "type") == "number":
			typed.Set(name, "60")
		case node.Data == "input" && attr(node, "type") == "url":
			typed.Set(name, string(v.h.troc.Origin))
		case node.Data == "input" && attr(node, "type") != "hidden":
			typed.Set(name, value)
		case node.Data == "input":
			fixed.Set(name, value)
		}
	}
	return fixed, typed
}

// chosen returns the last choice of a list.
func chosen(list *html.Node) (value string) {
	for option := range list.Descendants() {
		if option.Data == "option" {
			value = attr(option, "value")
		}
	}
	return value
}

// addressed asks for pages that aren't there, with the words in their addresses, and in the fields of the request.
func (h *hostile) addressed() {
	for _, n := range []int{0, -1} {
		v := h.be(n)
		for _, under := range []string{
			"", "b/", "cv/", "cases/", "mechanisms/", "conversions/", "vouches/", "vouches/asks/", "vouches/offers/", "vouches/elsewhere/", "complaints/", "status/", "spec/v1/", "js/",
		} {
			for range 6 {
				v.opens(string(h.evil.Origin) + "/" + under + url.PathEscape(v.word()))
			}
			v.opens(string(h.evil.Origin) + "/" + under + url.PathEscape(v.word()) + ".svg")
			v.opens(string(h.evil.Origin) + "/" + under + url.PathEscape(v.word()) + "/report")
		}
	}
}

// administered asks the administration about everybody.
func (h *hostile) administered() {
	admin := h.Bazar.Admin()
	ask := func(method, address, body string) {
		r := httptest.NewRequest(method, address, strings.NewReader(body))
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, r)
		for _, found := range marks(w.Header(), w.Body.Bytes()) {
			h.found[outline(address)+": "+found]++
		}
		h.tried++
	}
	for _, word := range h.words {
		member := "/admin/members/" + url.PathEscape(word)
		for _, page := range []string{"", "/export", "/vouching", "/nothing"} {
			ask(http.MethodGet, member+page, "")
		}
		ask(http.MethodPost, member+"/suspend", "")
		ask(http.MethodPost, member+"/restore", "")
		ask(http.MethodPost, "/admin/imports/"+url.PathEscape(word), word)
		ask(http.MethodGet, "/admin/log?before="+url.QueryEscape(word), "")
		ask(http.MethodPost, "/admin/events", quotedEvent(word))
	}
	for _, page := range []string{"members", "log", "overview", "cases", "complaints", "badges/seller", "ledgers/neighbour/events", "referrals", "mechanisms/seller"} {
		ask(http.MethodGet, "/admin/"+page, "")
	}
}
