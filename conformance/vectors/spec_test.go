package vectors

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"bonafide.example/conformance"
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
		require.Contains(t, string(text), fmt.Sprintf("\n| `%s` | %s | %s |\n", c.Name, c.About, strings.Join(cases, ", ")))
	}
}

// Every class has cases, every kind of case is in one class, and every requirement that a case shows is in the spec.
func TestVectorsAreWhole(t *testing.T) {
	said, err := conformance.Requirements(spec.FS)
	require.NoError(t, err)
	all, err := Read(v1.FS)
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, c := range classes() {
		for _, kind := range c.kinds {
			require.False(t, kinds[kind], "%s is in two classes", kind)
			kinds[kind] = true
		}
		cases, err := Choose(all, []conformance.Class{c.Class}, "")
		require.NoError(t, err)
		require.NotEmpty(t, cases)
	}
	for _, v := range all {
		for _, id := range v.Requirements {
			require.Regexp(t, `^[A-Z][^*]*: (MUST|SHOULD|MAY)`, said[id], id)
		}
	}
}

func TestVectorOfNoClass(t *testing.T) {
	_, err := Read(fstest.MapFS{"parse/new.json": {Data: []byte(`{"input":{"object":"novelty"},"expect":"ok"}`)}})
	require.ErrorContains(t, err, "no conformance class has the cases parse of novelty")
}
