package evil

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

// Each behaviour has a name of its own that can be a host's, shows requirements that there are, and says what is due in
// codes of the list.
func TestBehavioursAreWhole(t *testing.T) {
	said, err := conformance.Requirements(spec.FS)
	require.NoError(t, err)
	errors, err := spec.FS.ReadFile("v1/07-errors.md")
	require.NoError(t, err)
	label, names := regexp.MustCompile(`^[a-z0-9](?:[a-z0-9.-]{0,40}[a-z0-9])?$`), map[string]bool{}
	for _, b := range slices.Concat(Behaviours(), Secure()) {
		require.Regexp(t, label, b.name())
		require.False(t, names[b.name()], "%s stands twice", b.name())
		names[b.name()] = true
		require.Regexp(t, `^[A-Z1-9].*\.$`, b.Description, b.Name)
		require.NotEmpty(t, b.Requirements, b.Name)
		for _, id := range b.Requirements {
			require.NotEmpty(t, said[id], "%s shows %s", b.Name, id)
		}
		for _, code := range slices.Concat(b.Due...) {
			require.True(t, code == Taken || strings.Contains(string(errors), "\n| `"+code+"` |"), "%s: %s", b.Name, code)
		}
		if strings.HasPrefix(b.name(), "honest") {
			require.Equal(t, Taken, b.Due[len(b.Due)-1][0], b.Name)
		}
	}
	require.GreaterOrEqual(t, len(names), 300)
}

func TestClassIsTheSpecs(t *testing.T) {
	text, err := spec.FS.ReadFile("v1/00-introduction.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "`"+Class().Name+"`, is to "+Class().About)
}

// world serves the behaviours of these names while the test runs.
func world(t *testing.T, only string) *World {
	t.Helper()
	chosen, err := Choose(Behaviours(), only)
	require.NoError(t, err)
	w, err := Open("127.0.0.1:0", chosen)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- w.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-served)
		require.NoError(t, w.Close())
	})
	return w
}

// get asks for an address under .localhost as a reader does that knows no limits.
func get(t *testing.T, address string) (status int, header http.Header, body string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		require.NoError(t, err)
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}}}
	defer client.CloseIdleConnections()
	response, err := client.Get(address)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(text)
}

func TestManifest(t *testing.T) {
	w := world(t, "evil/honest")
	manifest := w.Manifest()
	require.Len(t, manifest, 1)
	text, err := json.Marshal(manifest[0])
	require.NoError(t, err)
	require.JSONEq(t, `{
		"case": "evil/honest", "class": "fetching", "requirements": ["BF-BADGE-7", "BF-LIST-8"], "description": "A plain badge.",
		"address": "`+w.sites["honest"].Badge+`", "verdict": "taken", "due": [["ok"], ["ok"]], "seconds": 10, "mebibytes": 64
	}`, string(text))
	for _, form := range []string{"", ".jwt"} {
		status, header, body := get(t, manifest[0].Address+form)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, media, header.Get("Content-Type"))
		require.Equal(t, 2, strings.Count(body, "."))
	}
}

// Whoever goes where an evil answer leads is noticed.
func TestCanary(t *testing.T) {
	w := world(t, "evil/redirect-other-origin")
	site := w.sites["redirect-other-origin"]
	require.Empty(t, site.canary.visits())
	_, err := http.Get("http://127.0.0.1" + site.canary.port() + "/b")
	require.Error(t, err)
	require.Equal(t, []string{"GET /b HTTP/1.1"}, site.canary.visits())
}

func TestRewriting(t *testing.T) {
	w := world(t, "evil/type-doubled")
	_, header, body := get(t, w.Manifest()[0].Address)
	require.Equal(t, []string{media, "text/html"}, header.Values("Content-Type"))
	require.NotEmpty(t, body)
}

func TestStepsLeadOn(t *testing.T) {
	w := world(t, "evil/honest-redirects")
	status, _, body := get(t, w.Manifest()[0].Address)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 2, strings.Count(body, "."))
}

func TestChoose(t *testing.T) {
	all := Behaviours()
	chosen, err := Choose(all, "BF-FETCH-10")
	require.NoError(t, err)
	require.NotEmpty(t, chosen)
	require.Less(t, len(chosen), len(all))
	_, err = Choose(all, "evil/none-such")
	require.ErrorContains(t, err, "no case matches")
}
