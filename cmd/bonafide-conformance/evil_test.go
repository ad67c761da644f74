package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/evil"
	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

func TestEvilList(t *testing.T) {
	said := runs(t, exitConforms, "evil", "--list", "--only", "evil/redirect-*")
	require.Contains(t, said, "evil/redirect-loop (fetching; BF-FETCH-3): The badge's address leads to itself.\n")
	require.NotContains(t, said, "evil/honest")
	require.NotContains(t, runs(t, exitConforms, "evil", "--list"), "evil/tls-expired")
	require.Contains(t, runs(t, exitConforms, "evil", "--list", "--tls"), "evil/tls-expired")
}

// Without a program the sites are served until interrupted, and what there is stands printed before.
func TestEvilServes(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var out, errs bytes.Buffer
	require.Equal(t, exitConforms, run(ctx, &out, &errs, []string{"evil", "--json", "--only", "evil/revoked*"}), "%s", &errs)
	var manifest []evil.Entry
	require.NoError(t, json.Unmarshal(out.Bytes(), &manifest))
	require.Len(t, manifest, 4)
	require.Equal(t, [][]string{{"revoked"}}, manifest[0].Due)

	out.Reset()
	require.Equal(t, exitConforms, run(ctx, &out, &errs, []string{"evil", "--only", "evil/change-revoked"}))
	require.Regexp(t, `^http://change-revoked\.localhost:[0-9]+/b/[0-9A-Z]+\n`, out.String())
	require.Contains(t, out.String(), "  refused: ok, then revoked, within 10 s and 64 MiB (BF-LIST-8)\nServed until interrupted: 1\n")
}

func TestEvilReport(t *testing.T) {
	need.Program(t, "sh")
	believes := `while read -r line; do line=${line#*'"case":"'}; echo '{"case":"'"${line%%'"'*}"'","expect":"ok"}'; done`
	said := runs(t, exitDoesNot, "evil", "--only", "BF-LIST-8", "--memory", "99", "--json", "--", "sh", "-c", believes)
	var r conformance.Report
	require.NoError(t, json.Unmarshal([]byte(said), &r))
	require.Equal(t, "evil", r.Suite)
	require.NotNil(t, r.Measured)
	require.Equal(t, conformance.Passed, verdictOf(t, r, "evil/honest-neighbours").Outcome)
	v := verdictOf(t, r, "evil/revoked")
	require.Equal(t, conformance.Failed, v.Outcome)
	require.Equal(t, conformance.Command("bonafide-conformance", "evil", "--only", "evil/revoked", "--memory", "99", "--", "sh", "-c", believes), v.Reproduce)
}

func TestMistakesOfUseOfEvil(t *testing.T) {
	for said, args := range map[string]string{
		"--memory and --at-once must be": "--memory 0 -- x",
		"no case matches":                "--only nothing",
		"can't be started":               "--only evil/honest -- ./no-such-program",
	} {
		require.Contains(t, runs(t, exitCouldNotRun, append([]string{"evil"}, strings.Fields(args)...)...), said)
	}
}
