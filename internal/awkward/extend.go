package awkward

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// ignored is the name of the field that objects gain which have none to spare from a standard of their own.
const ignored = "x-awkward"

// ignoredValue is its value. The characters in it are some that JSON takes and careless readers stumble over.
func ignoredValue() any {
	return map[string]any{"__proto__": nil, "": []any{[]any{[]any{}}}, "number": -1 << 53, "text": "\u202eλ🙂\u0000\"\\"}
}

// extend gives the objects within a value, which stands under the name, fields that no reader may mind. What it adds
// to an object is the same each time, so that what the site publishes at two places stays equal there.
func extend(name string, value any) any {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			value[i] = extend("", item)
		}
		if name == "keys" && len(value) > 0 && isJWK(value[0]) {
			shuffle(value)
		}
	case map[string]any:
		switch {
		case closed(name, value), value[ignored] != nil:
		case value["@context"] != nil:
			extendLinked(value)
		default:
			for name, item := range value {
				value[name] = extend(name, item)
			}
			value[ignored] = ignoredValue()
		}
	}
	return value
}

// isJWK tells whether a value is a key of a set, which has no order as a key history's keys have.
func isJWK(value any) bool {
	key, ok := value.(map[string]any)
	return ok && key["kty"] != nil
}

// byID are fields whose object has a field for each thing (as in the spec's schemas): one more would be one more thing.
var byID = []string{"kinds", "classes", "holders"}

// closed tells whether neither an object nor anything within it may gain a field: a mechanism or table, whose
// hash the next version names, and the authorization details of a token response, which must be those asked for.
func closed(name string, object map[string]any) bool {
	return slices.Contains(byID, name) || object["rule"] != nil || object["rates"] != nil || object["type"] == "bonafide_status"
}

// extendLinked adds to linked data, whose terms a context defines, what their standards have and the profile doesn't use.
func extendLinked(object map[string]any) {
	types, _ := object["type"].([]any)
	switch {
	case object["service"] != nil || object["description"] != nil: // it has been extended
	case object["verificationMethod"] != nil:
		extendKeys(object)
	case slices.Contains(types, any("OpenBadgeCredential")):
		slices.Reverse(types)
		extendBadge(object)
	case slices.Contains(types, any("BitstringStatusListCredential")):
		slices.Reverse(types)
		object["name"], object["description"] = "Bits", "One for each statement."
	}
}

// extendKeys adds what DID documents may have beside the keys for assertions.
func extendKeys(document map[string]any) {
	id, _ := document["id"].(string)
	keys, _ := document["assertionMethod"].([]any)
	methods, _ := document["verificationMethod"].([]any)
	shuffle(methods)
	document["authentication"] = slices.Clone(keys)
	keys = append(keys, id+"#nobody")
	shuffle(keys)
	document["assertionMethod"] = keys
	document["alsoKnownAs"] = []any{"urn:x-awkward:" + id}
	document["service"] = []any{map[string]any{"id": id + "#nothing", "type": "Awkward", "serviceEndpoint": []any{}}}
}

// extendBadge adds properties of Open Badges 3.0, and results, that readers of a status pass over.
func extendBadge(badge map[string]any) {
	badge["description"] = "What this says stands in its results."
	badge["awardedDate"] = badge["validFrom"]
	subject, _ := badge["credentialSubject"].(map[string]any)
	achievement, _ := subject["achievement"].(map[string]any)
	mechanism, _ := achievement["id"].(string)
	achievement["humanCode"], achievement["fieldOfStudy"], achievement["inLanguage"] = "X-1", "Awkwardness", "en"
	described, _ := achievement["resultDescription"].([]any)
	achievement["resultDescription"] = append(described, map[string]any{
		"id": mechanism + "#x-awkward", "type": []any{"ResultDescription"}, "name": "To be passed over", "resultType": "ext:Awkward",
	})
	results, _ := subject["result"].([]any)
	results = append(results,
		map[string]any{"type": []any{"Result"}, "resultDescription": mechanism + "#x-awkward", "value": "9"},
		map[string]any{"type": []any{"Result"}, "resultDescription": strings.Replace(mechanism, "/mechanisms/", "/elsewhere/", 1) + "#level", "value": "9"},
	)
	shuffle(results)
	subject["result"] = results
}

func shuffle(array []any) {
	rand.Shuffle(len(array), func(i, j int) { array[i], array[j] = array[j], array[i] })
}
