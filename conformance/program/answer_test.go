package program

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAnswerRefuses(t *testing.T) {
	for line, name := range map[string]string{
		`[]`:                                              "",
		`{"Case":"a/b","expect":"ok"}`:                    "",
		`{"case":1,"expect":"ok"}`:                        "",
		`{"case":"a/b"}`:                                  "a/b",
		`{"case":"a/b","EXPECT":"ok"}`:                    "a/b",
		`{"case":"a/b","expect":null}`:                    "a/b",
		`{"case":"a/b","expect":["ok"]}`:                  "a/b",
		`{"case":"a/b","expect":"ok","unsupported":true}`: "a/b",
		`{"case":"a/b","unsupported":false}`:              "a/b",
		`{"case":"a/b","unsupported":{}}`:                 "a/b",
	} {
		of, _, err := ParseAnswer([]byte(line))
		require.Error(t, err, line)
		require.Equal(t, name, of, line)
	}
}
