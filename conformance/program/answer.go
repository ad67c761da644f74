package program

import (
	"errors"

	"bonafide.example/conformance"
)

// Answer is what a program says of one case.
type Answer struct {
	Expect      string
	Result      any // decoded
	HasResult   bool
	Unsupported bool // in place of Expect
}

// ParseAnswer reads one line of a program. The name of the case comes back whenever the line has one, so that
// whatever else is wrong can be held against it. Other fields than those of the protocol may stand in it.
func ParseAnswer(line []byte) (name string, a *Answer, err error) {
	value, err := conformance.Decode(line)
	if err != nil {
		return "", nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return "", nil, errors.New("it is no JSON object")
	}
	if name, ok = object["case"].(string); !ok {
		return "", nil, errors.New("it names no case")
	}
	a = &Answer{}
	expect, says := object["expect"]
	unsupported, declines := object["unsupported"]
	switch {
	case says == declines:
		return name, nil, errors.New("an answer has one of expect and unsupported")
	case says:
		if a.Expect, ok = expect.(string); !ok {
			return name, nil, errors.New("expect is no string")
		}
		a.Result, a.HasResult = object["result"]
	case unsupported != true:
		return name, nil, errors.New("unsupported is not true")
	default:
		a.Unsupported = true
	}
	return name, a, nil
}
