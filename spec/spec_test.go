package spec_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

// update rewrites what is made: the table of error codes, the list of requirements and uncovered.txt.
var update = flag.Bool("update", false, "rewrite the table of error codes, the list of requirements and uncovered.txt")

func read(t *testing.T) map[string]string {
	t.Helper()
	texts, err := chapters(spec.FS)
	require.NoError(t, err)
	require.NotEmpty(t, texts)
	return texts
}

func TestRequirementsAreWellFormed(t *testing.T) {
	words, faults := requirements(read(t))
	require.Empty(t, faults)
	require.NotEmpty(t, words)
}

func TestLinksLeadSomewhere(t *testing.T) {
	require.Empty(t, links(spec.FS, read(t)))
}

func TestCitedRequirementsExist(t *testing.T) {
	words, _ := requirements(read(t))
	cited, err := citations(os.DirFS(".."))
	require.NoError(t, err)
	require.NotEmpty(t, cited)
	require.Empty(t, unknownCited(words, cited))
}

func TestUncovered(t *testing.T) {
	const name = "uncovered.txt"
	words, _ := requirements(read(t))
	cited, err := citations(os.DirFS(".."))
	require.NoError(t, err)
	listed := ""
	for _, id := range uncovered(words, cited) {
		listed += id + "\n"
	}
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(listed), 0o644))
	}
	kept, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, listed, string(kept), "go test ./spec -update rewrites %s, which only shrinks", name)
}

func TestErrorTable(t *testing.T) {
	const name = "07-errors.md"
	kept := read(t)[name]
	due, ok := replaceTable(kept)
	require.True(t, ok, "%s has no place for the table", name)
	if *update {
		require.NoError(t, os.WriteFile("v1/"+name, []byte(due), 0o644))
		return
	}
	require.Equal(t, due, kept, "go test ./spec -update rewrites the table")
}

// Each check is run on chapters, vectors and tests that have the faults it is for.
func TestChecksFindPlantedFaults(t *testing.T) {
	planted := fstest.MapFS{
		"v1/01.md": {Data: []byte("# One two\n\n**BF-AREA-1** MUST hold → `bad-vaule`\n\n**BF-AREA-1** MUST hold again.\n\n" +
			"**BF-AREA-3** must hold.\n\nAs BF-AREA-9 says. [a](02.md#head) [b](#one-two) [c](03.md) [d](02.md#nothing) [e](schema/a.json) [f](schema/b.json)\n")},
		"v1/02.md":                     {Data: []byte("# Head\n\n**BF-AREA-2** MUST NOT fail.\n\n**BF-AREA-10** MUST hold.\n\n**BF-AREA-4** MAY hold.\n\n```json\n{}\n```\n\n```json status\n{}\n```\n\n```sh\nx\n```\n\n```http\n{\"a\": 1}\n```\n\n```\n{\n}\n```\n\n~~~json\n\n```\nopen\n")},
		"v1/schema/a.json":             {Data: []byte(`{}`)},
		"testdata/v1/topic/case.json":  {Data: []byte(`{"requirements": ["BF-AREA-1", "BF-OTHER-1"], "description": "BF-AREA-2"}`)},
		"verifier/import_test.go":      {Data: []byte("package verifier // BF-OTHER-2\n")},
		"verifier/import.go":           {Data: []byte("package verifier // BF-OTHER-3\n")},
		"spec/spec_test.go":            {Data: []byte("package spec_test // BF-OTHER-4\n")},
		".git/hooks/something_test.go": {Data: []byte("package hooks // BF-OTHER-5\n")},
		"testdata/v1/topic/bare.json":  {Data: []byte(`{}`)},
	}
	texts, err := chapters(planted)
	require.NoError(t, err)
	words, faults := requirements(texts)
	require.Equal(t, map[string]string{"BF-AREA-1": "MUST", "BF-AREA-2": "MUST NOT", "BF-AREA-10": "MUST", "BF-AREA-4": "MAY"}, words)
	require.Equal(t, []string{
		"01.md: BF-AREA-1 names the code bad-vaule, which isn't in the list",
		"01.md: BF-AREA-1 stands twice",
		"01.md: not a requirement: **BF-AREA-3** must hold.",
		"01.md: BF-AREA-3 is no requirement",
		"01.md: BF-AREA-9 is no requirement",
	}, faults)

	cited, err := citations(planted)
	require.NoError(t, err)
	require.Equal(t, []string{
		"testdata/v1/topic/bare.json cites nothing, which is no requirement",
		"testdata/v1/topic/case.json cites BF-OTHER-1, which is no requirement",
		"verifier/import_test.go cites BF-OTHER-2, which is no requirement",
	}, unknownCited(words, cited))
	require.Equal(t, []string{"BF-AREA-2", "BF-AREA-10"}, uncovered(words, cited))

	require.Equal(t, []string{"01.md: the link 03.md leads nowhere", "01.md: the link 02.md#nothing leads nowhere", "01.md: the link schema/b.json leads nowhere"}, links(planted, texts))

	found, faults := examples(texts)
	require.Equal(t, []string{
		"02.md: a JSON example doesn't name its kind",
		`02.md: nothing checks a code block of the language "sh"`,
		"02.md: JSON stands in a code block of another language",
		"02.md: JSON stands in a code block of another language",
		"02.md: a code block is fenced by tildes",
		"02.md: a code block isn't closed",
	}, faults)
	require.Len(t, found, 1)
	require.Error(t, found[0].check())
	require.Error(t, example{kind: "nonsense", text: "{}"}.check())

	_, ok := replaceTable("no place for a table")
	require.False(t, ok)
	stale := tableStart + strings.Replace(codeTable(), "| 400 |", "| 404 |", 1) + tableEnd
	due, ok := replaceTable(stale)
	require.True(t, ok)
	require.NotEqual(t, stale, due)
}
