package badge

import (
	"fmt"
	"strings"

	"bonafide.example"
)

// words are what a picture says beside the host.
type words struct {
	main    string   // the level, or the state that takes its place
	notes   []string // what else must be known of it
	subject string   // before the subject's name
	hint    string   // where there is no name
}

func (p Picture) words() words {
	in := func(en, fr string) string { return bonafide.Text{EN: en, FR: fr}.In(p.Lang) }
	w := words{subject: in("for ", "pour "), hint: in("open the badge to learn more", "ouvrez le badge pour en savoir plus")}
	switch p.State {
	case Current, Old:
		w.main = p.level()
	case Suspended:
		w.main = in("suspended", "suspendu")
		return w
	case Withdrawn:
		w.main = in("withdrawn", "retiré")
		return w
	default:
		w.main = in("unknown", "inconnu")
		return w
	}
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

// title says what the picture shows, to those who don't see it. A name can't turn the words around it.
func (p Picture) title() string {
	words := p.words()
	title := p.host() + bonafide.Text{EN: ": ", FR: "\u00a0: "}.In(p.Lang) + words.line()
	if p.Mechanism != "" {
		title += separator + isolated(p.Mechanism)
	}
	if p.Name != "" {
		title += separator + words.subject + isolated(p.Name)
	}
	return title
}

// isolated returns the text within FSI and PDI (Unicode Standard Annex 9, 2.4).
func isolated(text string) string { return "\u2068" + text + "\u2069" }

// about says what the picture is.
func (p Picture) about() string {
	return bonafide.Text{
		EN: "Picture of a trust badge. A picture can be copied: open the badge for its current status.",
		FR: "Image d’un badge de confiance. Une image se copie\u00a0: ouvrez le badge pour son état actuel.",
	}.In(p.Lang)
}
