// Package browser lets tests visit pages as people do, in Chromium: it finds what to press by the words that a
// screen reader says, and notices what visitors would suffer from.
package browser

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"bonafide.example/internal/need"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a step may take before the test fails, on a machine with other work to do.
const patience = 2 * time.Minute

// Browser is a running Chromium.
type Browser struct {
	context context.Context
	axe     string // where axe-core was installed
}

// New starts Chromium, which ends with the test, or skips the test where it, or npm's axe-core, can't be had.
func New(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts Chromium")
	}
	need.Program(t, "chromium")
	_, here, _, _ := runtime.Caller(0)
	axe := filepath.Join(need.NPM(t, filepath.Join(filepath.Dir(here), "axe")), "node_modules", "axe-core", "axe.min.js")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"),
		chromedp.NoSandbox, // it starts as root in a container, and visits the tests' own pages alone
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
	)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	running, _ := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(running); err != nil {
			t.Log("ending chromium:", err)
		}
	})
	require.NoError(t, chromedp.Do(running), "starting chromium")
	return &Browser{running, axe}
}
