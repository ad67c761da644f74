package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{} {}`, `{"a":1,"a":1}`, `[{"a":1,"\u0061":2}]`, "\"\xff\"", `nan`, `01`, strings.Repeat("[", 1<<20),
	} {
		_, err := decode([]byte(text))
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
		due, err := decode([]byte(c.due))
		require.NoError(t, err)
		came, err := decode([]byte(c.came))
		require.NoError(t, err)
		require.Equal(t, c.differs, difference("", due, came))
	}
}

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
		of, _, err := parseAnswer([]byte(line))
		require.Error(t, err, line)
		require.Equal(t, name, of, line)
	}
}

func TestPlain(t *testing.T) {
	require.Equal(t, `a\u000a\u001b[31m é`, plain("a\n\x1b[31m é"))
}
