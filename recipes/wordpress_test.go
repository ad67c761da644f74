package recipes

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// wordpress stands for what WordPress does with a plugin and with a line of a post that is an address alone: it compares the
// line with the address of each provider, in which * stands for anything, and asks the first that fits.
const wordpress = `<?php
$providers = [];
function add_action($hook, $do) { if ($hook === 'init') $do(); }
function wp_oembed_add_provider($format, $endpoint, $regex = false) { global $providers; $providers[$format] = $endpoint; }
require $argv[1];
foreach ($providers as $format => $endpoint) {
	$pattern = '#' . str_replace('___wildcard___', '(.+)', preg_quote(str_replace('*', '___wildcard___', $format), '#')) . '#i';
	$pattern = preg_replace('|^#http\\\://|', '#https?\://', $pattern);
	if (preg_match($pattern, $argv[2])) { echo $endpoint . '?format=json&url=' . urlencode($argv[2]); exit; }
}
echo 'nobody';`

func TestWordPress(t *testing.T) {
	need.Program(t, "php")
	stub := filepath.Join(t.TempDir(), "wordpress.php")
	require.NoError(t, os.WriteFile(stub, []byte(wordpress), 0o600))
	for line, asked := range map[string]string{
		"https://bazar.example/b/K7QXM2VTP4WN9RFA":   "https://bazar.example/oembed?format=json&url=https%3A%2F%2Fbazar.example%2Fb%2FK7QXM2VTP4WN9RFA",
		"https://bazar.example/mechanisms/seller":    "nobody",
		"https://bazar.elsewhere/b/K7QXM2VTP4WN9RFA": "nobody",
	} {
		said, err := exec.Command("php", stub, "wordpress.php", line).CombinedOutput()
		require.NoError(t, err, string(said))
		require.Equal(t, asked, string(said), line)
	}
}
