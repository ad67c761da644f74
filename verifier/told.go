package verifier

import "bonafide.example"

// told is a status as a page shows it: in the words of its mechanism.
type told struct {
	Mechanism bonafide.Text // its name; its address if the version isn't at hand
	Level     bonafide.Text // the one earned, "" for none
	Number    int           // of it, 0 if it isn't known
	Levels    int
	Measures  []toldMeasure
	Since     bonafide.Month // of the account, "" if it wasn't told
	AsOf      bonafide.Date
}

// toldMeasure is a share by its name.
type toldMeasure struct {
	Name            bonafide.Text
	Positive, Total int64
}

// toldOf words a status; m may be nil.
func toldOf(m *bonafide.Mechanism, s bonafide.Status) told {
	t := told{Mechanism: bonafide.Text{EN: s.Mechanism, FR: s.Mechanism}, Since: s.AccountSince, AsOf: s.AsOf}
	if s.EarnedLevel != "" {
		t.Level = levelName(m, s.EarnedLevel)
	}
	if m != nil {
		t.Mechanism, t.Number, t.Levels = m.Name, m.LevelNumber(s.EarnedLevel), len(m.Levels)
	}
	for _, measure := range s.Measures {
		one := toldMeasure{bonafide.Text{EN: measure.ID, FR: measure.ID}, measure.Positive, measure.Total}
		if m != nil {
			if defined, ok := m.Measure(measure.ID); ok {
				one.Name = defined.Name
			}
		}
		t.Measures = append(t.Measures, one)
	}
	return t
}
