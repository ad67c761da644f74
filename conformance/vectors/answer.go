package vectors

import (
	"encoding/json"
	"errors"

	"bonafide.example/conformance"
)

// answered is what is compared of an answer.
type answered struct {
	Expect string          `json:"expect"`
	Result json.RawMessage `json:"result,omitempty"`
}

// answer is what a program says of one case.
type answer struct {
	expect      string
	result      any // decoded
	hasResult   bool
	unsupported bool
}

// parseAnswer reads one line of a program. The name of the case comes back whenever the line has one, so that
// whatever else is wrong can be held against it. Other fields than those of the protocol may stand in it.
func parseAnswer(line []byte) (name string, a *answer, err error) {
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
	a = &answer{}
	expect, says := object["expect"]
	unsupported, declines := object["unsupported"]
	switch {
	case says == declines:
		return name, nil, errors.New("an answer has one of expect and unsupported")
	case says:
		if a.expect, ok = expect.(string); !ok {
			return name, nil, errors.New("expect is no string")
		}
		a.result, a.hasResult = object["result"]
	case unsupported != true:
		return name, nil, errors.New("unsupported is not true")
	default:
		a.unsupported = true
	}
	return name, a, nil
}
