package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{} {}`, `{"a":1,"a":1}`, `[{"a":1,"\u0061":2}]`, "\"\xff\"", `nan`, `01`, strings.Repeat("[", 1<<20),
	} {
		_, err := Decode([]byte(text))
		require.Error(t, err, "%.40q", text)
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct{ due, came, differs string }{
		{`{"a":1,"b":[true,null,"x",{}]}`, ` {"b" : [true, null, "\u0078", {}], "a":1}`, ""},
		{`9007199254740993`, `9007199254740993`, ""},
		{`9007199254740993`, `9007199254740992`, "result: 9007199254740993 was due, 9007199254740992 came"},
		{`1`, `1.0`, "result: 1 was due, 1.0 came"},
		{`1`, `"1"`, `result: 1 was due, "1" came`},
		{`false`, `null`, "result: false was due, null came"},
		{`{"a":{"b/c":[1,2]}}`, `{"a":{"b/c":[1,3]}}`, "result/a/b~1c/1: 2 was due, 3 came"},
		{`[1,2]`, `[1,2,3]`, "result: an array of 2 was due, one of 3 came"},
		{`[1]`, `{"0":1}`, `result: [1] was due, {"0":1} came`},
		{`{}`, `{"a":1}`, "result/a: nothing was due, 1 came"},
		{`{"a":null}`, `{}`, "result/a: null was due, nothing came"},
		{`"x"`, `["x"]`, `result: "x" was due, ["x"] came`},
	} {
		due, err := Decode([]byte(c.due))
		require.NoError(t, err)
		came, err := Decode([]byte(c.came))
		require.NoError(t, err)
		require.Equal(t, c.differs, Difference("result", due, came))
	}
}

func TestPlain(t *testing.T) {
	require.Equal(t, `a\u000a\u001b[31m é`, Plain("a\n\x1b[31m é"))
}
