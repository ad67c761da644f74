package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/issuer"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/verifier"
	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

// BF-CONF-2: the spec's classes of sites are those that the program judges.
func TestClassesOfSitesAreTheSpecs(t *testing.T) {
	text, err := fs.ReadFile(spec.FS, "v1/00-introduction.md")
	require.NoError(t, err)
	for _, c := range []conformance.Class{issuer.Class(), verifier.Class()} {
		require.Contains(t, string(text), fmt.Sprintf("\n| `%s` | %s |\n", c.Name, c.About))
	}
}

func TestIssuerCases(t *testing.T) {
	var out bytes.Buffer
	require.Equal(t, exitConforms, run(context.Background(), &out, &out, []string{"issuer", "--list", "--only", "BF-OAUTH-19"}))
	require.Contains(t, out.String(), "token/twice (issuer; BF-OAUTH-19): A code counts once.\n")
	require.NotContains(t, out.String(), "push/")
}

// What can't be judged at all is told as such, and never as a failure of the site.
func TestSiteCannotBeJudged(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "subject.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	const verifies = `{"origin": "http://a.localhost:1", "accounts": {"headers": {"X": "{id}"}}, "verifier": {"mechanism": "m", "start": "/s"}%s}`
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no file":     {[]string{"issuer"}, "no subject file is named"},
		"not there":   {[]string{"issuer", "no-such-file.json"}, "no such file"},
		"no JSON":     {[]string{"issuer", write("{")}, "is no subject file"},
		"unknown":     {[]string{"issuer", write(fmt.Sprintf(verifies, `, "colour": 1`))}, "colour"},
		"unreachable": {[]string{"verifier", write(fmt.Sprintf(verifies, ""))}, "connection refused"},
		"no case":     {[]string{"issuer", "--list", "--only", "no-such-topic"}, "no case matches"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, complaint bytes.Buffer
			require.Equal(t, exitCouldNotRun, run(context.Background(), &out, &complaint, c.args))
			require.Contains(t, complaint.String(), c.says)
			require.Empty(t, out.String())
		})
	}
}

// The command that puts one case again reaches the suite's sites as this run does.
func TestSiteAgain(t *testing.T) {
	s := &siteSuite{output: &output{suite: "issuer"}, listen: anyPort, base: peer.Base}
	require.Equal(t, "bonafide-conformance issuer --trace --only a/b shop.json", s.again("a/b", "shop.json"))
	s.listen, s.base = ":8500", "https://{name}.judge.example"
	require.Equal(t, "bonafide-conformance issuer --trace --only a/b --listen :8500 --base 'https://{name}.judge.example' shop.json", s.again("a/b", "shop.json"))
}
