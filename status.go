package bonafide

import (
	"fmt"
	"slices"
)

// Status is what an issuer says of one member at one instant.
type Status struct {
	Mechanism    string    `json:"mechanism"` // the mechanism's address
	Version      int       `json:"version"`   // and version
	Context      string    `json:"context"`
	Level        string    `json:"level,omitzero"`        // the level shown, by id; absent: none
	Kind         Kind      `json:"kind"`                  // where the level shown comes from
	EarnedLevel  string    `json:"earned_level,omitzero"` // the level earned here itself; the only one that converts
	Measures     []Measure `json:"measures,omitzero"`
	AccountSince Month     `json:"account_since,omitzero"`
	Since        Month     `json:"since,omitzero"` // since when the level shown holds
	AsOf         Date      `json:"as_of"`
	Sources      []Origin  `json:"sources"` // who first observed what the earned level and the measures rest on
	State        State     `json:"state"`
}

// Kind tells where a shown level comes from.
type Kind string

const (
	Earned    Kind = "earned"
	Vouched   Kind = "vouched"
	Converted Kind = "converted"
)

// State tells whether a status holds.
type State string

const (
	Current   State = "current"
	Suspended State = "suspended"
	Withdrawn State = "withdrawn"
)

// Measure is a share stated by a status: so many positive of so many.
type Measure struct {
	ID       string `json:"id"`
	Positive int64  `json:"positive"`
	Total    int64  `json:"total"`
}

// Measure returns the measure with that id.
func (s *Status) Measure(id string) (Measure, bool) {
	i := slices.IndexFunc(s.Measures, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		return Measure{}, false
	}
	return s.Measures[i], true
}

// Origin returns the issuer's origin.
func (s *Status) Origin() Origin {
	origin, _ := OriginOf(s.Mechanism)
	return origin
}

const maxSources = 16

// Validate tells whether the status holds together by itself; it doesn't know the mechanism.
func (s *Status) Validate() error {
	if _, err := OriginOf(s.Mechanism); err != nil {
		return Errorf(BadValue, "mechanism", "%q is not an address", s.Mechanism)
	}
	if s.Version < 1 {
		return Errorf(BadValue, "version", "%d is not 1 or more", s.Version)
	}
	if !validName(s.Context) {
		return Errorf(BadValue, "context", "%q is not a word of a-z, 0-9 and hyphens", s.Context)
	}
	if s.Kind != Earned && s.Kind != Vouched && s.Kind != Converted {
		return Errorf(BadValue, "kind", "%q is not earned, vouched or converted", s.Kind)
	}
	if s.State != Current && s.State != Suspended && s.State != Withdrawn {
		return Errorf(BadValue, "state", "%q is not current, suspended or withdrawn", s.State)
	}
	if s.Level != "" && !validName(s.Level) {
		return Errorf(BadValue, "level", "%q is not a level id", s.Level)
	}
	if s.EarnedLevel != "" && !validName(s.EarnedLevel) {
		return Errorf(BadValue, "earned_level", "%q is not a level id", s.EarnedLevel)
	}
	if s.AsOf == "" {
		return Errorf(BadValue, "as_of", "is missing")
	}
	if len(s.Sources) == 0 || len(s.Sources) > maxSources {
		return Errorf(BadValue, "sources", "there must be 1 to %d", maxSources)
	}
	if len(s.Measures) > maxMeasures {
		return Errorf(BadValue, "measures", "there may be at most %d", maxMeasures)
	}
	for i, m := range s.Measures {
		if !validName(m.ID) || slices.IndexFunc(s.Measures, func(o Measure) bool { return o.ID == m.ID }) != i {
			return Errorf(BadValue, fmt.Sprintf("measures[%d].id", i), "%q is not a name of its own", m.ID)
		}
		if m.Positive < 0 || m.Total < m.Positive || m.Total > maxInteger {
			return Errorf(BadValue, fmt.Sprintf("measures[%d]", i), "%d of %d is not a share", m.Positive, m.Total)
		}
	}
	return nil
}

// Coarse returns the measure as verifiers are told it, so that two of them don't recognise one person
// by it: the total cut to two significant figures, the positives to ⌊positive·total′/total⌋.
// 412 of 417 becomes 405 of 410.
func (m Measure) Coarse() Measure {
	unit := int64(1)
	for m.Total/unit >= 100 {
		unit *= 10
	}
	total := m.Total / unit * unit
	if total == m.Total {
		return m
	}
	return Measure{m.ID, mulDiv(m.Positive, total, m.Total), total}
}
