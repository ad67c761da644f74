// Package issuer judges a running issuer: it plays the verifiers that ask it, the browsers of its members, and its
// administrator.
package issuer

import (
	"context"
	"slices"

	"bonafide.example/conformance"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
)

// Class is what is judged here.
func Class() conformance.Class {
	return conformance.Class{Name: "issuer", About: "publish statuses as badges, and tell them with consent, over HTTP"}
}

// World is the issuer that is judged, and the suite's own sites.
type World struct {
	*subject.Site
	network *peer.Network
}

// Open brings about what all cases need. It fails if the issuer can't be judged at all.
func Open(_ context.Context, site *subject.Site, network *peer.Network) (*World, error) {
	return &World{Site: site, network: network}, nil
}

// Checks returns all cases. To list them, w may be nil.
func Checks(w *World) []subject.Check {
	return slices.Concat(w.wellKnown())
}

// check makes a case of this class: what it is about, the requirements that it shows, and how.
func check(name, about string, run func(context.Context) error, requirements ...string) subject.Check {
	return subject.Check{
		Case: conformance.Case{Name: name, Class: Class().Name, Requirements: requirements, Description: about}, Run: run,
	}
}
