package evil

import (
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// lasting sets from when to when a badge or list is valid.
func lasting(object wire.Object, from, until time.Time) {
	object["nbf"], object["validFrom"] = from.Unix(), from.UTC().Format(time.RFC3339)
	object["exp"], object["validUntil"] = until.Unix(), until.UTC().Format(time.RFC3339)
}

const day = 24 * time.Hour

// valid sets when a badge or list is valid, from a time before now to one after it.
func (s *site) valid(object wire.Object, before, after time.Duration) {
	now := s.Now().Truncate(time.Second)
	lasting(object, now.Add(-before), now.Add(after))
}

// badges is badges that are well signed and don't say what a badge must.
func badges() []entry {
	const bad = "bad-credential"
	set := func(name, about, due, shows string, alter func(s *site, badge wire.Object)) entry {
		return entry{"badge-" + name, about, due, shows, func(s *site) { s.badgeHas(func(badge wire.Object) { alter(s, badge) }) }}
	}
	return []entry{
		set("of-another-iss", "The badge's iss is another site.", "wrong-issuer", "BF-BADGE-2", func(s *site, b wire.Object) { b["iss"] = s.canary.did() }),
		set("of-another-issuer", "The badge's issuer is another site.", "wrong-issuer", "BF-BADGE-2", func(s *site, b wire.Object) { in(b, "issuer")["id"] = s.canary.did() }),
		set("issuer-as-text", "The badge's issuer is a string.", "bad-value", "BF-JSON-10", func(s *site, b wire.Object) { b["issuer"] = wire.DID(s.Origin) }),
		{"badge-of-another", "Another site's badge, well signed by that site, is served here.", "wrong-issuer or unknown-key", "BF-BADGE-2", func(s *site) {
			s.badge(s.another().Handler(s.badgePath()))
		}},
		{"badge-of-other-code", "Another badge of the same site is served here.", bad, "BF-BADGE-3", func(s *site) {
			s.badgeHas(func(b wire.Object) {
				b["id"], b["jti"] = s.Origin+"/b/AAAAAAAAAAAAAAAA", s.Origin+"/b/AAAAAAAAAAAAAAAA"
			})
		}},
		set("on-another-site", "The badge's id is on another site.", "wrong-issuer", "BF-BADGE-2", func(s *site, b wire.Object) {
			b["id"] = strings.Replace(s.Badge, s.Origin, s.canary.origin(), 1)
			b["jti"] = b["id"]
		}),
		set("other-jti", "The badge's jti isn't its id.", bad, "BF-BADGE-3", func(s *site, b wire.Object) { b["jti"] = s.Badge + "A" }),
		set("other-sub", "The badge's sub isn't its subject.", bad, "BF-BADGE-3", func(_ *site, b wire.Object) { b["sub"] = "urn:uuid:00000000-0000-4000-8000-000000000000" }),
		set("other-nbf", "The badge's nbf isn't its validFrom.", bad, "BF-BADGE-3", func(s *site, b wire.Object) { b["nbf"] = s.Now().Unix() - 1000 }),
		set("other-exp", "The badge's exp is later than its validUntil.", bad, "BF-BADGE-3", func(s *site, b wire.Object) { b["exp"] = s.Now().Add(61 * day).Unix() }),
		set("too-long", "The badge is valid for 91 days.", bad, "BF-BADGE-5", func(s *site, b wire.Object) { s.valid(b, day, 90*day) }),
		set("expired", "The badge has expired a day ago.", "expired", "BF-BADGE-5", func(s *site, b wire.Object) { s.valid(b, 60*day, -day) }),
		set("expired-now", "The badge has expired 65 seconds ago.", "expired", "BF-TOKEN-14", func(s *site, b wire.Object) { s.valid(b, 60*day, -65*time.Second) }),
		set("not-yet", "The badge is valid from tomorrow on.", "not-yet-valid", "BF-BADGE-5", func(s *site, b wire.Object) { s.valid(b, -day, 60*day) }),
		set("backwards", "The badge ends before it begins.", bad+" or expired or not-yet-valid", "BF-TOKEN-14", func(s *site, b wire.Object) { s.valid(b, 0, -time.Hour) }),
		set("for-ever", "The badge is valid to the year 9999.", bad, "BF-BADGE-5", func(s *site, b wire.Object) {
			lasting(b, s.Now().Truncate(time.Second), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC))
		}),
		set("no-end", "The badge has no end.", bad+" or bad-value", "BF-TOKEN-14", func(_ *site, b wire.Object) { delete(b, "exp"); delete(b, "validUntil") }),
		set("other-type", "The credential is no Open Badge.", bad, "BF-BADGE-1", func(_ *site, b wire.Object) { b["type"] = []any{"VerifiableCredential"} }),
		set("type-as-text", "The badge's type is a string.", "bad-value", "BF-BADGE-1", func(_ *site, b wire.Object) { b["type"] = "OpenBadgeCredential" }),
		set("subject-email", "The subject is an e-mail address.", bad, "BF-BADGE-4", func(_ *site, b wire.Object) {
			in(b, "credentialSubject")["id"], b["sub"] = "mailto:ana@example.com", "mailto:ana@example.com"
		}),
		set("no-subject", "The badge has no subject.", bad+" or wrong-issuer", "BF-BADGE-4", func(_ *site, b wire.Object) { delete(b, "credentialSubject"); delete(b, "sub") }),
		set("mechanism-elsewhere", "The mechanism is another site's.", "wrong-issuer", "BF-BADGE-2", func(s *site, b wire.Object) {
			in(b, "credentialSubject", "achievement")["id"] = s.canary.origin() + "/mechanisms/trade"
		}),
		set("no-mechanism", "The mechanism's address isn't that of a mechanism.", bad, "BF-BADGE-7", func(s *site, b wire.Object) {
			in(b, "credentialSubject", "achievement")["id"] = s.Origin + "/about"
		}),
		{"badge-more-than-all", "More of the ratings are positive than there are.", bad, "BF-BADGE-7", func(s *site) { s.Status = s.Current("great", 418, 417) }},
		{"badge-negative", "Fewer than no ratings are positive.", bad, "BF-BADGE-7", func(s *site) { s.Status = s.Current("great", -1, 417) }},
		set("stated-twice", "The level is stated twice.", bad, "BF-BADGE-7", func(_ *site, b wire.Object) {
			subject := in(b, "credentialSubject")
			subject["result"] = append(subject["result"].([]any), wire.At(subject, "result", 0))
		}),
		set("half-a-measure", "How many ratings there are isn't stated.", bad, "BF-BADGE-7", func(_ *site, b wire.Object) {
			subject := in(b, "credentialSubject")
			all := subject["result"].([]any)
			subject["result"] = all[:len(all)-1]
		}),
		set("no-results", "Nothing is stated.", bad, "BF-BADGE-7", func(_ *site, b wire.Object) { in(b, "credentialSubject")["result"] = []any{} }),
		set("two-contexts", "There are two contexts.", bad, "BF-BADGE-7", func(_ *site, b wire.Object) {
			in(b, "credentialSubject", "achievement")["tag"] = []any{"trading", "lending"}
		}),
		set("no-entry", "The badge names no status list.", bad, "BF-BADGE-6", func(_ *site, b wire.Object) { delete(b, "credentialStatus") }),
		set("two-entries", "The badge names two entries of status lists.", "bad-value", "BF-BADGE-6", func(s *site, b wire.Object) {
			b["credentialStatus"] = []any{s.Badges().Entry(1), s.Badges().Entry(peer.BadgeEntry)}
		}),
		set("other-entry", "The entry isn't of a status list of this kind.", bad, "BF-BADGE-6", func(_ *site, b wire.Object) { in(b, "credentialStatus")["type"] = "StatusList2021Entry" }),
		set("other-purpose", "The entry tells of suspension.", bad, "BF-BADGE-6", func(_ *site, b wire.Object) { in(b, "credentialStatus")["statusPurpose"] = "suspension" }),
		set("list-elsewhere", "The status list is on another site.", "status-list-foreign", "BF-BADGE-6 BF-FETCH-10", func(s *site, b wire.Object) {
			in(b, "credentialStatus")["statusListCredential"] = s.canary.origin() + "/status/1"
		}),
		set("list-at-user", "The status list's host looks like the own one, but is another.", "status-list-foreign", "BF-BADGE-6 BF-ORIGIN-5", func(s *site, b wire.Object) {
			in(b, "credentialStatus")["statusListCredential"] = s.Origin + "@" + s.canary.host() + "/status/1"
		}),
		set("list-of-longer-host", "The status list's host only begins like the own one.", "status-list-foreign", "BF-BADGE-6", func(s *site, b wire.Object) {
			in(b, "credentialStatus")["statusListCredential"] = s.hostWithout() + ".canary.localhost" + s.canary.port() + "/status/1"
		}),
		{"badge-is-list", "A status list is served in place of the badge.", bad + " or bad-value or wrong-issuer", "BF-BADGE-1", func(s *site) { s.badge(s.honestList()) }},
		{"badge-is-mechanism", "The issuer's mechanism is served in place of the badge.", "wrong-type", "BF-TOKEN-6", func(s *site) {
			s.badge(with(200, s.Handler("/mechanisms/trade.jwt"), "Content-Type", media))
		}},
	}
}
