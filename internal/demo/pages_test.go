package demo

import (
	"net/http"
	"net/url"
	"testing"

	"bonafide.example"
	chromium "bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// enter signs the visitor in at the place, as people do in the demo.
func enter(p *chromium.Page, at *Place, as bonafide.Account, signIn string) {
	p.Open(string(at.Origin) + "/demo/sign-in")
	p.Follow(signIn + as.Name)
}

// TestPages opens every page of a world in which something happened, as different people see it.
func TestPages(t *testing.T) {
	window := chromium.New(t)
	w := running(t)
	control, err := NewControl(w, 0)
	require.NoError(t, err)
	serve(t, control.Run)
	bazar, outils := string(w.Bazar.Origin), string(w.Outils.Origin)
	pages := []struct{ name, address string }{
		{"control", string(control.Origin)},
		{"bazar-home", bazar + "/"},
		{"bazar-me", bazar + "/me"},
		{"badge", w.Alice},
		{"mechanism", bazar + "/mechanisms/seller"},
		{"mechanism-vouching", bazar + "/mechanisms/neighbour"},
		{"my-badges", bazar + "/badges"},
		{"consents", bazar + "/consents"},
		{"vouches", bazar + "/vouches"},
		{"refer", bazar + "/vouches/elsewhere"},
		{"cases", bazar + "/cases"},
		{"import", outils + "/import"},
		{"import-asked", outils + "/import?badge=" + url.QueryEscape(w.Alice)},
		{"standing", outils + "/standing"},
		{"outils-me", outils + "/me"},
		{"referrals", outils + "/referrals"},
		{"table", outils + "/conversions/bazar"},
		{"spec", bazar + "/spec/v1/"},
	}
	for _, visitor := range []struct {
		name string
		chromium.Visitor
	}{
		{"en", chromium.Visitor{}},
		{"fr-narrow-dark-no-script", chromium.Visitor{Lang: "fr", Width: 320, Height: 640, Dark: true, NoScript: true}},
		{"en-forced-200", chromium.Visitor{Zoom: 200, ForcedColors: true}},
	} {
		t.Run(visitor.name, func(t *testing.T) {
			p := window.Visit(t, visitor.Visitor)
			signIn := map[string]string{"": "Sign in as ", "fr": "Se connecter comme "}[visitor.Lang]
			enter(p, w.Bazar, alice, signIn)
			enter(p, w.Outils, alice, signIn)
			for _, page := range pages {
				require.EqualValues(t, http.StatusOK, p.Open(page.address), page.name)
				p.Sound(page.name + "-" + visitor.name)
			}
		})
	}
}
