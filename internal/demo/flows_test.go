package demo

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	chromium "bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// clicked is a world whose people have windows of their own, without scripts.
type clicked struct {
	*smoke
	t      *testing.T
	window *chromium.Browser
	people map[string]*chromium.Page
}

// as returns the person's window, in which they are signed in at both sites.
func (c *clicked) as(account bonafide.Account) *chromium.Page {
	p, open := c.people[account.ID]
	if !open {
		p = c.window.Visit(c.t, chromium.Visitor{Width: 400, NoScript: true})
		enter(p, c.Bazar, account, "Sign in as ")
		enter(p, c.Outils, account, "Sign in as ")
		c.people[account.ID] = p
	}
	return p
}

// reads fails the test unless the page says each of the words and is sound.
func (c *clicked) reads(p *chromium.Page, name string, words ...string) {
	c.t.Helper()
	p.Sound("flow-" + name)
	for _, some := range words {
		require.Contains(c.t, p.Text(), some, name)
	}
}

// TestFlows takes each flow as people do: by what they see, from page to page.
func TestFlows(t *testing.T) {
	window, w := chromium.New(t), running(t)
	s, err := newSmoke(w)
	require.NoError(t, err)
	c := &clicked{s, t, window, map[string]*chromium.Page{}}
	c.imports()
	c.vouches()
	c.answers()
	c.refers()
	c.leaves()
}

// imports brings Alice's badge to outils, and reads why it counts.
func (c *clicked) imports() {
	p, bazar := c.as(alice), c.Bazar.Origin.Host()
	p.Open(string(c.Outils.Origin))
	p.Follow("Import a badge from elsewhere")
	p.Fill("Address of the badge", string(c.Bazar.Origin)+"/b/K7QXM2VTP4WN9RFA")
	require.GreaterOrEqual(c.t, p.Follow("See what it would count for"), int64(http.StatusBadRequest))
	c.reads(p, "import-not-there")
	p.Open(string(c.Outils.Origin) + "/import")
	p.Fill("Address of the badge", c.Alice)
	p.Follow("See what it would count for")
	c.reads(p, "import-preview", "One star", "Nothing has been granted")
	p.Follow("It's mine: prove it at " + bazar)
	c.reads(p, "import-consent", "What "+c.Outils.Origin.Host()+" will be told", "Four stars")
	p.Follow("Allow " + c.Outils.Origin.Host() + " to be told")
	c.reads(p, "import-verdict", "One star")
}

// vouches has Bob ask Alice, and Dave and Erin offer, so that he shows a level that he hasn't earned.
func (c *clicked) vouches() {
	p := c.as(bob)
	p.Open(c.Neighbours[alice.Name])
	p.Follow("Ask them to stand behind you")
	p.Fill("Your own words to them", "You know my workshop.")
	p.Follow("Ask")
	c.reads(p, "vouch-asked", "no answer yet")

	p = c.as(alice)
	p.Open(string(c.Bazar.Origin) + "/vouches")
	p.Follow("Answer Bob")
	c.reads(p, "vouch-answer", "You know my workshop.")
	p.Choose("Up to which level", "Level two: 30 points or more")
	p.Fill("How many of your points you put up: at most 520 just now", "60000")
	p.Follow("See what it could cost")
	c.reads(p, "vouch-refused")
	p.Fill("How many of your points you put up: at most 520 just now", "60")
	p.Follow("See what it could cost")
	c.reads(p, "vouch-cost", "you lose at most 60 points", "your own level would")
	p.Follow("Stand behind Bob")
	c.reads(p, "vouch-given", "You put up 60 points.")

	for friend, room := range map[bonafide.Account]string{dave: "500", erin: "600"} {
		c.offers(friend, bob, "Level two: 30 points or more", "60", room)
	}
	require.NoError(c.t, c.Bazar.RunDue(c.t.Context()))
	p.Open(c.Neighbours[bob.Name])
	c.reads(p, "vouched", "Level two", "vouched for, not earned")
}

// offers has somebody make a link by which somebody else accepts that they stand behind them.
func (c *clicked) offers(by, to bonafide.Account, level, points, room string) {
	p := c.as(by)
	p.Open(string(c.Bazar.Origin) + "/vouches")
	p.Follow("Offer to vouch, by a link")
	p.Choose("Up to which level", level)
	p.Fill("How many of your points you put up: at most "+room+" just now", points)
	p.Follow("See what it could cost")
	p.Follow("Make the link")
	c.reads(p, "vouch-link")
	link := p.Value("Copy it whole")
	p = c.as(to)
	p.Open(link)
	c.reads(p, "vouch-offered", by.Name)
	p.Follow("Accept")
}

// answers has a fault of Bob's reported, contested, upheld, felt by Alice, and reversed.
func (c *clicked) answers() {
	reported, err := c.Accuse(c.t.Context(), c.Bazar, "neighbour", bob.ID, "unpaid")
	require.NoError(c.t, err)
	p := c.as(bob)
	p.Open(string(c.Bazar.Origin))
	p.Follow("What was reported about me")
	c.reads(p, "fault-list")
	p.Open(string(c.Bazar.Origin) + "/cases/" + reported.ID)
	c.reads(p, "fault-reported", "You can contest this.")
	p.Fill("Your words", "The bills never came.")
	p.Follow("Contest this")
	c.reads(p, "fault-contested", "The bills never came.", "An arbiter decides by")

	require.NoError(c.t, c.rules(c.Bazar, reported.ID, bonafide.Uphold)(c.t.Context()))
	require.NoError(c.t, c.passes(time.Minute)(c.t.Context()))
	p.Open(string(c.Bazar.Origin) + "/cases/" + reported.ID)
	c.reads(p, "fault-upheld", "This counts.", "Upheld")
	a := c.as(alice)
	a.Open(string(c.Bazar.Origin) + "/vouches")
	c.reads(a, "fault-felt", "points for a fault of that person")

	require.NoError(c.t, c.rules(c.Bazar, reported.ID, bonafide.Reverse)(c.t.Context()))
	require.NoError(c.t, c.passes(time.Minute)(c.t.Context()))
	p.Open(string(c.Bazar.Origin) + "/cases/" + reported.ID)
	c.reads(p, "fault-reversed", "This no longer counts.")
	a.Open(string(c.Bazar.Origin) + "/vouches")
	require.NotContains(c.t, a.Text(), "points for a fault of that person")
}

// refers has Alice refer Bob to outils.
func (c *clicked) refers() {
	p, outils := c.as(alice), c.Outils.Origin.Host()
	p.Open(string(c.Bazar.Origin) + "/vouches")
	p.Follow("Stand behind somebody on another site")
	p.Fill("The address of the other site", string(c.Outils.Origin))
	p.Follow("See what that site asks")
	c.reads(p, "refer-terms", "at least 100")
	p.Fill("Your stake, in points: at least 100, and at most 460 just now", "240")
	p.Follow("See what you could lose")
	c.reads(p, "refer-risk", "The most that you can lose is 240 points")
	p.Follow("Make the link")
	made := p.Address()
	c.reads(p, "refer-link")
	link := p.Value("Copy it whole")

	b := c.as(bob)
	b.Open(link)
	c.reads(b, "refer-redeem", "stands behind you")
	b.Fill("The name they will be told", "Bob of the workshop")
	b.Follow("Accept")
	c.reads(b, "refer-redeemed", "waiting for them to confirm")
	require.NoError(c.t, c.passes(time.Minute)(c.t.Context()))
	p.Open(made)
	c.reads(p, "refer-pending", "Bob of the workshop", outils)
	p.Follow("Yes, I meant this person: put up my points")
	c.reads(p, "refer-confirmed", "You stand behind")
	b.Follow("Check again whether they have confirmed")
	require.NoError(c.t, c.passes(time.Minute)(c.t.Context()))
	b.Open(string(c.Outils.Origin) + "/referrals")
	c.reads(b, "refer-counts", "confirmed")
}

// leaves has Alice withdraw her consent, take with her what is held on her, and have it erased.
func (c *clicked) leaves() {
	p := c.as(alice)
	p.Open(string(c.Bazar.Origin))
	p.Follow("Who is told about me")
	p.Follow("Withdraw: tell " + c.Outils.Origin.Host() + " nothing more")
	c.reads(p, "leave-withdrawn", "Withdrawn on")
	p.Open(string(c.Bazar.Origin) + "/badges")
	require.Contains(c.t, string(p.Download("Download everything")), "alice")
	p.Press("I mean it: what is erased doesn't come back.")
	p.Follow("Erase everything")
	c.reads(p, "leave-erased", "has been erased")
	p.Open(c.Alice)
	c.reads(p, "leave-badge", "was withdrawn")
}
