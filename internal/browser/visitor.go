package browser

import (
	"cmp"
	"context"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Visitor is who visits, and with what. The zero Visitor reads English, on a light page 1000 px wide, and runs scripts.
type Visitor struct {
	Lang          string // as of Accept-Language; "": en
	Width, Height int64  // of the window in px; 0: 1000 × 800
	Zoom          int64  // in percent; 0: 100
	Dark          bool
	ForcedColors  bool // as by the high contrast of Windows
	NoScript      bool
	Vision        emulation.SetEmulatedVisionDeficiencyType // such as deuteranopia; "": full
}

// Visit opens an empty tab with cookies of its own, which closes with the test.
func (b *Browser) Visit(t testing.TB, v Visitor) *Page {
	t.Helper()
	p := &Page{t: t, axe: b.axe, noScript: v.NoScript}
	tab, end := chromedp.NewContext(b.context, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	t.Cleanup(end)
	p.context = tab
	zoom := cmp.Or(v.Zoom, 100)
	scheme, forced := "light", "none"
	if v.Dark {
		scheme = "dark"
	}
	if v.ForcedColors {
		forced = "active"
	}
	p.do(
		send(audits.Enable, cdp.Empty{}),
		send(network.Enable, network.EnableParams{}),
		send(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": cmp.Or(v.Lang, "en")}}),
		chromedp.EmulateViewport(cmp.Or(v.Width, 1000)*100/zoom, cmp.Or(v.Height, 800)*100/zoom, chromedp.EmulateScale(float64(zoom)/100)),
		send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: forced},
		}}),
		send(emulation.SetEmulatedVisionDeficiency, emulation.SetEmulatedVisionDeficiencyParams{Type: cmp.Or(v.Vision, "none")}),
	)
	p.scripts(!v.NoScript)
	return p
}

// send makes a step of a command of the DevTools protocol whose answer doesn't matter.
func send[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

// do takes the steps within the page's patience.
func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.context), "opening a tab") // the first step has the tab's life, not the patience
	ctx, cancel := context.WithTimeout(p.context, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, steps...))
}

// ask returns what a step tells.
func ask[T any](p *Page, step chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, patience)
	defer cancel()
	told, err := chromedp.Run(ctx, step)
	require.NoError(p.t, err)
	return told
}

// call returns the answer to a command of the DevTools protocol.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, patience)
	defer cancel()
	answer, err := chromedp.Call(ctx, command, params)
	require.NoError(p.t, err)
	return answer
}

// listen keeps what the page did that it shouldn't have.
func (p *Page) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type != network.ResourceTypeDocument && !sameOrigin(e.Request.URL, e.DocumentURL) {
			p.fault("from elsewhere: " + e.Request.URL)
		}
	case *audits.EventIssueAdded:
		if csp := e.Issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
			p.fault("against its policy: " + csp.ViolatedDirective + " " + csp.BlockedURL)
		}
	case *runtime.EventExceptionThrown:
		p.fault("script: " + e.ExceptionDetails.Text)
	}
}
