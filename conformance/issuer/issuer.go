// Package issuer judges a running issuer: it plays the verifiers that ask it, the browsers of its members, and its
// administrator.
package issuer

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"bonafide.example/conformance"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// Class is what is judged here.
func Class() conformance.Class {
	return conformance.Class{Name: "issuer", About: "publish statuses as badges, and tell them with consent, over HTTP"}
}

// World is the issuer that is judged, and the suite's own sites.
type World struct {
	*subject.Site
	network   *peer.Network
	run       string    // random: no two runs have a name in common
	rule      *rule     // of the mechanism judged
	server    endpoints // the issuer's own
	verifiers []*peer.Verifier
	turn      int                // whose of the verifiers it is
	log       *subject.PublicLog // nil: the site keeps none
}

// endpoints are where verifiers and browsers come to.
type endpoints struct{ push, authorize, token string }

// Open brings about what all cases need. It fails if the issuer can't be judged at all.
func Open(ctx context.Context, site *subject.Site, network *peer.Network) (*World, error) {
	w := &World{Site: site, network: network, run: hostname(wire.Random(6))}
	object, err := w.object(ctx, w.Issuer.Mechanism+".json")
	if err != nil {
		return nil, err
	}
	if w.rule, err = readRule(object); err != nil {
		return nil, fmt.Errorf("the mechanism %s: %w", w.Issuer.Mechanism, err)
	}
	metadata, err := w.object(ctx, oauthMetadata)
	if err != nil {
		return nil, err
	}
	w.server = endpoints{
		push:      wire.Text(metadata, "pushed_authorization_request_endpoint"),
		authorize: wire.Text(metadata, "authorization_endpoint"), token: wire.Text(metadata, "token_endpoint"),
	}
	w.openLog(ctx)
	return w, w.introduce(ctx)
}

// introduce makes the verifiers known to the issuer. Whether it takes what they push is for cases to judge.
func (w *World) introduce(ctx context.Context) error {
	for range verifiers {
		v, err := w.stranger()
		if err != nil {
			return err
		}
		w.verifiers = append(w.verifiers, v)
		if _, err := w.client(ctx, v, w.server.push, v.Pushed(v.Ask(w.Issuer.Mechanism))); err != nil {
			return err
		}
	}
	return nil
}

// Checks returns all cases. To list them, w may be nil.
func Checks(w *World) []subject.Check {
	return slices.Concat(
		w.wellKnown(), w.answers(), w.negotiation(), w.pages(), w.mechanisms(), w.lists(),
		w.badges(), w.credentials(), w.pictures(), w.levels(), w.changes(), w.events(), w.imports(), w.membership(),
		w.pushes(), w.asked(), w.clients(), w.assertions(), w.consentPages(), w.decisions(),
		w.tokens(), w.refreshes(), w.statements(), w.following(), w.withTime(), w.limits(), w.publicLog(),
	)
}

// check makes a case of this class: what it is about, the requirements that it shows, and how.
func check(name, about string, run func(context.Context) error, requirements ...string) subject.Check {
	return subject.Check{
		Case: conformance.Case{Name: name, Class: Class().Name, Requirements: requirements, Description: about}, Run: run,
	}
}

// get fetches an address as anybody.
func (w *World) get(ctx context.Context, address, accept string) (*subject.Exchange, error) {
	return w.Anybody().Get(ctx, address, accept)
}

// object fetches a JSON object.
func (w *World) object(ctx context.Context, address string) (wire.Object, error) {
	x, err := w.get(ctx, address, "application/json")
	if err != nil {
		return nil, err
	}
	object, err := wire.DecodeObject(x.Body)
	if x.Status != http.StatusOK || err != nil {
		return nil, subject.Wrong("200 with a JSON object at "+address, "%d with %.200q", x.Status, x.Body)
	}
	return object, nil
}
