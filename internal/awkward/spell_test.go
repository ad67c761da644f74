package awkward

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/spec"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

const schemaBase = "https://bonafide.example/spec/v1/schema/"

// schemas reads the JSON Schemas of the spec.
func schemas(t *testing.T) *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	names, err := fs.Glob(spec.FS, "v1/schema/*.json")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(spec.FS, name)
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, compiler.AddResource(schemaBase+strings.TrimPrefix(name, "v1/schema/"), document))
	}
	return compiler
}

func fits(t *testing.T, compiler *jsonschema.Compiler, kind string, text []byte) error {
	schema, err := compiler.Compile(schemaBase + kind + ".json")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return schema.Validate(value)
}

// unsaid are the examples of what a site doesn't publish, or not by itself.
var unsaid = []string{"event", "report", "vouching-event", "vouching-parameters", "vouching-terms", "referral-terms", "attested-vouch"}

// examples returns the objects of the spec's chapters, by the name of their schema.
func examples(t *testing.T) map[string][][]byte {
	found := map[string][][]byte{}
	chapters, err := fs.Glob(spec.FS, "v1/*.md")
	require.NoError(t, err)
	for _, name := range chapters {
		chapter, err := fs.ReadFile(spec.FS, name)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?s)```json ([a-z-]+)\n(.*?)```").FindAllSubmatch(chapter, -1) {
			if kind := string(block[1]); !slices.Contains(unsaid, kind) {
				found[kind] = append(found[kind], block[2])
			}
		}
	}
	require.Greater(t, len(found), 15)
	return found
}

// Every object that the spec shows fits its schema however it is spelt, and says the same to who ignores what it
// doesn't know. BF-JSON-8
func TestSpeltAwkwardlyItIsTheSame(t *testing.T) {
	compiler := schemas(t)
	for kind, texts := range examples(t) {
		for _, text := range texts {
			spelt, err := Spell(text)
			require.NoError(t, err, kind)
			require.NoError(t, bonafide.CheckJSON(spelt), "%s: %s", kind, spelt)
			require.NoError(t, fits(t, compiler, kind, spelt), kind)
			another, err := Spell(text)
			require.NoError(t, err)
			require.NotEqual(t, string(spelt), string(another), kind)
			require.JSONEq(t, sorted(t, spelt), sorted(t, another), "%s: what is added stays the same", kind)
			again, err := Spell(spelt)
			require.NoError(t, err)
			require.JSONEq(t, sorted(t, spelt), sorted(t, again), "%s: nothing is added twice", kind)
			contains(t, kind, decoded(t, text), decoded(t, spelt))
		}
	}
}

func decoded(t *testing.T, text []byte) (value any) {
	require.NoError(t, json.Unmarshal(text, &value))
	return value
}

// sorted returns the JSON text with the items of its arrays in one order.
func sorted(t *testing.T, text []byte) string {
	var sort func(any)
	encode := func(value any) string {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		return string(text)
	}
	sort = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, item := range value {
				sort(item)
			}
		case []any:
			for _, item := range value {
				sort(item)
			}
			slices.SortFunc(value, func(a, b any) int { return strings.Compare(encode(a), encode(b)) })
		}
	}
	value := decoded(t, text)
	sort(value)
	return encode(value)
}

// contains requires that everything in a stands in b too.
func contains(t *testing.T, where string, a, b any) {
	switch a := a.(type) {
	case map[string]any:
		of, ok := b.(map[string]any)
		require.True(t, ok, where)
		for name, item := range a {
			contains(t, where+"/"+name, item, of[name])
		}
	case []any:
		of, ok := b.([]any)
		require.True(t, ok, where)
		require.GreaterOrEqual(t, len(of), len(a), where)
		if len(of) == len(a) && !strings.HasSuffix(where, "/type") && !strings.HasSuffix(where, "/keys") {
			for i, item := range a {
				contains(t, where, item, of[i])
			}
		}
	default:
		require.Equal(t, a, b, where)
	}
}

// What versions name the hash of, and what must be what was asked for, gains nothing.
func TestWhatIsHashedStaysWhole(t *testing.T) {
	all := examples(t)
	for kind, name := range map[string]string{"signed-mechanism": "mechanism", "token-response": "authorization_details"} {
		before, _ := decoded(t, all[kind][0]).(map[string]any)
		spelt, err := Spell(all[kind][0])
		require.NoError(t, err)
		after, _ := decoded(t, spelt).(map[string]any)
		require.Equal(t, before[name], after[name], kind)
		require.Contains(t, after, ignored)
	}
	for _, kind := range []string{"mechanism", "table", "authorization-details"} {
		spelt, err := Spell(all[kind][0])
		require.NoError(t, err)
		require.JSONEq(t, string(all[kind][0]), string(spelt))
	}
}

// BF-TOKEN-3
func TestALongObjectGrowsNoLonger(t *testing.T) {
	long, err := json.Marshal(map[string]string{"a": strings.Repeat("x", maxSpelt), "b": "y"})
	require.NoError(t, err)
	for range 10 {
		spelt, err := Spell(long)
		require.NoError(t, err)
		require.Len(t, spelt, len(long))
	}
	_, err = Spell([]byte("{"))
	require.Error(t, err)
}

// Without the rule that keeps them whole, hashed objects would be found to be others.
func TestTheSchemasSeeWhatMayNotBeAdded(t *testing.T) {
	text, err := json.Marshal(map[string]any{ignored: 1})
	require.NoError(t, err)
	require.Error(t, fits(t, schemas(t), "mechanism", text))
}
