package wire

import (
	"encoding/json"
	"errors"
	"fmt"

	"bonafide.example/conformance"
)

// DecodeObject reads one JSON object exactly, as [conformance.Decode] does.
func DecodeObject(data []byte) (Object, error) {
	value, err := conformance.Decode(data)
	if err != nil {
		return nil, err
	}
	object, ok := value.(Object)
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	return object, nil
}

// At returns what stands in a decoded value under these names and positions, nil if there is nothing.
func At(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(Object)
			value = object[step]
		case int:
			array, _ := value.([]any)
			if step >= len(array) {
				return nil
			}
			value = array[step]
		}
	}
	return value
}

// Text returns the string that stands there, "" if there is none.
func Text(value any, path ...any) string {
	text, _ := At(value, path...).(string)
	return text
}

// Int returns the integer that stands there.
func Int(value any, path ...any) (int64, error) {
	number, ok := At(value, path...).(interface{ Int64() (int64, error) })
	if !ok {
		return 0, fmt.Errorf("%v is no number", path)
	}
	return number.Int64()
}

// Strings returns the strings of the array that stands there.
func Strings(value any, path ...any) []string {
	array, _ := At(value, path...).([]any)
	var all []string
	for _, item := range array {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// Again returns an object as whoever it is sent to reads it.
func Again(object Object) (Object, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return DecodeObject(text)
}
