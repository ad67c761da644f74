package evil

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// to redirects there, as it is written.
func to(location string) http.HandlerFunc { return status(http.StatusFound, "Location", location) }

// status answers with nothing but this status and these fields.
func status(code int, fields ...string) http.HandlerFunc {
	return with(code, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }, fields...)
}

// steps redirects so often within the site, each time after a while and by another status, and then answers.
func (s *site) steps(times int, each time.Duration, answer http.HandlerFunc) http.HandlerFunc {
	codes := []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}
	s.hops++
	path := func(i int) string { return fmt.Sprintf("/hop/%d/%d", s.hops, i) }
	for i := 1; i <= times; i++ {
		next := answer
		if i < times {
			next = late(each, status(codes[i%len(codes)], "Location", path(i+1)))
		}
		s.Handle(path(i), next)
	}
	return late(each, status(codes[0], "Location", path(1)))
}

// redirects is what leads on to where a reader mustn't go.
func redirects() []entry {
	elsewhere := func(name, about, due string, location func(s *site) string) entry {
		return entry{name, about, due, "BF-FETCH-3", func(s *site) { s.badge(to(location(s))) }}
	}
	const only, or = "bad-redirect", "bad-redirect or bad-answer"
	return []entry{
		elsewhere("redirect-loop", "The badge's address leads to itself.", only, func(s *site) string { return s.Badge + ".jwt" }),
		{"redirect-ring", "Two addresses lead to each other.", only, "BF-FETCH-3", func(s *site) {
			s.badge(to("/ring"))
			s.Handle("/ring", to(s.badgePath()+".jwt"))
		}},
		{"redirect-four", "Four redirects lead to the badge.", only, "BF-FETCH-3", func(s *site) { s.badge(s.steps(4, 0, s.honestBadge())) }},
		elsewhere("redirect-other-origin", "The badge's address leads to another site.", only, func(s *site) string { return s.canary.origin() + "/b" }),
		elsewhere("redirect-other-port", "The badge's address leads to another port.", only, func(s *site) string { return s.hostWithout() + s.canary.port() }),
		elsewhere("redirect-other-scheme", "The badge's address leads to https.", only, func(s *site) string {
			return strings.Replace(s.hostWithout(), "http:", "https:", 1) + s.canary.port()
		}),
		elsewhere("redirect-ip", "The badge's address leads to an IP address.", only, func(s *site) string { return "http://127.0.0.1" + s.canary.port() }),
		elsewhere("redirect-ip-as-number", "The badge's address leads to an IP address written as one number.", only, func(s *site) string {
			return "http://2130706433" + s.canary.port()
		}),
		elsewhere("redirect-without-scheme", "The badge's address leads to a host without scheme.", only, func(s *site) string { return "//" + s.canary.host() + "/b" }),
		elsewhere("redirect-backslash", "The badge's address leads to what browsers take for another host.", "bad-redirect or bad-answer or not-found", func(s *site) string {
			return `/\` + s.canary.host() + "/b"
		}),
		elsewhere("redirect-user", "What looks like the own host is a user at another.", only, func(s *site) string {
			return s.Origin + "@" + s.canary.host() + "/b"
		}),
		{"redirect-own-user", "The badge's address leads to the own site, as a user.", only, "BF-FETCH-3 BF-ORIGIN-5", func(s *site) {
			s.Handle("/there", s.honestBadge())
			s.badge(to(strings.Replace(s.Origin, "http://", "http://user:secret@", 1) + "/there"))
		}},
		elsewhere("redirect-longer-host", "The badge's address leads to a host that ends like the own.", only, func(s *site) string {
			return strings.Replace(s.hostWithout(), "http://", "http://not-", 1) + s.canary.port()
		}),
		elsewhere("redirect-file", "The badge's address leads to a file.", or, func(*site) string { return "file:///etc/passwd" }),
		elsewhere("redirect-data", "The badge's address leads to data.", or, func(s *site) string { return "data:application/vc+jwt," + s.token(s.header(), s.payload()) }),
		elsewhere("redirect-nowhere", "The badge's address leads to what is no address.", or, func(*site) string { return "http://%zz/" }),
		{"redirect-no-location", "A redirect doesn't say where to.", or, "BF-FETCH-3 BF-FETCH-6", func(s *site) { s.badge(status(http.StatusMovedPermanently)) }},
		{"redirect-choices", "The status is 300, with another site to choose.", or, "BF-FETCH-3 BF-FETCH-6", func(s *site) {
			s.badge(status(http.StatusMultipleChoices, "Location", s.canary.origin()+"/b"))
		}},
		{"redirect-by-refresh", "The field Refresh leads to another site.", "bad-answer", "BF-FETCH-6", func(s *site) {
			s.badge(with(http.StatusOK, page("one moment"), "Refresh", "0; url="+s.canary.origin()+"/b"))
		}},
		{"redirect-by-page", "A page leads to another site.", "bad-answer", "BF-FETCH-6", func(s *site) {
			s.badge(page(`<meta http-equiv="refresh" content="0; url=` + s.canary.origin() + `/b">`))
		}},
		{"redirect-keys", "The address of the keys leads to another site.", only, "BF-FETCH-3", func(s *site) { s.keys(to(s.canary.origin() + keysPath)) }},
		{"redirect-keys-ip", "The address of the keys leads to an IP address.", only, "BF-FETCH-3", func(s *site) { s.keys(to("http://127.0.0.1" + s.canary.port() + keysPath)) }},
		{"redirect-list", "The address of the status list leads to another site.", "status-unknown or bad-redirect", "BF-FETCH-3", func(s *site) {
			s.list(to(s.canary.origin() + s.Badges().Path()))
		}},
		{"redirect-list-loop", "The address of the status list leads to itself.", "status-unknown or bad-redirect", "BF-FETCH-3", func(s *site) { s.list(to(s.Badges().Address)) }},
	}
}

// hostWithout returns the origin without its port.
func (s *site) hostWithout() string { return s.Origin[:strings.LastIndexByte(s.Origin, ':')] }
