package bonafide

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlainJSON(t *testing.T) {
	for text, plain := range map[string]bool{
		`{"a":1,"b":[true,false,"x",-7,0],"c":{"a":null}}`: true,
		" [ ] ":                        true,
		`{}`:                           true,
		`"a\n\"b\\"`:                   true,
		`{"é":1}`:                      false, // good, but left to the other
		`"\u0041"`:                     false,
		`1234567890123456`:             false,
		`{"a":1,"A":2}`:                false, // and these are bad
		`{"a":{"a":1},"b":1,"a":2}`:    false,
		`[null]`:                       false,
		`[1,]`:                         false,
		`{"a":1,}`:                     false,
		`{"a" 1}`:                      false,
		`{a:1}`:                        false,
		`01`:                           false,
		`-`:                            false,
		`1.5`:                          false,
		`1e3`:                          false,
		`nul`:                          false,
		`"a`:                           false,
		"\"a\nb\"":                     false,
		"\"\xff\"":                     false,
		`"\`:                           false,
		`{"a`:                          false,
		`1 2`:                          false,
		``:                             false,
		strings.Repeat("[", 33):        false,
		nested(maxDepth):               true,
		nested(maxDepth + 1):           false,
		"{\"a\x00\":1}":                false,
		`{"a":1}{"b":2}`:               false,
		`{"a":1,"b":2,"c":3,"ab":"A"}`: true,
	} {
		require.Equal(t, plain, isPlain([]byte(text)), text)
		if plain {
			require.NoError(t, checkJSON([]byte(text)), text)
		}
	}
}

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

// FuzzPlainJSON looks for what is taken as plain, and isn't taken by the careful way.
func FuzzPlainJSON(f *testing.F) {
	const folder = "testdata/v1/parse"
	entries, err := os.ReadDir(folder)
	require.NoError(f, err)
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"name":1,"Name":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if isPlain(data) {
			require.NoError(t, checkJSON(data))
		}
	})
}
