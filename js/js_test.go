// Package js_test has node run the tests of the reader in JavaScript.
package js_test

import (
	"os/exec"
	"testing"

	"bonafide.example/internal/judged"
	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	need.Program(t, "node")
	if testing.Short() {
		t.Skip("nothing in it is Go")
	}
	need.Seen(t, ".", "../spec/v1", "../testdata/v1")
	said, err := exec.Command("node", "--test").CombinedOutput()
	require.NoError(t, err, string(said))
}

// BF-FETCH-1, BF-FETCH-3, BF-FETCH-4, BF-FETCH-5, BF-FETCH-6, BF-FETCH-7: under node, what misbehaves is refused in time.
func TestEvil(t *testing.T) {
	need.Program(t, "node")
	if testing.Short() {
		t.Skip("it takes its time to answer late")
	}
	suite := judged.Build(t, "cmd/bonafide-conformance")
	for name, flags := range map[string][]string{"http": nil, "https": {"--tls", "--only", "evil/[tn][la][sm]*"}} {
		t.Run(name, func(t *testing.T) {
			if flags != nil {
				need.Namespaces(t)
			}
			// Node alone has some 45 MiB resident, and collects garbage when it sees fit.
			judged := append([]string{"evil", "--memory", "160"}, append(flags, "--", "node", "subject.js")...)
			said, err := exec.Command(suite, judged...).CombinedOutput()
			require.NoError(t, err, string(said))
		})
	}
}
