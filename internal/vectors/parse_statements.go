package main

import (
	"strings"
	"time"
)

// parseBadge returns the cases of badges.
func parseBadge() []Case {
	s := subject{"badge", ParseInput{Object: "badge", Issuer: bazar, Now: instant(now)}, goodBadge(), "bad-credential"}
	const results = "credentialSubject.result."
	elsewhere := outils + "/b/K7QXM2VTP4WN9RFA"
	named := edit(edit(s.good, "id", elsewhere), "jti", elsewhere)
	long := issued.Add(91 * 24 * time.Hour)
	lasting := func(from, until time.Time) string {
		o := edit(edit(s.good, "validFrom", instant(from)), "validUntil", instant(until))
		return text(edit(edit(o, "nbf", from.Unix()), "exp", until.Unix()))
	}
	stated := s.good["credentialSubject"].(object)["result"].([]any)
	also := func(result any) object {
		return edit(s.good, "credentialSubject.result", append(stated[:len(stated):len(stated)], result))
	}
	return []Case{
		s.ok("good", "BF-BADGE-1", "A badge.", s.good),
		s.ok("good-unknown", "BF-JSON-8", "A property that this version doesn't know, and a result of it.",
			edit(also(object{"type": []any{"Result"}, "resultDescription": bazar + "/mechanisms/seller#new", "value": "1"}), "awardedDate", "x")),
		s.bad("type", "BF-BADGE-1", "Not an OpenBadgeCredential.", "type", []any{"VerifiableCredential"}),
		s.as("bad-value", "type-a-string", "BF-BADGE-1", "type is a string for an array.", "type", "OpenBadgeCredential"),
		s.as("wrong-issuer", "issuer", "BF-BADGE-2", "The issuer is another site.", "issuer.id", did(outils)),
		s.as("wrong-issuer", "iss", "BF-BADGE-2", "iss is another site.", "iss", did(outils)),
		s.raw("elsewhere", "BF-BADGE-2", "The badge's address is on another site.", text(named), "wrong-issuer"),
		s.raw("mechanism-elsewhere", "BF-BADGE-2", "The mechanism, of which it states everything, is another site's.",
			strings.ReplaceAll(text(s.good), bazar+"/mechanisms/seller", outils+"/mechanisms/seller"), "wrong-issuer"),
		s.bad("jti", "BF-BADGE-3", "jti isn't the badge's id.", "jti", bazar+"/b/OTHER"),
		s.bad("sub", "BF-BADGE-3", "sub isn't the subject's id.", "sub", "urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1"),
		s.bad("nbf", "BF-BADGE-3", "nbf isn't validFrom.", "nbf", issued.Unix()-1),
		s.bad("exp", "BF-BADGE-3", "exp isn't validUntil.", "exp", now.Add(time.Hour).Unix()),
		s.raw("subject-not-random", "BF-BADGE-4", "The subject is known by an e-mail address.",
			text(edit(edit(s.good, "credentialSubject.id", "mailto:alice@bazar.example"), "sub", "mailto:alice@bazar.example")), "bad-credential"),
		s.raw("too-long", "BF-BADGE-5", "Valid for 91 days.", lasting(issued, long), "bad-credential"),
		s.raw("expired", "BF-BADGE-5", "It has expired.", lasting(issued.Add(-48*time.Hour), issued), "expired"),
		s.raw("early", "BF-BADGE-5", "Valid from an hour hence.", lasting(now.Add(time.Hour), now.Add(48*time.Hour)), "not-yet-valid"),
		s.as("status-list-foreign", "list-elsewhere", "BF-BADGE-6", "Its status list is on another site.", "credentialStatus.statusListCredential", outils+"/status/3"),
		s.bad("list-purpose", "BF-BADGE-6", "Its entry's purpose is suspension.", "credentialStatus.statusPurpose", "suspension"),
		s.as("bad-value", "list-array", "BF-BADGE-6", "credentialStatus is an array.", "credentialStatus", []any{statusEntry("94567")}),
		s.as("bad-value", "list-index-number", "BF-BADGE-6", "Its index is a JSON number.", "credentialStatus.statusListIndex", 94567),
		s.as("index-out-of-range", "list-index", "BF-BADGE-6", "Its index has a leading zero.", "credentialStatus.statusListIndex", "094567"),
		s.bad("without-status", "BF-BADGE-6", "It has no status entry.", "credentialStatus", absent{}),
		s.bad("level-of-another", "BF-BADGE-7", "Its level is another mechanism's.", results+"0.achievedLevel", bazar+"/mechanisms/buyer#gold"),
		s.raw("stated-twice", "BF-BADGE-7", "Its level is stated twice.", text(also(stated[0])), "bad-credential"),
		s.bad("kind", "BF-BADGE-7", "A kind that there isn't.", results+"2.value", "bought"),
		s.bad("as-of", "BF-BADGE-7", "A day that the calendar doesn't have.", results+"3.value", "2026-02-30"),
		s.bad("source", "BF-BADGE-7", "A source that is no origin.", results+"4.value", "bazar.example"),
		s.bad("more-than-all", "BF-BADGE-7", "More positive ratings than ratings.", results+"5.value", "418"),
		s.bad("score-fraction", "BF-BADGE-7", "A measure that is no whole number.", results+"5.value", "412.0"),
		s.bad("version", "BF-BADGE-7", "The mechanism's version is a date.", "credentialSubject.achievement.version", "2026-10-01"),
		s.bad("tags", "BF-BADGE-7", "Two contexts.", "credentialSubject.achievement.tag", []any{"selling", "buying"}),
	}
}

// parseConsentedStatus returns the cases of consented statuses.
func parseConsentedStatus() []Case {
	s := subject{"consented-status", ParseInput{Object: "consented-status", Audience: outils, Nonce: statusNonce, Now: instant(now)}, goodStatus(), "bad-credential"}
	made := now.Add(-time.Minute)
	old := edit(edit(s.good, "iat", now.Add(-time.Hour).Unix()), "exp", now.Add(-50*time.Minute).Unix())
	old = edit(old, "relied_until", now.Add(time.Hour).Unix())
	return []Case{
		s.ok("good", "BF-STATUS-1", "A consented status.", s.good),
		s.ok("good-bare", "BF-STATUS-6", "One that tells neither level nor measures.",
			edit(edit(edit(s.good, "status.level", absent{}), "status.earned_level", absent{}), "status.measures", absent{})),
		s.ok("good-unknown", "BF-JSON-8", "A field of a later version.", edit(s.good, "status.circle", "x")),
		s.as("wrong-audience", "audience", "BF-STATUS-1", "It is made for another site.", "aud", "https://atelier.example"),
		s.as("bad-value", "audience-array", "BF-STATUS-1", "aud is an array.", "aud", []any{outils}),
		s.as("wrong-nonce", "nonce", "BF-STATUS-2", "It carries another request's nonce.", "nonce", "another-nonce-of-20"),
		s.as("wrong-nonce", "nonce-missing", "BF-STATUS-2", "It carries no nonce.", "nonce", absent{}),
		s.bad("subject-missing", "BF-STATUS-3", "It has no sub.", "sub", absent{}),
		s.bad("jti-missing", "BF-STATUS-3", "It has no jti.", "jti", absent{}),
		s.as("wrong-issuer", "mechanism-elsewhere", "BF-STATUS-4", "It speaks of another site's mechanism.", "status.mechanism", "https://atelier.example/mechanisms/seller"),
		s.raw("expired", "BF-STATUS-5", "It was to be accepted 50 minutes ago.", text(old), "expired"),
		s.bad("acceptance-too-long", "BF-STATUS-5", "It may be accepted for 11 minutes.", "exp", made.Add(11*time.Minute).Unix()),
		s.bad("reliance-too-long", "BF-STATUS-5", "It is to be relied on for 31 days.", "relied_until", made.Add(31*24*time.Hour).Unix()),
		s.bad("reliance-missing", "BF-STATUS-5", "It doesn't tell how long it is to be relied on.", "relied_until", absent{}),
		s.as("bad-value", "kind", "BF-STATUS-6", "A kind that there isn't.", "status.kind", "bought"),
		s.as("bad-value", "state", "BF-STATUS-6", "No state.", "status.state", absent{}),
		s.as("bad-value", "level", "BF-STATUS-6", "A level that is no id.", "status.level", "Gold!"),
		s.as("bad-value", "as-of", "BF-STATUS-6", "as_of is an instant for a day.", "status.as_of", "2026-11-22T00:00:00Z"),
		s.as("bad-value", "since", "BF-STATUS-6", "since is a day for a month.", "status.since", "2026-01-01"),
		s.as("bad-value", "sources-none", "BF-STATUS-6", "No source.", "status.sources", []any{}),
		s.as("bad-origin", "source", "BF-ORIGIN-1", "A source that is no origin.", "status.sources.0", "bazar.example"),
		s.as("bad-value", "measure-twice", "BF-STATUS-6", "A measure stands twice.", "status.measures",
			[]any{object{"id": "ratings", "positive": 1, "total": 1}, object{"id": "ratings", "positive": 2, "total": 2}}),
		s.as("bad-value", "more-than-all", "BF-STATUS-6", "More positive than all.", "status.measures.0.positive", 411),
		s.as("status-list-foreign", "list-elsewhere", "BF-STATUS-7", "Its status list is on another site.", "credentialStatus.statusListCredential", outils+"/status/3"),
		s.bad("without-entry", "BF-STATUS-7", "It has no status entry.", "credentialStatus", absent{}),
	}
}

// parseEntity returns the cases of entity configurations; the topic token has those of their signature.
func parseEntity() []Case {
	good := goodEntity(es256("bazar entity"), es256("bazar client"))
	s := subject{"entity-configuration", ParseInput{Object: "entity-configuration", Issuer: bazar, Now: instant(now)}, good, "bad-metadata"}
	return []Case{
		s.ok("good", "BF-META-1", "A site that is issuer and verifier.", good),
		s.ok("good-issuer-only", "BF-META-3", "A site that is an issuer alone.", edit(edit(good, "metadata.bonafide_verifier", absent{}), "metadata.oauth_client", absent{})),
		s.ok("good-unknown", "BF-JSON-8", "Metadata of another protocol.", edit(good, "metadata.openid_provider", object{"issuer": outils})),
		s.as("wrong-issuer", "iss", "BF-META-2", "Another site's configuration.", "iss", outils),
		s.as("wrong-issuer", "sub", "BF-META-2", "A configuration about another site.", "sub", outils),
		s.bad("mechanism-elsewhere", "BF-META-4", "A mechanism on another site.", "metadata.bonafide_issuer.mechanisms.0", outils+"/mechanisms/seller"),
		s.bad("conversion-elsewhere", "BF-META-4", "A conversion table on another site.", "metadata.bonafide_verifier.conversions.0", outils+"/conversions/x"),
		s.bad("import-elsewhere", "BF-META-4", "The address that begins an import is on another site.", "metadata.bonafide_verifier.initiate_import_uri", outils+"/import"),
		s.bad("outcomes-elsewhere", "BF-META-4", "Outcomes are taken on another site.", "metadata.bonafide_issuer.outcome_endpoint", outils+"/outcomes"),
		s.bad("rulings-elsewhere", "BF-META-4", "Rulings are taken on another site.", "metadata.bonafide_issuer.ruling_endpoint", outils+"/rulings"),
		s.bad("referrals-elsewhere", "BF-META-4", "Referrals are redeemed on another site.", "metadata.bonafide_verifier.redeem_referral_uri", outils+"/referrals"),
		s.bad("server-of-another", "BF-META-4", "The authorization server is another site.", "metadata.oauth_authorization_server.issuer", outils),
		s.bad("endpoint-elsewhere", "BF-META-4", "The token endpoint is on another site.", "metadata.oauth_authorization_server.token_endpoint", outils+"/oauth/token"),
		s.bad("redirect-elsewhere", "BF-META-4", "A redirect address on another site.", "metadata.oauth_client.redirect_uris.0", outils+"/import/back"),
		s.bad("redirect-suffix", "BF-META-4", "A redirect address whose host only begins alike.", "metadata.oauth_client.redirect_uris.0", bazar+".evil.example/import/back"),
		s.bad("redirect-fragment", "BF-META-4", "A redirect address with a fragment.", "metadata.oauth_client.redirect_uris.0", bazar+"/import/back#x"),
		s.as("expired", "expired", "BF-TOKEN-14", "It has expired.", "exp", now.Add(-30*time.Minute).Unix()),
	}
}

// parseDetails returns the cases of what a verifier asks for.
func parseDetails() []Case {
	s := subject{"authorization-details", ParseInput{Object: "authorization-details"}, goodDetails(), "bad-value"}
	return []Case{
		s.ok("good", "BF-STATUS-8", "A question for a level and measures, begun from a badge.", s.good),
		s.ok("good-without-badge", "BF-STATUS-8", "A question that no badge began.", edit(s.good, "badge", absent{})),
		s.as("unknown-field", "unknown", "BF-JSON-7", "A field that there isn't.", "locations", []any{bazar}),
		s.bad("type", "BF-STATUS-8", "Another type.", "type", "payment_initiation"),
		s.bad("mechanism", "BF-STATUS-8", "A mechanism that is no address.", "mechanism", "seller"),
		s.bad("claims-none", "BF-STATUS-8", "It asks for nothing.", "claims", []any{}),
		s.bad("claim-twice", "BF-STATUS-8", "It asks twice for the level.", "claims.1", "level"),
		s.bad("claim-unknown", "BF-STATUS-8", "It asks for an e-mail address.", "claims.1", "email"),
		s.bad("purpose-english-only", "BF-STATUS-8", "Its purpose is in English alone.", "purpose.fr", absent{}),
		s.bad("retention", "BF-STATUS-8", "It would keep the answer for 366 days.", "retention_days", 366),
		s.bad("nonce-short", "BF-STATUS-8", "A nonce of 15 characters.", "nonce", statusNonce[:15]),
		s.bad("badge-elsewhere", "BF-STATUS-8", "A badge of another site than the mechanism's.", "badge", outils+"/b/K7QXM2VTP4WN9RFA"),
	}
}
