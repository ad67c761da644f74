package main

import (
	"strings"
	"time"
)

// ParseInput is the input of the topic parse.
type ParseInput struct {
	Object   string `json:"object"`
	Text     string `json:"text"`
	Issuer   string `json:"issuer,omitzero"`
	Address  string `json:"address,omitzero"`
	Audience string `json:"audience,omitzero"`
	Nonce    string `json:"nonce,omitzero"`
	Now      string `json:"now,omitzero"`
}

// subject is a kind of object with a good example, from which each failing case departs once.
type subject struct {
	prefix string
	input  ParseInput // without its text
	good   object
	code   string // what most failures of this object are called
}

// ok returns a case that must be accepted.
func (s subject) ok(name, requirement, description string, o object) Case {
	return s.raw(name, requirement, description, text(o), "ok")
}

// bad returns a case with another value at path.
func (s subject) bad(name, requirement, description, path string, value any) Case {
	return s.as(s.code, name, requirement, description, path, value)
}

// as is bad with another code.
func (s subject) as(code, name, requirement, description, path string, value any) Case {
	return s.raw(name, requirement, description, text(edit(s.good, path, value)), code)
}

// raw returns a case of a text.
func (s subject) raw(name, requirement, description, text, code string) Case {
	input := s.input
	input.Text = text
	return Case{s.prefix + "-" + name, []string{requirement}, description, input, code, nil}
}

// Parse returns the cases of decoding and checking the wire objects.
func Parse() []Case {
	var cases []Case
	for _, group := range [][]Case{
		parseJSON(), parseNames(), parseMechanism(), parseSignedMechanism(), parseTable(), parseSignedTable(),
		parseVouchingTerms(), parseReferralTerms(), parseBadge(), parseConsentedStatus(), parseEntity(), parseDetails(),
		parseRuling(), parseReferral(), parseOutcome(), parseEdges(), parseStatementEdges(), parseBadgeEdges(), parseAddresses(),
	} {
		cases = append(cases, group...)
	}
	return cases
}

// parseJSON returns what every JSON text must satisfy; the topic token has the rest.
func parseJSON() []Case {
	s := subject{prefix: "json", input: ParseInput{Object: "json"}}
	return []Case{
		s.raw("good", "BF-JSON-6", "An object with white space around it.", " {\"a\":[1,\"x\",true],\"b\":null}\n", "ok"),
		s.raw("good-equal-values", "BF-JSON-2", "A string equal to a field's name, and one field in two objects.", `{"a":"a","b":{"a":["a"]}}`, "ok"),
		s.raw("empty", "BF-JSON-6", "Nothing.", "", "bad-json"),
		s.raw("cut", "BF-JSON-6", "The end is missing.", `{"a":`, "bad-json"),
		s.raw("trailing-comma", "BF-JSON-6", "A comma after the last field.", `{"a":1,}`, "bad-json"),
		s.raw("single-quotes", "BF-JSON-6", "Strings in single quotes.", `{'a':1}`, "bad-json"),
		s.raw("control-character", "BF-JSON-6", "A line feed within a string.", "{\"a\":\"\n\"}", "bad-json"),
		s.raw("leading-zero", "BF-JSON-6", "A number with a leading zero.", `{"a":01}`, "bad-json"),
		s.raw("negative-limit", "BF-JSON-5", "−2^53−1.", `{"a":-9007199254740993}`, "bad-value"),
		s.raw("good-negative-limit", "BF-JSON-5", "−2^53 and −0.", `{"a":-9007199254740992,"b":-0}`, "ok"),
		s.raw("good-deepest-objects", "BF-JSON-4", "Objects 32 deep.", strings.Repeat(`{"a":`, 31)+"{}"+strings.Repeat("}", 31), "ok"),
		s.raw("deep-objects", "BF-JSON-4", "Objects 33 deep.", strings.Repeat(`{"a":`, 32)+"{}"+strings.Repeat("}", 32), "bad-json"),
		s.raw("beyond-64-bits", "BF-JSON-5", "An integer of 30 digits.", `{"a":100000000000000000000000000000}`, "bad-value"),
		s.raw("doubled-deep", "BF-JSON-3", "An inner field in two cases.", `{"a":{"b":{"Id":1,"iD":2}}}`, "doubled-field"),
	}
}

// parseNames returns the cases of origins, addresses and DIDs.
func parseNames() []Case {
	origin := subject{prefix: "origin", input: ParseInput{Object: "origin"}}
	address := subject{prefix: "address", input: ParseInput{Object: "address"}}
	did := subject{prefix: "did", input: ParseInput{Object: "did"}}
	refused := func(s subject, name, requirement, description, text string) Case {
		return s.raw(name, requirement, description, text, "bad-origin")
	}
	return []Case{
		origin.raw("good", "BF-ORIGIN-1", "An origin.", bazar, "ok"),
		origin.raw("good-port", "BF-ORIGIN-2", "An origin with another port than the default one.", bazar+":8443", "ok"),
		origin.raw("good-a-label", "BF-ORIGIN-1", "An international name as its A-label.", "https://xn--brocante-e1a.example", "ok"),
		origin.raw("good-localhost", "BF-ORIGIN-4", "A name under .localhost, over http.", "http://bazar.localhost:8001", "ok"),
		refused(origin, "upper-case", "BF-ORIGIN-1", "The host in upper case.", "https://Bazar.example"),
		refused(origin, "u-label", "BF-ORIGIN-1", "An international name as such.", "https://brocanté.example"),
		refused(origin, "single-label", "BF-ORIGIN-1", "A name of one label.", "https://bazar"),
		refused(origin, "trailing-dot", "BF-ORIGIN-1", "A dot after the name.", "https://bazar.example."),
		refused(origin, "trailing-slash", "BF-ORIGIN-1", "A slash after the origin.", bazar+"/"),
		refused(origin, "scheme-upper-case", "BF-ORIGIN-1", "The scheme in upper case.", "HTTPS://bazar.example"),
		refused(origin, "user", "BF-ORIGIN-1", "A user before the name.", "https://outils.example@bazar.example"),
		refused(origin, "underscore", "BF-ORIGIN-1", "An underscore in the name.", "https://ba_zar.example"),
		refused(origin, "default-port", "BF-ORIGIN-2", "The default port written out.", bazar+":443"),
		refused(origin, "empty-port", "BF-ORIGIN-2", "A colon without a port.", bazar+":"),
		refused(origin, "port-leading-zero", "BF-ORIGIN-2", "A port with a leading zero.", bazar+":08443"),
		refused(origin, "port-too-great", "BF-ORIGIN-2", "A port above 65535.", bazar+":65536"),
		refused(origin, "ipv4", "BF-ORIGIN-3", "An IPv4 address.", "https://127.0.0.1"),
		refused(origin, "ipv4-short", "BF-ORIGIN-3", "An IPv4 address in its short form.", "https://127.1"),
		refused(origin, "ipv4-hexadecimal", "BF-ORIGIN-3", "A last label that is a hexadecimal number.", "https://0x7f.0x1"),
		refused(origin, "ipv6", "BF-ORIGIN-3", "An IPv6 address.", "https://[::1]"),
		refused(origin, "http", "BF-ORIGIN-4", "http before a name that isn't under .localhost.", "http://bazar.example"),
		refused(origin, "https-localhost", "BF-ORIGIN-4", "https before a name under .localhost.", "https://bazar.localhost"),
		address.raw("good", "BF-ORIGIN-5", "An address.", bazar+"/b/K7QXM2VTP4WN9RFA", "ok"),
		address.raw("good-root", "BF-ORIGIN-5", "The root of a site.", bazar+"/", "ok"),
		refused(address, "fragment", "BF-ORIGIN-5", "An address with a fragment.", bazar+"/b/K7#x"),
		refused(address, "encoded-dots", "BF-ORIGIN-5", "An address that browsers walk up.", bazar+"/b/%2e%2e/K7"),
		refused(address, "user", "BF-ORIGIN-5", "An address with a user.", "https://alice@bazar.example/b/K7"),
		refused(address, "dotted", "BF-ORIGIN-5", "An address with a dotted segment.", bazar+"/b/../admin"),
		refused(address, "doubled-slash", "BF-ORIGIN-5", "An address with an empty segment.", bazar+"//b/K7"),
		refused(address, "relative", "BF-ORIGIN-5", "A path alone.", "/b/K7"),
		refused(address, "other-scheme", "BF-ORIGIN-5", "A javascript address.", "javascript:alert(1)"),
		did.raw("good", "BF-ORIGIN-6", "The DID of an origin.", "did:web:bazar.example", "ok"),
		did.raw("good-port", "BF-ORIGIN-6", "The DID of an origin with a port.", "did:web:bazar.example%3A8443", "ok"),
		did.raw("good-localhost", "BF-ORIGIN-6", "The DID of an origin under .localhost.", "did:web:bazar.localhost%3A8001", "ok"),
		refused(did, "path", "BF-ORIGIN-6", "A DID of a path.", "did:web:bazar.example:alice"),
		refused(did, "port-lower-case", "BF-ORIGIN-6", "The port after %3a in lower case.", "did:web:bazar.example%3a8443"),
		refused(did, "other-method", "BF-ORIGIN-6", "A DID of another method.", "did:key:z6Mk"),
		refused(did, "fragment", "BF-ORIGIN-6", "A DID with a fragment.", "did:web:bazar.example#key"),
	}
}

// signedPayload returns the payload that carries an object, signed as of the vectors' now.
func signedPayload(issuer, field string, o object) object {
	return object{"iss": issuer, "iat": issued.Unix(), "exp": now.Add(24 * time.Hour).Unix(), field: o}
}

// doubled returns the object's text with one field standing twice.
func doubled(o object, field string) string {
	return strings.Replace(text(o), "{", `{"`+field+`":`+text(o[field])+",", 1)
}
