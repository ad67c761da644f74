package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"time"
)

// StatusListInput is the input of the topic statuslist.
type StatusListInput struct {
	Token   string `json:"token"`
	DID     object `json:"did"`
	Issuer  string `json:"issuer"`
	Address string `json:"address"`
	Now     string `json:"now"`
	Index   string `json:"index"`
}

// The instants of the vectors: now, and when things were made.
var (
	now    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	issued = now.Add(-time.Hour)
)

func instant(t time.Time) string { return t.Format(time.RFC3339) }

const listAddress = bazar + "/status/3"

func packed(data []byte) string {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := zip.Write(data); err != nil {
		panic(err)
	}
	if err := zip.Close(); err != nil {
		panic(err)
	}
	return "u" + encode(out.Bytes())
}

// bits returns a list of so many entries with those set: entry 0 is the leftmost bit.
func bits(entries int, set ...int) []byte {
	list := make([]byte, entries/8)
	for _, i := range set {
		list[i/8] |= 1 << (7 - i%8)
	}
	return list
}

func goodList() object {
	until := issued.Add(72 * time.Hour)
	return object{
		"@context":   []any{"https://www.w3.org/ns/credentials/v2"},
		"id":         listAddress,
		"type":       []any{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer":     did(bazar),
		"validFrom":  instant(issued),
		"validUntil": instant(until),
		"credentialSubject": object{
			"id": listAddress + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
			"encodedList": packed(bits(131072, 1, 14, 131071)), "ttl": 300000,
		},
		"iss": did(bazar), "jti": listAddress, "nbf": issued.Unix(), "exp": until.Unix(),
	}
}

// StatusList returns the cases of status lists.
func StatusList() []Case {
	k := es256("bazar")
	input := func(list object, index string) StatusListInput {
		return StatusListInput{k.signed(text(k.header("vc+jwt")), text(list)), document(bazar, k), bazar, listAddress, instant(now), index}
	}
	read := func(name, requirement, description, index string, set bool) Case {
		return Case{name, []string{requirement}, description, input(goodList(), index), "ok", object{"set": set}}
	}
	bad := func(name, requirement, description, path string, value any, expect string) Case {
		return Case{name, []string{requirement}, description, input(edit(goodList(), path, value), "0"), expect, nil}
	}
	index := func(name, requirement, description, index string) Case {
		return Case{name, []string{requirement}, description, input(goodList(), index), "index-out-of-range", nil}
	}
	const encoded = "credentialSubject.encodedList"
	good := packed(bits(131072))
	cases := []Case{
		read("good-unset", "BF-LIST-8", "An entry that is not set.", "0", false),
		read("good-second-from-left", "BF-LIST-8", "Entry 1 is the second bit from the left of the first byte.", "1", true),
		read("good-not-from-right", "BF-LIST-8", "Entry 6 would be set if bits were counted from the right.", "6", false),
		read("good-second-byte", "BF-LIST-8", "Entry 14 is the seventh bit of the second byte.", "14", true),
		read("good-last", "BF-LIST-8", "The last entry.", "131071", true),
		index("index-beyond", "BF-LIST-9", "An entry after the last: an error, never an unset bit.", "131072"),
		index("index-negative", "BF-LIST-10", "A negative index.", "-1"),
		index("index-leading-zero", "BF-LIST-10", "An index with a leading zero.", "01"),
		index("index-not-a-number", "BF-LIST-10", "An index that is no number.", "0x1"),
		bad("too-short", "BF-LIST-6", "Fewer than 131,072 entries.", encoded, packed(bits(131064)), "status-list-too-short"),
		bad("bomb", "BF-LIST-7", "More than 1 MiB once unpacked.", encoded, packed(make([]byte, 1<<20+1)), "too-large"),
		bad("multibase-missing", "BF-LIST-5", "No multibase prefix.", encoded, strings.TrimPrefix(good, "u"), "bad-status-list"),
		bad("multibase-other", "BF-LIST-5", "The multibase prefix of base58.", encoded, "z"+good[1:], "bad-status-list"),
		bad("encoded-padded", "BF-LIST-5", "Padded base64url.", encoded, good+"=", "bad-status-list"),
		bad("encoded-trailing-bits", "BF-LIST-5", "The unused last bits of the base64url are not zero.", encoded, good[:len(good)-1]+string(good[len(good)-1]+1), "bad-status-list"),
		bad("encoded-line-feed", "BF-LIST-5", "A line feed within the base64url.", encoded, good[:9]+"\n"+good[9:], "bad-status-list"),
		bad("not-gzip", "BF-LIST-5", "The bits were not compressed.", encoded, "u"+encode(make([]byte, 4096)), "bad-status-list"),
		bad("gzip-cut", "BF-LIST-5", "The gzip stream lacks its end.", encoded, cut(good), "bad-status-list"),
		bad("gzip-tail", "BF-LIST-5", "A byte follows the gzip stream.", encoded, joined(bits(131072), nil, []byte{0}), "bad-status-list"),
		bad("gzip-tail-text", "BF-LIST-5", "Text follows the gzip stream.", encoded, joined(bits(131072), nil, []byte("what nobody reads")), "bad-status-list"),
		bad("gzip-member-cut", "BF-LIST-5", "The second member of the gzip stream is cut.", encoded, cut(joined(bits(131072), bits(8), nil)), "bad-status-list"),
		{"good-gzip-members", []string{"BF-LIST-5"}, "A gzip stream of two members.", input(edit(goodList(), encoded, joined(bits(65536), bits(65536, 1), nil)), "65537"), "ok", object{"set": true}},
		{"good-gzip-largest", []string{"BF-LIST-7"}, "Exactly 1 MiB once unpacked.", input(edit(goodList(), encoded, packed(bits(8<<20, 8<<20-1))), "8388607"), "ok", object{"set": true}},
		bad("issuer-missing", "BF-LIST-2", "It has no iss.", "iss", absent{}, "status-list-foreign"),
		bad("nbf-missing", "BF-LIST-3", "It has no nbf.", "nbf", absent{}, "bad-status-list"),
		bad("exp-missing", "BF-LIST-3", "It has no exp.", "exp", absent{}, "bad-status-list"),
		bad("valid-until-missing", "BF-LIST-3", "It has no validUntil.", "validUntil", absent{}, "bad-status-list"),
		bad("valid-until-lower-case", "BF-JSON-13", "Its validUntil has a small z.", "validUntil", strings.ToLower(instant(issued.Add(72*time.Hour))), "bad-value"),
		{"end-before-start", []string{"BF-TOKEN-14"}, "It ends when it begins.", input(lasting(issued, issued), "0"), "bad-credential", nil},
		{"good-types-turned", []string{"BF-LIST-1"}, "Its types stand in another order, with one more.",
			input(edit(goodList(), "type", []any{"BitstringStatusListCredential", "VerifiableCredential", "Later"}), "0"), "ok", object{"set": false}},
		bad("wrong-purpose", "BF-LIST-1", "The list's purpose is suspension.", "credentialSubject.statusPurpose", "suspension", "bad-status-list"),
		bad("wrong-type", "BF-LIST-1", "Not a BitstringStatusListCredential.", "type", []any{"VerifiableCredential", "OpenBadgeCredential"}, "bad-status-list"),
		bad("type-a-string", "BF-JSON-10", "type is a string for an array.", "type", "BitstringStatusListCredential", "bad-value"),
		bad("subject-type", "BF-LIST-1", "Its subject is of another type.", "credentialSubject.type", "StatusList2021", "bad-status-list"),
		bad("nbf-differs", "BF-LIST-3", "nbf isn't validFrom.", "nbf", issued.Unix()+1, "bad-status-list"),
		bad("foreign-issuer", "BF-LIST-2", "The list names another site as issuer.", "issuer", did(outils), "status-list-foreign"),
		bad("other-address", "BF-LIST-2", "The list says that it is at another address.", "id", bazar+"/status/4", "status-list-foreign"),
		bad("other-jti", "BF-LIST-2", "jti isn't the list's address.", "jti", bazar+"/status/4", "status-list-foreign"),
		bad("exp-differs", "BF-LIST-3", "exp isn't validUntil.", "exp", now.Add(time.Hour).Unix(), "bad-status-list"),
		bad("ttl-negative", "BF-LIST-1", "A negative ttl.", "credentialSubject.ttl", -1, "bad-status-list"),
		{"expired", []string{"BF-LIST-4"}, "The list has expired.", input(lasting(now.Add(-48*time.Hour), now.Add(-time.Hour)), "0"), "expired", nil},
		{"not-yet-valid", []string{"BF-LIST-4"}, "The list is valid from an hour hence.", input(lasting(now.Add(time.Hour), now.Add(2*time.Hour)), "0"), "not-yet-valid", nil},
		{"too-long-validity", []string{"BF-LIST-3"}, "The list is valid for 73 hours.", input(lasting(issued, issued.Add(73*time.Hour)), "0"), "bad-status-list", nil},
	}
	elsewhere := input(goodList(), "0")
	elsewhere.Address = bazar + "/status/4"
	large := input(edit(goodList(), encoded, packed(noise(24000))), "0")
	altered := input(goodList(), "0")
	altered.Token = altered.Token[:len(altered.Token)-4] + "AAAA"
	foreign := input(edit(edit(goodList(), "id", outils+"/status/3"), "jti", outils+"/status/3"), "0")
	foreign.Address = outils + "/status/3"
	cases = append(cases, leeway(func(name, description string, from, until time.Time, expect string) Case {
		c := Case{name, []string{"BF-LIST-4", "BF-TOKEN-14"}, description, input(lasting(from, until), "0"), expect, nil}
		if expect == "ok" {
			c.Result = object{"set": false}
		}
		return c
	})...)
	placed := input(edit(edit(goodList(), "id", bazar+"/lists/of/2026"), "jti", bazar+"/lists/of/2026"), "1")
	placed.Address = bazar + "/lists/of/2026"
	great := input(edit(goodList(), "later", strings.Repeat("x", 786_000)), "0")
	return append(cases,
		Case{"good-address", []string{"BF-LIST-2"}, "A list whose address isn't ORIGIN/status/N, which nobody looks at.", placed, "ok", object{"set": true}},
		Case{"too-long", []string{"BF-TOKEN-3"}, "A token of over 1 MiB.", great, "bad-token", nil},
		Case{"at-another-address", []string{"BF-LIST-2"}, "A list that was served at the address of another.", elsewhere, "status-list-foreign", nil},
		Case{"on-another-site", []string{"BF-LIST-2"}, "A list whose address is on another site than its issuer.", foreign, "status-list-foreign", nil},
		Case{"good-over-16-kib", []string{"BF-TOKEN-3"}, "A list that is longer than other tokens may be.", large, "ok", object{"set": noise(1)[0]&0x80 != 0}},
		Case{"signature-altered", []string{"BF-TOKEN-10"}, "The signature was altered.", altered, "bad-signature", nil})
}

// lasting returns a good list with other times.
func lasting(from, until time.Time) object {
	list := edit(edit(goodList(), "validFrom", instant(from)), "validUntil", instant(until))
	return edit(edit(list, "nbf", from.Unix()), "exp", until.Unix())
}

// cut returns a multibase text without the last 8 bytes, gzip's checksum and size.
func cut(encoded string) string {
	return encoded[:len(encoded)-11]
}

// joined returns a list of two gzip members, the second if it isn't nil, and what follows them.
func joined(first, second, tail []byte) string {
	unpacked := func(encoded string) []byte {
		data, err := base64.RawURLEncoding.DecodeString(encoded[1:])
		if err != nil {
			panic(err)
		}
		return data
	}
	data := unpacked(packed(first))
	if second != nil {
		data = append(data, unpacked(packed(second))...)
	}
	return "u" + encode(append(data, tail...))
}

// noise returns bytes that don't compress.
func noise(size int) []byte {
	var out []byte
	for block := seed("noise"); len(out) < size; block = seed(string(block)) {
		out = append(out, block...)
	}
	return out[:size]
}
