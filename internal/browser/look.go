package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Address returns where the page is.
func (p *Page) Address() string { p.t.Helper(); return ask(p, chromedp.Location()) }

// Text returns the words that are seen on the page.
func (p *Page) Text() string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](`document.body.innerText`))
}

// Seen returns the words that the window shows as it stands: whoever scrolls sees more.
func (p *Page) Seen() string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](`(() => {
		const seen = []
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
		while (walker.nextNode()) {
			const range = document.createRange()
			range.selectNodeContents(walker.currentNode)
			const lines = [...range.getClientRects()]
			if (lines.length && lines.every(line => line.top >= 0 && line.bottom <= innerHeight)) seen.push(walker.currentNode.data)
		}
		return seen.join('').replace(/\s+/g, ' ').trim()
	})()`))
}

// Names returns what assistive technology says of the page: "role: name" of whatever has a name, in its order.
func (p *Page) Names() []string {
	p.t.Helper()
	var names []string
	for _, node := range call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if name := said(node.Name); name != "" && !node.Ignored && said(node.Role) != "InlineTextBox" {
			names = append(names, said(node.Role)+": "+name)
		}
	}
	return names
}

// Screenshot returns what the window shows, as PNG.
func (p *Page) Screenshot() []byte { p.t.Helper(); return ask(p, chromedp.CaptureScreenshot()) }

// PDF returns the page as it is printed, on A4.
func (p *Page) PDF() []byte {
	p.t.Helper()
	return ask(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
}

// Sound fails the test unless the page is sound: nothing came from elsewhere or against its policy, no script failed,
// nothing is wider than the window, no picture is broken, and axe finds no violation. It keeps a screenshot of the
// whole page as name.png in the folder that the environment variable BONAFIDE_SCREENSHOTS names.
func (p *Page) Sound(name string) {
	p.t.Helper()
	p.Keep(name)
	require.Empty(p.t, p.Violations(), name)
}

// Violations returns what of a page that [Page.Sound] requires doesn't hold.
func (p *Page) Violations() []string {
	p.t.Helper()
	found := append(p.Faults(), ask(p, chromedp.Evaluate[[]string](`(() => {
		const found = []
		const width = document.documentElement.clientWidth
		if (document.documentElement.scrollWidth > width) {
			const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.wide'))
			found.push('wider than the window: ' + wide.map(e => e.tagName + ' ' + e.innerText?.slice(0, 40)).slice(-1))
		}
		for (const image of document.images) if (image.complete && !image.naturalWidth) found.push('a broken picture: ' + image.src)
		return found
	})()`))...)
	script, err := os.ReadFile(p.axe)
	require.NoError(p.t, err)
	p.scripts(true) // for axe itself: the page's own were passed over when it was read
	defer p.scripts(!p.noScript)
	p.do(chromedp.Evaluate[chromedp.Void](string(script)))
	return append(found, ask(p, chromedp.Evaluate[[]string](`axe.run().then(result =>
		result.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html + ' ' + (n.any[0]?.message ?? ''))))`, chromedp.EvalAwaitPromise))...)
}

func (p *Page) scripts(run bool) {
	p.t.Helper()
	p.do(send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}))
}

// Faults returns what the tab was seen to do since it was opened that no page should: loads from elsewhere, what its
// policy forbids, scripts that fail.
func (p *Page) Faults() []string {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.faults)
}

func (p *Page) fault(what string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.faults = append(p.faults, what)
}

// Keep writes a screenshot of the whole page as name.png into the folder that BONAFIDE_SCREENSHOTS names, if it names one.
func (p *Page) Keep(name string) {
	p.t.Helper()
	folder := os.Getenv("BONAFIDE_SCREENSHOTS")
	if folder == "" {
		return
	}
	require.True(p.t, filepath.IsAbs(folder), "BONAFIDE_SCREENSHOTS must be an absolute path, since each package's tests run in its own folder")
	require.NoError(p.t, os.MkdirAll(folder, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(folder, name+".png"), ask(p, chromedp.FullScreenshot(100)), 0o644))
}

// said returns a value of the accessibility tree as a string, "" if it is none.
func said(value *accessibility.Value) string {
	var s string
	if value == nil || json.Unmarshal(value.Value, &s) != nil {
		return ""
	}
	return s
}

// quoted returns the string as scripts write it.
func quoted(s string) string {
	written, _ := json.Marshal(s) // it can't fail for a string
	return string(written)
}
