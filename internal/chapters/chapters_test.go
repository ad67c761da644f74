package chapters_test

import (
	"testing"
	"testing/fstest"

	"bonafide.example/internal/chapters"
	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	all, err := chapters.Read(fstest.MapFS{
		"02-two.md": {Data: []byte("# Two\n\n<script>x</script>\n")},
		"01-one.md": {Data: []byte("# One & only\n\n## The site's own\n\n**BF-TOKEN-1** MUST <b>hold</b>. [two](02-two.md#BF-TOKEN-2) [here](#BF-TOKEN-1) [s](schema/a.json)\n\n| a |\n|---|\n| 1 |\n")},
		"notes.txt": {Data: []byte("no chapter")},
	})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "01-one", all[0].Name)
	require.Equal(t, "One & only", all[0].Title)
	body := string(all[0].Body)
	require.Contains(t, body, `<h2 id="the-sites-own">The site's own</h2>`)
	require.Contains(t, body, `<p id="BF-TOKEN-1"><strong>BF-TOKEN-1</strong> MUST <!-- raw HTML omitted -->hold`)
	require.Contains(t, body, `<a href="02-two#BF-TOKEN-2">two</a> <a href="#BF-TOKEN-1">here</a> <a href="schema/a.json">s</a>`)
	require.Contains(t, body, `<div class="wide"><table>`)
	require.NotContains(t, body, "<h1")
	require.NotContains(t, string(all[1].Body), "<script")
}

func TestReadRefusesAChapterWithoutTitle(t *testing.T) {
	for _, text := range []string{"", "text\n", "## Two\n"} {
		_, err := chapters.Read(fstest.MapFS{"01-one.md": {Data: []byte(text)}})
		require.ErrorContains(t, err, "01-one.md: doesn't begin with its title")
	}
}
