package main

import (
	"slices"
	"strings"
	"time"
)

// leeway returns the cases at the edges of the 60 seconds by which clocks may differ. made makes one of what begins and
// ends at these instants.
func leeway(made func(name, description string, from, until time.Time, expect string) Case) []Case {
	from, until := now.Add(-5*time.Minute), now.Add(5*time.Minute)
	start := func(seconds time.Duration) time.Time { return now.Add(seconds * time.Second) }
	return []Case{
		made("good-start-59", "It begins 59 seconds hence, which the clocks' leeway covers.", start(59), until, "ok"),
		made("good-start-60", "It begins 60 seconds hence.", start(60), until, "ok"),
		made("start-61", "It begins 61 seconds hence.", start(61), until, "not-yet-valid"),
		made("good-end-59", "It ended 59 seconds ago, which the clocks' leeway covers.", from, start(-59), "ok"),
		made("end-60", "It ended 60 seconds ago.", from, start(-60), "expired"),
		made("end-61", "It ended 61 seconds ago.", from, start(-61), "expired"),
	}
}

// claimed is leeway of an object that says its times by iat and exp.
func (s subject) claimed() []Case {
	return leeway(func(name, description string, from, until time.Time, expect string) Case {
		o := edit(edit(s.good, "iat", from.Unix()), "exp", until.Unix())
		return s.raw(name, "BF-TOKEN-14", description, text(o), expect)
	})
}

// parseEdges returns the cases in which what is absent, null, empty or at its bound must be taken alike by everybody.
func parseEdges() []Case {
	mechanism := subject{"mechanism", ParseInput{Object: "mechanism"}, goodMechanism(), "bad-mechanism"}
	signed := subject{"signed-mechanism", ParseInput{Object: "signed-mechanism", Now: instant(now)}, signedPayload(bazar, "mechanism", goodMechanism()), "bad-credential"}
	table := subject{"signed-table", ParseInput{Object: "signed-table", Now: instant(now)}, signedPayload(outils, "conversion", goodTable()), "wrong-issuer"}
	return slices.Concat(signed.claimed(), []Case{
		signed.as("wrong-issuer", "issuer-missing", "BF-MECH-10", "It has no iss.", "iss", absent{}),
		table.bad("issuer-missing", "BF-TABLE-10", "It has no iss.", "iss", absent{}),
		signed.bad("start-zero", "BF-TOKEN-14", "It begins with 1970.", "iat", 0),
		signed.bad("end-before-start", "BF-TOKEN-14", "It ends when it begins.", "exp", issued.Unix()),
		mechanism.bad("date-null", "BF-MECH-3", "A null for the date is as good as none.", "date", nil),
		mechanism.raw("null", "BF-JSON-10", "A null for the whole mechanism.", "null", "bad-value"),
		mechanism.raw("array", "BF-JSON-10", "The mechanism within an array.", "["+text(goodMechanism())+"]", "bad-value"),
	}, parseRule(), parseFolded())
}

// parseFolded returns the cases of fields whose names only some readers tell apart.
func parseFolded() []Case {
	s := subject{prefix: "json", input: ParseInput{Object: "json"}}
	folded := func(name, description, text string) Case {
		return s.raw("folded-"+name, "BF-JSON-3", description, text, "doubled-field")
	}
	return []Case{
		folded("kelvin", "k and the Kelvin sign.", `{"kid":1,"`+"\u212a"+`id":2}`),
		folded("long-s", "s and the long s, which is s when it is raised.", `{"iss":1,"i`+"\u017f"+`s":2}`),
		folded("dotted-i", "i and İ, whose simple lower case is i.", `{"iss":1,"İss":2}`),
		folded("dotless-i", "i and ı, whose upper case is that of i.", `{"iss":1,"ıss":2}`),
		folded("sigma", "The two small sigmas.", `{"σ":1,"ς":2}`),
		folded("sharp-s", "ß and the capital ß.", `{"ß":1,"ẞ":2}`),
		folded("iota", "ᾳ and ᾼ, each of which is two letters in full upper case, but not in simple.", `{"ᾳ":1,"ᾼ":2}`),
		folded("accent", "é and É.", `{"é":1,"É":2}`),
		s.raw("good-sharp-s", "BF-JSON-3", "ß and ss are two: only the case of each character by itself counts.", `{"ß":1,"ss":2}`, "ok"),
		s.raw("good-ligature", "BF-JSON-3", "A ligature and its letters are two.", `{"ﬁ":1,"fi":2}`, "ok"),
		s.raw("good-accents", "BF-JSON-3", "é as one character and as two: nothing is normalised.", `{"é":1,"e`+"\u0301"+`":2}`, "ok"),
		s.raw("null-in-array", "BF-JSON-12", "A null as an element of an array.", `{"a":[1,null]}`, "bad-value"),
		s.raw("null-in-array-deep", "BF-JSON-12", "A null in an array in an array.", `[[null]]`, "bad-value"),
		s.raw("good-null", "BF-JSON-12", "A null as a field, in an object in an array too.", `{"a":null,"b":[{"c":null}]}`, "ok"),
	}
}

// parseRule returns the cases of the details of a mechanism's rule.
func parseRule() []Case {
	share := subject{"mechanism-share", ParseInput{Object: "mechanism"}, goodMechanism(), "bad-mechanism"}
	points := subject{"mechanism-points", share.input, edit(goodMechanism(), "rule", pointsRule()), "bad-mechanism"}
	host := subject{"mechanism-host", share.input, edit(goodMechanism(), "rule", object{"host": object{"described": said("By hand.", "À la main.")}}), "bad-value"}
	const id = "BF-MECH-8"
	return []Case{
		share.bad("kinds-none", id, "A share of no kind of events.", "rule.share.kinds", []any{}),
		share.bad("kind-name", id, "A kind of events that is no name.", "rule.share.kinds.0", "Rating"),
		share.bad("least-total-zero", id, "A min_total of 0.", "rule.share.min_total", 0),
		share.bad("least-total-missing", id, "No min_total.", "rule.share.min_total", absent{}),
		share.bad("zero", id, "A share of 0 for the first level.", "rule.share.levels.0", "0"),
		points.bad("kinds-none", id, "No kind of event gives points.", "rule.points.kinds", object{}),
		points.bad("kind-name", id, "A kind of event that is no name.", "rule.points.kinds", object{"Sale": 1}),
		points.bad("kind-zero", id, "A kind of event that gives no point.", "rule.points.kinds.sale", 0),
		points.bad("kind-great", id, "A kind of event that gives over 1,000,000 points.", "rule.points.kinds.sale", 1_000_001),
		points.ok("good-kind-greatest", id, "A kind of event that gives 1,000,000 points.", edit(points.good, "rule.points.kinds.sale", 1_000_000)),
		points.bad("level-zero", id, "No point for the first level.", "rule.points.levels.0", 0),
		points.bad("levels-equal", id, "As many points for two levels.", "rule.points.levels.1", 10),
		points.bad("levels-many", id, "Four thresholds for three levels.", "rule.points.levels", []any{10, 100, 1000, 10000}),
		host.bad("undescribed", "BF-MECH-6", "A rule of the site's own that isn't described.", "rule.host.described", absent{}),
	}
}

// parseAddresses returns the cases of the characters that addresses, hosts and ids have.
func parseAddresses() []Case {
	origin := subject{prefix: "origin", input: ParseInput{Object: "origin"}}
	address := subject{prefix: "address", input: ParseInput{Object: "address"}}
	label, longLabel := strings.Repeat("a", 63), strings.Repeat("a", 64)
	host := strings.Repeat(label+".", 3) + strings.Repeat("b", 61) // 253 characters
	ok := func(s subject, name, requirement, description, text string) Case {
		return s.raw("good-"+name, requirement, description, text, "ok")
	}
	no := func(s subject, name, requirement, description, text string) Case {
		return s.raw(name, requirement, description, text, "bad-origin")
	}
	return []Case{
		ok(origin, "a-label-undecodable", "BF-ORIGIN-1", "What follows xn-- decodes to nothing: nobody looks.", "https://xn--99999999.example"),
		ok(origin, "label-longest", "BF-ORIGIN-1", "A label of 63 characters.", "https://"+label+".example"),
		ok(origin, "host-longest", "BF-ORIGIN-1", "A host of 253 characters.", "https://"+host),
		no(origin, "label-long", "BF-ORIGIN-1", "A label of 64 characters.", "https://"+longLabel+".example"),
		no(origin, "host-long", "BF-ORIGIN-1", "A host of 254 characters.", "https://"+host+"b"),
		no(origin, "label-hyphen", "BF-ORIGIN-1", "A label that ends in a hyphen.", "https://bazar-.example"),
		no(origin, "last-label-digit", "BF-ORIGIN-3", "A last label that begins with a digit.", "https://bazar.1example"),
		ok(address, "origin", "BF-ORIGIN-5", "The origin alone.", bazar),
		ok(address, "origin-query", "BF-ORIGIN-5", "The origin alone with a query.", bazar+"?x=1"),
		ok(address, "query", "BF-ORIGIN-5", "A query with what may stand in one.", bazar+"/a?b=/?:@!$&'()*+,;=-._~%C3%A9"),
		ok(address, "escape", "BF-ORIGIN-5", "A path with an escaped character, its digits in either case.", bazar+"/caf%C3%a9"),
		ok(address, "trailing-slash", "BF-ORIGIN-5", "A slash at the end.", bazar+"/a/"),
		no(address, "u-path", "BF-ORIGIN-5", "A path with a character that isn't ASCII.", bazar+"/café"),
		no(address, "u-query", "BF-ORIGIN-5", "A query with a character that isn't ASCII.", bazar+"/a?é"),
		no(address, "space", "BF-ORIGIN-5", "A space in the query.", bazar+"/a?b=c d"),
		no(address, "quote", "BF-ORIGIN-5", "A quotation mark in the query.", bazar+`/a?b="c"`),
		no(address, "bracket", "BF-ORIGIN-5", "A bracket in the path.", bazar+"/a[1]"),
		no(address, "angle", "BF-ORIGIN-5", "Markup in the query.", bazar+"/a?<b>"),
		no(address, "backslash", "BF-ORIGIN-5", "A backslash, which browsers take for a slash.", bazar+`/a\..\b`),
		no(address, "escape-broken", "BF-ORIGIN-5", "A percent sign before no two digits.", bazar+"/a?b=%zz"),
		no(address, "escape-cut", "BF-ORIGIN-5", "An escape that is cut.", bazar+"/a%4"),
		no(address, "empty-fragment", "BF-ORIGIN-5", "A number sign at the end.", bazar+"/a#"),
		no(address, "line-feed", "BF-ORIGIN-5", "A line feed at the end.", bazar+"/a\n"),
	}
}
