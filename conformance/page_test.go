package conformance

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// pageWith returns the page of a report in which the text stands wherever those judged can write one.
func pageWith(t *testing.T, text string) string {
	t.Helper()
	said := map[string]string{"BF-KEY-1": "A key: MUST be `new`"}
	fails := Case{Name: "key/old", Class: "reader", Requirements: []string{"BF-KEY-1"}, Description: "An old key."}
	late, stands := fails, fails
	late.Name, stands.Name = "key/late", "key/new"
	of := Implementation{Name: text, Version: text, Command: []string{text}, Origin: text}
	r := NewReport("vectors", of, []Class{{"reader", "read badges"}}, []Verdict{
		{Case: fails, Outcome: Failed, Reason: text, Due: map[string]any{"result": text}, Came: text, Reproduce: text},
		{Case: late, Outcome: Unsupported, Reason: text},
		{Case: stands, Outcome: Passed},
	}, []string{text}, said)
	r.Only, r.Date = text, "2026-11-22"
	r.Compared = r.Since(&Report{Implementation: of, Cases: []Verdict{{Case: Case{Name: text}}}})
	var out strings.Builder
	require.NoError(t, r.WritePage(&out, said))
	return out.String()
}

// shape returns the tags of a page with their attributes' names and all that stands in a style.
func shape(t *testing.T, page string) (tags []string, policy string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(page))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		if token.Type == html.TextToken {
			continue
		}
		tag := token.Type.String() + " " + token.Data
		for _, a := range token.Attr {
			tag += " " + a.Key
			if strings.HasPrefix(a.Val, "default-src") {
				policy = a.Val
			}
		}
		tags = append(tags, tag)
	}
	return tags, policy
}

func TestPage(t *testing.T) {
	page := pageWith(t, "word")
	for _, due := range []string{
		"does not conform: 2 of 3 cases failed", "2026-11-22", "<strong>reader</strong>: to read badges", "An old key.",
		"A key: MUST be <code>new</code>", `<a href="#BF-KEY-1">`, `<tr id="BF-KEY-1">`, "Better: 0", "Gone: 1", "unsupported",
	} {
		require.Contains(t, page, due)
	}
}

// What is judged can write nothing but text into the page, and no text that reads otherwise than it stands.
func TestPageIsOfText(t *testing.T) {
	due, _ := shape(t, pageWith(t, "word"))
	for _, hostile := range []string{
		`</pre><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onload='x`, `<!--`, `]]>`, `</style></title><base href=//evil.example>`,
		`{{.}}`, "javascript:alert(1)", "&lt;b&gt;", "\x00\x1b[2J\r\n\r\n<b>", "\xff\xfe<b>",
	} {
		came, _ := shape(t, pageWith(t, hostile))
		require.Equal(t, due, came, "%q", hostile)
	}
	for _, hidden := range []string{"\u202e", "\u200b", "\x1b", "\x00", "\u2028"} {
		require.NotContains(t, pageWith(t, "a"+hidden+"b"), hidden, "%q", hidden)
	}
}

// The page lets a browser load and run nothing: it allows its own style alone.
func TestPagePolicy(t *testing.T) {
	page := pageWith(t, "word")
	_, policy := shape(t, page)
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	hash := sha256.Sum256([]byte(style))
	require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+
		"'; base-uri 'none'; form-action 'none'", policy)
}

func TestPageShowsWhatCameInItsLines(t *testing.T) {
	require.Contains(t, pageWith(t, "first\r\nsecond\tthird"), "<pre>first\nsecond\\u0009third</pre>")
	require.Contains(t, pageWith(t, strings.Repeat("x", maxOnPage+1)), "… (4097 bytes)</pre>")
}
