package evil

import (
	"net/http"
	"strconv"
	"strings"
)

// answers is what HTTP tells of a body that is right in itself: that it isn't what was asked for.
func answers() []entry {
	var all []entry
	for _, code := range []struct {
		status int
		due    string
		fields []string
	}{
		{http.StatusCreated, "bad-answer", nil},
		{http.StatusNonAuthoritativeInfo, "bad-answer", nil},
		{http.StatusPartialContent, "bad-answer", []string{"Content-Range", "bytes 0-99/100"}},
		{http.StatusUnauthorized, "bad-answer", []string{"Www-Authenticate", `Basic realm="badge"`}},
		{http.StatusForbidden, "bad-answer", nil},
		{http.StatusNotFound, "not-found", nil},
		{http.StatusProxyAuthRequired, "bad-answer", []string{"Proxy-Authenticate", `Basic realm="badge"`}},
		{http.StatusGone, "not-found or bad-answer", nil},
		{http.StatusTooManyRequests, "unreachable or bad-answer", []string{"Retry-After", "1000000000"}},
		{http.StatusInternalServerError, "unreachable", nil},
		{http.StatusServiceUnavailable, "unreachable", []string{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}},
		{999, "unreachable or bad-answer", nil},
	} {
		name := strconv.Itoa(code.status)
		all = append(all, entry{"status-" + name, "The badge comes with status " + name + ".", code.due, "BF-FETCH-6", func(s *site) {
			s.badge(with(code.status, s.honestBadge(), code.fields...))
		}})
	}
	typed := func(name, about string, types ...string) entry {
		return entry{"type-" + name, about, "bad-answer", "BF-FETCH-6", func(s *site) {
			var fields []string
			for _, t := range types {
				fields = append(fields, "Content-Type", t)
			}
			s.badge(with(http.StatusOK, s.honestBadge(), fields...))
		}}
	}
	return append(all,
		entry{"status-204", "There is no content.", "bad-answer", "BF-FETCH-6", func(s *site) { s.badge(status(http.StatusNoContent)) }},
		entry{"status-304", "The badge wasn't modified, says who was never asked before.", "bad-answer or bad-redirect", "BF-FETCH-6", func(s *site) {
			s.badge(status(http.StatusNotModified))
		}},
		entry{"status-keys-404", "There are no keys.", "not-found", "BF-FETCH-6", func(s *site) { s.keys(http.NotFound) }},
		entry{"status-keys-500", "The keys come with status 500.", "unreachable", "BF-FETCH-6", func(s *site) { s.keys(with(500, s.honestKeys())) }},
		entry{"status-list-404", "There is no status list.", "status-unknown", "BF-FETCH-6", func(s *site) { s.list(http.NotFound) }},
		entry{"status-list-503", "The status list comes with status 503.", "status-unknown", "BF-FETCH-6", func(s *site) { s.list(with(503, s.honestList())) }},
		entry{"status-list-206", "The status list comes with status 206.", "status-unknown", "BF-FETCH-6", func(s *site) { s.list(with(206, s.honestList())) }},
		entry{"empty-body", "The body is empty.", "bad-token", "BF-TOKEN-1", func(s *site) { s.badgeIs(func(string) string { return "" }) }},
		typed("missing", "The badge has no media type.", ""),
		typed("html", "The badge comes as a page.", "text/html"),
		typed("text", "The badge comes as text.", "text/plain; charset=utf-8"),
		typed("json", "The badge comes as JSON.", "application/json"),
		typed("jwt", "The badge comes as any token.", "application/jwt"),
		typed("other-object", "The badge comes as a mechanism.", "application/bonafide-mechanism+jwt"),
		typed("longer", "The media type only begins like the right one.", "application/vc+jwt2"),
		typed("two", "The media type stands beside another.", "application/vc+jwt, text/html"),
		typed("doubled", "There are two media types, the right one first.", "application/vc+jwt", "text/html"),
		entry{"type-keys-html", "The keys come as a page.", "bad-answer", "BF-FETCH-6", func(s *site) { s.keys(with(200, s.honestKeys(), "Content-Type", "text/html")) }},
		entry{"type-list-html", "The status list comes as a page.", "status-unknown or bad-answer", "BF-FETCH-6", func(s *site) {
			s.list(with(200, s.honestList(), "Content-Type", "text/html"))
		}},
	)
}

// encodings is what is packed though nobody asked for it, small where it is sent and large where it is unpacked.
func encodings() []entry {
	encoded := func(name, about, encoding string, body func(token string) string) entry {
		return entry{"encoding-" + name, about, "bad-answer", tooMuch, func(s *site) {
			s.badge(func(w http.ResponseWriter, r *http.Request) {
				packed := body(s.token(s.header(), s.payload()))
				with(200, tokenOf(func() string { return packed }), "Content-Encoding", encoding)(w, r)
			})
		}}
	}
	same := func(token string) string { return token }
	packed := func(token string) string { return string(gzipped([]byte(token), 1)) }
	return []entry{
		encoded("gzip", "The badge is compressed.", "gzip", packed),
		encoded("gzip-twice", "The badge is compressed twice.", "gzip, gzip", func(token string) string { return packed(packed(token)) }),
		encoded("unknown", "The badge is encoded in a way that there isn't.", "x-none-such", same),
		encoded("false", "The badge isn't compressed as it says that it is.", "gzip", same),
		encoded("bomb", "256 MiB of zeros are sent compressed.", "gzip", func(string) string { return string(gzipped(zeros(), 256)) }),
		encoded("bomb-then-badge", "A compressed badge has 256 MiB of white space before it.", "gzip", func(token string) string {
			return string(gzipped([]byte(strings.Repeat(" ", len(zeros()))), 256)) + packed(token)
		}),
		{"encoding-keys-bomb", "256 MiB of zeros are sent compressed as keys.", "bad-answer", tooMuch, func(s *site) {
			s.keys(says(okJSON + "Content-Encoding: gzip\r\n\r\n" + string(gzipped(zeros(), 256))))
		}},
		{"encoding-of-transfer", "The transfer is compressed.", "bad-answer or unreachable or bad-token", tooMuch, func(s *site) {
			s.badge(says(okStart + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"))
		}},
	}
}
