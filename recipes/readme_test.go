package recipes

import (
	"regexp"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/js"
	"github.com/stretchr/testify/require"
)

var blocks = regexp.MustCompile("(?s)```(?:markdown|html)\n(.*?)\n```")

// What the README shows is what the page about a badge gives to copy, but for the hash, and for what is repeated.
func TestReadmeShowsTheSnippets(t *testing.T) {
	const address = "https://bazar.example" + path
	copies := badge.Snippets(address, "bazar.example", "alice", bonafide.English)
	inner := strings.TrimSuffix(strings.TrimPrefix(copies.HTML, `<a href="`+address+`">`), "</a>")
	element := strings.NewReplacer(js.Edition, "EDITION", js.ElementIntegrity, "sha384-…", inner, "…").Replace(copies.Element)
	var shown []string
	for _, block := range blocks.FindAllStringSubmatch(recipe(t, "README.md"), -1) {
		shown = append(shown, block[1])
	}
	require.Equal(t, []string{copies.Markdown, copies.HTML, copies.Email, element}, shown)
	for _, script := range []string{js.Element, js.Reader} {
		require.Contains(t, recipe(t, "README.md"), "-O https://bazar.example"+js.Path+script)
	}
}
