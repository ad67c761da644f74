package vouching

import (
	"fmt"
	"maps"
	"slices"

	"bonafide.example"
)

// Day is the unit of all time limits: 86,400 seconds, whatever the calendar says.
const Day bonafide.Seconds = 86_400

// The time limits and bounds of the model. They are the same for every mechanism.
const (
	Life   = 365 * Day // how long a vouch is live, from its acceptance
	Notice = 7 * Day   // how long it stays live after the voucher withdrew it

	Period  = 30 * Day // a charge or a loss heals in so many steps, each so long
	Periods = 12

	ReportWithin = 180 * Day // a fault is reported within so long of its occurrence
	AppealWithin = 14 * Day  // the member appeals within so long of the report
	RuleWithin   = 60 * Day  // the arbiter rules within so long of the appeal

	// OutcomeWithin is how long after its report at another site an outcome may become final here: the procedure
	// there, the delivery and the procedure here.
	OutcomeWithin = 2*(AppealWithin+RuleWithin) + 30*Day

	MaxReceived = bonafide.MaxSupporters // live vouches for one person
	MaxGiven    = 64                     // live vouches of one person

	ProvenAfter = 90 * Day // a vouch that stood so long speaks for its voucher (see [Brake])
	Benefit     = 4        // how much record everybody is credited with at the start (see [Brake])

	maxInstant = 1 << 40 // about the year 36,800: no sum of instants can overflow
)

// Parameters are what a mechanism publishes about vouching. Lists are by level, from level 1.
type Parameters struct {
	Levels     []int64          `json:"levels"`     // T: the points that each level needs, strictly rising
	Supporters []int            `json:"supporters"` // n: how many supporters each level needs that can be vouched
	MinStake   []int64          `json:"min_stake"`  // qmin: the remaining stake that supports each such level; never falling
	Classes    map[string]Class `json:"classes"`    // the classes of fault, by id
}

// Class is what a class of fault costs.
type Class struct {
	Severity bonafide.Decimal `json:"severity"` // s, in (0, 1]: the share of a direct voucher's stake
	Points   int64            `json:"points"`   // what it costs whoever committed it
}

// Default returns the parameters that mechanisms have unless they publish others. They hold no classes
// of fault.
func Default() Parameters {
	return Parameters{
		Levels:     []int64{100, 300, 1000, 3000},
		Supporters: []int{2, 2, 3},
		MinStake:   []int64{10, 30, 90},
	}
}

// Of returns what a mechanism publishes; no-vouching of one whose rule doesn't count points. Without terms
// for vouching no level can be vouched for, but faults cost points nevertheless.
func Of(m *bonafide.Mechanism) (Parameters, error) {
	if m.Rule.Points == nil {
		return Parameters{}, bonafide.Errorf(bonafide.NoVouching, m.ID, "its rule doesn't count points")
	}
	p := Parameters{Levels: m.Rule.Points.Levels, Classes: ClassesOf(m.Faults)}
	if m.Vouching != nil {
		p.Supporters, p.MinStake = m.Vouching.Supporters, m.Vouching.MinStake
	}
	return p, p.Validate()
}

// ClassesOf returns a mechanism's classes of fault by id.
func ClassesOf(faults []bonafide.FaultClass) map[string]Class {
	classes := make(map[string]Class, len(faults))
	for _, f := range faults {
		classes[f.ID] = Class{Severity: f.Severity, Points: f.Points}
	}
	return classes
}

// Validate tells whether the parameters hold together; the error, bad-mechanism, names the field. The top
// level can't be vouched: nobody stands above it.
func (p *Parameters) Validate() error {
	bad := func(field, format string, args ...any) error {
		return bonafide.Errorf(bonafide.BadMechanism, field, format, args...)
	}
	if len(p.Levels) == 0 || len(p.Levels) > maxLevels {
		return bad("levels", "there must be 1 to %d", maxLevels)
	}
	for i, points := range p.Levels {
		if points < 1 || points > bonafide.MaxPoints || i > 0 && points <= p.Levels[i-1] {
			return bad(fmt.Sprintf("levels[%d]", i), "%d is not above the one before and at most %d", points, bonafide.MaxPoints)
		}
	}
	terms := bonafide.Vouching{Supporters: p.Supporters, MinStake: p.MinStake}
	if err := terms.Validate(len(p.Levels)); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(p.Classes)) {
		c := p.Classes[id]
		if share := c.Severity.Rat(); share.Sign() <= 0 || share.Num().Cmp(share.Denom()) > 0 {
			return bad("classes."+id+".severity", "%q is not above 0 and at most 1", string(c.Severity))
		}
		if c.Points < 0 || c.Points > bonafide.MaxPoints {
			return bad("classes."+id+".points", "%d is not within 0 and %d", c.Points, bonafide.MaxPoints)
		}
	}
	return nil
}

const maxLevels = 20

// Check tells whether an event may be part of a history under these parameters: what can be told
// without looking at any other. Its codes are those of [Event.Validate], no-vouching and unknown-class.
func (p *Parameters) Check(e Event) error {
	if err := e.Validate(); err != nil {
		return err
	}
	switch e.Kind {
	case KindVouch, KindRefer:
		return p.checkVouch(e)
	case KindFault, KindOutcome:
		_, err := p.class(e.ID, e.Class)
		return err
	}
	return nil
}

func (p *Parameters) checkVouch(e Event) error {
	switch {
	case len(p.Supporters) == 0:
		return bonafide.Errorf(bonafide.NoVouching, e.ID, "no level of this mechanism can be vouched")
	case e.Level > len(p.Supporters):
		return e.bad("level", "%d is above the %d levels that can be vouched", e.Level, len(p.Supporters))
	case e.Stake < p.MinStake[0]:
		return bonafide.Errorf(bonafide.StakeTooSmall, e.ID, "%d is below the least stake, %d", e.Stake, p.MinStake[0])
	}
	return nil
}

// class returns a class of fault; unknown-class, about the subject, if there is none of that id.
func (p *Parameters) class(subject, id string) (Class, error) {
	c, known := p.Classes[id]
	if !known {
		return Class{}, bonafide.Errorf(bonafide.UnknownClass, subject, "%q is not a class of fault of this mechanism", id)
	}
	return c, nil
}
