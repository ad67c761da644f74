package spec_test

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"bonafide.example/spec"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

func readOwnSchemas(t *testing.T) schemas {
	t.Helper()
	read, err := readSchemas(spec.FS)
	require.NoError(t, err)
	require.NotEmpty(t, read.documents)
	return read
}

func TestExamplesFitTheirSchemas(t *testing.T) {
	require.Empty(t, readOwnSchemas(t).verdicts(exampleInstances(read(t)), nil))
}

func TestVectorsFitTheirSchemas(t *testing.T) {
	require.Empty(t, readOwnSchemas(t).verdicts(vectorInstances(t), allUnseen()))
}

func TestSchemasTakeUnknownFieldsFromPeersAlone(t *testing.T) {
	require.Empty(t, readOwnSchemas(t).openness(append(exampleInstances(read(t)), vectorInstances(t)...)))
}

func TestSchemasAreWellFormed(t *testing.T) {
	require.Empty(t, readOwnSchemas(t).form())
}

// Every schema is put to something, and some chapter leads to it.
func TestSchemasAreUsed(t *testing.T) {
	put := map[string]bool{"common": true}
	for _, in := range append(exampleInstances(read(t)), vectorInstances(t)...) {
		put[in.kind] = true
	}
	text := strings.Join(slices.Collect(maps.Values(read(t))), "")
	for name := range readOwnSchemas(t).documents {
		require.True(t, put[name], "%s.json is put to nothing", name)
		require.True(t, name == "common" || strings.Contains(text, "(schema/"+name+".json)"), "no chapter links %s.json", name)
	}
}

// The schemas list the hidden characters one by one, since not every engine knows Unicode's categories. In words
// line ends aren't among them.
func TestSchemasKnowHiddenCharacters(t *testing.T) {
	type refusal struct {
		Not struct{ Pattern string }
	}
	var shared struct {
		Defs struct {
			Plain refusal
			Words struct{ AllOf []refusal }
		} `json:"$defs"`
	}
	text, err := fs.ReadFile(spec.FS, "v1/schema/common.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &shared, json.MatchCaseInsensitiveNames(true)))
	plain, words := regexp.MustCompile(shared.Defs.Plain.Not.Pattern), regexp.MustCompile(shared.Defs.Words.AllOf[0].Not.Pattern)
	for r := range unicode.MaxRune + 1 {
		if !utf8.ValidRune(r) {
			continue
		}
		hidden := unicode.In(r, unicode.Cc, unicode.Cf) && r != '\u200c' && r != '\u200d'
		if plain.MatchString(string(r)) != hidden || words.MatchString(string(r)) != (hidden && r != '\n' && r != '\r') {
			require.Fail(t, "a character is judged wrongly", "%U", r)
		}
	}
}

// Each check is run on schemas that have one fault that it is for.
func TestSchemaChecksFindPlantedFaults(t *testing.T) {
	vectors, examples := vectorInstances(t), exampleInstances(read(t))
	onVectors := func(s schemas) []string { return s.verdicts(vectors, allUnseen()) }
	onExamples := func(s schemas) []string { return s.verdicts(examples, nil) }
	few := slices.DeleteFunc(slices.Clone(vectors), func(in instance) bool { return in.kind != "mechanism" && in.kind != "ruling" })
	openness := func(s schemas) []string { return s.openness(few) }
	for _, plant := range []struct {
		check              func(schemas) []string
		file, old, planted string
		found              string
	}{
		{schemas.form, "ruling", `"required"`, `"requierd"`, "ruling: there is no keyword requierd"},
		{schemas.form, "ruling", `"object"`, `"objects"`, "ruling: "},
		{schemas.form, "ruling", `ruling.json"`, `rule.json"`, "ruling: its $id is"},
		{schemas.form, "common", `"description": "Addresses.", `, ``, "common/$defs/addresses: lacks a description"},
		{onExamples, "ruling", `"lower"`, `"lesser"`, ", ruling is refused"},
		{onVectors, "ruling", `"case", `, ``, "parse/ruling-case-missing validates"},
		{onVectors, "common", `"minLength": 1, "maxLength": 200`, `"minLength": 1`, "parse/outcome-jti-long validates"},
		{onVectors, "did-document", `"maxItems": 16`, `"maxItems": 1`, "key/did-good-two-keys is refused"},
		{openness, "mechanism", `"vouching": {"$ref": "vouching-terms.json"}`, `"vouching": true`, "parse/mechanism-good-vouching/vouching takes an unknown field"},
		{openness, "mechanism", `"additionalProperties": false`, `"additionalProperties": true`, "takes an unknown field"},
		{openness, "ruling", `"if"`, `"additionalProperties": false, "if"`, "refuses an unknown field"},
	} {
		files := fstest.MapFS{}
		for name := range readOwnSchemas(t).documents {
			name = "v1/schema/" + name + ".json"
			text, err := fs.ReadFile(spec.FS, name)
			require.NoError(t, err)
			files[name] = &fstest.MapFile{Data: text}
		}
		file := files["v1/schema/"+plant.file+".json"]
		require.Contains(t, string(file.Data), plant.old)
		file.Data = []byte(strings.Replace(string(file.Data), plant.old, plant.planted, 1))
		broken, err := readSchemas(files)
		require.NoError(t, err)
		require.Contains(t, strings.Join(plant.check(broken), "\n"), plant.found, plant.planted)
	}
	require.Equal(t, []string{
		"parse/ruling-decision is listed as unseen, and refused", "parse/nothing is listed as unseen, and there is no such case",
	}, readOwnSchemas(t).verdicts(vectors, append(allUnseen(), "parse/ruling-decision", "parse/nothing")))
}
