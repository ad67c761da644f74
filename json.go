package bonafide

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxDepth   = 32
	maxInteger = 1 << 53 // beyond ±2^53 JSON readers that use floats see another number
)

// Parse decodes what somebody submits (a table, a mechanism, an event): a field that T doesn't have is
// refused, so that a misspelt one isn't silently without effect.
func Parse[T any](data []byte) (T, error) {
	return parse[T](data, json.RejectUnknownMembers(true))
}

// ParsePeer decodes the payload of a peer's signed object: unknown fields are ignored, since a later
// 1.x may add some. Everything else is as strict as in [Parse].
func ParsePeer[T any](data []byte) (T, error) {
	return parse[T](data)
}

// ParseChecked is [ParsePeer] for data that [CheckJSON] has taken already.
func ParseChecked[T any](data []byte) (T, error) {
	return decode[T](data, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) // there are none
}

func parse[T any](data []byte, options ...json.Options) (T, error) {
	if err := CheckJSON(data); err != nil {
		var none T
		return none, err
	}
	return decode[T](data, options...)
}

func decode[T any](data []byte, options ...json.Options) (T, error) {
	var value T
	if jsontext.Value(data).Kind() == 'n' {
		return value, Errorf(BadValue, "", "is null for a whole object")
	}
	if err := json.Unmarshal(data, &value, options...); err != nil {
		return value, jsonError(err)
	}
	if v, ok := any(&value).(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return value, err
		}
	}
	return value, nil
}

// CheckJSON tells whether data is one JSON value that every reader understands alike: UTF-8, no field
// twice or in two cases, no null in an array, at most 32 deep, numbers being integers within ±2^53.
func CheckJSON(data []byte) error {
	if isPlain(data) {
		return nil
	}
	return checkJSON(data)
}

func checkJSON(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(data))
	var names []map[string]bool // of each open object, each in one case; nil for an array
	for {
		kind := d.PeekKind()
		isName := false
		if depth := d.StackDepth(); depth > 0 && kind == '"' {
			of, length := d.StackIndex(depth)
			isName = of == '{' && length%2 == 0
		}
		token, err := d.ReadToken()
		if err != nil {
			return jsonError(err)
		}
		switch token.Kind() {
		case '{':
			names = append(names, map[string]bool{})
		case '[':
			names = append(names, nil)
		case '}', ']':
			names = names[:len(names)-1]
		case 'n':
			if len(names) > 0 && names[len(names)-1] == nil {
				return Errorf(BadValue, string(d.StackPointer()), "is null within an array")
			}
		case '0':
			if n, err := strconv.ParseInt(token.String(), 10, 64); err != nil || n > maxInteger || n < -maxInteger {
				return Errorf(BadValue, string(d.StackPointer()), "%s is not an integer within ±2^53; decimals are written as strings", token)
			}
		case '"':
			if !isName {
				break
			}
			name := strings.Map(oneCase, token.String())
			open := names[len(names)-1]
			if open[name] {
				return Errorf(DoubledField, string(d.StackPointer()), "stands twice, in two cases")
			}
			open[name] = true
		}
		if len(names) > maxDepth {
			return Errorf(BadJSON, string(d.StackPointer()), "is nested deeper than %d", maxDepth)
		}
		if len(names) == 0 {
			break
		}
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return Errorf(BadJSON, "", "something follows the value")
	}
	return nil
}

// oneCase returns a character as every reader sees it that doesn't mind case, be it that it compares what is lowered,
// raised or folded: ſ and the Kelvin sign are s and k to some, İ and ı are i.
func oneCase(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// jsonError says in the protocol's codes what the JSON library found.
func jsonError(err error) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic) && errors.Is(err, jsontext.ErrDuplicateName):
		return Errorf(DoubledField, string(syntactic.JSONPointer), "stands twice")
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return Errorf(UnknownField, string(semantic.JSONPointer), "is not a field of this object")
	case errors.As(err, &semantic):
		var own *Error
		if errors.As(err, &own) {
			return Errorf(own.Code, string(semantic.JSONPointer), "%s", own.Detail)
		}
		return Errorf(BadValue, string(semantic.JSONPointer), "is a JSON %s, which doesn't fit here", semantic.JSONKind)
	case errors.As(err, &syntactic):
		return Errorf(BadJSON, string(syntactic.JSONPointer), "%v", syntactic.Err)
	default:
		return Errorf(BadJSON, "", "the text ends too early")
	}
}

// MarshalJSON encodes a wire object: fields in the order of its type, no white space.
func MarshalJSON(value any) ([]byte, error) {
	return json.Marshal(value, json.Deterministic(true))
}
