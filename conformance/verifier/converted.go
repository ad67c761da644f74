package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// converted is a status that is imported, and what is due to come of it.
type converted struct {
	name, about  string
	reason       string // why it is passed over; "": it counts
	gives        int64
	requirements []string
	table        []func(wire.Object) // changes to the table; none: a shared issuer is enough
	states       func(b *bench)      // what the issuer tells; nil: what it tells otherwise
}

func (w *World) converting() []subject.Check {
	checks := []subject.Check{
		check("conversion/mechanism-changed", "A status under a version that the table doesn't name counts once the table names it.", w.mechanismChanged,
			"BF-CONV-7", "BF-VERIFIER-5"),
		check("conversion/table-expired", "A table counts for the last time on its last day.", w.tableExpires, "BF-CONV-8", "BF-EXPL-5"),
		check("conversion/standing", "What imports count for is told to nobody who isn't signed in.", w.standingSignedOut, "BF-SITE-10"),
	}
	for _, c := range w.conversions() {
		run := func(ctx context.Context) error { return w.convert(ctx, c) }
		checks = append(checks, check("conversion/"+c.name, c.about, run, append(c.requirements, "BF-EXPL-2", "BF-EXPL-6", "BF-EXPL-7")...))
	}
	return checks
}

// plainly makes a table of shares one without confidence and guards.
func plainly(rates ...any) func(wire.Object) {
	return func(t wire.Object) {
		t["measure"] = wire.Object{"share": "ratings"}
		t["rates"] = rates
		delete(t, "accept")
	}
}

// conversions are the cases of one input.
func (w *World) conversions() []converted {
	stated := func(level string, positive, total int, changes ...func(wire.Object)) func(*bench) {
		return func(b *bench) { b.states(level, positive, total, changes...) }
	}
	great := func(changes ...func(wire.Object)) func(*bench) { return stated("great", 412, 417, changes...) }
	ago := func(days int) func(*bench) {
		return func(b *bench) { b.states("great", 412, 417, set(day(b.Now().AddDate(0, 0, -days)), "as_of")) }
	}
	levels := []func(wire.Object){byLevels}
	exactly := []func(wire.Object){plainly(wire.Object{"at_least": "1", "gives": 2}, wire.Object{"at_least": "0.95", "gives": 1})}
	return []converted{
		{"first-row", "A measure that the first row takes gives its level.", "", 3, []string{"BF-CONV-15", "BF-CONV-17"}, nil, stated("great", 1000, 1000)},
		{"second-row", "One that the first row doesn't take gives that of the second.", "", 2, []string{"BF-CONV-15", "BF-CONV-17", "BF-EXPL-3", "BF-EXPL-4"}, nil, great()},
		{"last-row", "One that only the last row takes gives that of the last.", "", 1, []string{"BF-CONV-15", "BF-CONV-17"}, nil, stated("good", 90, 100)},
		{"below", "One below the last row gives nothing, and it is told what is missing.", "no-rate", 0, []string{"BF-CONV-15", "BF-EXPL-4"}, nil, stated("fair", 80, 100)},
		{"huge", "Shares are compared exactly, however large the numbers.", "", 2, []string{"BF-CONV-17", "BF-EXPL-3"}, nil,
			stated("great", 8917127262193582, 1<<53-1)},
		{"share-edge", "Without confidence a share of exactly what a row wants is enough.", "", 1, []string{"BF-CONV-16"}, exactly, stated("great", 19, 20)},
		{"share-below-edge", "One rating less isn't.", "no-rate", 0, []string{"BF-CONV-16"}, exactly, stated("good", 18, 19)},
		{"share-of-all", "All of all reach a share of 1.", "", 2, []string{"BF-CONV-16"}, exactly, stated("great", 3, 3)},
		{"no-ratings", "Where there are no ratings no row holds.", "no-rate", 0, []string{"BF-CONV-18"}, exactly, stated("great", 0, 0)},
		{"level", "A table of levels gives by the earned level.", "", 2, []string{"BF-CONV-19"}, levels, stated("good", 95, 100)},
		{"shown-level", "It doesn't go by the level shown.", "", 1, []string{"BF-CONV-11", "BF-CONV-19"}, levels,
			great(set("vouched", "kind"), without("since"), set("fair", "earned_level"))},
		{"no-earned-level", "A status without earned level gives nothing.", "no-earned-level", 0, []string{"BF-CONV-11"}, nil,
			great(set("vouched", "kind"), without("since"), without("earned_level"))},
		{"unknown-level", "Nor does one whose earned level its mechanism doesn't have.", "no-earned-level", 0, []string{"BF-CONV-11"}, nil,
			great(set("gold", "level"), set("gold", "earned_level"))},
		{"no-measure", "A status without the table's measure gives nothing.", "no-measure", 0, []string{"BF-CONV-13"}, nil, great(without("measures"))},
		{"sample-too-small", "Nor does one with too few ratings; it is told how many are missing.", "sample-too-small", 0,
			[]string{"BF-CONV-14", "BF-EXPL-4"}, nil, stated("great", 19, 19)},
		{"account-too-young", "Nor one of too young an account; it is told from which day on.", "account-too-young", 0,
			[]string{"BF-CONV-12", "BF-EXPL-4", "BF-EXPL-5"}, nil,
			func(b *bench) {
				b.states("great", 412, 417, set(b.Now().AddDate(0, -2, 0).Format("2006-01"), "account_since"))
			}},
		{"account-untold", "Nor one of an account whose age isn't told.", "account-too-young", 0, []string{"BF-CONV-12"}, nil, great(without("account_since"))},
		{"suspended", "Nor one that is suspended.", "not-current", 0, []string{"BF-CONV-5"}, nil, great(set("suspended", "state"))},
		{"withdrawn", "Nor one that is withdrawn.", "not-current", 0, []string{"BF-CONV-5"}, nil, great(set("withdrawn", "state"))},
		{"own-source", "Nor one that rests on what this site observed.", "own-source", 0, []string{"BF-CONV-6"}, nil,
			func(b *bench) { b.states("great", 412, 417, set([]any{b.Origin, w.Origin}, "sources")) }},
		{"age-at-limit", "A status as old as the table allows counts.", "", 2, []string{"BF-CONV-9"}, nil, ago(90)},
		{"age-past-limit", "One a day older doesn't; a fresh statement would.", "stale", 0, []string{"BF-CONV-9", "BF-EXPL-4"}, nil, ago(91)},
		{"first-reason", "Of several reasons the first is given.", "not-current", 0, []string{"BF-CONV-2"}, nil,
			great(set("suspended", "state"), without("earned_level"), without("measures"), without("account_since"))},
		{"table-not-yet", "A table counts from its first day on.", "table-expired", 0, []string{"BF-CONV-8", "BF-EXPL-5"},
			[]func(wire.Object){func(t wire.Object) { t["valid_from"] = day(w.Now().AddDate(0, 0, 5)) }}, great()},
	}
}

// convert imports one status, and compares what comes of it with the suite's own reckoning.
func (w *World) convert(ctx context.Context, c converted) error {
	var b *bench
	var err error
	if len(c.table) == 0 {
		b, err = w.shared(ctx)
	} else {
		b, err = w.bench(ctx, c.table...)
	}
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	c.states(b)
	if err := b.imports(ctx, v); err != nil {
		return err
	}
	if err := b.counts(ctx, v, c.reason); err != nil {
		return err
	}
	in, err := b.input(ctx, v)
	if err != nil {
		return err
	}
	if gives := number(in, "gives"); gives != c.gives {
		return subject.Wrong(fmt.Sprintf("an input that gives %d", c.gives), "%d", gives)
	}
	return w.explained(ctx, v, b.told("good"))
}

// told is an input as it is to be reckoned: the table with the mechanism at hand, and the status told.
type told struct{ rule, input wire.Object }

// told returns what the issuer told last.
func (b *bench) told(condition string) told {
	hash, err := wire.Hash(b.table)
	if err != nil {
		panic(err) // tables are the suite's own
	}
	t := told{rule: wire.Object{"from": b.Mechanism(), "hash": hash, "table": b.table}, input: wire.Object{"condition": condition}}
	b.Set(func() {
		t.input["status"] = b.Last["status"]
		t.input["relied_until"] = time.Unix(b.Last["relied_until"].(int64), 0).UTC().Format(time.RFC3339)
	})
	return t
}

// explained checks an account's explanation against the suite's own reckoning, and its texts.
func (w *World) explained(ctx context.Context, v *subject.Visitor, inputs ...told) error {
	e, err := w.explanation(ctx, v)
	if err != nil {
		return err
	}
	asked := wire.Object{"site": w.Origin, "now": e["at"], "to": w.target, "contest": e["contest"], "rules": []any{}, "inputs": []any{}}
	for _, in := range inputs {
		asked["rules"] = append(asked["rules"].([]any), in.rule)
		asked["inputs"] = append(asked["inputs"].([]any), in.input)
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	question, err := wire.DecodeObject(text)
	if err != nil {
		return err
	}
	if found := conformance.Difference("explanation", bare(reckon(question)), bare(e)); found != "" {
		return subject.Wrong("what the suite reckons", "%s", found)
	}
	return w.worded(e)
}

// worded checks what an explanation says in words, and its instants.
func (w *World) worded(e wire.Object) error {
	if at := instant(wire.Text(e, "at")); at.Sub(w.Now()).Abs() > time.Minute {
		return subject.Wrong("an explanation of now, "+w.Now().Format(time.RFC3339), "%v", e["at"])
	}
	texts := []any{e["sentence"]}
	notes, _ := e["notes"].([]any)
	texts = append(texts, notes...)
	inputs, _ := e["inputs"].([]any)
	for _, in := range inputs {
		sentences, _ := wire.At(in, "sentences").([]any)
		if len(sentences) == 0 {
			return subject.Wrong("sentences about each input", "none about %v", wire.At(in, "issuer"))
		}
		texts = append(texts, sentences...)
		if checked := wire.Text(in, "checked_at"); checked != "" && instant(checked).After(w.Now().Add(time.Minute)) {
			return subject.Wrong("a list that was read by now", "%s", checked)
		}
	}
	for _, text := range texts {
		if wire.Text(text, "en") == "" || wire.Text(text, "fr") == "" {
			return subject.Wrong("texts in English and French", "%v", text)
		}
	}
	return nil
}

// mechanismChanged has the issuer publish another version of its mechanism, which the table names only later.
func (w *World) mechanismChanged(ctx context.Context) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	previous, err := wire.Hash(b.Mechanism())
	if err != nil {
		return err
	}
	second := b.Mechanism()
	second["version"], second["previous"] = 2, previous
	signed := b.Signed("bonafide-mechanism+jwt", "application/bonafide-mechanism+jwt", func() any {
		now := b.Now().Unix()
		return wire.Object{"iss": b.Origin, "iat": now, "exp": now + 86400, "mechanism": second}
	})
	b.Handle("/mechanisms/trade/v/2.jwt", signed)
	b.Handle("/mechanisms/trade.jwt", signed)
	b.states("great", 412, 417, set(2, "version"))
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	if err := b.imports(ctx, v); err != nil {
		return err
	}
	if err := b.counts(ctx, v, "mechanism-changed"); err != nil {
		return err
	}
	named, err := next(b.table)
	if err != nil {
		return err
	}
	named["from"] = wire.Object{"issuer": b.Origin, "mechanism": b.MechanismID(), "versions": []any{1, 2}, "context": "trading"}
	if err := w.Advance(ctx, longest); err != nil { // the verifier may know the first version for a while
		return err
	}
	if err := w.publish(ctx, named); err != nil {
		return err
	}
	return b.counts(ctx, v, "")
}

func (w *World) tableExpires(ctx context.Context) error {
	last := w.Now().AddDate(0, 0, 3)
	b, err := w.bench(ctx, set(day(last), "valid_until"))
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	if err := b.imports(ctx, v); err != nil {
		return err
	}
	if err := w.explained(ctx, v, b.told("good")); err != nil {
		return err
	}
	over := date(day(last)).AddDate(0, 0, 1)
	if err := w.Advance(ctx, over.Add(-time.Minute).Sub(w.Now())); err != nil {
		return err
	}
	if err := b.counts(ctx, v, ""); err != nil {
		return err
	}
	if err := w.Advance(ctx, 2*time.Minute); err != nil {
		return err
	}
	return b.counts(ctx, v, "table-expired")
}

func (w *World) standingSignedOut(ctx context.Context) error {
	x, err := w.Anybody().Get(ctx, "/standing.json", "application/json")
	if err != nil {
		return err
	}
	if x.Status == http.StatusOK {
		return subject.Wrong("a refusal", "200")
	}
	return x.Refused("sign-in-required")
}
