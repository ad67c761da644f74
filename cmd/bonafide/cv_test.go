package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/badge"
	"bonafide.example/internal/demo"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// neighbours is the demonstration's world, served until the test ends.
func neighbours(t *testing.T) *demo.World {
	w, err := demo.New(t.Context(), demo.Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, w.Close())
	})
	return w
}

// runs runs the program on an input and returns its exit code and what it said.
func runs(w *demo.World, stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	e := &env{strings.NewReader(stdin), &out, &err, func(string) string { return "" }, w.Clock.Now}
	code = run(context.Background(), e, args)
	return code, out.String(), err.String()
}

func TestCV(t *testing.T) {
	w := neighbours(t)
	require.NoError(t, w.Bazar.Issuer.WithdrawBadge(t.Context(), "seller", "bob"))
	list := "# mine\n" + w.Alice + ".svg?lang=fr\n" + w.Neighbours["Alice"] + "\n\n## <b>Old</b> ones\n" + w.Bob + "\nhttp://gone.localhost:1/b/0123456789ABCDEF\n" +
		string(w.Bazar.Origin) + "/b/0000000000000000\n"
	file := filepath.Join(t.TempDir(), "badges.txt")
	require.NoError(t, os.WriteFile(file, []byte(list), 0o600))
	code, page, said := runs(w, "", "cv", "--local", "--name", "Alice <i>", file)
	require.Zero(t, code, said)
	require.Contains(t, said, "5 badges: 2 hold, 2 do not, 1 could not be checked\n")
	for _, contained := range []string{
		"<bdi>Alice &lt;i&gt;</bdi>", "<h2>Selling</h2>", "level 4 of 5.", "&lt;b&gt;Old&lt;/b&gt; ones", "Checked: no, it does not hold.", "Could not be checked.",
		`aria-label="QR code of ` + w.Alice + `"`, "Checked on " + w.Clock.Now().Format("2006-01-02"), `href="` + w.Bob + `"`,
	} {
		require.Contains(t, page, contained)
	}
	require.Equal(t, 2, strings.Count(page, "Checked: yes, it held."))
	require.Equal(t, 4, strings.Count(page, `aria-label="bazar.localhost`), "a picture for light and for dark pages of what holds, and of nothing else")
	require.Empty(t, loads(t, page), "it needs nothing else")
	require.NotContains(t, page[strings.Index(page, "<main>"):], "[", "a message that is missing")

	code, page, said = runs(w, w.Alice, "cv", "--local", "--lang", "fr", "-")
	require.Zero(t, code, said)
	require.Contains(t, page, `<html lang="fr">`)
	require.Contains(t, page, "niveau 4 sur 5.")
	for stdin, want := range map[string]int{"": exitNothing, "# none": exitNothing, "alice": exitCouldNotRun, strings.Repeat(w.Alice+"\n", maxBadges+1): exitCouldNotRun} {
		code, page, _ := runs(w, stdin, "cv", "--local", "-")
		require.Equal(t, want, code, "%.40q", stdin)
		require.Empty(t, page)
	}
	code, page, said = runs(w, w.Alice+"\n"+strings.Repeat("# filling\n", badge.MaxPicture/10)+w.Alice, "cv", "--local", "-")
	require.Equal(t, exitCouldNotRun, code, "it is cut nowhere")
	require.Contains(t, said, "has over ")
	require.Empty(t, page)
	code, _, said = runs(w, w.Alice, "cv", "--lang", "de", "-")
	require.Equal(t, exitCouldNotRun, code)
	require.Contains(t, said, "neither en nor fr")
}

// loads returns the elements of a page that a browser would fetch something for, or run.
func loads(t *testing.T, page string) (found []string) {
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	for node := range root.Descendants() {
		switch node.Data {
		case "script", "img", "link", "iframe", "object", "embed", "image", "use", "base", "form":
			found = append(found, node.Data)
		}
		for _, a := range node.Attr {
			if a.Key == "src" || a.Key == "srcset" || a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				found = append(found, node.Data+" "+a.Key)
			}
		}
	}
	return found
}
