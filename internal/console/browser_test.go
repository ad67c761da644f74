package console

import (
	"net/url"
	"testing"

	"bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// open lets a visitor of their own in, and returns their tab and the address that the console's pages begin with.
func open(t *testing.T, chromium *browser.Browser, c *Console, v browser.Visitor) (*browser.Page, string) {
	gate := openGate(t, c)
	p := chromium.Visit(t, v)
	require.EqualValues(t, 200, p.Open(gate.Address()))
	return p, "http://" + gate.host
}

// TestBrowser shares one Chromium and one world: the pages are looked at before anything is changed.
func TestBrowser(t *testing.T) {
	chromium := browser.New(t)
	w := run(t)
	bazar, outils := consoleOf(t, w.Bazar.Site), consoleOf(t, w.Outils.Site)
	t.Run("narrow", func(t *testing.T) {
		looks(t, chromium, w, browser.Visitor{Lang: "fr", Width: 320, Height: 640, Dark: true, NoScript: true})
	})
	t.Run("contrast", func(t *testing.T) {
		p, at := open(t, chromium, outils, browser.Visitor{ForcedColors: true, Zoom: 200, NoScript: true})
		p.Sound("console-overview-contrast")
		p.Open(at + "/tables/edit?name=bazar")
		p.Sound("console-table-edit-contrast")
	})
	t.Run("a hostile member is suspended", func(t *testing.T) { suspends(t, chromium, bazar) })
	t.Run("reports are answered", func(t *testing.T) { answers(t, chromium, bazar, w) })
	t.Run("a table is written", func(t *testing.T) { writesTable(t, chromium, outils) })
	t.Run("a mechanism is written", func(t *testing.T) { writesMechanism(t, chromium, bazar) })
}

// looks looks at each page.
func looks(t *testing.T, chromium *browser.Browser, w world, v browser.Visitor) {
	p, at := open(t, chromium, consoleOf(t, w.Bazar.Site), v)
	p.Sound("console-overview-narrow")
	for page, path := range map[string]string{
		"members": "/members", "hostile": "/member?id=" + url.QueryEscape(hostile), "erase": "/member/erase?id=alice",
		"events": "/member/events?id=alice", "cancel": ask("/member/cancel", hostile+"1"),
		"cases": "/cases", "keys": "/keys", "mechanisms": "/mechanisms", "mechanism-edit": "/mechanisms/edit?name=seller",
		"mechanism-new": "/mechanisms/new", "mechanism-points": "/mechanisms/edit?name=fresh&from=points", "mechanism-terms": "/mechanisms/edit?name=neighbour",
		"case": w.casePath, "complaint": w.complaintPath,
	} {
		require.EqualValues(t, 200, p.Open(at+path))
		p.Sound("console-" + page + "-narrow")
	}
	p, at = open(t, chromium, consoleOf(t, w.Outils.Site), v)
	for page, path := range map[string]string{"verifier": "/", "tables": "/tables", "table-edit": "/tables/edit?name=bazar"} {
		require.EqualValues(t, 200, p.Open(at+path))
		p.Sound("console-" + page + "-narrow")
	}
}

// suspends finds a member whose id would be more than text, by the keyboard, and suspends, restores and erases them.
func suspends(t *testing.T, chromium *browser.Browser, c *Console) {
	p, at := open(t, chromium, c, browser.Visitor{NoScript: true})
	p.Sound("console-overview")
	require.EqualValues(t, 200, p.Follow("Members"))
	p.Sound("console-members")
	p.Tab("A member's id")
	p.Type(hostile)
	require.EqualValues(t, 200, p.Enter())
	require.Contains(t, p.Text(), "Member "+hostile)
	require.EqualValues(t, 200, p.Follow("Suspend"))
	require.Contains(t, p.Text(), "Suspended: no level is shown")
	p.Sound("console-member-suspended")
	require.EqualValues(t, 200, p.Follow("End the suspension"))
	require.NotContains(t, p.Text(), "Suspended:")

	p.Choose("What happened", "Seller rating · rating")
	p.Fill("On which day (empty: now)", "")
	require.EqualValues(t, 400, p.Follow("Record"), "a rating is positive or negative")
	p.Sound("console-event-refused")
	p.Choose("Positive or negative", "negative")
	require.EqualValues(t, 200, p.Follow("Record"))
	require.Contains(t, p.Text(), "seller · rating · negative")

	require.EqualValues(t, 200, p.Follow("Cancel it…"))
	require.Contains(t, p.Text(), "1 of 2")
	p.Sound("console-cancel")
	require.EqualValues(t, 200, p.Follow("Cancel the event for good"))
	require.NotContains(t, p.Text(), "seller · rating · negative")

	require.EqualValues(t, 200, p.Open(at+"/log"))
	require.Contains(t, p.Text(), "suspension ended "+hostile)
	p.Sound("console-log-filled")
	require.EqualValues(t, 200, p.Open(at+memberAddress(hostile)))
	require.EqualValues(t, 200, p.Follow("Erase everything"))
	require.EqualValues(t, 200, p.Follow("Erase "+hostile+" for good"))
	require.NotContains(t, p.Text(), hostile)
	require.EqualValues(t, 200, p.Open(at+"/log"))
	require.Contains(t, p.Text(), "a member was erased")
	require.NotContains(t, p.Text(), hostile, "the log names nobody who was erased")
}

func answers(t *testing.T, chromium *browser.Browser, c *Console, w world) {
	p, at := open(t, chromium, c, browser.Visitor{NoScript: true})
	require.EqualValues(t, 200, p.Follow("Somebody reports a badge: its picture is shown by somebody else"))
	require.EqualValues(t, 200, p.Follow("I am looking at it"))
	require.Contains(t, p.Text(), "looked at")
	p.Choose("Decision", "founded")
	p.Fill("Your words", "We wrote to that site. "+hostile)
	require.EqualValues(t, 200, p.Follow("Answer so"))
	require.Contains(t, p.Text(), "We wrote to that site. "+hostile)
	p.Sound("console-complaint-answered")

	require.EqualValues(t, 200, p.Open(at+w.casePath))
	p.Choose("Decision", "there was no fault")
	p.Fill("Reason", "Nothing was due.")
	require.EqualValues(t, 200, p.Follow("Decide so"))
	require.Contains(t, p.Text(), "Nothing was due.")
	require.NotContains(t, p.Names(), "button: Decide so")
	p.Sound("console-case-decided")
	require.EqualValues(t, 200, p.Open(at))
	require.Contains(t, p.Text(), "Nothing waits.")
}

func writesTable(t *testing.T, chromium *browser.Browser, c *Console) {
	p, at := open(t, chromium, c, browser.Visitor{NoScript: true})
	require.EqualValues(t, 200, p.Open(at+"/tables/edit?name=bazar"))
	p.Fill("Never more than level number", "many")
	require.EqualValues(t, 200, p.Follow("Check"))
	require.Contains(t, p.Text(), `To mend: "many" is not a whole number. 1 or more.`)
	require.NotContains(t, p.Names(), "button: Publish this version")
	p.Sound("console-table-fault")

	p.Fill("Never more than level number", "3")
	p.Fill("Not older than so many days", "60")
	p.Fill("With so many positive", "214")
	p.Fill("of so many", "220")
	require.EqualValues(t, 200, p.Follow("Check"))
	text := p.Text()
	require.Contains(t, text, "Checked: it holds together. It fits the mechanism that the other site publishes now.")
	require.Contains(t, text, "accept.max_age_days")
	require.Contains(t, text, "Who comes with that would read")
	p.Sound("console-table-checked")
	require.EqualValues(t, 200, p.Follow("Publish this version"))
	require.Contains(t, p.Text(), "version 2")
	require.EqualValues(t, 200, p.Open(at+"/log"))
	require.Contains(t, p.Text(), "table published bazar")
}

func writesMechanism(t *testing.T, chromium *browser.Browser, c *Console) {
	p, at := open(t, chromium, c, browser.Visitor{NoScript: true})
	require.EqualValues(t, 200, p.Follow("Mechanisms"))
	require.EqualValues(t, 200, p.Follow("Write a new mechanism"))
	p.Fill("Its name in addresses", "seller")
	require.EqualValues(t, 400, p.Follow("Go on"))
	require.Contains(t, p.Text(), "A mechanism of this site has this name.")
	p.Sound("console-mechanism-taken")
	p.Fill("Its name in addresses", "helper")
	p.Choose("How it counts", "Points")
	require.EqualValues(t, 200, p.Follow("Go on"))
	p.Fill("Kinds of event and their points", "answer")
	require.EqualValues(t, 200, p.Follow("Check"))
	require.Contains(t, p.Text(), "is not a word and its points")
	p.Fill("Kinds of event and their points", "answer 2")
	require.EqualValues(t, 200, p.Follow("Check"))
	require.Contains(t, p.Text(), "gave “Gold”: At least 200 points.")
	p.Sound("console-mechanism-first")

	require.EqualValues(t, 200, p.Open(at+"/mechanisms/edit?name=seller"))
	p.Fill("In force since", "2026-12-01")
	p.Fill("What is said of a member (in French)", "")
	require.EqualValues(t, 200, p.Follow("Check"))
	require.Contains(t, p.Text(), "One sentence, needed in both languages.")
	require.NotContains(t, p.Text(), "Checked: it holds together.")
	p.Sound("console-mechanism-fault")

	p.Fill("What is said of a member (in French)", "Ce que disent les acheteurs. "+hostile)
	require.EqualValues(t, 200, p.Follow("Check"))
	text := p.Text()
	require.Contains(t, text, "gave “Five stars”: At least 99 %")
	require.Contains(t, text, "What would change")
	require.Contains(t, text, hostile)
	p.Sound("console-mechanism-checked")
	require.EqualValues(t, 200, p.Follow("Add a level"))
	require.Contains(t, p.Text(), "Level 6")
}
