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

func (e *env) tellView(v desk.View) error {
	w := newTable(e.stdout)
	w.row("mechanism", "level", "kind", "own", "capacity", "lent", "room")
	for _, s := range v.Mechanisms {
		kind := string(s.Kind)
		switch {
		case s.Suspended:
			kind = "suspended"
		case s.Level == 0:
			kind = ""
		}
		w.row(s.Mechanism, s.Level, kind, s.OwnLevel, s.Capacity, s.Lent, s.Room)
	}
	w.gap()
	w.row("gave", "for", "level", "stake", "burned", "remaining", "supports", "state", "ends")
	for _, s := range v.Mechanisms {
		for _, g := range append(s.Given, s.Past...) {
			w.row(g.ID, g.Name, g.Level, g.Stake, g.Burned, g.Remaining, g.Supports, g.State, instant(g.Ends))
		}
	}
	w.gap()
	w.row("cost of", "hop", "amount", "healed", "healed by")
	for _, s := range v.Mechanisms {
		for _, g := range append(s.Given, s.Past...) {
			for _, c := range g.Charges {
				hop := 2
				if c.Direct {
					hop = 1
				}
				w.row(g.ID, hop, c.Amount, c.Healed, instant(c.HealedBy))
			}
		}
		for _, l := range s.Losses {
			w.row("own fault "+l.Fault, 0, l.Points, l.Healed, instant(l.HealedBy))
		}
	}
	w.gap()
	w.row("received from", "level", "supports", "state", "ends")
	for _, s := range v.Mechanisms {
		for _, r := range s.Received {
			w.row(r.Name, r.Level, r.Supports, r.State, instant(r.Ends))
		}
	}
	w.gap()
	w.row("open", "with", "until")
	for _, s := range v.Mechanisms {
		for _, a := range s.Asked {
			w.row("asked by", a.Name, instant(a.Expires))
		}
		for _, a := range s.Asking {
			w.row("asks", a.Name, instant(a.Expires))
		}
		for _, o := range s.Offers {
			w.row("link", "", instant(o.Expires))
		}
	}
	return w.end()
}
