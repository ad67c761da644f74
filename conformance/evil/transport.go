package evil

import (
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	okStart = "HTTP/1.1 200 OK\r\nContent-Type: application/vc+jwt\r\n"
	okJSON  = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	tooMuch = "BF-FETCH-5" // what is read at most
)

// transport is what goes wrong below HTTP, or in its framing, at once.
func transport() []entry {
	lots := strings.Repeat("a", 16<<10)
	return []entry{
		{"reset", "The connection is reset in place of an answer.", "unreachable", "BF-FETCH-6", func(s *site) { s.badge(raw(reset)) }},
		{"closed", "The connection is closed in place of an answer.", "unreachable or bad-answer", "BF-FETCH-6", func(s *site) { s.badge(says("")) }},
		{"keys-reset", "The connection is reset in place of the keys.", "unreachable", "BF-FETCH-6", func(s *site) { s.keys(raw(reset)) }},
		{"list-reset", "The connection is reset in place of the status list.", "status-unknown", "BF-FETCH-6", func(s *site) { s.list(raw(reset)) }},
		{"half-an-answer", "The connection closes amid the body.", "unreachable or bad-answer", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Content-Length: 4000\r\n\r\n" + "eyJhbGciOiJFUzI1NiJ9."))
		}},
		{"half-a-chunk", "The connection closes amid a chunk of the body.", "unreachable or bad-answer", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Transfer-Encoding: chunked\r\n\r\nfa0\r\neyJhbGciOiJFUzI1NiJ9."))
		}},
		{"length-too-small", "The Content-Length cuts the token.", "bad-token or bad-answer or unreachable", "BF-TOKEN-1", func(s *site) {
			s.badge(says(okStart + "Content-Length: 100\r\n\r\n" + s.token(s.header(), s.payload())))
		}},
		{"length-twice", "There are two Content-Lengths that differ.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Content-Length: 5\r\nContent-Length: 6\r\n\r\neyJhb"))
		}},
		{"length-negative", "The Content-Length is negative.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Content-Length: -1\r\n\r\neyJhb"))
		}},
		{"length-of-terabytes", "The Content-Length announces 2^60 bytes.", "bad-answer or unreachable", tooMuch, func(s *site) {
			s.badge(endless(okStart+"Content-Length: 1152921504606846976\r\n\r\n", lots))
		}},
		{"chunk-garbage", "The length of a chunk is no number.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Transfer-Encoding: chunked\r\n\r\nzzzz\r\neyJhb\r\n0\r\n\r\n"))
		}},
		{"chunk-of-exabytes", "The length of a chunk has 17 digits.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\neyJhb"))
		}},
		{"endless-body", "The body never ends.", "bad-answer", tooMuch, func(s *site) { s.badge(endless(okStart+"\r\n", lots)) }},
		{"endless-chunks", "The body has small chunks without end.", "bad-answer or unreachable", tooMuch, func(s *site) {
			s.badge(endless(okStart+"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("4\r\naaaa\r\n", 1000)))
		}},
		{"endless-chunk-extension", "The extension of a chunk never ends.", "bad-answer or unreachable", tooMuch, func(s *site) {
			s.badge(endless(okStart+"Transfer-Encoding: chunked\r\n\r\n4;x=", lots))
		}},
		{"endless-trailer", "The trailer after the body never ends.", "bad-answer or unreachable", tooMuch, func(s *site) {
			s.badge(endless(okStart+"Transfer-Encoding: chunked\r\n\r\n4\r\naaaa\r\n0\r\n", "X-Trailer: "+lots+"\r\n"))
		}},
		{"endless-keys", "The DID document never ends.", "bad-answer", tooMuch, func(s *site) { s.keys(endless(okJSON+"\r\n"+`{"id":"`, lots)) }},
		{"endless-list", "The status list never ends.", "status-unknown", tooMuch, func(s *site) { s.list(endless(okStart+"\r\n", lots)) }},
		{"endless-header", "The header has fields without end.", "bad-answer or unreachable", tooMuch, func(s *site) { s.badge(endless(okStart, "X-Field: "+lots+"\r\n")) }},
		{"endless-field", "A field of the header never ends.", "bad-answer or unreachable", tooMuch, func(s *site) { s.badge(endless(okStart+"X-Field: ", lots)) }},
		{"endless-status-line", "The status line never ends.", "bad-answer or unreachable", tooMuch, func(s *site) { s.badge(endless("HTTP/1.1 200 ", lots)) }},
		{"header-too-large", "The header has 128 KiB.", "bad-answer", tooMuch, func(s *site) {
			token := s.token(s.header(), s.payload())
			s.badge(says(okStart + "X-Field: " + strings.Repeat("a", 128<<10) + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(token), token)))
		}},
		{"hints-without-end", "There are answers of status 103 without end.", "bad-answer or unreachable", tooMuch, func(s *site) {
			s.badge(endless("", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 100)))
		}},
		{"switches-protocol", "The answer is of status 101, and what follows isn't HTTP.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		}},
		{"no-http", "The answer is a page without status line and header, as in HTTP/0.9.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says("<html>hello</html>"))
		}},
		{"other-protocol", "The answer is that of a mail server.", "bad-answer or unreachable", "BF-FETCH-6", func(s *site) {
			s.badge(says("220 mail.example ESMTP\r\n250 OK\r\n"))
		}},
	}
}

// reset closes the connection so that the other side is told that it broke.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		// If it fails, the connection ends in order, without an answer even so.
		_ = tcp.SetLinger(0)
	}
}

// slow is what takes one fetch more time than it has.
func slow() []entry {
	return []entry{
		{"never-answers", "No answer comes.", "unreachable", "BF-FETCH-4", func(s *site) { s.badge(thenSilence("")) }},
		{"never-answers-keys", "No answer comes when keys are asked for.", "unreachable", "BF-FETCH-4", func(s *site) { s.keys(thenSilence("")) }},
		{"never-answers-list", "No answer comes when the status list is asked for.", "status-unknown", "BF-FETCH-4", func(s *site) { s.list(thenSilence("")) }},
		{"answers-late", "The badge comes after 6 seconds.", "unreachable", "BF-FETCH-4", func(s *site) { s.badge(late(6*time.Second, s.honestBadge())) }},
		{"answers-late-list", "The status list comes after 6 seconds.", "status-unknown", "BF-FETCH-4", func(s *site) { s.list(late(6*time.Second, s.honestList())) }},
		{"drips-header", "The header comes a byte at a time.", "unreachable", "BF-FETCH-4", func(s *site) {
			s.badge(dripping("HTTP/1.1 200 OK\r\n", strings.Repeat("X-Field: a\r\n", 100)))
		}},
		{"drips-body", "The body comes a byte at a time.", "unreachable", "BF-FETCH-4", func(s *site) {
			s.badge(dripping(okStart+"Content-Length: 4000\r\n\r\n", strings.Repeat("a", 4000)))
		}},
		{"drips-chunks", "The body comes in chunks of one byte, a few a second.", "unreachable", "BF-FETCH-4", func(s *site) {
			s.badge(dripping(okStart+"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("1\r\na\r\n", 400)))
		}},
		{"drips-keys", "The DID document comes a byte at a time.", "unreachable", "BF-FETCH-4", func(s *site) {
			s.keys(dripping(okJSON+"Content-Length: 4000\r\n\r\n", strings.Repeat(" ", 4000)))
		}},
		{"drips-list", "The status list comes a byte at a time.", "status-unknown", "BF-FETCH-4", func(s *site) {
			s.list(dripping(okStart+"Content-Length: 4000\r\n\r\n", strings.Repeat("a", 4000)))
		}},
		{"drips-redirects", "Each of three redirects comes after 2 seconds.", "unreachable", "BF-FETCH-4 BF-FETCH-3", func(s *site) {
			s.badge(s.steps(3, 2*time.Second, s.honestBadge()))
		}},
	}
}

// budgets is what takes a whole verification more than it has, though each fetch keeps within its limits.
func budgets() []entry {
	return []entry{
		{"budget-of-time", "Badge, keys and list each come after 4 seconds.", "fetch-budget or status-unknown", "BF-FETCH-7", func(s *site) {
			s.badge(late(4*time.Second, s.honestBadge()))
			s.keys(late(4*time.Second, s.honestKeys()))
			s.list(late(4*time.Second, s.honestList()))
		}},
		{"budget-of-redirects", "Badge, keys and list each come after three redirects of 1.2 seconds each.", "fetch-budget or status-unknown", "BF-FETCH-7", func(s *site) {
			const each = 1200 * time.Millisecond
			s.badge(s.steps(3, each, s.honestBadge()))
			s.keys(s.steps(3, each, s.honestKeys()))
			s.list(s.steps(3, each, s.honestList()))
		}},
	}
}
