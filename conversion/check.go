package conversion

import (
	"fmt"
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
		return checkTo(t, to)
	}
	return nil
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
