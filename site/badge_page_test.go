package site_test

import (
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	chromium "bonafide.example/internal/browser"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// What scripts add to the page about a badge: the check of the visitor's own browser, and buttons that copy.
func TestBadgePageIsCheckedByTheVisitor(t *testing.T) {
	chrome, clock := chromium.New(t), newClock()
	clock.Store(time.Now().UnixNano()) // which is the visitors'
	p := open(t, clock, "outils", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one", "two", "three")}
	})
	addresses := map[string]string{}
	for _, name := range []string{"current", "suspended"} {
		p.deeds(name, 2)
		var err error
		addresses[name], err = p.Issuer.PublishBadge(t.Context(), "member", name, name)
		require.NoError(t, err)
	}
	require.NoError(t, p.Issuer.Suspend(t.Context(), "suspended"))
	host := p.Origin.Host()
	for name, c := range map[string]struct {
		visitor      chromium.Visitor
		badge, said  string
		copy, copied string
	}{
		"current":    {chromium.Visitor{Width: 320}, "current", "Holds now: " + host + " says level 2 of 3, as of ", "Copy Markdown", "Copied."},
		"suspended":  {chromium.Visitor{Lang: "fr", Dark: true}, "suspended", "Plus en vigueur\u202f: " + host + " a suspendu ou retiré ce badge. Vérifié par votre navigateur à ", "Copier Markdown", "Copié."},
		"no scripts": {chromium.Visitor{NoScript: true}, "current", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			page := chrome.Visit(t, c.visitor)
			require.EqualValues(t, http.StatusOK, page.Open(addresses[c.badge]))
			if c.said == "" {
				names := page.Names()
				require.False(t, says(names, "Holds now"), "%q", names)
				require.Zero(t, count(names, "button: "), "%q", names)
				require.Empty(t, page.Faults())
				return
			}
			waits(t, page, "StaticText: "+c.said)
			page.Press("Markdown")
			require.Equal(t, 2, count(page.Names(), "button: Cop"), "one for the command; those of closed texts are hidden")
			page.Press(c.copy)
			waits(t, page, "StaticText: "+c.copied)
			page.Sound("badge-page-checked-" + name)
		})
	}
}
