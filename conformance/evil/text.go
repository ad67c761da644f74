package evil

import (
	"strings"

	"bonafide.example/conformance/wire"
)

// begins puts a text right behind the brace that opens an object.
func begins(with string) func(object string) string {
	return func(object string) string { return "{" + with + "," + object[1:] }
}

// texts is JSON that two readers might read in two ways, signed and sent as it is.
func texts() []entry {
	badge := func(name, about, due, shows string, alter func(string) string) entry {
		return entry{"json-" + name, about, due, shows, func(s *site) { s.badgeSays(alter) }}
	}
	keys := func(name, about, due, shows string, alter func(string) string) entry {
		return entry{"json-keys-" + name, about, due, shows, func(s *site) { s.documentSays(alter) }}
	}
	nested := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	deep := strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000)
	return []entry{
		badge("doubled", "The badge has two ids.", "doubled-field", "BF-JSON-2", begins(`"id":"urn:other"`)),
		badge("doubled-escaped", "One of the badge's two ids is written with an escape.", "doubled-field", "BF-JSON-2", begins(`"\u0069d":"urn:other"`)),
		badge("doubled-within", "The badge's issuer has two ids.", "doubled-field", "BF-JSON-2", func(text string) string {
			return strings.Replace(text, `"issuer":{`, `"issuer":{"id":"did:web:other.example",`, 1)
		}),
		badge("two-cases", "The badge has iss and ISS.", "doubled-field", "BF-JSON-3", begins(`"ISS":"did:web:other.example"`)),
		badge("nested", "The badge is nested 41 deep.", "bad-json", "BF-JSON-4", begins(`"other":`+nested)),
		badge("huge-number", "The badge has a number beyond every double.", "bad-value", "BF-JSON-5", begins(`"other":1e400`)),
		badge("long-number", "The badge has a number of 4,000 digits.", "bad-value", "BF-JSON-5", begins(`"other":1`+strings.Repeat("0", 4_000))),
		badge("fraction", "The badge has a fraction.", "bad-value", "BF-JSON-5", begins(`"other":0.5`)),
		badge("inexact-number", "The badge has an integer beyond ±2^53.", "bad-value", "BF-JSON-5", begins(`"other":9007199254740993`)),
		badge("not-utf8", "The badge has a byte that is no UTF-8.", "bad-json", "BF-JSON-1", begins("\"other\":\"\xff\"")),
		badge("half-surrogate", "The badge has an escape of half a surrogate pair.", "bad-json", "BF-JSON-1", begins(`"other":"\ud800"`)),
		badge("mark", "The badge begins with a byte order mark.", "bad-json", "BF-JSON-1", func(text string) string { return "\ufeff" + text }),
		badge("trailing", "Something follows the badge.", "bad-json", "BF-JSON-6", func(text string) string { return text + "{}" }),
		badge("cut", "The badge isn't closed.", "bad-json", "BF-JSON-6", func(text string) string { return text[:len(text)-1] }),
		badge("null-in-array", "The badge has an array with a null.", "bad-value", "BF-JSON-12", begins(`"other":[null]`)),
		badge("not-a-number", "The badge has NaN.", "bad-json", "BF-JSON-6", begins(`"other":NaN`)),
		badge("comment", "The badge has a comment.", "bad-json", "BF-JSON-6", func(text string) string { return "/* a */" + text }),
		badge("array", "The badge is an array.", "bad-json", "BF-TOKEN-7", func(text string) string { return "[" + text + "]" }),
		badge("null", "The badge is null.", "bad-json", "BF-TOKEN-7", func(string) string { return "null" }),
		badge("time-as-text", "The badge's exp is a string.", "bad-value", "BF-JSON-10", func(text string) string {
			return strings.Replace(text, `"exp":`, `"exp":"1","old":`, 1)
		}),
		keys("doubled", "The DID document has two ids.", "doubled-field", "BF-JSON-2", begins(`"id":"did:web:other.example"`)),
		keys("two-cases", "The DID document has id and ID.", "doubled-field", "BF-JSON-3", begins(`"ID":"did:web:other.example"`)),
		keys("deep", "The DID document is nested 30,001 deep.", "bad-json", "BF-JSON-4", begins(`"other":`+deep)),
		keys("mark", "The DID document begins with a byte order mark.", "bad-json", "BF-JSON-1", func(text string) string { return "\ufeff" + text }),
		keys("trailing", "Something follows the DID document.", "bad-json", "BF-JSON-6", func(text string) string { return text + "x" }),
		keys("array", "The DID document is an array.", "bad-value or bad-key-set or bad-json", "BF-JSON-10", func(text string) string { return "[" + text + "]" }),
		keys("page", "The DID document is a page that says that it is JSON.", "bad-json", "BF-JSON-6", func(string) string { return "<html>" }),
		{"json-list-doubled", "The status list has two lists.", "doubled-field or status-unknown", "BF-JSON-2", func(s *site) {
			s.list(tokenOf(func() string {
				list := text(s.Badges().Credential())
				other := `"credentialSubject":{"encodedList":` + text(multibase(gzipped(wire.NewBits(wire.MinEntries), 1))) + `,`
				return s.token(s.header(), strings.Replace(list, `"credentialSubject":{`, other, 1))
			}))
		}},
	}
}
