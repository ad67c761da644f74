package console

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/site"
)

// templates are what a new mechanism can begin as, by how it counts.
var templates = []string{"points", "share"}

// fromTemplate returns the first version of a mechanism as a template has it.
func fromTemplate(template string, o site.Overview, slug string) (m bonafide.Mechanism, err error) {
	if !slices.Contains(templates, template) {
		return m, bonafide.Errorf(bonafide.BadValue, "from", "%q is none of %s", template, strings.Join(templates, ", "))
	}
	data, err := files.ReadFile("template." + template + ".json")
	if err != nil {
		return m, err
	}
	if m, err = bonafide.Parse[bonafide.Mechanism](data); err != nil {
		return m, fmt.Errorf("the template %s: %w", template, err)
	}
	m.ID, m.Version, m.Date = string(o.Origin)+"/mechanisms/"+slug, 1, bonafide.DateOf(o.Now)
	return m, nil
}

// newPage is where a new mechanism begins.
type newPage struct {
	Slug, From string // as they were typed
	Templates  []templateView
	Taken, Bad bool // the name is another mechanism's, or none
}

// templateView is a template as it is shown to choose from.
type templateView struct {
	Kind   string
	Levels []levelView
}

// newMechanism asks for a name and a template, and leads to the editor.
func (c *Console) newMechanism(w http.ResponseWriter, r *http.Request) error {
	o, err := c.seen(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	p := newPage{Slug: strings.TrimSpace(query.Get("name")), From: cmp.Or(query.Get("from"), templates[0])}
	for _, template := range templates {
		m, err := fromTemplate(template, o, "name")
		if err != nil {
			return err
		}
		p.Templates = append(p.Templates, templateView{template, viewLevels(m)})
	}
	page := c.page(r, "mechanism-new", &p)
	if query.Has("name") {
		m, err := fromTemplate(p.From, o, p.Slug)
		if err != nil {
			return err
		}
		p.Bad = m.Validate() != nil
		p.Taken = slices.ContainsFunc(o.Mechanisms, func(m bonafide.Mechanism) bool { return m.Slug() == p.Slug })
		if !p.Bad && !p.Taken {
			http.Redirect(w, r, "/mechanisms/edit?name="+url.QueryEscape(p.Slug)+"&from="+url.QueryEscape(p.From), http.StatusSeeOther)
			return nil
		}
		page.Status = http.StatusBadRequest
	}
	c.pages.Render(w, r, page)
	return nil
}

// countedGroup returns the form of what only a first version says: later ones mean the same.
func countedGroup(m *bonafide.Mechanism) group {
	g := group{Kind: "counted", Fields: []field{{Path: "context", Kind: "context", Value: m.Context}}}
	switch {
	case m.Rule.Points != nil:
		var lines []string
		for _, kind := range slices.Sorted(maps.Keys(m.Rule.Points.Kinds)) {
			lines = append(lines, fmt.Sprintf("%s %d", kind, m.Rule.Points.Kinds[kind]))
		}
		g.Fields = append(g.Fields, field{Path: "rule.points.kinds", Kind: "point-kinds", Value: strings.Join(lines, "\n"), Long: true})
	case m.Rule.Share != nil:
		g.Fields = append(g.Fields, field{Path: "rule.share.kinds", Kind: "share-kinds", Value: strings.Join(m.Rule.Share.Kinds, ", ")})
		g.Fields = append(g.Fields, inBoth("measures[0].name", "measure-name", 0, m.Measures[0].Name, false)...)
		g.Fields = append(g.Fields, field{Path: "measures[0].window_days", Kind: "window-days", Value: strconv.Itoa(m.Measures[0].WindowDays)})
	}
	return g
}

// readCounted reads the same into a first version.
func readCounted(r reading, m *bonafide.Mechanism) {
	m.Context = r.text("context")
	switch {
	case m.Rule.Points != nil:
		rule := *m.Rule.Points
		rule.Kinds = map[string]int64{}
		for line := range strings.Lines(r.text("rule.points.kinds")) {
			words := strings.Fields(line)
			if len(words) == 0 {
				continue
			}
			points, err := strconv.ParseInt(words[len(words)-1], 10, 64)
			if err != nil || len(words) != 2 {
				r.faults["rule.points.kinds"] = fmt.Sprintf("%q is not a word and its points", strings.TrimSpace(line))
			} else if _, twice := rule.Kinds[words[0]]; twice {
				r.faults["rule.points.kinds"] = fmt.Sprintf("%q stands there twice", words[0])
			}
			rule.Kinds[words[0]] = points
		}
		m.Rule.Points = &rule
	case m.Rule.Share != nil:
		rule := *m.Rule.Share
		rule.Kinds = strings.FieldsFunc(r.text("rule.share.kinds"), func(c rune) bool { return c == ',' || c == ' ' })
		m.Rule.Share = &rule
		measure := m.Measures[0]
		measure.Name, measure.WindowDays = r.both("measures[0].name"), int(r.number("measures[0].window_days"))
		m.Measures = []bonafide.MeasureDef{measure}
	}
}
