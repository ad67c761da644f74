package spec_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/testdata"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

func exampleInstances(texts map[string]string) (instances []instance) {
	found, _ := examples(texts)
	for i, e := range found {
		instances = append(instances, instance{fmt.Sprintf("example %d, %s", i+1, e.kind), e.kind, e.text, true})
	}
	return instances
}

// vectorInstances returns the objects that the vectors are about.
func vectorInstances(t *testing.T) (instances []instance) {
	t.Helper()
	for _, topic := range []struct {
		name string
		of   func(*testing.T, vector) []instance
	}{
		{"parse", parsed}, {"key", keys}, {"statuslist", lists}, {"conversion", converted}, {"table", tables}, {"vouching", histories},
	} {
		cases, err := testdata.Cases[map[string]jsontext.Value](topic.name)
		require.NoError(t, err)
		require.NotEmpty(t, cases)
		for _, c := range cases {
			for _, in := range topic.of(t, c) {
				if in.good && holdsNull.MatchString(in.text) {
					continue
				}
				in.name = topic.name + "/" + c.Name
				instances = append(instances, in)
			}
		}
	}
	return instances
}

// holdsNull finds a null as a field: a reader takes it as left out, and the schemas refuse it.
var holdsNull = regexp.MustCompile(`":\s*null\b`)

// vector is a case of any topic.
type vector = testdata.Case[map[string]jsontext.Value]

func parsed(t *testing.T, v vector) []instance {
	in := instance{kind: as[string](t, v.Input["object"]), good: v.Expect == testdata.OK}
	switch in.kind {
	case "json": // any value has no schema
		return nil
	case "origin", "address", "did":
		in.text = string(v.Input["text"])
	default:
		in.text = as[string](t, v.Input["text"])
	}
	return []instance{in}
}

func keys(_ *testing.T, v vector) []instance {
	if did := v.Input["did"]; did != nil {
		return []instance{{kind: "did-document", text: string(did), good: v.Expect == testdata.OK}}
	}
	return []instance{{kind: "jwks", text: string(v.Input["jwks"]), good: v.Expect == testdata.OK}}
}

func lists(t *testing.T, v vector) []instance {
	_, rest, _ := strings.Cut(as[string](t, v.Input["token"]), ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	require.NoError(t, err)
	return []instance{{kind: "status-list", text: string(text), good: v.Expect == testdata.OK}}
}

// converted returns the statuses that are converted and the explanation that comes of it.
func converted(t *testing.T, v vector) (instances []instance) {
	input, err := bonafide.MarshalJSON(v.Input)
	require.NoError(t, err)
	question := as[conversion.Question](t, input)
	add := func(kind string, value any) {
		text, err := bonafide.MarshalJSON(value)
		require.NoError(t, err)
		instances = append(instances, instance{kind: kind, text: string(text), good: true})
	}
	for _, in := range question.Inputs {
		add("status", in.Status)
	}
	add("explanation", conversion.Convert(question))
	return instances
}

func tables(_ *testing.T, v vector) (instances []instance) {
	for field, kind := range map[string]string{"table": "table", "from": "mechanism", "to": "mechanism"} {
		if text := v.Input[field]; text != nil {
			instances = append(instances, instance{kind: kind, text: string(text), good: true})
		}
	}
	return instances
}

func histories(t *testing.T, v vector) []instance {
	if v.Expect != testdata.OK {
		return nil
	}
	instances := []instance{{kind: "vouching-parameters", text: string(v.Input["parameters"]), good: true}}
	for _, event := range as[[]jsontext.Value](t, v.Input["events"]) {
		instances = append(instances, instance{kind: "vouching-event", text: string(event), good: true})
	}
	return instances
}

func as[T any](t *testing.T, text jsontext.Value) (value T) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &value))
	return value
}
