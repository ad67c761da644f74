package conversion

import (
	"embed"
	"strings"
	"sync"
	"time"

	"bonafide.example"
	"bonafide.example/internal/text"
)

//go:embed messages.*.json
var messages embed.FS

// catalog is read once. The messages are built in, so that only a broken build panics, at its first test.
var catalog = sync.OnceValue(func() *text.Catalog {
	c, err := text.New(messages)
	if err != nil {
		panic(err)
	}
	return c
})

// say returns a message in both languages; fields as [text.Catalog.Say] takes them.
func say(id string, fields ...any) bonafide.Text { return catalog().Both(id, fields...) }

// minute writes an instant as a minute in UTC.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// levelWords names a level of the site's mechanism: its number, and its name where it is known.
func (q *Question) levelWords(number int) bonafide.Text {
	if q.To != nil {
		if level, ok := q.To.Level(number); ok {
			return say("level-named", "Level", number, "Name", level.Name)
		}
	}
	return say("level-bare", "Level", number)
}

// earnedWords names a level of the issuer's mechanism: by its name where it is known, else by its id.
func (w *weighing) earnedWords(id string) bonafide.Text {
	if w.rule != nil && w.rule.reads(w.input.Status.Version) {
		if level, ok := w.rule.From.Level(w.rule.From.LevelNumber(id)); ok {
			return level.Name
		}
	}
	return bonafide.Text{EN: id, FR: id}
}

// sayVerdict adds the sentence and the notes.
func (q *Question) sayVerdict(e *Explanation, c combination) {
	e.Notes = []bonafide.Text{}
	note := func(id string, fields ...any) { e.Notes = append(e.Notes, say(id, fields...)) }
	switch {
	case len(e.Inputs) == 0:
		e.Sentence = say("verdict-empty", "Site", q.Site.Host())
	case c.best == nil:
		e.Sentence = say("verdict-nothing", "Site", q.Site.Host())
	default:
		e.Sentence = say("verdict-converted", "Site", q.Site.Host(), "Level", q.levelWords(c.level))
		note("note-view")
	}
	if c.agreement {
		note("note-agreement")
	}
	if e.CapReached {
		note("note-cap", "Level", c.level, "Issuer", c.best.input.Status.Origin().Host())
	}
	if !e.Expires.IsZero() {
		note("note-expires", "When", minute(e.Expires))
	}
	if e.Contest != "" {
		note("note-contest", "Address", e.Contest)
	}
}

// sentences says an explained input in words, one idea each.
func (q *Question) sentences(w *weighing, e *InputExplanation) []bonafide.Text {
	var said []bonafide.Text
	add := func(id string, fields ...any) { said = append(said, say(id, fields...)) }
	if w.reason != "" {
		add("passed-over", "Issuer", e.Issuer.Host())
		said = append(said, w.reason.Meaning().Sentence)
	}
	switch {
	case e.Inequality != nil:
		q.sayShare(w, e, add)
	case e.Gives > 0 || w.reason == bonafide.NoRate:
		q.sayEarned(w, e, add)
	}
	switch {
	case w.used && !w.decisive:
		add("outdone")
	case e.Next != nil:
		q.sayNext(w, e.Next, add)
	case w.reason != "":
		said = append(said, w.reason.Meaning().Mend)
	}
	if !e.CheckedAt.IsZero() {
		add("checked", "Day", e.AsOf, "When", minute(e.CheckedAt))
	} else {
		add("stated", "Day", e.AsOf)
	}
	if len(w.foreignSources()) > 0 {
		add("sources", "Sites", strings.Join(w.foreignSources(), ", "))
	}
	if e.Table != nil {
		add("table", "ID", e.Table.ID, "Version", e.Table.Version)
	}
	return said
}

// foreignSources returns the hosts of the sources other than the issuer.
func (w *weighing) foreignSources() []string {
	var hosts []string
	for _, source := range w.input.Status.Sources {
		if source != w.input.Status.Origin() {
			hosts = append(hosts, source.Host())
		}
	}
	return hosts
}

// confidence95 is z squared for 95 %, the one value of it that has a familiar name.
const confidence95 = "3.8416"

// sayShare says the measure and the row's comparison.
func (q *Question) sayShare(w *weighing, e *InputExplanation, add func(string, ...any)) {
	m := w.measure()
	add("share", "Count", m.Positive, "Total", m.Total, "Issuer", e.Issuer.Host())
	how := "plain"
	if i := e.Inequality; i.Method == wilson {
		how = "wilson"
		if i.Z2 == confidence95 {
			how = "wilson-95"
		}
	}
	fields := []any{"AtLeast", e.Inequality.AtLeast, "Z2", e.Inequality.Z2}
	if e.Inequality.Holds {
		add(how+"-holds", append(fields, "Row", e.Table.Row, "Level", q.levelWords(w.gives))...)
	} else {
		add(how+"-fails", fields...)
	}
}

// sayEarned says the level earned and the row that it reaches, if any.
func (q *Question) sayEarned(w *weighing, e *InputExplanation, add func(string, ...any)) {
	add("earned", "Issuer", e.Issuer.Host(), "Name", w.earnedWords(e.EarnedLevel))
	if e.Gives > 0 {
		add("row", "Row", e.Table.Row, "Level", q.levelWords(e.Gives))
	}
}

// sayNext says what is missing.
func (q *Question) sayNext(w *weighing, n *Next, add func(string, ...any)) {
	switch {
	case n.Refresh:
		add("next-refresh", "Issuer", w.input.Status.Origin().Host())
	case n.FromDate != "":
		add("next-date", "Day", n.FromDate)
	case n.MissingSample > 0:
		add("next-sample", "Count", n.MissingSample)
	case n.Level != "":
		add("next-level", "Gives", n.Gives, "Name", w.earnedWords(n.Level), "Issuer", w.input.Status.Origin().Host())
	case n.OutOfReach:
		add("next-never", "Gives", n.Gives)
	default:
		add("next-positive", "Count", n.MissingPositive, "Gives", n.Gives)
	}
}
