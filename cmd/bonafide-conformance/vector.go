package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// vector is one case of the test vectors.
type vector struct {
	name         string // TOPIC/CASE
	class        string
	requirements []string // ids
	description  string
	question     []byte          // what a program is asked: one line of JSON, with its end
	expect       string          // ok, or the code of the error that is due
	rawResult    json.RawMessage // nil if nothing more than expect is compared
	result       any             // the same, decoded
}

// topic returns the folder that the case is in.
func (v *vector) topic() string { return path.Dir(v.name) }

// due returns what an answer must have, as JSON.
func (v *vector) due() answered { return answered{v.expect, v.rawResult} }

// readVectors returns all cases in the order of their names.
func readVectors(files fs.FS) ([]*vector, error) {
	names, err := fs.Glob(files, "*/*.json")
	if err != nil {
		return nil, err
	}
	var all []*vector
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

func readVector(name string, data []byte) (*vector, error) {
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
	v := &vector{name: name, requirements: file.Requirements, description: file.Description, expect: file.Expect}
	var err error
	if file.Result != nil {
		if v.result, err = decode(file.Result); err != nil {
			return nil, err
		}
		if v.rawResult, err = compact(file.Result); err != nil {
			return nil, err
		}
	}
	kind, err := kindOf(v.topic(), file.Input)
	if err != nil {
		return nil, err
	}
	if v.class, err = classOf(kind); err != nil {
		return nil, err
	}
	input, err := compact(file.Input)
	if err != nil {
		return nil, err
	}
	v.question = fmt.Appendf(nil, `{"case":%q,"topic":%q,"input":%s}`+"\n", name, v.topic(), input)
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

var requirementID = regexp.MustCompile(`^BF-[A-Z]+-[0-9]+$`)

// choose returns the cases of the classes that only allows: all for "", those that cite a requirement's id, or those
// whose name or topic matches a pattern (see [path.Match]).
func choose(all []*vector, of []class, only string) ([]*vector, error) {
	if _, err := path.Match(only, ""); err != nil {
		return nil, fmt.Errorf("--only %s: it is neither a requirement's id nor a pattern", only)
	}
	var chosen []*vector
	for _, v := range all {
		if !slices.ContainsFunc(of, func(c class) bool { return c.name == v.class }) {
			continue
		}
		byName, _ := path.Match(only, v.name)
		byTopic, _ := path.Match(only, v.topic())
		if only == "" || byName || byTopic || requirementID.MatchString(only) && slices.Contains(v.requirements, only) {
			chosen = append(chosen, v)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case of these classes matches %q; --list shows what there is", only)
	}
	return chosen, nil
}
