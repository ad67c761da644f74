package site_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

const specPath = "/spec/v1/"

// asked answers a request for a page of the spec.
func asked(handler http.Handler, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

var (
	hrefs = regexp.MustCompile(` href="([^"]*)"`)
	ids   = regexp.MustCompile(` id="([^"]*)"`)
)

// astray follows every link from the contents of the spec, within it, and returns those that lead nowhere and how many
// pages it came to.
func astray(handler http.Handler) (lost []string, pages int) {
	bodies := map[string]string{}
	wanted := map[string]string{} // each fragment wanted, and where
	queue := []string{specPath}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if _, done := bodies[path]; done {
			continue
		}
		w := asked(handler, path)
		bodies[path] = w.Body.String()
		if w.Code != http.StatusOK {
			lost = append(lost, path)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		from := &url.URL{Path: path}
		for _, match := range hrefs.FindAllStringSubmatch(bodies[path], -1) {
			to, err := from.Parse(match[1])
			if err != nil || to.Host != "" || to.RawQuery != "" || !strings.HasPrefix(to.Path, specPath) {
				continue
			}
			queue = append(queue, to.Path)
			if to.Fragment != "" {
				wanted[to.Path+"#"+to.Fragment] = path
			}
		}
	}
	for link := range wanted {
		path, fragment, _ := strings.Cut(link, "#")
		if !strings.Contains(bodies[path], ` id="`+fragment+`"`) {
			lost = append(lost, link)
		}
	}
	return lost, len(bodies)
}

func TestSpecLinksLeadSomewhere(t *testing.T) {
	handler := alone(t, true, true).Handler()
	lost, pages := astray(handler)
	require.Empty(t, lost)
	names, err := fs.Glob(spec.FS, "v1/*.md")
	require.NoError(t, err)
	schemas, err := fs.Glob(spec.FS, "v1/schema/*.json")
	require.NoError(t, err)
	require.Equal(t, 1+2*len(names)+len(schemas), pages, "the contents, each chapter as page and text, each schema")

	for change, due := range map[[2]string]string{
		{`id="BF-TOKEN-1"`, `id="elsewhere"`}:      specPath + "02-tokens#BF-TOKEN-1",
		{`href="02-tokens"`, `href="02-tokens.x"`}: specPath + "02-tokens.x",
	} {
		lost, _ = astray(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := asked(handler, r.URL.Path)
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.WriteHeader(answer.Code)
			w.Write([]byte(strings.ReplaceAll(answer.Body.String(), change[0], change[1])))
		}))
		require.Equal(t, []string{due}, lost)
	}
}

func TestSpecIsServed(t *testing.T) {
	handler := alone(t, true, false).Handler()
	page := asked(handler, specPath+"02-tokens")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, "nosniff", page.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "*", page.Header().Get("Access-Control-Allow-Origin"))
	require.NotContains(t, page.Body.String(), "<script")
	require.Contains(t, page.Body.String(), `<h1>Tokens and keys</h1>`)
	require.Contains(t, page.Body.String(), `<p id="BF-TOKEN-1"><strong>BF-TOKEN-1</strong> MUST`)

	for path, mediaType := range map[string]string{
		"02-tokens.md":      "text/markdown; charset=utf-8",
		"schema/badge.json": "application/schema+json",
	} {
		answer := asked(handler, specPath+path)
		due, err := fs.ReadFile(spec.FS, "v1/"+path)
		require.NoError(t, err)
		require.Equal(t, string(due), answer.Body.String())
		require.Equal(t, mediaType, answer.Header().Get("Content-Type"))
	}
	for _, path := range []string{"99-nothing", "02-tokens.md.md", "schema/nothing.json", "schema/", "schema/..%2F02-tokens.md", "02-tokens/"} {
		require.Equal(t, http.StatusNotFound, asked(handler, specPath+path).Code, path)
	}
}

// Every requirement is an anchor once, so that whoever cites it can link it.
func TestSpecAnchorsRequirements(t *testing.T) {
	handler := alone(t, false, true).Handler()
	written := regexp.MustCompile(`(?m)^\*\*(BF-[A-Z]+-[0-9]+)\*\* `)
	names, err := fs.Glob(spec.FS, "v1/*.md")
	require.NoError(t, err)
	total := 0
	for _, name := range names {
		text, err := fs.ReadFile(spec.FS, name)
		require.NoError(t, err)
		page := asked(handler, "/spec/"+strings.TrimSuffix(name, ".md")).Body.String()
		anchors := map[string]int{}
		for _, match := range ids.FindAllStringSubmatch(page, -1) {
			anchors[match[1]]++
		}
		for _, match := range written.FindAllStringSubmatch(string(text), -1) {
			total++
			require.Equal(t, 1, anchors[match[1]], match[1])
		}
	}
	require.NotZero(t, total)
}
