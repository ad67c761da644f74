package verifier

import (
	"context"
	"fmt"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) combining() []subject.Check {
	agreeing := set(true, "agreement")
	capped := func(t wire.Object) {
		t["cap"], t["rates"] = 2, []any{wire.Object{"at_least": "0.95", "gives": 2}, wire.Object{"at_least": "0.80", "gives": 1}}
	}
	good := func(b *bench) { b.states("good", 90, 100) }
	great := func(b *bench) { b.states("great", 412, 417) }
	type voice struct {
		states func(*bench)
		table  []func(wire.Object)
	}
	several := func(name, about string, level int64, voices []voice, relayed bool, requirements ...string) subject.Check {
		return check("several/"+name, about, func(ctx context.Context) error {
			v, err := w.Account(ctx)
			if err != nil {
				return err
			}
			var all []told
			var first *bench
			for _, voice := range voices {
				b, err := w.bench(ctx, voice.table...)
				if err != nil {
					return err
				}
				voice.states(b)
				if first == nil {
					first = b
				} else if relayed {
					b.Set(func() { b.Status["sources"] = []any{first.Origin} })
				}
				if err := b.imports(ctx, v); err != nil {
					return err
				}
				all = append(all, b.told("good"))
			}
			return w.comesTo(ctx, v, level, all)
		}, append(requirements, "BF-CONV-20", "BF-CONV-24")...)
	}
	both := func(changes ...func(wire.Object)) []voice { return []voice{{great, changes}, {good, changes}} }
	return []subject.Check{
		several("best-of", "Of several inputs the one that gives the most decides.", 2, both(), false, "BF-CONV-21"),
		several("agreement", "Two independent inputs whose tables both let them agree give a level more.", 3, both(agreeing), false, "BF-CONV-22", "BF-EXPL-8"),
		several("agreement-within-cap", "They don't agree beyond the table's cap.", 2, both(agreeing, capped), false, "BF-CONV-20", "BF-CONV-22", "BF-EXPL-8"),
		several("agreement-of-one", "One table that lets them agree isn't enough.", 2, []voice{{great, []func(wire.Object){agreeing}}, {good, nil}}, false, "BF-CONV-22"),
		several("same-source", "Two inputs from one source count once.", 2, both(agreeing), true, "BF-CONV-23"),
		several("three", "Where two of three rest on one source, the two others agree.", 3,
			[]voice{{good, []func(wire.Object){agreeing}}, {great, []func(wire.Object){agreeing}}, {good, []func(wire.Object){agreeing}}}, false,
			"BF-CONV-22", "BF-CONV-23"),
		check("several/tables", "Of two tables about one mechanism the one in force goes first.", w.twoTables, "BF-CONV-1", "BF-CONV-31"),
		check("several/new-table", "A new version of a table counts at once.", w.newTable, "BF-VERIFIER-5", "BF-VERIFIER-19"),
	}
}

// comesTo checks the level that an account's inputs come to, and the whole explanation.
func (w *World) comesTo(ctx context.Context, v *subject.Visitor, level int64, inputs []told) error {
	e, err := w.explanation(ctx, v)
	if err != nil {
		return err
	}
	if came := number(e, "level"); came != level {
		return subject.Wrong(fmt.Sprintf("level %d", level), "%d", came)
	}
	return w.explained(ctx, v, inputs...)
}

// twoTables publishes a second table about an issuer's mechanism, while the first isn't in force yet.
func (w *World) twoTables(ctx context.Context) error {
	b, err := w.bench(ctx, func(t wire.Object) { t["valid_from"] = day(w.Now().AddDate(0, 0, 5)) })
	if err != nil {
		return err
	}
	first := b.told
	b.table = w.table(w.name(), b.Issuer, set([]any{wire.Object{"at_least": "0.5", "gives": 1}}, "rates"))
	if err := w.publish(ctx, b.table); err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	if err := b.imports(ctx, v); err != nil {
		return err
	}
	return w.comesTo(ctx, v, 1, []told{first("good")})
}

func (w *World) newTable(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) (err error) {
		if err := w.comesTo(ctx, v, 2, []told{b.told("good")}); err != nil {
			return err
		}
		if b.table, err = next(b.table, set([]any{wire.Object{"at_least": "0.5", "gives": 1}}, "rates")); err != nil {
			return err
		}
		if err := w.publish(ctx, b.table); err != nil {
			return err
		}
		return w.comesTo(ctx, v, 1, []told{b.told("good")})
	})
}
