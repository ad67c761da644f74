package spec_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	schemaBase = "https://bonafide.example/spec/v1/schema/"
	metaSchema = "https://json-schema.org/draft/2020-12/schema"
)

// schemas are the JSON Schemas of the spec by name, as they are written and ready to validate.
type schemas struct {
	documents map[string]map[string]any
	compiler  *jsonschema.Compiler
}

func readSchemas(files fs.FS) (schemas, error) {
	read := schemas{map[string]map[string]any{}, jsonschema.NewCompiler()}
	names, err := fs.Glob(files, "v1/schema/*.json")
	if err != nil {
		return read, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return read, err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return read, fmt.Errorf("%s: %w", name, err)
		}
		name = path.Base(name)
		if err := read.compiler.AddResource(schemaBase+name, document); err != nil {
			return read, err
		}
		read.documents[strings.TrimSuffix(name, ".json")], _ = document.(map[string]any)
	}
	return read, nil
}

// validate puts a JSON text to the schema of its kind: one of the objects, or else a shared definition.
func (s schemas) validate(kind, text string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.validateValue(kind, value)
}

func (s schemas) validateValue(kind string, value any) error {
	location := schemaBase + kind + ".json"
	if s.documents[kind] == nil {
		location = schemaBase + "common.json#/$defs/" + kind
	}
	schema, err := s.compiler.Compile(location)
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// instance is what a schema is put to: an example, or what a vector gives.
type instance struct {
	name, kind, text string
	good             bool
}

// verdicts compares what the schemas say of instances with what is due: the good ones validate, and of the others
// exactly those that are unseen.
func (s schemas) verdicts(instances []instance, unseen []string) (faults []string) {
	known := map[string]bool{}
	for _, in := range instances {
		known[in.name] = true
		err := s.validate(in.kind, in.text)
		listed := slices.Contains(unseen, in.name)
		switch {
		case in.good && err != nil:
			faults = append(faults, fmt.Sprintf("%s is refused: %v", in.name, err))
		case !in.good && err == nil && !listed:
			faults = append(faults, in.name+" validates")
		case listed && err != nil:
			faults = append(faults, in.name+" is listed as unseen, and refused")
		}
	}
	for _, name := range unseen {
		if !known[name] {
			faults = append(faults, name+" is listed as unseen, and there is no such case")
		}
	}
	return faults
}

// submitted are the objects that somebody submits, in which a field that they don't have is refused (BF-JSON-7).
// All others are met in what a peer signed or publishes.
var submitted = []string{
	"mechanism", "vouching-terms", "table", "referral-terms", "authorization-details",
	"event", "vouching-event", "vouching-parameters", "attested-vouch", "report",
}

// openness puts a field that there isn't into each object of each good instance in turn: only what is submitted may
// be refused for it.
func (s schemas) openness(instances []instance) (faults []string) {
	for _, in := range instances {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(in.text))
		if !in.good || err != nil {
			continue
		}
		closed := slices.Contains(submitted, in.kind)
		eachObject("", value, func(where string, object map[string]any) {
			object["x-later"] = true
			refused := s.validateValue(in.kind, value) != nil
			delete(object, "x-later")
			switch {
			case closed && !refused:
				faults = append(faults, fmt.Sprintf("%s%s takes an unknown field", in.name, where))
			case !closed && refused:
				faults = append(faults, fmt.Sprintf("%s%s refuses an unknown field", in.name, where))
			}
		})
	}
	return faults
}

// byID are the fields that hold an object of things by their id, in which any field is one more.
var byID = []string{"kinds", "classes", "holders"}

// eachObject visits the objects in a JSON value, but those that hold things by id.
func eachObject(where string, value any, visit func(where string, object map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		if !slices.Contains(byID, path.Base(where)) {
			visit(where, value)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			eachObject(where+"/"+name, value[name], visit)
		}
	case []any:
		for i, item := range value {
			eachObject(fmt.Sprintf("%s/%d", where, i), item, visit)
		}
	}
}

// form tells what is wrong with how the schemas are written.
func (s schemas) form() (faults []string) {
	meta, err := s.compiler.Compile(metaSchema)
	if err != nil {
		return []string{err.Error()}
	}
	for _, name := range slices.Sorted(maps.Keys(s.documents)) {
		document := s.documents[name]
		if err := meta.Validate(map[string]any(document)); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		if id := document["$id"]; id != schemaBase+name+".json" {
			faults = append(faults, fmt.Sprintf("%s: its $id is %v", name, id))
		}
		if document["$schema"] != metaSchema {
			faults = append(faults, name+": is of another draft")
		}
		faults = append(faults, described(name, document)...)
		faults = append(faults, misspelt(name, document)...)
	}
	return faults
}

// described checks that a schema and each of its definitions say shortly what they are.
func described(where string, schema any) (faults []string) {
	object, _ := schema.(map[string]any)
	if text, _ := object["description"].(string); text == "" || len(text) > 120 {
		faults = append(faults, where+": lacks a description of at most 120 bytes")
	}
	definitions, _ := object["$defs"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		faults = append(faults, described(where+"/$defs/"+name, definitions[name])...)
	}
	return faults
}

// misspelt finds keywords that the schemas don't use: validators pass over what they don't know.
func misspelt(where string, schema any) (faults []string) {
	object, _ := schema.(map[string]any)
	for _, keyword := range slices.Sorted(maps.Keys(object)) {
		var within []any
		switch value := object[keyword]; keyword {
		case "properties", "$defs":
			byName, _ := value.(map[string]any)
			within = slices.Collect(maps.Values(byName))
		case "allOf", "oneOf":
			within, _ = value.([]any)
		case "items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else":
			within = []any{value}
		case "$schema", "$id", "$ref", "title", "description", "type", "enum", "const", "required", "pattern",
			"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "uniqueItems":
		default:
			faults = append(faults, fmt.Sprintf("%s: there is no keyword %s", where, keyword))
		}
		for _, part := range within {
			faults = append(faults, misspelt(where, part)...)
		}
	}
	return faults
}
