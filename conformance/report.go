package conformance

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Class is a part of the protocol that an implementation has as a whole or not at all. The spec's introduction says which
// roles need which.
type Class struct {
	Name  string
	About string // what it is to have it: "read badges"
}

// Report is what is said of an implementation in the end. Its JSON is kept from version to version: fields may be
// added.
type Report struct {
	Suite          string         `json:"suite"`    // what judged: "vectors", "issuer", "verifier" or "evil"
	Protocol       string         `json:"protocol"` // the major version: "1"
	Implementation Implementation `json:"implementation"`
	Date           string         `json:"date,omitempty"` // as it was given: YYYY-MM-DD
	Only           string         `json:"only,omitempty"` // as it was given: not all cases of the classes were put
	Conforms       bool           `json:"conforms"`       // no case failed, and there was no trouble
	Classes        []ClassCount   `json:"classes"`        // those judged, in their order
	Requirements   []IDCount      `json:"requirements"`   // those that cases cite, by id
	Troubles       []string       `json:"troubles"`       // what was done wrong and no one case shows
	Cases          []Verdict      `json:"cases"`          // by name
	Compared       *Comparison    `json:"compared,omitempty"`
	Measured       *Measured      `json:"measured,omitempty"` // the most that any case took
}

// Implementation is what was judged.
type Implementation struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Command []string `json:"command,omitempty"` // of a program
	Origin  string   `json:"origin,omitempty"`  // of a site
}

// String names the implementation with its version.
func (i Implementation) String() string { return strings.TrimSpace(i.Name + " " + i.Version) }

// Count says how many cases passed and failed.
type Count struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

func (c *Count) add(v *Verdict) {
	if v.Outcome == Passed {
		c.Passed++
	} else {
		c.Failed++
	}
}

// ClassCount counts the cases of a class.
type ClassCount struct {
	Class string `json:"class"`
	Count
	About string `json:"-"` // as in [Class]
}

// IDCount counts the cases that show a requirement.
type IDCount struct {
	ID       string `json:"id"`
	Sentence string `json:"sentence"` // of the spec, after its subject
	Count
}

// NewReport counts the verdicts of a suite. said holds the sentence of each requirement, as [Requirements] returns them.
func NewReport(suite string, of Implementation, chosen []Class, verdicts []Verdict, troubles []string, said map[string]string) *Report {
	r := &Report{
		Suite: suite, Protocol: "1", Implementation: of, Conforms: len(troubles) == 0,
		Troubles: append([]string{}, troubles...), Cases: slices.Clone(verdicts),
	}
	slices.SortFunc(r.Cases, func(a, b Verdict) int { return strings.Compare(a.Name, b.Name) })
	byClass, byID := map[string]*Count{}, map[string]*Count{}
	for i := range r.Cases {
		v := &r.Cases[i]
		r.Conforms = r.Conforms && v.Outcome == Passed
		r.Measured = r.Measured.most(v.Measured)
		counted(byClass, v.Class).add(v)
		for _, id := range v.Requirements {
			counted(byID, id).add(v)
		}
	}
	for _, c := range chosen {
		if sum := byClass[c.Name]; sum != nil {
			r.Classes = append(r.Classes, ClassCount{c.Name, *sum, c.About})
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(byID), compareIDs) {
		r.Requirements = append(r.Requirements, IDCount{id, said[id], *byID[id]})
	}
	return r
}

// counted returns the count under a name.
func counted(counts map[string]*Count, name string) *Count {
	if counts[name] == nil {
		counts[name] = &Count{}
	}
	return counts[name]
}

// compareIDs orders requirements by area, then by number.
func compareIDs(a, b string) int {
	areaA, numberA := splitID(a)
	areaB, numberB := splitID(b)
	if order := strings.Compare(areaA, areaB); order != 0 {
		return order
	}
	return numberA - numberB
}

func splitID(id string) (area string, number int) {
	at := strings.LastIndexByte(id, '-')
	number, _ = strconv.Atoi(id[at+1:])
	return id[:at], number
}

// Total sums the classes.
func (r *Report) Total() (sum Count) {
	for _, c := range r.Classes {
		sum.Passed += c.Passed
		sum.Failed += c.Failed
	}
	return sum
}

// WriteJSON writes a value as indented JSON.
func WriteJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
