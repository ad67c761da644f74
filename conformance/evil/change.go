package evil

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// changes is what isn't the same each time, or for everybody. Where there are several questions, they go to one and the
// same program.
func changes() []entry {
	return []entry{
		{"change-revoked", "The badge is revoked after it was read, its list being good for a millisecond.", "ok, revoked", "BF-LIST-8", func(s *site) {
			s.list(turns(s.shortLived(nil), s.shortLived(s.revoked)))
		}},
		{"change-revoked-ttl-0", "The badge is revoked after it was read, its list being good for no time.", "ok, revoked", "BF-LIST-8", func(s *site) {
			atOnce := func(list wire.Object) { told(list)["ttl"] = 0 }
			s.list(turns(s.listThat(atOnce), s.listThat(func(list wire.Object) { atOnce(list); s.revoked(list) })))
		}},
		{"change-list-goes-back", "The list that revokes the badge is replaced by an older one that doesn't.", "revoked, revoked or bad-status-list or status-unknown", "BF-VERIFIER-11", func(s *site) {
			s.list(turns(s.shortLived(s.revoked), s.shortLived(func(list wire.Object) { s.valid(list, time.Hour, day) })))
		}},
		{"change-list-vanishes", "The list that revokes the badge vanishes.", "revoked, revoked or status-unknown", "BF-VERIFIER-10", func(s *site) {
			s.list(turns(s.shortLived(s.revoked), http.NotFound))
		}},
		{"change-list-spoiled", "The list that revokes the badge is replaced by one that nobody signed.", "revoked, revoked or bad-signature or status-unknown", "BF-VERIFIER-10", func(s *site) {
			s.list(turns(s.shortLived(s.revoked), tokenOf(func() string {
				return signed(newKey(), s.header(), text(s.Badges().Credential()))
			})))
		}},
		{"change-list-shrinks", "The list no longer has the badge's entry.", "ok, ok or status-list-too-short or status-unknown", "BF-LIST-6", func(s *site) {
			s.list(turns(s.shortLived(nil), s.shortLived(func(list wire.Object) { told(list)["encodedList"] = multibase(gzipped([]byte{0}, 1)) })))
		}},
		{"change-keys", "The key is replaced by another under the same name.", "ok, bad-signature or bad-key-set", "BF-KEY-10", func(s *site) {
			evil := newKey()
			s.badge(turns(s.honestBadge(), tokenOf(func() string { return signed(evil, s.header(), s.payload()) })))
			s.keys(turns(s.honestKeys(), s.documentThat(func(d wire.Object) { method(d)["publicKeyJwk"] = evil.JWK() })))
		}},
		{"change-badge-altered", "The badge is altered under the signature that it had.", "ok, bad-signature", "BF-TOKEN-10 BF-TOKEN-11", func(s *site) {
			s.badge(turns(s.honestBadge(), tokenOf(func() string { return s.tampered(s.token(s.header(), s.payload())) })))
		}},
		{"change-badge-expired", "The badge is replaced by an issue that has expired.", "ok, expired", "BF-BADGE-5", func(s *site) {
			s.badge(turns(s.honestBadge(), tokenOf(func() string {
				badge := s.Credential()
				s.valid(badge, 60*day, -day)
				return s.token(s.header(), text(badge))
			})))
		}},
		{"change-badge-redirects", "The badge's address leads to another site after it was read.", "ok, bad-redirect", "BF-FETCH-3", func(s *site) {
			s.badge(turns(s.honestBadge(), to(s.canary.origin()+"/b")))
		}},
		{"change-badge-vanishes", "The badge vanishes after it was read.", "ok, not-found", "BF-FETCH-6", func(s *site) { s.badge(turns(s.honestBadge(), http.NotFound)) }},
		{"change-by-turns", "Every other answer is altered.", "ok, bad-signature, ok or bad-signature, bad-signature", "BF-TOKEN-10", func(s *site) {
			var asked atomic.Int64
			altered := tokenOf(func() string { return s.tampered(s.token(s.header(), s.payload())) })
			good := s.honestBadge()
			s.badge(func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1)%2 == 1 {
					good(w, r)
					return
				}
				altered(w, r)
			})
		}},
		{"client-browsers-only", "Only browsers get the badge, others a page.", "bad-answer", "BF-FETCH-6", func(s *site) {
			s.badge(byHeader("User-Agent", "Mozilla", s.honestBadge(), page("a badge")))
		}},
		{"client-encodings", "Whoever takes compressed answers gets 256 MiB of zeros.", "ok or bad-answer", "BF-FETCH-5", func(s *site) {
			bomb := says(okStart + "Content-Encoding: gzip\r\n\r\n" + string(gzipped(zeros(), 256)))
			s.badge(byHeader("Accept-Encoding", "gzip", bomb, s.honestBadge()))
		}},
		{"client-cookies", "Whoever sends back the cookie that was set gets an altered badge.", "ok, ok", "BF-FETCH-10", func(s *site) {
			set := with(http.StatusOK, s.honestBadge(), "Set-Cookie", "who=you; Path=/; Max-Age=1000")
			s.badge(byHeader("Cookie", "who", tokenOf(func() string { return s.tampered(s.token(s.header(), s.payload())) }), set))
		}},
		{"client-credentials", "Whoever tells who they are is refused.", "ok", "BF-FETCH-10", func(s *site) {
			refused := status(http.StatusForbidden)
			s.badge(byHeader("Authorization", "", refused, byHeader("Referer", "", refused, s.honestBadge())))
		}},
	}
}

// revoked sets the badge's bit.
func (s *site) revoked(list wire.Object) {
	bits := wire.NewBits(wire.MinEntries)
	bits.Set(peer.BadgeEntry)
	told(list)["encodedList"] = multibase(gzipped(bits, 1))
}

// shortLived serves a list that is to be read anew after a millisecond; alter may be nil.
func (s *site) shortLived(alter func(list wire.Object)) http.HandlerFunc {
	return s.listThat(func(list wire.Object) {
		told(list)["ttl"] = 1
		if alter != nil {
			alter(list)
		}
	})
}

// byHeader answers requests whose header has a field that contains a text by yes, all others by no.
func byHeader(field, contains string, yes, no http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if values := r.Header.Values(field); len(values) > 0 && strings.Contains(strings.Join(values, ","), contains) {
			yes(w, r)
			return
		}
		no(w, r)
	}
}
