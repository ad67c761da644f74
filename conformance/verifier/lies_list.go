package verifier

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// entryLies are those in a statement's entry, and the one true thing that refuses a statement: its bit.
func entryLies() []Lie {
	entry := func(name string, value any) func(*telling, wire.Object) {
		return func(_ *telling, s wire.Object) { s["credentialStatus"].(wire.Object)[name] = value }
	}
	return []Lie{
		{Name: "entry/none", About: "A statement has no entry in a status list.", Codes: []string{"bad-credential"},
			Requirements: []string{"BF-STATUS-7"}, tell: altered(func(_ *telling, s wire.Object) { delete(s, "credentialStatus") })},
		{Name: "entry/other-purpose", About: "A statement's entry is in a list of suspensions.", Codes: []string{"bad-credential"},
			Requirements: []string{"BF-STATUS-7"}, tell: altered(entry("statusPurpose", "suspension"))},
		{Name: "entry/foreign-list", About: "A statement's entry is in another site's list.", Codes: []string{"status-list-foreign"},
			Requirements: []string{"BF-IMPORT-19", "BF-STATUS-7", "BF-FETCH-10"}, tell: altered(func(t *telling, s wire.Object) {
				s["credentialStatus"].(wire.Object)["statusListCredential"] = t.canary.Origin + "/status/1"
			})},
		{Name: "entry/beyond-the-list", About: "A statement's entry is beyond the end of its list.", Codes: []string{"index-out-of-range"},
			Requirements: []string{"BF-IMPORT-19", "BF-LIST-9"}, tell: altered(entry("statusListIndex", "131072"))},
		{Name: "entry/negative", About: "A statement's entry has a negative index.", Codes: []string{"index-out-of-range"},
			Requirements: []string{"BF-LIST-10"}, tell: altered(entry("statusListIndex", "-1"))},
		{Name: "entry/leading-zero", About: "A statement's entry has an index with a leading zero.", Codes: []string{"index-out-of-range"},
			Requirements: []string{"BF-LIST-10"}, tell: altered(entry("statusListIndex", "040211"))},
		{Name: "entry/revoked", About: "A statement's bit is set already.", Codes: []string{"revoked"},
			Requirements: []string{"BF-IMPORT-18"}, tell: fresh(nil, func(_ *telling, l *peer.List) {
				l.Bits = bytes.Repeat([]byte{0xff}, wire.MinEntries/8)
			})},
	}
}

// fresh has the issuer tell of entries in a list that the verifier hasn't read yet. change is made to the list itself, and serve
// says how it is served; nil: as it should be.
func fresh(serve func(t *telling, l *peer.List) http.HandlerFunc, change func(t *telling, l *peer.List)) func(context.Context, *telling) error {
	return func(_ context.Context, t *telling) error {
		l := peer.NewList(t.Site, "/status/"+t.w.name())
		if change != nil {
			change(t, l)
		}
		l.Serve()
		if serve != nil {
			t.Handle(l.Path(), serve(t, l))
		}
		t.TellIn(l)
		return nil
	}
}

// listed is a lie in a list's payload.
func listed(change func(t *telling, payload wire.Object)) func(context.Context, *telling) error {
	return fresh(func(t *telling, l *peer.List) http.HandlerFunc {
		return t.Signed("vc+jwt", listMedia, func() any {
			payload := l.Credential()
			change(t, payload)
			return payload
		})
	}, nil)
}

const listMedia = "application/vc+jwt"

// packed is a lie in a list's bits.
func packed(pack func() []byte) func(context.Context, *telling) error {
	return listed(func(_ *telling, payload wire.Object) {
		payload["credentialSubject"].(wire.Object)["encodedList"] = "u" + wire.Encode(pack())
	})
}

// zipped returns bytes as a gzip stream.
func zipped(data []byte) []byte {
	var to bytes.Buffer
	w := gzip.NewWriter(&to)
	if _, err := w.Write(data); err != nil {
		panic(err) // it is written to memory
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return to.Bytes()
}

// lasting moves a list's validity, and sets how long it is.
func lasting(by, lasts time.Duration) func(*telling, wire.Object) {
	return func(t *telling, payload wire.Object) {
		start := t.Now().Add(by).Truncate(time.Second)
		end := start.Add(lasts)
		payload["validFrom"], payload["nbf"] = start.Format(time.RFC3339), start.Unix()
		payload["validUntil"], payload["exp"] = end.Format(time.RFC3339), end.Unix()
	}
}

// listLies are those in the list of a statement's entry. A list that can't be used is one that can't be had: a verifier may say
// either.
func listLies() []Lie {
	lie := func(name, about, code string, tell func(context.Context, *telling) error, requirements ...string) Lie {
		codes := append(strings.Fields(code), "status-unknown")
		return Lie{Name: "list/" + name, About: about, Codes: codes, Requirements: append(requirements, "BF-IMPORT-19"), tell: tell}
	}
	empty := func(entries int) func() []byte { return func() []byte { return zipped(make([]byte, entries/8)) } }
	return []Lie{
		lie("absent", "The list isn't there.", "not-found", fresh(func(*telling, *peer.List) http.HandlerFunc { return http.NotFound }, nil)),
		lie("too-short", "The list has fewer than 131,072 entries.", "status-list-too-short", packed(empty(wire.MinEntries-8)), "BF-LIST-6"),
		lie("bomb", "The list is longer than 1 MiB once unpacked.", "too-large", packed(empty(16<<23)), "BF-LIST-7"),
		lie("trailing-bytes", "Something follows the list's gzip stream.", "bad-status-list",
			packed(func() []byte { return append(empty(wire.MinEntries)(), 0) }), "BF-LIST-5"),
		lie("cut", "The list's gzip stream is cut.", "bad-status-list",
			packed(func() []byte { all := empty(wire.MinEntries)(); return all[:len(all)-4] }), "BF-LIST-5"),
		lie("expired", "The list is past its end.", "expired", listed(lasting(-73*time.Hour, 72*time.Hour)), "BF-LIST-4"),
		lie("not-yet-valid", "The list isn't valid yet.", "not-yet-valid", listed(lasting(time.Hour, 48*time.Hour)), "BF-LIST-4"),
		lie("lasting", "The list is valid for more than 72 hours.", "bad-status-list", listed(lasting(0, 73*time.Hour)), "BF-LIST-3"),
		lie("other-purpose", "The list is one of suspensions.", "bad-status-list", listed(func(_ *telling, p wire.Object) {
			p["credentialSubject"].(wire.Object)["statusPurpose"] = "suspension"
		}), "BF-LIST-1"),
		lie("other-address", "The list is that of another address.", "status-list-foreign", listed(func(t *telling, p wire.Object) {
			p["id"], p["jti"] = t.Origin+"/status/999", t.Origin+"/status/999"
		}), "BF-LIST-2"),
		lie("other-issuer", "The list is another site's by its issuer.", "status-list-foreign", listed(func(t *telling, p wire.Object) {
			p["issuer"], p["iss"] = wire.DID(t.canary.Origin), wire.DID(t.canary.Origin)
		}), "BF-LIST-2"),
		lie("other-signer", "The list is signed by another site.", "status-list-foreign",
			fresh(func(t *telling, l *peer.List) http.HandlerFunc {
				return t.canary.Signed("vc+jwt", listMedia, func() any { return l.Credential() })
			}, nil), "BF-LIST-2", "BF-FETCH-10"),
		lie("other-key", "The list is signed by a key that isn't the issuer's.", "bad-signature",
			fresh(func(t *telling, l *peer.List) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					token, err := t.Federation.Sign("vc+jwt", t.KID(), l.Credential())
					if err != nil {
						panic(err) // a payload of the suite's can be signed
					}
					peer.Text(listMedia, token)(w, r)
				}
			}, nil), "BF-TOKEN-10"),
		lie("other-type", "The list is signed as something else.", "wrong-type",
			fresh(func(t *telling, l *peer.List) http.HandlerFunc {
				return t.Signed("bonafide-mechanism+jwt", listMedia, func() any { return l.Credential() })
			}, nil), "BF-TOKEN-6"),
		lie("unsigned", "The list isn't signed.", "bad-token bad-header", fresh(func(t *telling, l *peer.List) http.HandlerFunc {
			return peer.Text(listMedia, "e30.e30.")
		}, nil), "BF-TOKEN-10"),
		lie("a-badge", "The list is a badge.", "bad-status-list bad-value", fresh(func(t *telling, l *peer.List) http.HandlerFunc {
			return t.Signed("vc+jwt", listMedia, func() any { return t.Issuer.Credential() })
		}, nil), "BF-LIST-1"),
		lie("other-media", "The list comes as a page.", "bad-answer", fresh(func(t *telling, l *peer.List) http.HandlerFunc {
			return t.Signed("vc+jwt", "text/html", func() any { return l.Credential() })
		}, nil), "BF-FETCH-6"),
		lie("redirected", "The list's address leads to another site.", "bad-redirect", fresh(func(t *telling, l *peer.List) http.HandlerFunc {
			return http.RedirectHandler(t.canary.Origin+l.Path(), http.StatusFound).ServeHTTP
		}, nil), "BF-FETCH-3"),
		lie("endless", "The list is longer than any answer may be.", "bad-answer", fresh(func(t *telling, l *peer.List) http.HandlerFunc {
			return peer.Text(listMedia, strings.Repeat("a", 1<<20+1))
		}, nil), "BF-FETCH-5"),
	}
}
