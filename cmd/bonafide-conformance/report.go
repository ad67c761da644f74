package main

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// report is what is said of an implementation in the end. Its JSON is kept from version to version: fields may be
// added.
type report struct {
	Suite          string         `json:"suite"`    // what judged: "vectors"
	Protocol       string         `json:"protocol"` // the major version: "1"
	Implementation implementation `json:"implementation"`
	Only           string         `json:"only,omitempty"` // as it was given: not all cases of the classes were put
	Conforms       bool           `json:"conforms"`       // no case failed, and there was no trouble
	Classes        []classCount   `json:"classes"`        // those judged, in their order
	Requirements   []idCount      `json:"requirements"`   // those that cases cite, by id
	Troubles       []string       `json:"troubles"`       // what the program did wrong and no one case shows
	Cases          []verdict      `json:"cases"`          // by name
	Compared       *comparison    `json:"compared,omitempty"`
}

// implementation is what was judged.
type implementation struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Command []string `json:"command"`
}

// String names the implementation with its version.
func (i implementation) String() string { return strings.TrimSpace(i.Name + " " + i.Version) }

// count says how many cases passed and failed.
type count struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

func (c *count) add(v *verdict) {
	if v.Outcome == passed {
		c.Passed++
	} else {
		c.Failed++
	}
}

type classCount struct {
	Class string `json:"class"`
	count
	about string
}

type idCount struct {
	ID       string `json:"id"`
	Sentence string `json:"sentence"` // of the spec, after its subject
	count
}

// newReport counts the verdicts.
func newReport(of implementation, chosen []class, verdicts []verdict, troubles []string, said map[string]string) *report {
	r := &report{
		Suite: "vectors", Protocol: "1", Implementation: of, Conforms: len(troubles) == 0,
		Troubles: append([]string{}, troubles...), Cases: verdicts,
	}
	byClass, byID := map[string]*count{}, map[string]*count{}
	for i := range verdicts {
		v := &verdicts[i]
		r.Conforms = r.Conforms && v.Outcome == passed
		counted(byClass, v.Class).add(v)
		for _, id := range v.Requirements {
			counted(byID, id).add(v)
		}
	}
	for _, c := range chosen {
		if sum := byClass[c.name]; sum != nil {
			r.Classes = append(r.Classes, classCount{c.name, *sum, c.about})
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(byID), compareIDs) {
		r.Requirements = append(r.Requirements, idCount{id, said[id], *byID[id]})
	}
	return r
}

// counted returns the count under a name.
func counted(counts map[string]*count, name string) *count {
	if counts[name] == nil {
		counts[name] = &count{}
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

// total sums the classes.
func (r *report) total() (sum count) {
	for _, c := range r.Classes {
		sum.Passed += c.Passed
		sum.Failed += c.Failed
	}
	return sum
}

// sayJSON prints a value as indented JSON.
func sayJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
