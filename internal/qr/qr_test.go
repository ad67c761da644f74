package qr_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/qr"
	"github.com/stretchr/testify/require"
)

const address = "https://bazar.example/b/0123456789ABCDEF"

// TestSVG has another program read what is drawn.
func TestSVG(t *testing.T) {
	need.Program(t, "rsvg-convert")
	need.Program(t, "zbarimg")
	drawn, err := qr.SVG(address, "Code")
	require.NoError(t, err)
	require.Equal(t, address, read(t, string(drawn)))
	require.Empty(t, read(t, strings.Replace(string(drawn), `fill="#000"`, `fill="#fff"`, 1)), "and sees nothing on a blank one")
}

func TestLabel(t *testing.T) {
	drawn, err := qr.SVG(address, `a"><script>`)
	require.NoError(t, err)
	require.Contains(t, drawn, `aria-label="a&#34;&gt;&lt;script&gt;"`)
}

func TestTooLong(t *testing.T) {
	_, err := qr.SVG(strings.Repeat("a", 4000), "Code")
	require.ErrorContains(t, err, "drawing a QR code")
}

// read returns what zbar finds in the picture, "" if nothing.
func read(t *testing.T, svg string) string {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "code.svg"), filepath.Join(folder, "code.png")
	require.NoError(t, os.WriteFile(from, []byte(svg), 0o600))
	require.NoError(t, exec.Command("rsvg-convert", "-o", to, from).Run())
	said, _ := exec.Command("zbarimg", "--quiet", "--raw", to).Output() // it fails where there is none
	return strings.TrimSpace(string(said))
}
