package main

import (
	"slices"
	"strings"
	"time"
)

// parseStatementEdges returns the edges of badges, consented statuses and entity configurations.
func parseStatementEdges() []Case {
	badge := subject{"badge", ParseInput{Object: "badge", Issuer: bazar, Now: instant(now)}, goodBadge(), "bad-credential"}
	status := subject{"consented-status", ParseInput{Object: "consented-status", Audience: outils, Nonce: statusNonce, Now: instant(now)}, goodStatus(), "bad-value"}
	return slices.Concat(badgeEdges(badge), entryEdges(badge), statusEdges(status), parseRoles())
}

func badgeEdges(s subject) []Case {
	const achievement, result = "credentialSubject.achievement.", "credentialSubject.result."
	good := text(s.good)
	at := func(name, description, address, expect string) Case {
		input := s.input
		input.Text, input.Address = good, address
		return Case{"badge-" + name, []string{"BF-BADGE-8"}, description, input, expect, nil}
	}
	from := instant(issued)
	written := func(name, description, validFrom, expect string) Case {
		return s.raw(name, "BF-JSON-13", description, text(edit(s.good, "validFrom", validFrom)), expect)
	}
	number := func(name, description, path, value string) Case {
		return s.bad(name, "BF-BADGE-7", description, path, value)
	}
	return slices.Concat(leeway(func(name, description string, from, until time.Time, expect string) Case {
		o := edit(edit(s.good, "validFrom", instant(from)), "validUntil", instant(until))
		return s.raw(name, "BF-TOKEN-14", description, text(edit(edit(o, "nbf", from.Unix()), "exp", until.Unix())), expect)
	}), []Case{
		at("good-at-its-address", "Read from its own address.", bazar+"/b/K7QXM2VTP4WN9RFA", "ok"),
		at("at-another-address", "Read from the address of another badge of the same site.", bazar+"/b/0000000000000000", "bad-credential"),
		at("at-its-address-with-query", "Read from its own address with a query.", bazar+"/b/K7QXM2VTP4WN9RFA?x=1", "bad-credential"),
		s.as("wrong-issuer", "iss-missing", "BF-BADGE-2", "It has no iss.", "iss", absent{}),
		s.bad("nbf-missing", "BF-BADGE-3", "It has no nbf.", "nbf", absent{}),
		s.bad("valid-from-missing", "BF-BADGE-3", "It has no validFrom.", "validFrom", absent{}),
		written("good-instant-offset", "validFrom is written with another offset.", strings.Replace(from, "11:00:00Z", "12:30:00+01:30", 1), "ok"),
		written("good-instant-fraction", "validFrom has a fraction of a second, which is cut.", strings.Replace(from, "Z", ".999Z", 1), "ok"),
		written("instant-lower-t", "validFrom has a small t.", strings.Replace(from, "T", "t", 1), "bad-value"),
		written("instant-lower-z", "validFrom has a small z.", strings.Replace(from, "Z", "z", 1), "bad-value"),
		written("instant-space", "validFrom has a space for the T.", strings.Replace(from, "T", " ", 1), "bad-value"),
		written("instant-without-offset", "validFrom doesn't say in which offset it is.", strings.TrimSuffix(from, "Z"), "bad-value"),
		written("instant-leap", "A second 60.", "2026-11-22T10:59:60Z", "bad-value"),
		written("instant-comma", "A comma before the fraction.", strings.Replace(from, "Z", ",5Z", 1), "bad-value"),
		s.raw("subject-upper-case", "BF-BADGE-4", "The subject's UUID is in upper case.", renamedSubject(s.good, "urn:uuid:0D3C9A8E-8F51-4F0B-9A51-3B8F9F7A6C21"), "bad-credential"),
		s.raw("subject-short", "BF-BADGE-4", "The subject's UUID lacks a digit.", renamedSubject(s.good, "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c2"), "bad-credential"),
		number("version-zero", "The mechanism's version is 0.", achievement+"version", "0"),
		number("version-signed", "The mechanism's version has a sign.", achievement+"version", "+1"),
		number("version-leading-zero", "The mechanism's version has a leading zero.", achievement+"version", "01"),
		number("score-signed", "A measure has a sign.", result+"5.value", "+412"),
		number("score-leading-zero", "A measure has a leading zero.", result+"5.value", "0412"),
		number("score-great", "A measure above 2^53.", result+"6.value", "9007199254740993"),
		s.raw("half-a-measure", "BF-BADGE-7", "A measure's positives without its total.", text(edit(s.good, "credentialSubject.result", stated(s.good)[:6])), "bad-credential"),
	})
}

// stated returns the results of a badge.
func stated(badge object) []any { return badge["credentialSubject"].(object)["result"].([]any) }

// renamedSubject is a badge of another subject, as text.
func renamedSubject(badge object, id string) string {
	return text(edit(edit(badge, "credentialSubject.id", id), "sub", id))
}

// entryEdges returns the cases of a badge's status entry.
func entryEdges(s subject) []Case {
	const id = "BF-BADGE-6"
	return []Case{
		s.bad("list-entry-without-id", id, "Its entry has no id.", "credentialStatus.id", absent{}),
		s.bad("list-entry-id", id, "Its entry's id is an address.", "credentialStatus.id", listAddress+"#94567"),
		s.bad("list-entry-type", id, "Its entry is of another type.", "credentialStatus.type", "StatusList2021Entry"),
		s.as("index-out-of-range", "list-index-missing", id, "Its entry names no index.", "credentialStatus.statusListIndex", absent{}),
		s.as("index-out-of-range", "list-index-signed", id, "Its index has a sign.", "credentialStatus.statusListIndex", "+94567"),
		s.as("status-list-foreign", "list-missing", id, "Its entry names no list.", "credentialStatus.statusListCredential", absent{}),
	}
}

func statusEdges(s subject) []Case {
	return slices.Concat(leeway(func(name, description string, from, until time.Time, expect string) Case {
		o := edit(edit(s.good, "iat", from.Unix()), "exp", until.Unix())
		return s.raw(name, "BF-TOKEN-14", description, text(edit(o, "relied_until", from.Add(30*days).Unix())), expect)
	}), []Case{
		s.as("wrong-issuer", "issuer-missing", "BF-STATUS-4", "It has no iss.", "iss", absent{}),
		s.as("wrong-issuer", "mechanism-missing", "BF-STATUS-4", "It names no mechanism.", "status.mechanism", absent{}),
		s.as("wrong-audience", "audience-missing", "BF-STATUS-1", "It has no aud.", "aud", absent{}),
		s.bad("version-zero", "BF-STATUS-6", "The mechanism's version is 0.", "status.version", 0),
		s.bad("version-missing", "BF-STATUS-6", "It doesn't name the mechanism's version.", "status.version", absent{}),
		s.bad("context", "BF-STATUS-6", "A context that is no name.", "status.context", "Selling"),
		s.bad("as-of-missing", "BF-STATUS-6", "It doesn't tell when it was so.", "status.as_of", absent{}),
		s.bad("measure-name", "BF-STATUS-6", "A measure whose id is no name.", "status.measures.0.id", "Ratings"),
		s.bad("measure-negative", "BF-STATUS-6", "Fewer positive than none.", "status.measures.0.positive", -1),
		s.as("bad-credential", "entry-without-id", "BF-STATUS-7", "Its entry has no id.", "credentialStatus.id", absent{}),
	})
}

// parseRoles returns the cases of what a site says of its roles, and of a question's purpose.
func parseRoles() []Case {
	good := goodEntity(es256("bazar entity"), es256("bazar client"))
	s := subject{"entity-configuration", ParseInput{Object: "entity-configuration", Issuer: bazar, Now: instant(now)}, good, "bad-metadata"}
	details := subject{"authorization-details", ParseInput{Object: "authorization-details"}, goodDetails(), "bad-value"}
	const issuer, verifier, server, client = "metadata.bonafide_issuer.", "metadata.bonafide_verifier.", "metadata.oauth_authorization_server.", "metadata.oauth_client."
	lacks := func(list string, left ...any) Case {
		return s.bad("server-"+strings.ReplaceAll(list, "_", "-"), "BF-META-7", "The authorization server's "+list+" lack what a verifier uses.", server+list, left)
	}
	return slices.Concat(s.claimed(), []Case{
		s.as("wrong-issuer", "iss-missing", "BF-META-2", "It has no iss.", "iss", absent{}),
		s.as("bad-credential", "start-zero", "BF-TOKEN-14", "It begins with 1970.", "iat", 0),
		s.as("wrong-issuer", "sub-missing", "BF-META-2", "It has no sub.", "sub", absent{}),
		s.bad("admission", "BF-META-5", "An admission that there isn't.", issuer+"admission", "closed"),
		s.bad("admission-missing", "BF-META-5", "No admission.", issuer+"admission", absent{}),
		s.bad("name-missing", "BF-META-5", "An issuer without name.", issuer+"name", absent{}),
		s.bad("name-long", "BF-META-5", "A name of 81 characters.", verifier+"name", strings.Repeat("é", 81)),
		s.bad("name-turned", "BF-META-5", "A name with a mark that turns the direction of writing.", client+"client_name", "Bazar\u202e"),
		s.ok("good-versions", "BF-VERSION-1", "A site that speaks a later version too.", edit(good, issuer+"protocol_versions", []any{"2", "1"})),
		s.as("no-common-version", "versions-later", "BF-VERSION-1", "A site that speaks a later version alone.", verifier+"protocol_versions", []any{"2"}),
		s.raw("versions-first", "BF-VERSION-1", "A site that speaks a later version alone, which has other values of admission.",
			text(edit(edit(good, issuer+"protocol_versions", []any{"2"}), issuer+"admission", "circle")), "no-common-version"),
		s.bad("versions-none", "BF-META-6", "No version.", issuer+"protocol_versions", []any{}),
		s.bad("versions-huge", "BF-META-6", "A version beyond 2^53.", issuer+"protocol_versions", []any{"1", "9007199254740993"}),
		s.bad("versions-minor", "BF-META-6", "A minor version.", issuer+"protocol_versions", []any{"1", "1.1"}),
		s.bad("versions-missing", "BF-META-6", "It doesn't tell its versions.", verifier+"protocol_versions", absent{}),
		lacks("response_types_supported", "token"),
		lacks("grant_types_supported", "authorization_code"),
		lacks("code_challenge_methods_supported", "plain"),
		lacks("token_endpoint_auth_methods_supported", "client_secret_basic"),
		lacks("token_endpoint_auth_signing_alg_values_supported", "ES256"),
		lacks("authorization_details_types_supported"),
		s.bad("server-unpushed", "BF-META-7", "Requests needn't be pushed.", server+"require_pushed_authorization_requests", false),
		s.bad("server-without-iss", "BF-META-7", "Its answers don't tell iss.", server+"authorization_response_iss_parameter_supported", absent{}),
		s.bad("server-endpoint-missing", "BF-META-4", "It has no token endpoint.", server+"token_endpoint", absent{}),
		s.bad("client-method", "BF-META-8", "A client that authenticates by a secret.", client+"token_endpoint_auth_method", "client_secret_basic"),
		s.bad("client-grants", "BF-META-8", "A client that uses no codes.", client+"grant_types", []any{"implicit"}),
		s.bad("client-redirects-none", "BF-META-8", "A client without redirect address.", client+"redirect_uris", []any{}),
		s.bad("client-key-of-the-site", "BF-META-8", "The client's key is the one that signs the configuration.", client+"jwks", good["jwks"]),
		details.bad("purpose-turned", "BF-STATUS-8", "A purpose with a mark that turns the direction of writing.", "purpose.en", "To count it.\u202e"),
	})
}
