// Package verifier judges a running verifier: it plays the issuers that it asks, the browsers of its accounts, and its
// administrator. The issuers are the suite's own sites, which the verifier comes to recognise by tables that the suite publishes
// there. What it makes of statuses is compared with the suite's own reckoning.
package verifier

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// Class is what is judged here.
func Class() conformance.Class {
	return conformance.Class{Name: "verifier", About: "import statuses with consent, convert and follow them, over HTTP"}
}

// World is the verifier that is judged, and the suite's own sites.
type World struct {
	*subject.Site
	network  *peer.Network
	run      string             // names the run: the suite's sites and tables have it in their names
	founded  int                // sites
	target   wire.Object        // the verifier's mechanism whose levels conversion gives
	begin    string             // its initiate_import_uri
	left     []wire.Object      // tables of earlier runs
	common   *bench             // the issuer that cases share
	uses     int                // of it
	refers   *referring         // the issuer of referrals that cases share
	referred int                // uses of that
	log      *subject.PublicLog // nil: the site keeps none
}

// minLevels is how many levels the verifier's mechanism must have: the suite's tables give as many.
const minLevels = 3

// Open brings about what all cases need. It fails if the verifier can't be judged at all.
func Open(ctx context.Context, site *subject.Site, network *peer.Network) (*World, error) {
	w := &World{Site: site, network: network, run: strings.ToLower(strings.NewReplacer("-", "x", "_", "y").Replace(wire.Random(4)))}
	x, err := w.Anybody().Get(ctx, w.Verifier.Mechanism+".json", "application/json")
	if err != nil {
		return nil, err
	}
	w.target = x.Object()
	if len(w.levels()) < minLevels {
		return nil, fmt.Errorf("verifier.mechanism: %s has %d levels; the suite needs %d at least", w.Verifier.Mechanism, len(w.levels()), minLevels)
	}
	entity, err := w.entity(ctx)
	if err != nil {
		return nil, err
	}
	w.begin = wire.Text(entity.Payload, "metadata", "bonafide_verifier", "initiate_import_uri")
	if w.begin == "" {
		return nil, fmt.Errorf("the entity configuration of %s names no initiate_import_uri", w.Origin)
	}
	w.log = w.PublicLog(entity.Payload)
	all, err := w.published(ctx)
	for _, t := range all {
		if table, _ := t.(wire.Object); strings.HasPrefix(path.Base(wire.Text(t, "id")), judged) {
			w.left = append(w.left, table)
		}
	}
	return w, err
}

// judged is how the names of the suite's sites and tables begin.
const judged = "judge-"

// levels returns the ids of the verifier's levels, from the lowest.
func (w *World) levels() (ids []string) {
	all, _ := w.target["levels"].([]any)
	for i := range all {
		ids = append(ids, wire.Text(w.target, "levels", i, "id"))
	}
	return ids
}

// Checks returns all cases. To list them, w may be nil. Those that move the clock the most come first: with each import a verifier
// has more to do as time passes.
func Checks(w *World) []subject.Check {
	return slices.Concat(
		w.documents(), w.tables(), w.following(), w.refreshing(), w.redeeming(), w.beginning(), w.asking(), w.answering(),
		w.converting(), w.combining(), w.keeping(), w.lying(), w.publicLog(),
	)
}

// check makes a case of this class: what it is about, the requirements that it shows, and how.
func check(name, about string, run func(context.Context) error, requirements ...string) subject.Check {
	return subject.Check{
		Case: conformance.Case{Name: name, Class: Class().Name, Requirements: requirements, Description: about}, Run: run,
	}
}
