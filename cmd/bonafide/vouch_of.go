package main

import (
	"bonafide.example/vouching/desk"
	"github.com/spf13/cobra"
)

func newVouchOfCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "of MEMBER",
		Short: "Print what a member sees of their own vouching",
		Long: `Prints, for each mechanism under which members vouch, what MEMBER sees on the site's page /vouches: their
level, how much they may lend and have lent; the vouches that they gave, with what these cost them and when
that has healed; who stands behind them; and what is open. Others go by the names on their badges.`,
		Example: "  bonafide vouch of bob --config site.json",
		Args:    cobra.ExactArgs(1),
	}
	return errand[desk.View]{e, func(args []string) (request, error) {
		return getting("members", args[0], "vouching"), nil
	}, e.tellView}.command(cmd)
}

// tellView prints a table for each thing that there is to tell.
func (e *env) tellView(v desk.View) error {
	levels := part{{"mechanism", "level", "kind", "own", "capacity", "lent", "room"}}
	gave := part{{"gave", "to", "level", "stake", "burned", "remaining", "supports", "state", "ends"}}
	costs := part{{"cost on", "hop", "amount", "healed", "healed by"}}
	received := part{{"received from", "level", "supports", "state", "ends"}}
	open := part{{"open", "with", "until"}}
	for _, s := range v.Mechanisms {
		levels.add(s.Mechanism, s.Level, kindOf(s), s.OwnLevel, s.Capacity, s.Lent, s.Room)
		for _, g := range append(s.Given, s.Past...) {
			gave.add(g.ID, g.Name, g.Level, g.Stake, g.Burned, g.Remaining, g.Supports, g.State, instant(g.Ends))
			for _, c := range g.Charges {
				hop := 2
				if c.Direct {
					hop = 1
				}
				costs.add(g.ID, hop, c.Amount, c.Healed, instant(c.HealedBy))
			}
		}
		for _, l := range s.Losses {
			costs.add("own fault "+l.Fault, "", l.Points, l.Healed, instant(l.HealedBy))
		}
		for _, r := range s.Received {
			received.add(r.Name, r.Level, r.Supports, r.State, instant(r.Ends))
		}
		for _, a := range s.Asked {
			open.add("asked by", a.Name, instant(a.Expires))
		}
		for _, a := range s.Asking {
			open.add("asks", a.Name, instant(a.Expires))
		}
		for _, o := range s.Offers {
			what := "link"
			if o.Restored {
				what = "link, ended by a restore"
			}
			open.add(what, "", instant(o.Expires))
		}
	}
	return e.tellParts(levels, gave, costs, received, open)
}

// kindOf says how the member came to the level shown.
func kindOf(s desk.Standing) string {
	switch {
	case s.Suspended:
		return "suspended"
	case s.Level == 0:
		return ""
	default:
		return string(s.Kind)
	}
}

// part is a table: its first row is the heading.
type part [][]any

func (p *part) add(cells ...any) { *p = append(*p, cells) }

// tellParts prints those that have more than a heading.
func (e *env) tellParts(parts ...part) error {
	w := newTable(e.stdout)
	for n, p := range parts {
		if len(p) == 1 {
			continue
		}
		if n > 0 {
			w.gap()
		}
		for _, cells := range p {
			w.row(cells...)
		}
	}
	return w.end()
}
