package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// fires has Prometheus run the tests of the alerts, as these rules have them, and returns what it says.
func fires(t *testing.T, rules string) (says string, err error) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "alerts.yml"), []byte(rules), 0o644))
	cases, err := os.ReadFile("testdata/alerts.test.yml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "test.yml"), cases, 0o644))
	said, err := exec.Command("promtool", "test", "rules", filepath.Join(folder, "test.yml")).CombinedOutput()
	return string(said), err
}

func TestAlerts(t *testing.T) {
	need.Program(t, "promtool")
	data, err := os.ReadFile("alerts.yml")
	require.NoError(t, err)
	said, err := exec.Command("promtool", "check", "rules", "--lint-fatal", "alerts.yml").CombinedOutput()
	require.NoError(t, err, string(said))
	says, err := fires(t, string(data))
	require.NoError(t, err, says)
	for right, wrong := range map[string]string{
		"bonafide_ready == 0":                    "bonafide_ready == 2",
		"for: 1m\n":                              "for: 2m\n",
		` or absent(bonafide_ready)`:             "",
		`up{job="bonafide"} == 0`:                `up == 2`,
		"bonafide_store_failures_total[10m]) > ": "bonafide_store_failures_total[10m]) > 5 + ",
		`,route!="none"`:                         "",
		"> 0.01":                                 "> 0.1",
		"summary: \"The server":                  "summary: \"A server",
		"expr: increase(":                        "expr: increases(",
	} {
		require.Contains(t, string(data), right)
		says, err := fires(t, strings.ReplaceAll(string(data), right, wrong))
		require.Error(t, err, "%s instead of %s: %s", wrong, right, says)
	}
}
