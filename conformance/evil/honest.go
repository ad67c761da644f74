package evil

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// honest is what is unusual, and right: whoever refuses these badges refuses good ones.
func honest() []entry {
	return []entry{
		{"honest", "A plain badge.", "ok, ok", "BF-BADGE-7 BF-LIST-8", func(*site) {}},
		{"honest-unknown-fields", "Badge, keys and list have fields that nobody knows.", "ok", "BF-JSON-8", func(s *site) {
			more := func(object wire.Object) { object["x-more"] = wire.Object{"deep": []any{1, "two", true}, "none": nil} }
			s.badgeHas(func(b wire.Object) { more(b); more(in(b, "credentialSubject")); more(in(b, "credentialStatus")) })
			s.documentHas(func(d wire.Object) { more(d); more(method(d)); more(key(d)) })
			s.listHas(func(l wire.Object) { more(l); more(told(l)) })
		}},
		{"honest-eddsa", "The key is of Ed25519.", "ok", "BF-TOKEN-5 BF-KEY-4", func(s *site) { s.signsByEdDSA() }},
		{"honest-16-keys", "There are 16 keys, the one that signed being the last.", "ok", "BF-KEY-1", func(s *site) {
			all := []*wire.Key{s.signer()}
			for range 15 {
				all = append(all, newKey())
			}
			slices.Reverse(all)
			s.keys(s.JSON(func() any { return wire.DIDDocument(s.Origin, all...) }))
		}},
		{"honest-media-parameters", "Media types have parameters and capitals.", "ok", "BF-FETCH-6", func(s *site) {
			s.badge(with(200, s.honestBadge(), "Content-Type", `Application/VC+JWT; Charset="utf-8"; v=1`))
			s.keys(with(200, s.honestKeys(), "Content-Type", "application/json;charset=UTF-8"))
		}},
		{"honest-did-json", "The keys come as application/did+json.", "ok", "BF-FETCH-6", func(s *site) { s.keys(with(200, s.honestKeys(), "Content-Type", "application/did+json")) }},
		{"honest-order", "Fields stand in another order, with white space between them.", "ok", "BF-JSON-6", func(s *site) {
			s.badgeSays(backwards)
			s.documentSays(backwards)
		}},
		{"honest-escapes", "Names and values are written with escapes.", "ok", "BF-JSON-1", func(s *site) {
			s.badgeSays(func(text string) string {
				return strings.NewReplacer(`"iss"`, `"\u0069ss"`, `"great`, `"\u0067reat`, `http://`, `http:\/\/`).Replace(text)
			})
		}},
		{"honest-redirects", "Three redirects each lead to badge, keys and list.", "ok", "BF-FETCH-3", func(s *site) {
			s.badge(s.steps(3, 0, s.honestBadge()))
			s.keys(s.steps(3, 0, s.honestKeys()))
			s.list(s.steps(3, 0, s.honestList()))
		}},
		{"honest-hints", "Two answers of status 103 come before the badge.", "ok", "BF-FETCH-6", func(s *site) {
			badge := s.honestBadge()
			s.badge(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusEarlyHints)
				badge(w, r)
			})
		}},
		{"honest-pieces", "The badge comes in many small chunks, with a trailer.", "ok", "BF-FETCH-6", func(s *site) {
			s.badge(says(okStart + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
				chunks(s.token(s.header(), s.payload())) + "0\r\nX-Trailer: yes\r\n\r\n"))
		}},
		{"honest-to-the-end", "The badge ends with the connection, without a length.", "ok", "BF-FETCH-6", func(s *site) {
			s.badge(says("HTTP/1.0 200 OK\r\nContent-Type: application/vc+jwt\r\n\r\n" + s.token(s.header(), s.payload())))
		}},
		{"honest-identity", "The badge says that it isn't compressed.", "ok", "BF-FETCH-5", func(s *site) { s.badge(with(200, s.honestBadge(), "Content-Encoding", "identity")) }},
		{"honest-slow", "Badge, keys and list each come after a second.", "ok", "BF-FETCH-7", func(s *site) {
			s.badge(late(time.Second, s.honestBadge()))
			s.keys(late(time.Second, s.honestKeys()))
			s.list(late(time.Second, s.honestList()))
		}},
		{"honest-links", "Badge and keys name many addresses that nobody needs to visit.", "ok", "BF-FETCH-10", func(s *site) {
			link := func(path string) wire.Object { return wire.Object{"id": s.canary.origin() + path, "type": "Link"} }
			s.badgeHas(func(b wire.Object) {
				b["evidence"], b["refreshService"], b["credentialSchema"] = []any{link("/e")}, link("/r"), []any{link("/s")}
				in(b, "issuer")["image"] = link("/i")
			})
			s.documentHas(func(d wire.Object) {
				d["service"], d["alsoKnownAs"] = []any{link("/service")}, []any{s.canary.did()}
				d["keyAgreement"], d["controller"] = []any{s.canary.did() + "#key"}, s.canary.did()
			})
		}},
		{"honest-other-signature", "The signature is the other one that (r, s) has.", "ok", "BF-TOKEN-11", func(s *site) {
			s.badgeIs(func(token string) string { return resigned(token, negated) })
		}},
		{"honest-instants", "Instants have an offset and fractions of a second.", "ok", "BF-BADGE-3", func(s *site) {
			s.badgeHas(func(b wire.Object) {
				start := s.Now().In(time.FixedZone("", 3600)).Truncate(time.Second)
				lasting(b, start, start.Add(60*day))
				b["validFrom"] = start.Format("2006-01-02T15:04:05.250Z07:00")
			})
		}},
		{"honest-leeway", "The badge has expired 40 seconds ago, which clocks may differ by.", "ok", "BF-TOKEN-14", func(s *site) {
			s.badgeHas(func(b wire.Object) { s.valid(b, 60*day, -40*time.Second) })
		}},
		{"honest-neighbours", "All bits but the badge's are set.", "ok", "BF-LIST-8", func(s *site) {
			bits := s.Badges().Bits
			for i := range bits {
				bits[i] = 0xff
			}
			bits[peer.BadgeEntry/8] &^= 0x80 >> (peer.BadgeEntry % 8)
		}},
		{"honest-list-without-ttl", "The status list has no ttl.", "ok", "BF-LIST-1", func(s *site) { s.listHas(func(l wire.Object) { delete(told(l), "ttl") }) }},
		{"honest-list-of-members", "The status list's bits are two members of a gzip stream.", "ok", "BF-LIST-5", func(s *site) {
			s.listHas(func(l wire.Object) { told(l)["encodedList"] = multibase(gzipped(make([]byte, 8192), 2)) })
		}},
		{"honest-list-of-1-mib", "The status list has 1 MiB unpacked.", "ok", "BF-LIST-7", func(s *site) {
			s.listHas(func(l wire.Object) { told(l)["encodedList"] = multibase(gzipped(zeros(), 1)) })
		}},
		{"honest-list-large", "The status list has 900 KiB as a token.", "ok", "BF-TOKEN-3", func(s *site) {
			bits := make([]byte, 500<<10)
			rand.Read(bits)
			bits[peer.BadgeEntry/8] = 0
			encoded := multibase(gzipped(bits, 1))
			s.listHas(func(l wire.Object) { told(l)["encodedList"] = encoded })
		}},
	}
}

// signsByEdDSA has everything signed by another key, of Ed25519.
func (s *site) signsByEdDSA() {
	key, err := wire.NewEdDSA()
	if err != nil {
		panic(err) // the system has random numbers
	}
	s.Site.Credential = key
}

// backwards writes an object's fields in the opposite order.
func backwards(object string) string {
	decoded, err := wire.DecodeObject([]byte(object))
	if err != nil {
		panic(err) // it is the suite's own
	}
	var names []string
	for name := range decoded {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Reverse(names)
	var fields []string
	for _, name := range names {
		fields = append(fields, text(name)+" :\r\n\t"+text(decoded[name]))
	}
	return " {\n " + strings.Join(fields, " ,\n ") + " }\n"
}

// chunks writes a text as chunks of seven bytes.
func chunks(of string) string {
	var all strings.Builder
	for part := range slices.Chunk([]byte(of), 7) {
		fmt.Fprintf(&all, "%x\r\n%s\r\n", len(part), part)
	}
	return all.String()
}
