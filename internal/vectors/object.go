package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// object is a JSON object that a case may spoil at will.
type object = map[string]any

// absent, as a value for edit, takes a field away.
type absent struct{}

// edit returns a copy of o in which the value at path, such as "levels.0.id", is another.
func edit(o object, path string, value any) object {
	return edited(o, strings.Split(path, "."), value).(object)
}

func edited(in any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	switch in := in.(type) {
	case object:
		out := object{}
		for name, v := range in {
			out[name] = v
		}
		if _, gone := value.(absent); gone && len(path) == 1 {
			delete(out, path[0])
		} else {
			out[path[0]] = edited(in[path[0]], path[1:], value)
		}
		return out
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i >= len(in) {
			panic(fmt.Sprintf("no element %s", path[0]))
		}
		out := append([]any{}, in...)
		out[i] = edited(in[i], path[1:], value)
		return out
	default:
		panic(fmt.Sprintf("%v has no %s", in, path[0]))
	}
}

// text returns the value as JSON, fields in alphabetical order.
func text(value any) string {
	data, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return string(data)
}

// said is a text in both languages.
func said(en, fr string) object { return object{"en": en, "fr": fr} }
