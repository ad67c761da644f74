// Package verifier judges a running verifier: it plays the issuers that it asks, the browsers of its accounts, and its
// administrator.
package verifier

import (
	"context"

	"bonafide.example/conformance"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
)

// Class is what is judged here.
func Class() conformance.Class {
	return conformance.Class{Name: "verifier", About: "import statuses with consent, convert and follow them, over HTTP"}
}

// World is the verifier that is judged, and the suite's own sites.
type World struct {
	*subject.Site
	network *peer.Network
}

// Open brings about what all cases need. It fails if the verifier can't be judged at all.
func Open(_ context.Context, site *subject.Site, network *peer.Network) (*World, error) {
	return &World{Site: site, network: network}, nil
}

// Checks returns all cases. To list them, w may be nil.
func Checks(*World) []subject.Check { return nil }
