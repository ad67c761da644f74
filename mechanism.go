package bonafide

import (
	"fmt"
	"slices"
	"strings"
)

// Mechanism is the published way in which an issuer computes what it says of its members. Each version
// is kept at its own address; what a status means is what its version says.
type Mechanism struct {
	ID       string       `json:"id"`                // its address, ORIGIN/mechanisms/NAME
	Version  int          `json:"version"`           // 1, 2, 3…
	Previous string       `json:"previous,omitzero"` // the [Hash] of the version before; absent in the first
	Date     Date         `json:"date"`              // since when this version is in force
	Context  string       `json:"context"`           // what the trust is about: "selling"
	Scale    Scale        `json:"scale"`
	Name     Text         `json:"name"`
	Meaning  Text         `json:"meaning"` // one sentence: what is said of a member
	Levels   []Level      `json:"levels"`  // from the lowest; a member may also have none
	Measures []MeasureDef `json:"measures,omitzero"`
	Rule     Rule         `json:"rule"`
	WhoRates Text         `json:"who_rates"`
	Falls    Text         `json:"falls"`    // how a level falls
	Recovers Text         `json:"recovers"` // how it recovers
	NotSaid  Text         `json:"not_said"` // what it doesn't say
	Faults   []FaultClass `json:"faults,omitzero"`
	Arbiters []Origin     `json:"arbiters,omitzero"` // who may rule on a contested fault; absent: the issuer itself
	Vouching *Vouching    `json:"vouching,omitzero"` // on which terms members stand behind one another; absent: they don't
	Figures  []Figures    `json:"figures,omitzero"`
}

// Vouching holds a mechanism's terms for people who stand behind people. Only a mechanism whose rule
// counts points has them: what is put up is points. Lists are by level, from level 1; the top level can't
// be vouched for, since nobody stands above it.
type Vouching struct {
	Supporters []int   `json:"supporters"` // n: how many supporters each level needs, 1 to [MaxSupporters]
	MinStake   []int64 `json:"min_stake"`  // qmin: the remaining stake that supports each level, 1 to [MaxPoints], never falling
}

const (
	// MaxSupporters is how many people can stand behind one person at once.
	MaxSupporters = 32
	// MaxPoints bounds what one event may earn or put up, so that no sum can overflow.
	MaxPoints = 1_000_000_000
)

// Validate tells whether the terms fit a mechanism with so many levels; the error names the field.
func (v *Vouching) Validate(levels int) error {
	if len(v.Supporters) >= levels || len(v.MinStake) != len(v.Supporters) {
		return Errorf(BadMechanism, "supporters", "it and min_stake must have as many levels, fewer than the %d of the mechanism", levels)
	}
	for i, n := range v.Supporters {
		if n < 1 || n > MaxSupporters {
			return Errorf(BadMechanism, fmt.Sprintf("supporters[%d]", i), "%d is not within 1 and %d", n, MaxSupporters)
		}
	}
	for i, stake := range v.MinStake {
		if stake < 1 || stake > MaxPoints || i > 0 && stake < v.MinStake[i-1] {
			return Errorf(BadMechanism, fmt.Sprintf("min_stake[%d]", i), "%d is below 1 or the one before, or above %d", stake, MaxPoints)
		}
	}
	return nil
}

// Scale tells how a mechanism's levels are to be read.
type Scale string

const (
	Ordinal    Scale = "ordinal"    // levels in order: bronze, silver, gold
	Percent    Scale = "percent"    // levels cut from a share
	YesNo      Scale = "yes-no"     // one level: yes
	Membership Scale = "membership" // one level: is a member
	Count      Scale = "count"      // levels cut from a number of things done
)

// Level is one step of a mechanism. The first in the list is level 1; 0 is to have none.
type Level struct {
	ID       string `json:"id"` // permanent: a level's meaning may be reworded, never given to another id
	Name     Text   `json:"name"`
	Sentence Text   `json:"sentence"`         // what having it says
	Unlocks  Text   `json:"unlocks,omitzero"` // what it allows on the issuer's own site
}

// MeasureDef describes a share that statuses state beside the level: so many positive of so many.
type MeasureDef struct {
	ID         string `json:"id"`
	Name       Text   `json:"name"`
	WindowDays int    `json:"window_days,omitzero"` // only what happened in so many last days counts; 0: everything
}

// Rule is how the level is computed: exactly one of its fields is set.
type Rule struct {
	Points *PointsRule `json:"points,omitzero"`
	Share  *ShareRule  `json:"share,omitzero"`
	Host   *HostRule   `json:"host,omitzero"`
}

// PointsRule adds points for each kind of event.
type PointsRule struct {
	Kinds  map[string]int64 `json:"kinds"`  // points, 1 or more, by kind of event
	Levels []int64          `json:"levels"` // points needed for each level, strictly rising
}

// ShareRule takes the share of positive events of one measure.
type ShareRule struct {
	Measure  string    `json:"measure"`
	Kinds    []string  `json:"kinds"`     // the kinds of event counted; each says if it was positive
	MinTotal int64     `json:"min_total"` // below it, no level
	Levels   []Decimal `json:"levels"`    // share needed for each level, strictly rising, at most 1
}

// HostRule leaves the computation to the site that knows its members; Described says how it does it.
type HostRule struct {
	Described Text `json:"described"`
}

// FaultClass is a kind of fault that members may be found at.
type FaultClass struct {
	ID       string  `json:"id"`
	Name     Text    `json:"name"`
	Severity Decimal `json:"severity"` // in (0, 1]
	Points   int64   `json:"points"`   // what it costs whoever committed it
}

// Figures are one year's counts. Holders of a level are counted only in groups of 20 and more.
type Figures struct {
	Year      int              `json:"year"`
	Holders   map[string]int64 `json:"holders,omitzero"` // members by level id
	Faults    int64            `json:"faults"`
	Reports   int64            `json:"reports"`
	Reversals int64            `json:"reversals"`
}

// LevelNumber returns the number of the level with that id: 1 for the first, 0 for "" or an unknown one.
func (m *Mechanism) LevelNumber(id string) int {
	for i, level := range m.Levels {
		if level.ID == id {
			return i + 1
		}
	}
	return 0
}

// Level returns the level with that number, false for 0 or one that doesn't exist.
func (m *Mechanism) Level(number int) (Level, bool) {
	if number < 1 || number > len(m.Levels) {
		return Level{}, false
	}
	return m.Levels[number-1], true
}

// Measure returns the definition of a measure.
func (m *Mechanism) Measure(id string) (MeasureDef, bool) {
	for _, measure := range m.Measures {
		if measure.ID == id {
			return measure, true
		}
	}
	return MeasureDef{}, false
}

// Origin returns the issuer's origin.
func (m *Mechanism) Origin() Origin {
	origin, _ := OriginOf(m.ID)
	return origin
}

// Slug returns the NAME in the mechanism's address.
func (m *Mechanism) Slug() string { return m.ID[strings.LastIndexByte(m.ID, '/')+1:] }

// Fragments that badge results use beside the level ids (see [Credential]).
var reservedLevelIDs = map[string]bool{
	"level": true, "earned-level": true, "kind": true, "since": true, "as-of": true, "account-since": true, "source": true,
}

const (
	maxLevels   = 20
	maxMeasures = 10
)

// Edition returns the version and the hash of the version before.
func (m *Mechanism) Edition() (version int, previous string) { return m.Version, m.Previous }

// Validate tells whether the mechanism holds together; the error names the field.
func (m *Mechanism) Validate() error {
	origin, err := OriginOf(m.ID)
	if err != nil {
		return Errorf(BadMechanism, "id", "%q is not an address on the issuer's origin", m.ID)
	}
	if !origin.ownsNamed("mechanisms", m.ID) {
		return Errorf(BadMechanism, "id", "%q is not %s/mechanisms/NAME, NAME being a-z, 0-9 and hyphens", m.ID, origin)
	}
	if !validEdition(m.Version, m.Previous) {
		return Errorf(BadMechanism, "version", "every version but the first names the hash of the one before as previous")
	}
	if m.Date == "" {
		return Errorf(BadMechanism, "date", "is missing")
	}
	if !validName(m.Context) {
		return Errorf(BadMechanism, "context", "%q is not a word of a-z, 0-9 and hyphens", m.Context)
	}
	if err := m.validateTexts(); err != nil {
		return err
	}
	if err := m.validateLevels(); err != nil {
		return err
	}
	if err := m.validateRule(); err != nil {
		return err
	}
	if err := m.validateFaults(); err != nil {
		return err
	}
	return m.validateVouching()
}

const maxArbiters = 16

func (m *Mechanism) validateVouching() error {
	if len(m.Arbiters) > maxArbiters {
		return Errorf(BadMechanism, "arbiters", "there may be at most %d", maxArbiters)
	}
	for i, arbiter := range m.Arbiters {
		if _, err := ParseOrigin(string(arbiter)); err != nil || slices.Index(m.Arbiters, arbiter) != i {
			return Errorf(BadMechanism, fmt.Sprintf("arbiters[%d]", i), "%q is not an origin of its own", string(arbiter))
		}
	}
	switch {
	case m.Vouching == nil:
		return nil
	case m.Rule.Points == nil:
		return Errorf(BadMechanism, "vouching", "needs a rule that counts points: they are what is put up")
	case len(m.Vouching.Supporters) == 0:
		return Errorf(BadMechanism, "vouching.supporters", "is empty")
	}
	return within("vouching", m.Vouching.Validate(len(m.Levels)))
}

// ArbitersOf returns who may rule on a contested fault: the arbiters named, or the issuer itself.
func (m *Mechanism) ArbitersOf() []Origin {
	if len(m.Arbiters) > 0 {
		return m.Arbiters
	}
	return []Origin{m.Origin()}
}

// minGroup is the smallest group of members that is counted openly.
const minGroup = 20

func (m *Mechanism) validateFaults() error {
	seen := map[string]bool{}
	for i, fault := range m.Faults {
		field := fmt.Sprintf("faults[%d]", i)
		if !validName(fault.ID) || seen[fault.ID] {
			return Errorf(BadMechanism, field+".id", "%q is not a name of its own", fault.ID)
		}
		seen[fault.ID] = true
		if err := fault.Name.validate(field + ".name"); err != nil {
			return err
		}
		if !validShare(fault.Severity) {
			return Errorf(BadMechanism, field+".severity", "%q is not above 0 and at most 1", string(fault.Severity))
		}
		if fault.Points < 0 {
			return Errorf(BadMechanism, field+".points", "%d is negative", fault.Points)
		}
	}
	for i, year := range m.Figures {
		for id, holders := range year.Holders {
			if m.LevelNumber(id) == 0 || holders < minGroup {
				return Errorf(BadMechanism, fmt.Sprintf("figures[%d].holders", i), "%q: %d is not a level with %d holders or more", id, holders, minGroup)
			}
		}
	}
	return nil
}

func (m *Mechanism) validateTexts() error {
	for _, t := range []struct {
		field string
		text  Text
	}{{"name", m.Name}, {"meaning", m.Meaning}, {"who_rates", m.WhoRates}, {"falls", m.Falls}, {"recovers", m.Recovers}, {"not_said", m.NotSaid}} {
		if err := t.text.validate(t.field); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mechanism) validateLevels() error {
	switch m.Scale {
	case Ordinal, Percent, Count:
	case YesNo, Membership:
		if len(m.Levels) != 1 {
			return Errorf(BadMechanism, "levels", "a %s mechanism has one level", m.Scale)
		}
	default:
		return Errorf(BadMechanism, "scale", "%q is not ordinal, percent, yes-no, membership or count", m.Scale)
	}
	if len(m.Levels) == 0 || len(m.Levels) > maxLevels {
		return Errorf(BadMechanism, "levels", "there must be 1 to %d", maxLevels)
	}
	if len(m.Measures) > maxMeasures {
		return Errorf(BadMechanism, "measures", "there may be at most %d", maxMeasures)
	}
	seen := map[string]bool{}
	for i, measure := range m.Measures {
		field := fmt.Sprintf("measures[%d]", i)
		if !validName(measure.ID) || seen[measure.ID+"-positive"] {
			return Errorf(BadMechanism, field+".id", "%q is not a name of its own", measure.ID)
		}
		if measure.WindowDays < 0 || measure.WindowDays > 3660 {
			return Errorf(BadMechanism, field+".window_days", "%d is not within 0 and 3660", measure.WindowDays)
		}
		if err := measure.Name.validate(field + ".name"); err != nil {
			return err
		}
		seen[measure.ID+"-positive"], seen[measure.ID+"-total"] = true, true
	}
	for i, level := range m.Levels {
		field := fmt.Sprintf("levels[%d]", i)
		if !validName(level.ID) || seen[level.ID] || reservedLevelIDs[level.ID] {
			return Errorf(BadMechanism, field+".id", "%q is not a name of its own", level.ID)
		}
		seen[level.ID] = true
		if err := level.Name.validate(field + ".name"); err != nil {
			return err
		}
		if err := level.Sentence.validate(field + ".sentence"); err != nil {
			return err
		}
		if level.Unlocks == (Text{}) {
			continue
		}
		if err := level.Unlocks.validate(field + ".unlocks"); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mechanism) validateRule() error {
	set := 0
	for _, on := range []bool{m.Rule.Points != nil, m.Rule.Share != nil, m.Rule.Host != nil} {
		if on {
			set++
		}
	}
	if set != 1 {
		return Errorf(BadMechanism, "rule", "must hold exactly one of points, share and host")
	}
	switch {
	case m.Rule.Points != nil:
		return m.Rule.Points.validate(len(m.Levels))
	case m.Rule.Share != nil:
		if _, ok := m.Measure(m.Rule.Share.Measure); !ok {
			return Errorf(BadMechanism, "rule.share.measure", "%q is not among the measures", m.Rule.Share.Measure)
		}
		return m.Rule.Share.validate(len(m.Levels))
	default:
		return m.Rule.Host.Described.validate("rule.host.described")
	}
}

func (r *PointsRule) validate(levels int) error {
	if len(r.Kinds) == 0 {
		return Errorf(BadMechanism, "rule.points.kinds", "is empty")
	}
	for kind, points := range r.Kinds {
		if !validName(kind) || points < 1 || points > 1_000_000 {
			return Errorf(BadMechanism, "rule.points.kinds", "%q: %d needs a name of a-z, 0-9 and hyphens, and 1 to 1,000,000 points", kind, points)
		}
	}
	if len(r.Levels) != levels {
		return Errorf(BadMechanism, "rule.points.levels", "has %d thresholds for %d levels", len(r.Levels), levels)
	}
	for i, points := range r.Levels {
		if points < 1 || (i > 0 && points <= r.Levels[i-1]) {
			return Errorf(BadMechanism, fmt.Sprintf("rule.points.levels[%d]", i), "%d is not above the one before", points)
		}
	}
	return nil
}

func (r *ShareRule) validate(levels int) error {
	if len(r.Kinds) == 0 {
		return Errorf(BadMechanism, "rule.share.kinds", "is empty")
	}
	for _, kind := range r.Kinds {
		if !validName(kind) {
			return Errorf(BadMechanism, "rule.share.kinds", "%q is not a name of a-z, 0-9 and hyphens", kind)
		}
	}
	if r.MinTotal < 1 {
		return Errorf(BadMechanism, "rule.share.min_total", "%d is not 1 or more", r.MinTotal)
	}
	if len(r.Levels) != levels {
		return Errorf(BadMechanism, "rule.share.levels", "has %d thresholds for %d levels", len(r.Levels), levels)
	}
	for i, share := range r.Levels {
		field := fmt.Sprintf("rule.share.levels[%d]", i)
		if !validShare(share) || (i > 0 && share.Rat().Cmp(r.Levels[i-1].Rat()) <= 0) {
			return Errorf(BadMechanism, field, "%q is not a share above the one before and at most 1", string(share))
		}
	}
	return nil
}

// validShare tells whether d lies in (0, 1].
func validShare(d Decimal) bool {
	r := d.Rat()
	return r.Sign() > 0 && r.Num().Cmp(r.Denom()) <= 0
}
