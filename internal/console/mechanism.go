package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/web"
)

const maxLevels = 20

func (c *Console) mechanisms(w http.ResponseWriter, r *http.Request) error {
	o, err := c.seen(r)
	if err != nil {
		return err
	}
	return c.show(w, r, "mechanisms", map[string]any{"Mechanisms": o.Mechanisms, "Issues": o.Issuer != nil})
}

// mechanismPage is the editor of a mechanism.
type mechanismPage struct {
	Slug, Host string
	Published  *bonafide.Mechanism // the version that it follows; nil: none
	From       string              // the template that a first version begins as
	Next       bonafide.Mechanism  // as it was typed; only shown once it was checked
	Groups     []group
	Elsewhere  []string
	Checked    bool
	Changes    []difference
	JSON       string
}

// levelView is a level as people will see it.
type levelView struct {
	bonafide.Level
	Number, Of int
}

// Levels returns the levels of what was typed.
func (p mechanismPage) Levels() []levelView { return viewLevels(p.Next) }

// viewLevels returns the levels of a mechanism.
func viewLevels(m bonafide.Mechanism) (views []levelView) {
	for i, level := range m.Levels {
		views = append(views, levelView{level, i + 1, len(m.Levels)})
	}
	return views
}

func (c *Console) editMechanism(w http.ResponseWriter, r *http.Request) error {
	p, begun, err := c.beginMechanism(r, r.URL.Query())
	if err != nil {
		return err
	}
	if p.Published != nil {
		begun.Date = ""
	}
	p.Groups = p.groups(&begun)
	return c.show(w, r, "mechanism-edit", p, "Name", begun.Name.In(web.Lang(r)))
}

// beginMechanism returns the editor of the mechanism that is asked for, and what it begins with: the published version or, if there
// is none, a template.
func (c *Console) beginMechanism(r *http.Request, asked url.Values) (p mechanismPage, begun bonafide.Mechanism, err error) {
	p = mechanismPage{Slug: asked.Get("name"), Host: c.origin.Host()}
	begun, err = get[bonafide.Mechanism](r, c, "mechanisms", p.Slug)
	if bonafide.CodeOf(err) != bonafide.NotFound || !asked.Has("from") {
		p.Published = &begun
		return p, begun, err
	}
	o, err := c.seen(r)
	if err != nil {
		return p, begun, err
	}
	p.From = asked.Get("from")
	begun, err = fromTemplate(p.From, o, p.Slug)
	return p, begun, err
}

// groups returns the form of a version.
func (p mechanismPage) groups(m *bonafide.Mechanism) []group {
	groups := mechanismGroups(m)
	if p.Published == nil {
		groups = slices.Insert(groups, 1, countedGroup(m))
	}
	return groups
}

// mechanismGroups returns the form of a mechanism.
func mechanismGroups(m *bonafide.Mechanism) []group {
	words := group{Kind: "words", Fields: []field{{Path: "date", Kind: "date", Value: string(m.Date)}}}
	for _, text := range []struct {
		path, kind string
		value      bonafide.Text
	}{
		{"name", "name", m.Name}, {"meaning", "meaning", m.Meaning}, {"who_rates", "who-rates", m.WhoRates},
		{"falls", "falls", m.Falls}, {"recovers", "recovers", m.Recovers}, {"not_said", "not-said", m.NotSaid},
	} {
		words.Fields = append(words.Fields, inBoth(text.path, text.kind, 0, text.value, text.kind != "name")...)
	}
	groups := []group{words}
	if m.Rule.Share != nil {
		groups = append(groups, group{Kind: "rule", Fields: []field{
			{Path: "rule.share.min_total", Kind: "min-total", Value: strconv.FormatInt(m.Rule.Share.MinTotal, 10)},
		}})
	}
	if m.Rule.Host != nil {
		groups = append(groups, group{Kind: "rule", Fields: inBoth("rule.host.described", "described", 0, m.Rule.Host.Described, true)})
	}
	for i, level := range m.Levels {
		path := fmt.Sprintf("levels[%d].", i)
		fields := []field{{Path: path + "id", Kind: "level-id", Number: i + 1, Value: level.ID}}
		fields = append(fields, inBoth(path+"name", "level-name", i+1, level.Name, false)...)
		fields = append(fields, inBoth(path+"sentence", "level-sentence", i+1, level.Sentence, true)...)
		switch {
		case m.Rule.Points != nil && i < len(m.Rule.Points.Levels):
			fields = append(fields, field{Path: fmt.Sprintf("rule.points.levels[%d]", i), Kind: "needs-points", Number: i + 1, Value: strconv.FormatInt(m.Rule.Points.Levels[i], 10)})
			if i < len(m.Levels)-1 { // nobody stands above the highest, to vouch for it
				fields = append(fields, termsFields(m, i)...)
			}
		case m.Rule.Share != nil && i < len(m.Rule.Share.Levels):
			fields = append(fields, field{Path: fmt.Sprintf("rule.share.levels[%d]", i), Kind: "needs-share", Number: i + 1, Value: string(m.Rule.Share.Levels[i])})
		}
		groups = append(groups, group{Kind: "level", Number: i + 1, Fields: fields})
	}
	return groups
}

// inBoth returns the two fields of a text.
func inBoth(path, kind string, number int, value bonafide.Text, long bool) (fields []field) {
	for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
		fields = append(fields, field{Path: path, Kind: kind, Lang: lang, Number: number, Value: value.In(lang), Long: long})
	}
	return fields
}

// readMechanism reads the form of the version that follows the published one, or of the first as begun has it. What the form doesn't
// have stays.
func readMechanism(r reading, published *bonafide.Mechanism, begun bonafide.Mechanism) (m bonafide.Mechanism, err error) {
	m = begun
	if published != nil {
		m.Version = published.Version + 1
		if m.Previous, err = bonafide.Hash(published); err != nil {
			return m, err
		}
	} else {
		readCounted(r, &m)
	}
	m.Date = r.day("date")
	m.Name, m.Meaning, m.WhoRates = r.both("name"), r.both("meaning"), r.both("who_rates")
	m.Falls, m.Recovers, m.NotSaid = r.both("falls"), r.both("recovers"), r.both("not_said")
	m.Levels = nil
	points, shares, terms := []int64{}, []bonafide.Decimal{}, terms{}
	for i := range maxLevels {
		path := fmt.Sprintf("levels[%d].", i)
		level := bonafide.Level{ID: r.text(path + "id"), Name: r.both(path + "name"), Sentence: r.both(path + "sentence")}
		if level.ID == "" && level.Name == (bonafide.Text{}) {
			continue
		}
		if known, ok := begun.Level(begun.LevelNumber(level.ID)); ok {
			level.Unlocks = known.Unlocks
		}
		m.Levels = append(m.Levels, level)
		if m.Rule.Points != nil {
			points = append(points, r.number(fmt.Sprintf("rule.points.levels[%d]", i)))
			terms.read(r, i)
		}
		if m.Rule.Share != nil {
			shares = append(shares, r.decimal(fmt.Sprintf("rule.share.levels[%d]", i)))
		}
	}
	switch {
	case m.Rule.Points != nil:
		rule := *m.Rule.Points
		rule.Levels = points
		m.Rule.Points, m.Vouching = &rule, terms.of(len(m.Levels))
	case m.Rule.Share != nil:
		rule := *m.Rule.Share
		rule.MinTotal, rule.Levels = r.number("rule.share.min_total"), shares
		m.Rule.Share = &rule
	case m.Rule.Host != nil:
		m.Rule.Host = &bonafide.HostRule{Described: r.both("rule.host.described")}
	}
	return m, nil
}

// shaped returns the mechanism with so many levels, for the form as it was typed.
func shaped(m bonafide.Mechanism, levels int) bonafide.Mechanism {
	m.Levels = make([]bonafide.Level, levels)
	if m.Rule.Points != nil {
		m.Rule.Points = &bonafide.PointsRule{Levels: make([]int64, levels)}
	}
	if m.Rule.Share != nil {
		m.Rule.Share = &bonafide.ShareRule{Levels: make([]bonafide.Decimal, levels)}
	}
	return m
}

// rows counts the rows that a form has.
func rows(form url.Values, format string) (n int) {
	for form.Has(fmt.Sprintf(format, n)) {
		n++
	}
	return n
}

// changeMechanism checks what was typed, adds an empty level, or hands out the file.
func (c *Console) changeMechanism(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p, begun, err := c.beginMechanism(r, form)
	if err != nil {
		return err
	}
	in := reading{form, faults{}}
	m, err := readMechanism(in, p.Published, begun)
	if err != nil {
		return err
	}
	p.Next = m
	shown, add := m, form.Get("do") == "add"
	if add || len(in.faults) > 0 { // what was typed stays where it was
		shown = shaped(m, min(rows(form, "levels[%d].id")+map[bool]int{true: 1}[add], maxLevels))
	}
	p.Groups = p.groups(&shown)
	switch {
	case add || len(in.faults) > 0:
		typed(p.Groups, form)
	default:
		in.faults.note(m.Validate())
	}
	if !add {
		if err := p.check(in.faults); err != nil {
			return err
		}
	}
	if p.Checked && form.Get("do") == "download" {
		download(w, m.Slug()+".json", "application/json", []byte(p.JSON))
		return nil
	}
	return c.show(w, r, "mechanism-edit", p, "Name", m.Name.In(web.Lang(r)))
}

// check puts faults beside their fields or, if there are none, shows the version as it would be.
func (p *mechanismPage) check(found faults) (err error) {
	p.Elsewhere = found.place(p.Groups)
	if p.Checked = len(found) == 0; !p.Checked {
		return nil
	}
	if p.Published != nil {
		if p.Changes, err = differences(p.Published, p.Next); err != nil {
			return err
		}
	}
	p.JSON, err = indented(p.Next)
	return err
}

// picture draws what a level would look like on a badge, today by this machine's clock.
func (c *Console) picture(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	level, err1 := strconv.Atoi(query.Get("level"))
	levels, err2 := strconv.Atoi(query.Get("levels"))
	if err1 != nil || err2 != nil {
		return bonafide.Errorf(bonafide.BadValue, "level", "isn't a number of so many")
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Cache-Control", "no-store")
	w.Write(badge.SVG(badge.Picture{
		Host: c.origin.Host(), Level: level, Levels: levels, Kind: bonafide.Earned, State: badge.Current,
		AsOf: bonafide.DateOf(time.Now()), Lang: web.Lang(r),
	}))
	return nil
}
