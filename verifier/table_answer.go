package verifier

import (
	"slices"

	"bonafide.example"
	"bonafide.example/conversion"
)

// How an answer is meant.
const (
	would  = "would"  // of something that was only tried, or shown
	counts = "counts" // of what was imported
)

// verdict says what one input gives, were it alone, why, and what is missing for more. from is the version of the mechanism
// that it was told under, nil if it isn't at hand.
func (v *Verifier) verdict(meant string, tables tableSet, from *bonafide.Mechanism, e *conversion.InputExplanation, status bonafide.Status) (said []bonafide.Text) {
	if e.Table == nil {
		return []bonafide.Text{v.pages.Both(meant + "-not-recognised")}
	}
	at := slices.IndexFunc(tables, func(t *bonafide.Table) bool { return t.ID == e.Table.ID && t.Version == e.Table.Version })
	if at < 0 {
		return nil // another version was published since; the next look at the page tells by that
	}
	t := tables[at]
	to := v.own(t.To.Mechanism)
	with, because := v.with(t, from, status), v.because(t, from, e)
	switch {
	case e.Gives > 0:
		said = append(said, v.pages.Both(meant+"-give", "With", with, "Level", v.levelHere(to, e.Gives), "Row", e.Table.Row, "Because", because))
	case because.EN != "":
		said = append(said, v.pages.Both(meant+"-give-nothing", "With", with, "Because", because))
	default:
		meaning := e.Reason.Meaning()
		said = append(said, v.pages.Both(meant+"-nothing"), meaning.Sentence, meaning.Mend)
	}
	switch next := e.Next; {
	case e.Gives > 0 && next == nil:
		said = append(said, v.pages.Both("try-most"))
	case next != nil && !next.Refresh:
		said = append(said, v.missing(to, from, next))
	}
	return said
}

// with says what is converted, as the beginning of a sentence.
func (v *Verifier) with(t *bonafide.Table, from *bonafide.Mechanism, status bonafide.Status) bonafide.Text {
	if t.Measure != nil {
		if m, ok := status.Measure(t.Measure.Share); ok {
			return v.pages.Both("with-ratings", "Count", m.Positive, "Total", m.Total)
		}
	} else if status.EarnedLevel != "" {
		return v.pages.Both("with-level", "Name", levelName(from, status.EarnedLevel))
	}
	return v.pages.Both("with-none")
}

// because says why it gives what it gives, as the end of a sentence; "" if the reason is a sentence of its own.
func (v *Verifier) because(t *bonafide.Table, from *bonafide.Mechanism, e *conversion.InputExplanation) bonafide.Text {
	switch {
	case e.Gives > 0 && t.Measure == nil:
		return v.pages.Both("because-level", "Name", levelName(from, t.Rates[e.Table.Row-1].Level))
	case e.Inequality != nil && e.Inequality.Z2 != "" && e.Inequality.Holds:
		return v.pages.Both("because-bound", "AtLeast", e.Inequality.AtLeast.Percent())
	case e.Inequality != nil && e.Inequality.Z2 != "":
		return v.pages.Both("because-no-bound", "AtLeast", e.Inequality.AtLeast.Percent())
	case e.Inequality != nil && e.Inequality.Holds:
		return v.pages.Both("because-share", "AtLeast", e.Inequality.AtLeast.Percent())
	case e.Inequality != nil:
		return v.pages.Both("because-no-share", "AtLeast", e.Inequality.AtLeast.Percent())
	case e.Reason == bonafide.SampleTooSmall:
		return v.pages.Both("because-sample", "Count", t.Accept.MinSample)
	case e.Reason == bonafide.AccountTooYoung:
		return v.pages.Both("because-young", "Count", t.Accept.MinAccountDays)
	case e.Reason == bonafide.TableExpired:
		return v.pages.Both("because-not-in-force")
	case e.Reason == bonafide.NoEarnedLevel || e.Reason == bonafide.NoRate:
		return v.pages.Both("because-no-level")
	default:
		return bonafide.Text{}
	}
}

// missing says what it takes for more.
func (v *Verifier) missing(to, from *bonafide.Mechanism, next *conversion.Next) bonafide.Text {
	level := v.levelHere(to, next.Gives)
	switch {
	case next.FromDate != "":
		return v.pages.Both("try-next-date", "Day", v.day(next.FromDate))
	case next.MissingSample > 0:
		return v.pages.Both("try-next-sample", "Count", next.MissingSample)
	case next.Level != "":
		return v.pages.Both("try-next-level", "Level", level, "Name", levelName(from, next.Level))
	case next.OutOfReach:
		return v.pages.Both("try-next-never", "Level", level)
	default:
		return v.pages.Both("try-next-positive", "Level", level, "Count", next.MissingPositive)
	}
}

// day writes a day out.
func (v *Verifier) day(d bonafide.Date) bonafide.Text {
	t := d.Time()
	return v.pages.Both("date", "Day", t.Day(), "Month", v.pages.Both("month-"+t.Format("01")), "Year", t.Year())
}
