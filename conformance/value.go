package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Decode reads one JSON value exactly: a number stays the text that it is (a [json.Number]), and an object with a
// field that stands twice is refused.
func Decode(data []byte) (any, error) {
	// Valid bounds the depth too, so that decodeNext needn't.
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, errors.New("it is no JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decodeNext(decoder)
}

func decodeNext(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		array := []any{}
		for decoder.More() {
			item, err := decodeNext(decoder)
			if err != nil {
				return nil, err
			}
			array = append(array, item)
		}
		_, err := decoder.Token()
		return array, err
	case json.Delim('{'):
		object := map[string]any{}
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			field := name.(string)
			if _, twice := object[field]; twice {
				return nil, fmt.Errorf("the field %q stands twice", field)
			}
			if object[field], err = decodeNext(decoder); err != nil {
				return nil, err
			}
		}
		_, err := decoder.Token()
		return object, err
	default:
		return token, nil
	}
}

// Difference tells where two decoded values first differ, with what is there in each; "" if they are equal. The
// order of an object's fields doesn't count; that of an array does. at is what they are called, to which
// the JSON Pointer (RFC 6901) of the place is added.
func Difference(at string, due, came any) string {
	switch due := due.(type) {
	case map[string]any:
		if came, ok := came.(map[string]any); ok {
			return objectDifference(at, due, came)
		}
	case []any:
		if came, ok := came.([]any); ok {
			return arrayDifference(at, due, came)
		}
	default:
		switch came.(type) {
		case map[string]any, []any:
		default:
			if due == came {
				return ""
			}
		}
	}
	return differs(at, brief(due), brief(came))
}

func objectDifference(at string, due, came map[string]any) string {
	names := maps.Clone(due)
	maps.Copy(names, came)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		inside := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		mine, has := due[name]
		theirs, have := came[name]
		switch {
		case !has:
			return differs(inside, "nothing", brief(theirs))
		case !have:
			return differs(inside, brief(mine), "nothing")
		}
		if found := Difference(inside, mine, theirs); found != "" {
			return found
		}
	}
	return ""
}

func arrayDifference(at string, due, came []any) string {
	for i := range min(len(due), len(came)) {
		if found := Difference(at+"/"+strconv.Itoa(i), due[i], came[i]); found != "" {
			return found
		}
	}
	if len(due) != len(came) {
		return differs(at, fmt.Sprintf("an array of %d", len(due)), fmt.Sprintf("one of %d", len(came)))
	}
	return ""
}

func differs(at, due, came string) string {
	return fmt.Sprintf("%s: %s was due, %s came", at, due, came)
}

// brief shows a decoded value in a line of text.
func brief(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return Cut(strings.TrimSpace(text.String()), 200)
}

// Cut shortens a text to about so many bytes.
func Cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(text[:limit], ""), len(text))
}
