package conversion

import (
	"fmt"
	"maps"
	"slices"

	"bonafide.example"
)

// Check tells whether a table holds together and fits its mechanisms: from, the version now published of
// the one that it converts, and to, the one whose levels it gives. Either may be nil while it isn't
// known, and is then left out. The error, bad-table, names the row or field.
func Check(t *bonafide.Table, from, to *bonafide.Mechanism) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if t.Measure != nil && t.Measure.Confidence != nil && t.Rates[0].AtLeast.Rat().IsInt() {
		return fault("rates[0].at_least", "%q can never hold: no lower bound reaches 1", string(t.Rates[0].AtLeast))
	}
	if from != nil {
		if err := checkFrom(t, from); err != nil {
			return err
		}
	}
	if to != nil {
		if err := checkTo(t, to); err != nil {
			return err
		}
	}
	if t.Referral != nil {
		return checkReferral(t, from, to)
	}
	return nil
}

// checkReferral tells whether the terms for referrals fit the mechanisms at hand: one here whose members can stand
// behind one another, and classes of fault that each has.
func checkReferral(t *bonafide.Table, from, to *bonafide.Mechanism) error {
	if to != nil && to.Vouching == nil {
		return fault("referral", "%s has no terms for vouching", to.ID)
	}
	for _, here := range slices.Sorted(maps.Keys(t.Referral.Classes)) {
		there := t.Referral.Classes[here]
		if to != nil && !hasClass(to, here) {
			return fault("referral.classes", "%q is not a class of fault of %s", here, to.ID)
		}
		if from != nil && !hasClass(from, there) {
			return fault("referral.classes", "%q is not a class of fault of %s", there, from.ID)
		}
	}
	return nil
}

func hasClass(m *bonafide.Mechanism, id string) bool {
	return slices.ContainsFunc(m.Faults, func(f bonafide.FaultClass) bool { return f.ID == id })
}

func fault(field, format string, args ...any) error {
	return bonafide.Errorf(bonafide.BadTable, field, format, args...)
}

func checkFrom(t *bonafide.Table, from *bonafide.Mechanism) error {
	switch {
	case t.From.Mechanism != from.ID:
		return fault("from.mechanism", "%q is not %q", t.From.Mechanism, from.ID)
	case t.From.Context != from.Context:
		return fault("from.context", "%q is not the mechanism's context %q", t.From.Context, from.Context)
	case !slices.Contains(t.From.Versions, from.Version):
		return fault("from.versions", "%v lacks version %d, which is in force", t.From.Versions, from.Version)
	}
	if t.Measure != nil {
		if _, ok := from.Measure(t.Measure.Share); !ok {
			return fault("measure.share", "%q is not a measure of %s", t.Measure.Share, from.ID)
		}
		return nil
	}
	above := len(from.Levels) + 1
	for i, rate := range t.Rates {
		field := fmt.Sprintf("rates[%d].level", i)
		number := from.LevelNumber(rate.Level)
		if number == 0 {
			return fault(field, "%q is not a level of %s", rate.Level, from.ID)
		}
		if number >= above {
			return fault(field, "%q is not below the row before", rate.Level)
		}
		above = number
	}
	return nil
}

func checkTo(t *bonafide.Table, to *bonafide.Mechanism) error {
	if t.To.Mechanism != to.ID {
		return fault("to.mechanism", "%q is not %q", t.To.Mechanism, to.ID)
	}
	for i, rate := range t.Rates {
		if rate.Gives > len(to.Levels) {
			return fault(fmt.Sprintf("rates[%d].gives", i), "%d is above the %d levels of %s", rate.Gives, len(to.Levels), to.ID)
		}
	}
	return nil
}
