package main

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"bonafide.example/spec"
	v1 "bonafide.example/testdata/v1"
	"github.com/stretchr/testify/require"
)

// BF-CONF-1: the spec's table of conformance classes is that of the program.
func TestClassesAreTheSpecs(t *testing.T) {
	text, err := fs.ReadFile(spec.FS, "v1/00-introduction.md")
	require.NoError(t, err)
	for _, c := range classes() {
		var cases, objects []string
		for _, kind := range c.kinds {
			if object, ok := strings.CutPrefix(kind, "parse of "); ok {
				objects = append(objects, "`"+object+"`")
			} else {
				cases = append(cases, "`"+strings.Replace(kind, " with ", "` with `", 1)+"`")
			}
		}
		if objects != nil {
			cases = append(cases, "`parse` of "+strings.Join(objects, ", "))
		}
		require.Contains(t, string(text), fmt.Sprintf("\n| `%s` | %s | %s |\n", c.name, c.about, strings.Join(cases, ", ")))
	}
}

// Every class has cases, every kind of case is in one class, and every requirement that a case shows is in the spec.
func TestVectorsAreWhole(t *testing.T) {
	said, err := readRequirements(spec.FS)
	require.NoError(t, err)
	all, err := readVectors(v1.FS)
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, c := range classes() {
		for _, kind := range c.kinds {
			require.False(t, kinds[kind], "%s is in two classes", kind)
			kinds[kind] = true
		}
		cases, err := choose(all, []class{c}, "")
		require.NoError(t, err)
		require.NotEmpty(t, cases)
	}
	for _, v := range all {
		for _, id := range v.requirements {
			require.Regexp(t, `^[A-Z][^*]*: (MUST|SHOULD|MAY)`, said[id], id)
		}
	}
}

func TestReadRequirements(t *testing.T) {
	said, err := readRequirements(fstest.MapFS{"v1/01.md": {Data: []byte(
		"**BF-KEY-1** MUST come first.\n\n**A site**, at both ends:\n\n**BF-KEY-2** MUST NOT\\* fail → `bad-value`\n\n# Next\n\n**BF-LIST-1** MAY end.\n",
	)}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"BF-KEY-1": "MUST come first.", "BF-KEY-2": "A site, at both ends: MUST NOT* fail → `bad-value`", "BF-LIST-1": "MAY end.",
	}, said)
}

func TestVectorOfNoClass(t *testing.T) {
	_, err := readVectors(fstest.MapFS{"parse/new.json": {Data: []byte(`{"input":{"object":"novelty"},"expect":"ok"}`)}})
	require.ErrorContains(t, err, "no conformance class has the cases parse of novelty")
}
