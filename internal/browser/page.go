package browser

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Page is a tab. A step that can't be taken fails the test.
type Page struct {
	t        testing.TB
	context  context.Context
	axe      string
	noScript bool
	lock     sync.Mutex
	faults   []string
}

// Open goes to the address and returns the status of the answer.
func (p *Page) Open(address string) int64 {
	p.t.Helper()
	return p.load(chromedp.Navigate(address))
}

// load takes a step that leads to another page, and returns the status of the answer.
func (p *Page) load(step chromedp.Action[chromedp.Void]) int64 {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, step)
	require.NoError(p.t, err)
	return answer.Status
}

// Follow presses the link or button of that name, which leads to another page; it returns the status of the answer.
func (p *Page) Follow(name string) int64 {
	p.t.Helper()
	return p.load(p.press(p.find(name, "link", "button")))
}

// Press presses what has that name, such as a checkbox, and stays on the page.
func (p *Page) Press(name string) {
	p.t.Helper()
	p.do(p.press(p.find(name, "button", "link", "checkbox", "radio", "DisclosureTriangle")))
}

// Fill types into the field of that name, in the place of what it held.
func (p *Page) Fill(name, words string) {
	p.t.Helper()
	field := p.find(name, "textbox", "searchbox", "spinbutton", "combobox", "Date", "InputTime")
	p.do(send(dom.Focus, dom.FocusParams{BackendNodeID: field}),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select?.()`), chromedp.KeyEvent(kb.Backspace),
		send(input.InsertText, input.InsertTextParams{Text: words}))
}

// Value returns what stands in the field of that name.
func (p *Page) Value(name string) string {
	p.t.Helper()
	p.do(send(dom.Focus, dom.FocusParams{BackendNodeID: p.find(name, "textbox", "searchbox", "spinbutton", "combobox")}))
	return ask(p, chromedp.Evaluate[string](`document.activeElement.value`))
}

// Choose picks the option with those words in the list of that name.
func (p *Page) Choose(name, option string) {
	p.t.Helper()
	p.do(send(dom.Focus, dom.FocusParams{BackendNodeID: p.find(name, "combobox", "listbox")}))
	options := ask(p, chromedp.Evaluate[[]string](`(option => {
		const list = document.activeElement
		const found = [...list.options].find(o => o.text.trim() === option)
		if (found) list.value = found.value
		return [...list.options].map(o => o.text.trim())
	})(`+quoted(option)+`)`))
	require.Contains(p.t, options, option, "%s", name)
}

// Tab presses the tabulator until the focus is on what has that name, as who has no mouse does. [Page.Enter] then presses it.
func (p *Page) Tab(name string) {
	p.t.Helper()
	for range 200 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if slices.ContainsFunc(p.named(name), func(n *accessibility.Node) bool {
			return slices.ContainsFunc(n.Properties, func(property *accessibility.Property) bool {
				return property.Name == accessibility.PropertyNameFocused && string(property.Value.Value) == "true"
			})
		}) {
			return
		}
	}
	require.Fail(p.t, "out of reach of the keyboard", "%q", name)
}

// Type types on the keyboard, into what has the focus.
func (p *Page) Type(words string) { p.t.Helper(); p.do(chromedp.KeyEvent(words)) }

// Enter presses the enter key on what leads to another page; it returns the status of the answer.
func (p *Page) Enter() int64 { p.t.Helper(); return p.load(chromedp.KeyEvent(kb.Enter)) }

// find returns the first of what has that name and one of the roles.
func (p *Page) find(name string, roles ...string) cdp.BackendNodeID {
	p.t.Helper()
	for _, node := range p.named(name) {
		if slices.Contains(roles, said(node.Role)) {
			return node.BackendDOMNodeID
		}
	}
	require.Fail(p.t, "not on the page", "%q as %v; there is:\n%q", name, roles, p.Names())
	return 0
}

// named returns what assistive technology calls by that name.
func (p *Page) named(name string) []*accessibility.Node {
	p.t.Helper()
	document := call(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"}).Result
	return call(p, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: document.ObjectID, AccessibleName: name}).Nodes
}

// press clicks in the middle of the node.
func (p *Page) press(node cdp.BackendNodeID) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node}); err != nil {
			return err
		}
		quads, err := cdp.Call(ctx, target, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node})
		if err != nil {
			return err
		}
		corners := quads.Quads[0] // x and y of each, clockwise from the top left
		return chromedp.Do(ctx, chromedp.MouseClickXY((corners[0]+corners[4])/2, (corners[1]+corners[5])/2))
	})
}

func sameOrigin(a, b string) bool {
	from, errA := url.Parse(a)
	to, errB := url.Parse(b)
	return errA == nil && errB == nil && (from.Scheme == "data" || from.Scheme == to.Scheme && from.Host == to.Host)
}

// Download follows the link of that name and returns the file that it leads to.
func (p *Page) Download(name string) []byte {
	p.t.Helper()
	folder := p.t.TempDir()
	within := call(p, target.GetTargetInfo, target.GetTargetInfoParams{}).TargetInfo.BrowserContextID
	done := make(chan string, 1)
	ctx, cancel := context.WithTimeout(p.context, patience)
	defer cancel()
	require.NoError(p.t, chromedp.ListenBrowser(ctx, func(event any) {
		if e, ok := event.(*browser.EventDownloadProgress); ok && e.State != browser.DownloadProgressStateInProgress {
			select {
			case done <- filepath.Join(folder, e.GUID):
			default: // it was told before
			}
		}
	}))
	events := true
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: within, DownloadPath: folder, EventsEnabled: &events,
	})
	require.NoError(p.t, err)
	p.do(p.press(p.find(name, "link", "button")))
	select {
	case file := <-done:
		data, err := os.ReadFile(file)
		require.NoError(p.t, err)
		return data
	case <-ctx.Done():
		require.Fail(p.t, "no download", "%q", name)
		return nil
	}
}
