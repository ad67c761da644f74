package badge

import (
	"fmt"
	"strings"

	"bonafide.example"
)

// words are what a picture says beside the host.
type words struct {
	main  string   // the level, or the state that takes its place
	notes []string // what else must be known of it
	hint  string   // where there are no notes, said where there is room
}

func (p Picture) words() words {
	in := func(en, fr string) string { return bonafide.Text{EN: en, FR: fr}.In(p.Lang) }
	hint := in("open the badge to learn more", "ouvrez le badge pour en savoir plus")
	switch p.State {
	case Current, Old:
	case Suspended:
		return words{main: in("suspended", "suspendu"), hint: hint}
	case Withdrawn:
		return words{main: in("withdrawn", "retiré"), hint: hint}
	default:
		return words{main: in("unknown", "inconnu"), hint: hint}
	}
	w := words{main: p.level()}
	if p.State == Old {
		w.notes = append(w.notes, in("old", "ancien"))
	}
	if p.Level > 0 && p.Kind == bonafide.Vouched {
		w.notes = append(w.notes, in("vouched", "par garants"))
	}
	if p.Level > 0 && p.Kind == bonafide.Converted {
		w.notes = append(w.notes, in("converted", "converti"))
	}
	if month := p.month(); month != "" {
		w.notes = append(w.notes, month)
	}
	return w
}

func (p Picture) level() string {
	in := func(en, fr string) string { return bonafide.Text{EN: en, FR: fr}.In(p.Lang) }
	switch {
	case p.Level == 0 && p.State == Old:
		return in("had no level", "était sans niveau")
	case p.Level == 0:
		return in("no level yet", "pas encore de niveau")
	case p.State == Old:
		return fmt.Sprintf(in("was %d of %d", "était %d sur %d"), p.Level, p.Levels)
	}
	return fmt.Sprintf(in("%d of %d", "%d sur %d"), p.Level, p.Levels)
}

// month returns the month of the statement, "" if there is none.
func (p Picture) month() string {
	day := p.AsOf.Time()
	if day.IsZero() {
		return ""
	}
	name := day.Format("Jan")
	if p.Lang == bonafide.French {
		name = [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}[day.Month()-1]
	}
	return fmt.Sprintf("%s %d", name, day.Year())
}

// separator stands between words in a line.
const separator = " · "

// line returns all the words in one line.
func (w words) line() string {
	return strings.Join(append([]string{w.main}, w.notes...), separator)
}

// host returns the host as it is drawn and told. One that a site can have passes unchanged; anything
// else must neither reach a reader's terminal nor turn the text around.
func (p Picture) host() string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, p.Host)
}

// title says what the picture shows, to those who don't see it.
func (p Picture) title() string {
	return p.host() + bonafide.Text{EN: ": ", FR: " : "}.In(p.Lang) + p.words().line()
}

// about says what the picture is.
func (p Picture) about() string {
	return bonafide.Text{
		EN: "Picture of a trust badge. A picture can be copied: open the badge for its current status.",
		FR: "Image d’un badge de confiance. Une image se copie : ouvrez le badge pour son état actuel.",
	}.In(p.Lang)
}
