package main

import (
	"fmt"
	"slices"
	"strings"
)

// parseBadgeEdges returns the cases of what a badge lacks, what stands in it in another form, and what nobody reads.
func parseBadgeEdges() []Case {
	s := subject{"badge", ParseInput{Object: "badge", Issuer: bazar, Now: instant(now)}, goodBadge(), "bad-credential"}
	return slices.Concat(badgeParts(s), badgeResults(s), badgeTypes(s), badgeInstants(s))
}

// badgeParts returns the cases of a badge's addresses and of the parts that hold the rest.
func badgeParts(s subject) []Case {
	const achievement = "credentialSubject.achievement"
	elsewhere := bazar + "/lists/of/2026?n=7"
	return []Case{
		s.raw("null", "BF-JSON-10", "A null for the whole badge.", "null", "bad-value"),
		s.raw("array", "BF-JSON-10", "An array for the badge.", "[]", "bad-value"),
		s.as("wrong-issuer", "id-missing", "BF-BADGE-2", "It has no id.", "id", absent{}),
		s.as("wrong-issuer", "issuer-missing", "BF-BADGE-2", "It has no issuer.", "issuer", absent{}),
		s.as("wrong-issuer", "subject-missing", "BF-BADGE-2", "It has no credentialSubject.", "credentialSubject", absent{}),
		s.as("wrong-issuer", "achievement-missing", "BF-BADGE-2", "It has no achievement.", achievement, absent{}),
		s.raw("good-address", "BF-BADGE-2", "An address on the origin that isn't ORIGIN/b/CODE, which nobody looks at.",
			text(edit(edit(s.good, "id", elsewhere), "jti", elsewhere)), "ok"),
		s.ok("good-list-address", "BF-BADGE-6", "A list on the origin that isn't ORIGIN/status/N.", edit(s.good, "credentialStatus.statusListCredential", elsewhere)),
		s.raw("mechanism-address", "BF-BADGE-2", "The mechanism, of which it states everything, isn't ORIGIN/mechanisms/NAME.",
			ofMechanism(s.good, bazar+"/rules/seller"), "bad-credential"),
		s.raw("mechanism-name", "BF-BADGE-2", "The mechanism has a name in upper case.", ofMechanism(s.good, bazar+"/mechanisms/Seller"), "bad-credential"),
		s.raw("mechanism-no-address", "BF-BADGE-2", "The mechanism has an empty segment, which no address has.", ofMechanism(s.good, bazar+"//mechanisms/seller"), "wrong-issuer"),
		s.bad("list-entry-id-long", "BF-BADGE-6", "Something follows the UUID of its entry.", "credentialStatus.id", "urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1#1"),
	}
}

// ofMechanism is a badge that states everything of another mechanism than seller, as text.
func ofMechanism(badge object, mechanism string) string {
	return strings.ReplaceAll(text(badge), bazar+"/mechanisms/seller", mechanism)
}

// badgeResults returns the cases of what the results state.
func badgeResults(s subject) []Case {
	const id, results = "BF-BADGE-7", "credentialSubject.result."
	of := func(name, description, expect string, results []any) Case {
		return s.raw(name, id, description, text(edit(s.good, "credentialSubject.result", results)), expect)
	}
	result := func(fragment, field, value string) any {
		return object{"type": []any{"Result"}, "resultDescription": bazar + "/mechanisms/seller#" + fragment, field: value}
	}
	also := func(more ...any) []any { return slices.Concat(stated(s.good), more) }
	without := func(i int) []any { return slices.Concat(stated(s.good)[:i], stated(s.good)[i+1:]) }
	var sources, measures []any
	for i := range 16 {
		sources = append(sources, result("source", "value", fmt.Sprintf("https://site%d.example", i)))
	}
	for i := range 10 {
		measure := fmt.Sprintf("m%d", i)
		measures = append(measures, result(measure+"-positive", "value", "1"), result(measure+"-total", "value", "1"))
	}
	long := strings.Repeat("a", 40)
	return []Case{
		of("kind-missing", "It doesn't state where the level comes from.", "bad-credential", without(2)),
		of("as-of-missing", "It doesn't state when it was so.", "bad-credential", without(3)),
		of("source-missing", "It states no source.", "bad-credential", without(4)),
		of("results-missing", "It states nothing.", "bad-credential", []any{}),
		of("good-sources", "16 sources.", "ok", also(sources[1:]...)),
		of("sources-many", "17 sources.", "bad-credential", also(sources...)),
		of("good-measures", "Ten measures.", "ok", also(measures[2:]...)),
		of("measures-many", "Eleven measures.", "bad-credential", also(measures...)),
		of("unknown-twice", "A result that nobody knows stands twice.", "bad-credential", also(result("new", "value", "1"), result("new", "value", "2"))),
		of("good-no-measure", "A fragment before whose -positive stands no name: it is unknown.", "ok", also(result("New-positive", "value", "many"))),
		of("good-months", "Since when the level and the account are.", "ok", also(result("since", "value", "2026-01"), result("account-since", "value", "2020-02"))),
		of("since", "A month that there isn't.", "bad-credential", also(result("since", "value", "2026-13"))),
		of("account-since", "A day for a month.", "bad-credential", also(result("account-since", "value", "2020-02-01"))),
		s.bad("level-name", id, "Its level is no name.", results+"0.achievedLevel", bazar+"/mechanisms/seller#Gold"),
		s.bad("earned-level-name", id, "The level earned is no name.", results+"1.achievedLevel", bazar+"/mechanisms/seller#"),
		s.bad("tag-name", id, "A context that is no name.", "credentialSubject.achievement.tag", []any{"Selling"}),
		s.ok("good-tag-longest", id, "A context of 40 characters.", edit(s.good, "credentialSubject.achievement.tag", []any{long})),
		s.bad("tag-long", id, "A context of 41 characters.", "credentialSubject.achievement.tag", []any{long + "a"}),
	}
}

// badgeTypes returns the cases of values of another JSON type, also where nothing depends on them.
func badgeTypes(s subject) []Case {
	wrong := func(name, description, path string, value any) Case {
		return s.as("bad-value", name, "BF-JSON-10", description, path, value)
	}
	return []Case{
		wrong("nbf-a-string", "nbf is a string.", "nbf", "1795345200"),
		wrong("exp-true", "exp is true.", "exp", true),
		wrong("name-an-object", "Its name is an object by languages.", "name", said("Seller rating", "Note de vendeur")),
		wrong("terms-an-object", "termsOfUse is an object for an array.", "termsOfUse", object{"id": bazar + "/terms"}),
		wrong("descriptions-an-object", "resultDescription is an object for an array.", "credentialSubject.achievement.resultDescription", object{}),
		wrong("version-a-number", "The mechanism's version is a number.", "credentialSubject.achievement.version", 1),
		s.ok("good-null", "BF-JSON-10", "A null for a field that nothing depends on is a field left out.", edit(s.good, "name", nil)),
		s.ok("good-narrative", "BF-JSON-8", "A narrative of the subject, which no table lists and the example hasn't, is unknown.",
			edit(s.good, "credentialSubject.narrative", []any{})),
	}
}

// badgeInstants returns the cases of instants and days that no clock or calendar shows.
func badgeInstants(s subject) []Case {
	written := func(name, description, validFrom, expect string) Case {
		return s.raw("instant-"+name, "BF-JSON-13", description, text(edit(s.good, "validFrom", validFrom)), expect)
	}
	asOf := func(name, description, day, expect string) Case {
		return s.raw(name, "BF-BADGE-7", description, text(edit(s.good, "credentialSubject.result.3.value", day)), expect)
	}
	return []Case{
		written("good-minus-zero", "An offset of −00:00, which is that of Z.", "2026-11-22T11:00:00-00:00", "ok"),
		written("good-offset-greatest", "An offset of 23 hours and 59 minutes.", "2026-11-23T10:59:00+23:59", "ok"),
		written("offset-hour", "An offset of 24 hours.", "2026-11-23T11:00:00+24:00", "bad-value"),
		written("offset-minute", "An offset of 60 minutes.", "2026-11-22T12:00:00+00:60", "bad-value"),
		written("hour", "An hour 24.", "2026-11-21T24:00:00Z", "bad-value"),
		written("minute", "A minute 60.", "2026-11-22T10:60:00Z", "bad-value"),
		written("day", "A 30th of February.", "2026-02-30T11:00:00Z", "bad-value"),
		asOf("good-as-of-leap", "A leap day of a year divisible by 400.", "2000-02-29", "ok"),
		asOf("as-of-no-leap", "A leap day of a century that has none.", "1900-02-29", "bad-credential"),
	}
}
