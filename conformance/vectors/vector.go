package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"bonafide.example/conformance"
)

// Vector is one case of the test vectors.
type Vector struct {
	conformance.Case
	question  []byte          // what a program is asked: one line of JSON, with its end
	expect    string          // ok, or the code of the error that is due
	rawResult json.RawMessage // nil if nothing more than expect is compared
	result    any             // the same, decoded
}

// Read returns all cases in the order of their names.
func Read(files fs.FS) ([]*Vector, error) {
	names, err := fs.Glob(files, "*/*.json")
	if err != nil {
		return nil, err
	}
	var all []*Vector
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		v, err := readVector(strings.TrimSuffix(name, ".json"), data)
		if err != nil {
			return nil, fmt.Errorf("the vector %s: %w", name, err)
		}
		all = append(all, v)
	}
	return all, nil
}

func readVector(name string, data []byte) (*Vector, error) {
	var file struct {
		Requirements []string        `json:"requirements"`
		Description  string          `json:"description"`
		Input        json.RawMessage `json:"input"`
		Expect       string          `json:"expect"`
		Result       json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	v := &Vector{expect: file.Expect}
	v.Name, v.Requirements, v.Description = name, file.Requirements, file.Description
	var err error
	if file.Result != nil {
		if v.result, err = conformance.Decode(file.Result); err != nil {
			return nil, err
		}
		if v.rawResult, err = compact(file.Result); err != nil {
			return nil, err
		}
	}
	kind, err := kindOf(v.Topic(), file.Input)
	if err != nil {
		return nil, err
	}
	if v.Class, err = classOf(kind); err != nil {
		return nil, err
	}
	input, err := compact(file.Input)
	if err != nil {
		return nil, err
	}
	v.question = fmt.Appendf(nil, `{"case":%q,"topic":%q,"input":%s}`+"\n", name, v.Topic(), input)
	return v, nil
}

// compact takes out white space and changes nothing else.
func compact(data []byte) ([]byte, error) {
	var text bytes.Buffer
	err := json.Compact(&text, data)
	return text.Bytes(), err
}

// kindOf returns the kind of a case, as [class] names it.
func kindOf(topic string, input []byte) (string, error) {
	if topic != "token" && topic != "parse" {
		return topic, nil
	}
	var of struct {
		Object     string `json:"object"`
		SelfSigned bool   `json:"self_signed"`
	}
	if err := json.Unmarshal(input, &of); err != nil {
		return "", err
	}
	switch {
	case topic == "token" && of.SelfSigned:
		return "token with self_signed", nil
	case topic == "parse":
		return "parse of " + of.Object, nil
	default:
		return topic, nil
	}
}

// Choose returns the cases of the classes that only chooses ([conformance.Case.Choose]).
func Choose(all []*Vector, of []conformance.Class, only string) ([]*Vector, error) {
	if err := conformance.CheckOnly(only); err != nil {
		return nil, err
	}
	var chosen []*Vector
	for _, v := range all {
		if slices.ContainsFunc(of, func(c conformance.Class) bool { return c.Name == v.Class }) && v.Choose(only) {
			chosen = append(chosen, v)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case of these classes matches %q; --list shows what there is", only)
	}
	return chosen, nil
}
