package issuer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bonafide.example"
)

// changes says in words what differs between two versions of a mechanism: all that is on its page. Where nothing of
// that does, it says so (changed-else).
type changes struct {
	before, after *bonafide.Mechanism
	say           func(id string, fields ...any) bonafide.Text
	found         []bonafide.Text
}

// changesOf returns what differs, in the order of the page, each as a sentence of the catalogue.
func changesOf(before, after *bonafide.Mechanism, say func(id string, fields ...any) bonafide.Text) []bonafide.Text {
	c := &changes{before: before, after: after, say: say}
	c.texts()
	c.levels()
	c.rule()
	c.measures()
	c.faults()
	c.vouching()
	c.figures()
	if len(c.found) == 0 {
		c.add("changed-else")
	}
	return c.found
}

func (c *changes) add(id string, fields ...any) { c.found = append(c.found, c.say(id, fields...)) }

// texts compares what the mechanism says of itself.
func (c *changes) texts() {
	b, a := c.before, c.after
	if a.Name != b.Name {
		c.add("changed-name", "Before", b.Name, "After", a.Name)
	}
	if a.Context != b.Context {
		c.add("changed-context", "Before", b.Context, "After", a.Context)
	}
	for _, t := range []struct {
		id            string
		before, after bonafide.Text
	}{
		{"changed-meaning", b.Meaning, a.Meaning}, {"changed-who", b.WhoRates, a.WhoRates}, {"changed-falls", b.Falls, a.Falls},
		{"changed-recovers", b.Recovers, a.Recovers}, {"changed-not-said", b.NotSaid, a.NotSaid},
	} {
		if t.before != t.after {
			c.add(t.id, "Before", t.before, "After", t.after)
		}
	}
	if a.Scale != b.Scale {
		c.add("changed-scale")
	}
}

// levels compares the levels by their ids, which are permanent.
func (c *changes) levels() {
	b, a := c.before, c.after
	for n, level := range a.Levels {
		old, ok := b.Level(b.LevelNumber(level.ID))
		if !ok {
			c.add("changed-level-added", "Level", level.Name, "Number", n+1, "Levels", len(a.Levels))
			continue
		}
		if old.Name != level.Name {
			c.add("changed-level-name", "Before", old.Name, "After", level.Name)
		}
		if old.Sentence != level.Sentence {
			c.add("changed-level-sentence", "Level", level.Name, "Before", old.Sentence)
		}
		if old.Unlocks != level.Unlocks {
			c.add("changed-level-unlocks", "Level", level.Name)
		}
	}
	for _, level := range b.Levels {
		if a.LevelNumber(level.ID) == 0 {
			c.add("changed-level-removed", "Level", level.Name)
		}
	}
	if !slices.Equal(inBoth(b, a), inBoth(a, b)) {
		c.add("changed-level-order")
	}
}

// inBoth returns the ids of the levels that the other version has too, in the order of this one.
func inBoth(m, other *bonafide.Mechanism) (ids []string) {
	for _, level := range m.Levels {
		if other.LevelNumber(level.ID) > 0 {
			ids = append(ids, level.ID)
		}
	}
	return ids
}

// rule compares how the level is computed.
func (c *changes) rule() {
	b, a := c.before.Rule, c.after.Rule
	switch {
	case a.Points != nil && b.Points != nil:
		c.kinds(b.Points.Kinds, a.Points.Kinds)
		thresholds(c, "changed-points", b.Points.Levels, a.Points.Levels, func(points int64) any { return points })
	case a.Share != nil && b.Share != nil:
		c.counted(b.Share, a.Share)
		if a.Share.MinTotal != b.Share.MinTotal {
			c.add("changed-min-total", "Before", b.Share.MinTotal, "After", a.Share.MinTotal)
		}
		thresholds(c, "changed-share", b.Share.Levels, a.Share.Levels, func(share bonafide.Decimal) any { return share.Percent() })
	case a.Host != nil && b.Host != nil:
		if a.Host.Described != b.Host.Described {
			c.add("changed-host", "Before", b.Host.Described, "After", a.Host.Described)
		}
	default:
		c.add("changed-rule")
	}
}

// thresholds compares what the levels of both versions need.
func thresholds[T comparable](c *changes, id string, before, after []T, shown func(T) any) {
	for n, level := range c.after.Levels {
		old := c.before.LevelNumber(level.ID)
		if old > 0 && before[old-1] != after[n] {
			c.add(id, "Level", level.Name, "Before", shown(before[old-1]), "After", shown(after[n]))
		}
	}
}

// kinds compares what each kind of event is worth.
func (c *changes) kinds(before, after map[string]int64) {
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		switch was, is := before[kind], after[kind]; {
		case was == 0:
			c.add("changed-kind-added", "Kind", kind, "Count", is)
		case is == 0:
			c.add("changed-kind-removed", "Kind", kind)
		case was != is:
			c.add("changed-kind", "Kind", kind, "Before", was, "Count", is)
		}
	}
}

// counted compares of which events a share is taken.
func (c *changes) counted(before, after *bonafide.ShareRule) {
	if before.Measure != after.Measure {
		c.add("changed-measure-taken")
	}
	b, a := slices.Sorted(slices.Values(before.Kinds)), slices.Sorted(slices.Values(after.Kinds))
	if !slices.Equal(b, a) {
		c.add("changed-kinds", "Before", strings.Join(b, ", "), "After", strings.Join(a, ", "))
	}
}

// measures compares the shares that statuses state beside the level.
func (c *changes) measures() {
	for _, measure := range c.after.Measures {
		old, ok := c.before.Measure(measure.ID)
		switch {
		case !ok:
			c.add("changed-measure-added", "Name", measure.Name)
		case old.Name != measure.Name:
			c.add("changed-measure-name", "Before", old.Name, "After", measure.Name)
		}
		if ok && old.WindowDays != measure.WindowDays {
			c.add("changed-window", "Name", measure.Name, "Before", c.days(old.WindowDays), "After", c.days(measure.WindowDays))
		}
	}
	for _, measure := range c.before.Measures {
		if _, ok := c.after.Measure(measure.ID); !ok {
			c.add("changed-measure-removed", "Name", measure.Name)
		}
	}
}

// days says how far a measure looks back.
func (c *changes) days(window int) bonafide.Text {
	if window == 0 {
		return c.say("changed-all-time")
	}
	return c.say("changed-days", "Count", window)
}

// figures tells which years were counted newly, otherwise or no longer.
func (c *changes) figures() {
	for _, year := range c.after.Figures {
		switch old, ok := ofYear(c.before.Figures, year.Year); {
		case !ok:
			c.add("changed-figures", "Year", year.Year)
		case fmt.Sprint(old) != fmt.Sprint(year):
			c.add("changed-figures-otherwise", "Year", year.Year)
		}
	}
	for _, year := range c.before.Figures {
		if _, ok := ofYear(c.after.Figures, year.Year); !ok {
			c.add("changed-figures-removed", "Year", year.Year)
		}
	}
}

func ofYear(figures []bonafide.Figures, year int) (of bonafide.Figures, ok bool) {
	n := slices.IndexFunc(figures, func(f bonafide.Figures) bool { return f.Year == year })
	if n < 0 {
		return of, false
	}
	return figures[n], true
}
