// Package testdata reads the protocol's test vectors for the tests of this implementation. The vectors themselves, one
// JSON file for each case in a folder for each topic, are for every implementation; the README in v1 says how to run them.
package testdata

import (
	"io/fs"
	"path"
	"strings"

	"bonafide.example"
	v1 "bonafide.example/testdata/v1"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// OK is what a case expects that must be accepted.
const OK bonafide.Code = "ok"

// Case is one test vector. I is the shape of its topic's input.
type Case[I any] struct {
	Name         string         `json:"-"`            // CASE in the file's name
	Requirements []string       `json:"requirements"` // ids of the requirements shown, from the spec
	Description  string         `json:"description"`
	Input        I              `json:"input"`
	Expect       bonafide.Code  `json:"expect"`          // [OK], or the error code
	Result       jsontext.Value `json:"result,omitzero"` // what comes out, if the topic has a result
}

// Cases returns all cases of a topic, in the order of their names.
func Cases[I any](topic string) ([]Case[I], error) {
	names, err := fs.Glob(v1.FS, path.Join(topic, "*.json"))
	if err != nil {
		return nil, err
	}
	var cases []Case[I]
	for _, name := range names {
		data, err := v1.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c := Case[I]{Name: strings.TrimSuffix(path.Base(name), ".json")}
		if err := json.Unmarshal(data, &c, json.RejectUnknownMembers(true)); err != nil {
			return nil, &fs.PathError{Op: "decode", Path: name, Err: err}
		}
		cases = append(cases, c)
	}
	return cases, nil
}
