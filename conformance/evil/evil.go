// Package evil is an issuer that misbehaves: each way of doing so has an origin of its own, with a badge to read. It drives
// any verifier, by hand or by the command protocol, and says what is due: whether the badge may be relied on, else which
// code, within which time and memory, and that nothing is asked of a canary.
//
// A behaviour is an honest issuer of package peer with something replaced. Some replace nothing that matters: these
// badges must be taken.
package evil

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance"
)

// What one verification may take.
const (
	MaxTime   = 10 * time.Second // from the question to the answer
	MaxFetch  = 5 * time.Second  // where all but one of its fetches are answered at once
	MaxMemory = 64 << 20         // bytes that the program has resident
)

// Taken is what is due where the badge may be relied on. Every other due is the code of a refusal.
const Taken = "ok"

// Class is what is judged here.
func Class() conformance.Class {
	return conformance.Class{Name: "fetching", About: "read badges over the network from whoever publishes them"}
}

// Behaviour is one way to behave.
type Behaviour struct {
	conformance.Case               // evil/NAME
	Due              [][]string    // of each question in turn the answers any of which is right: ok, or codes
	Time             time.Duration // that an answer may take
	play             func(*site)
	secure           bool // over https, in namespaces
}

// name is that of the behaviour's host.
func (b *Behaviour) name() string { return strings.TrimPrefix(b.Name, topic+"/") }

const topic = "evil"

// Behaviours returns them all in their order, which is by what they are about.
func Behaviours() []Behaviour {
	return slices.Concat(
		behaviours(MaxTime, honest()), behaviours(MaxTime, transport()), behaviours(MaxFetch, slow()), behaviours(MaxTime, budgets()),
		behaviours(MaxTime, redirects()), behaviours(MaxTime, answers()), behaviours(MaxTime, encodings()), behaviours(MaxTime, texts()),
		behaviours(MaxTime, keys()), behaviours(MaxTime, tokens()), behaviours(MaxTime, signatures()), behaviours(MaxTime, badges()),
		behaviours(MaxTime, lists()), behaviours(MaxTime, bits()), behaviours(MaxTime, changes()),
	)
}

// entry is a behaviour as the tables have it. due is what has to come of each question, with a comma between questions and
// "or" between answers either of which is right: "ok, revoked or status-unknown". shows are requirements.
type entry struct {
	name, about, due, shows string
	play                    func(*site)
}

func behaviours(within time.Duration, entries []entry) []Behaviour {
	var all []Behaviour
	for _, e := range entries {
		b := Behaviour{Time: within, play: e.play, Case: conformance.Case{
			Name: topic + "/" + e.name, Class: Class().Name, Requirements: strings.Fields(e.shows), Description: e.about,
		}}
		for question := range strings.SplitSeq(e.due, ", ") {
			b.Due = append(b.Due, strings.Split(question, " or "))
		}
		all = append(all, b)
	}
	return all
}

// Choose returns the behaviours that only chooses ([conformance.Case.Choose]).
func Choose(all []Behaviour, only string) ([]Behaviour, error) {
	chosen := slices.DeleteFunc(slices.Clone(all), func(b Behaviour) bool { return !b.Choose(only) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case matches %q; --list shows what there is", only)
	}
	return chosen, nil
}

// Entry is what is to be known of a behaviour by whoever drives a verifier by hand or script.
type Entry struct {
	conformance.Case
	Address   string     `json:"address"` // of the badge to read
	Verdict   string     `json:"verdict"` // taken or refused, of the last question
	Due       [][]string `json:"due"`     // of each question in turn, to one and the same program, the answers any of which is right
	Seconds   int        `json:"seconds"`
	Mebibytes int        `json:"mebibytes"`
}

// Manifest returns what is to be known of the behaviours that are served.
func (w *World) Manifest() []Entry {
	var all []Entry
	for _, b := range w.behaviours {
		verdict := "refused"
		if slices.Contains(b.Due[len(b.Due)-1], Taken) {
			verdict = "taken"
		}
		all = append(all, Entry{b.Case, w.sites[b.name()].Badge, verdict, b.Due, int(b.Time.Seconds()), MaxMemory >> 20})
	}
	return all
}
