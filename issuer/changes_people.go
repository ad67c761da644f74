package issuer

import (
	"slices"

	"bonafide.example"
)

// faults compares the classes of fault, and who rules on them.
func (c *changes) faults() {
	points := c.after.Rule.Points != nil
	for _, fault := range c.after.Faults {
		n := slices.IndexFunc(c.before.Faults, func(f bonafide.FaultClass) bool { return f.ID == fault.ID })
		if n < 0 {
			c.add("changed-fault-added", "Name", fault.Name)
			continue
		}
		old := c.before.Faults[n]
		if old.Name != fault.Name {
			c.add("changed-fault-name", "Before", old.Name, "After", fault.Name)
		}
		if old.Points != fault.Points && points {
			c.add("changed-fault-points", "Name", fault.Name, "Before", old.Points, "Count", fault.Points)
		}
		if old.Severity != fault.Severity {
			c.add("changed-fault-severity", "Name", fault.Name, "Before", old.Severity.Percent(), "After", fault.Severity.Percent())
		}
	}
	for _, fault := range c.before.Faults {
		if !slices.ContainsFunc(c.after.Faults, func(f bonafide.FaultClass) bool { return f.ID == fault.ID }) {
			c.add("changed-fault-removed", "Name", fault.Name)
		}
	}
	if b, a := hosts(c.before.ArbitersOf()), hosts(c.after.ArbitersOf()); a != b {
		c.add("changed-arbiters", "Before", b, "After", a)
	}
}

func hosts(origins []bonafide.Origin) (list string) {
	for n, origin := range origins {
		if n > 0 {
			list += ", "
		}
		list += origin.Host()
	}
	return list
}

// vouching compares the terms on which members stand behind one another.
func (c *changes) vouching() {
	b, a := c.before.Vouching, c.after.Vouching
	switch {
	case a == nil && b == nil:
		return
	case b == nil:
		c.add("changed-vouching-added")
		return
	case a == nil:
		c.add("changed-vouching-removed")
		return
	}
	for n := range a.Supporters {
		level, _ := c.after.Level(n + 1)
		old := c.before.LevelNumber(level.ID)
		if old == 0 {
			continue // a level that is new says so already
		}
		switch {
		case old > len(b.Supporters):
			c.add("changed-vouching-level", "Level", level.Name)
		default:
			if was, is := b.Supporters[old-1], a.Supporters[n]; was != is {
				c.add("changed-supporters", "Level", level.Name, "Before", was, "After", is)
			}
			if was, is := b.MinStake[old-1], a.MinStake[n]; was != is {
				c.add("changed-stake", "Level", level.Name, "Before", was, "After", is)
			}
		}
	}
	for n := range b.Supporters {
		level, _ := c.before.Level(n + 1)
		if now := c.after.LevelNumber(level.ID); now > len(a.Supporters) {
			c.add("changed-vouching-no-level", "Level", level.Name)
		}
	}
}
