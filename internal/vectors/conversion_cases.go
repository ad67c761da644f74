package main

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// outcome is what becomes of one input; what can be computed is left to [explained].
type outcome struct {
	input    object
	rule     object // nil: no table names it
	reason   string // "" for one that is used
	decisive bool
	gives    int
	row      int // the row that matched, from 1
	compares int // the row whose inequality is shown, from 1; 0: none
	next     object
}

// answer is what becomes of a question.
type answer struct {
	level               int
	agreement, atTheCap bool
	expires             string
	outcomes            []outcome
}

// explained returns the explanation without its texts: no sentence, sentences or notes.
func explained(q object, a answer) object {
	e := object{
		"verdict": "nothing", "at": q["now"], "mechanism": outils + "/mechanisms/member", "level": a.level,
		"agreement": a.agreement, "cap_reached": a.atTheCap, "contest": q["contest"],
	}
	if a.level > 0 {
		level := q["to"].(object)["levels"].([]any)[a.level-1].(object)
		e["verdict"], e["level_id"], e["level_name"] = "converted", level["id"], level["name"]
	}
	if a.expires != "" {
		e["expires"] = a.expires
	}
	inputs := []any{}
	for _, o := range a.outcomes {
		inputs = append(inputs, o.explained())
	}
	e["inputs"] = inputs
	return e
}

func (o outcome) explained() object {
	status := o.input["status"].(object)
	e := object{
		"issuer": strings.Split(status["mechanism"].(string), "/mechanisms/")[0], "mechanism": status["mechanism"], "version": status["version"],
		"used": o.reason == "", "decisive": o.decisive, "gives": o.gives, "sources": status["sources"], "as_of": status["as_of"],
	}
	for _, field := range []struct {
		name  string
		value any
	}{{"earned_level", status["earned_level"]}, {"checked_at", o.input["checked_at"]}, {"relied_until", o.input["relied_until"]}} {
		if field.value != nil {
			e[field.name] = field.value
		}
	}
	if o.reason != "" {
		e["reason"] = o.reason
	}
	if o.next != nil {
		e["next"] = o.next
	}
	if o.rule == nil {
		return e
	}
	table := o.rule["table"].(object)
	named := object{"id": table["id"], "version": table["version"], "hash": o.rule["hash"]}
	if o.row > 0 {
		named["row"] = o.row
	}
	e["table"] = named
	if o.compares > 0 {
		e["inequality"] = inequality(status, table, o.compares)
	}
	return e
}

// inequality works out a row's integers as the spec defines them; whether it holds is told by [reached].
func inequality(status, table object, row int) object {
	m := status["measures"].([]any)[0].(object)
	k, n := m["positive"].(int64), m["total"].(int64)
	atLeast := table["rates"].([]any)[row-1].(object)["at_least"].(string)
	a, b := decimal(atLeast).Num(), decimal(atLeast).Denom()
	times := func(factors ...*big.Int) *big.Int {
		p := big.NewInt(1)
		for _, f := range factors {
			p.Mul(p, f)
		}
		return p
	}
	left, right := times(big.NewInt(k), b), times(a, big.NewInt(n))
	e := object{
		"method": "share", "measure": m["id"], "positive": fmt.Sprint(k), "total": fmt.Sprint(n), "at_least": atLeast,
		"a": a.String(), "b": b.String(), "left": left.String(), "right": right.String(),
	}
	z2 := ""
	if c, ok := table["measure"].(object)["confidence"].(object); ok {
		z2 = c["z2"].(string)
		margin := new(big.Int).Sub(left, right)
		e["method"], e["z2"], e["c"], e["d"] = "wilson", z2, decimal(z2).Num().String(), decimal(z2).Denom().String()
		e["margin"] = margin.String()
		e["left"] = times(decimal(z2).Denom(), margin, margin).String()
		e["right"] = times(decimal(z2).Num(), big.NewInt(n), a, new(big.Int).Sub(b, a)).String()
	}
	e["holds"] = reached(k, n, atLeast, z2)
	return e
}

// ratings is what is missing for a row that compares shares.
func ratings(row, gives int, atLeast string, missing int64) object {
	return object{"row": row, "gives": gives, "at_least": atLeast, "missing_positive": missing}
}

func conversionCase(name, description string, q object, a answer, requirements ...string) Case {
	expect := "ok"
	if a.level == 0 && len(a.outcomes) > 0 {
		expect = a.outcomes[0].reason
	}
	return Case{name, requirements, description, q, expect, explained(q, a)}
}

// Conversion returns the cases of whole questions. What is expected is ok where anything counts, else
// the reason of the first input; the result is the explanation without its texts.
func Conversion() []Case {
	return slices.Concat(conversionGood(), conversionPassedOver(), conversionTimes(), conversionTogether(), conversionChoice())
}

const (
	tableEnd  = "2027-11-02T00:00:00Z"
	reliedEnd = "2026-12-10T00:00:00Z"
)

func conversionGood() []Case {
	const wilson95 = "3.8416"
	bazarRule := rule(shareTable(bazar, "bazar"), fromMechanism(bazar))
	one := func(name, description string, r, in object, o outcome, expires string, requirements ...string) Case {
		o.input, o.rule, o.decisive = in, r, true
		cap := r["table"].(object)["cap"].(int)
		return conversionCase(name, description, question([]any{r}, in), answer{o.gives, false, o.gives == min(cap, 3), expires, []outcome{o}}, requirements...)
	}
	plain := rule(edit(edit(shareTable(bazar, "bazar"), "measure", object{"share": "ratings"}), "rates",
		[]any{object{"at_least": "0.20", "gives": 1}}), fromMechanism(bazar))
	levels := rule(levelsTable(bazar, "bazar"), fromMechanism(bazar))
	silver := edit(input(bazar, 20, 20), "status.earned_level", "silver")
	yes := func(scale string) (object, object) {
		m := mechanismOf(bazar, "seller", 3, scale, object{"id": "yes", "name": said("Yes", "Oui"), "sentence": said("It is so.", "C'est ainsi.")})
		t := edit(levelsTable(bazar, "bazar"), "rates", []any{object{"level": "yes", "gives": 1}})
		return rule(edit(t, "cap", 1), m), edit(input(bazar, 20, 20), "status.earned_level", "yes")
	}
	yesRule, yesInput := yes("yes-no")
	memberRule, memberInput := yes("membership")
	high := rule(edit(edit(shareTable(bazar, "bazar"), "cap", 5), "rates.0.gives", 5), fromMechanism(bazar))
	never := rule(edit(edit(shareTable(bazar, "bazar"), "measure", object{"share": "ratings"}), "rates.0.at_least", "1"), fromMechanism(bazar))
	vouched := edit(edit(input(bazar, 20, 20), "status.kind", "vouched"), "status.earned_level", "bronze")
	return []Case{
		one("good-wilson", "405 of 410: the second row holds, and it is told how many good ratings the first would take.", bazarRule, input(bazar, 405, 410),
			outcome{gives: 2, row: 2, compares: 2, next: ratings(1, 3, "0.99", missing(405, 410, "0.99", wilson95))}, reliedEnd, "BF-CONV-15", "BF-EXPL-1", "BF-EXPL-3", "BF-EXPL-4", "BF-EXPL-5"),
		one("good-first-row", "The first row holds: nothing is missing, and the cap is reached.", bazarRule, input(bazar, 500, 500),
			outcome{gives: 3, row: 1, compares: 1}, reliedEnd, "BF-CONV-15", "BF-EXPL-8"),
		one("good-plain-share", "One star for 20 % of positive ratings.", plain, input(bazar, 4, 20),
			outcome{gives: 1, row: 1, compares: 1}, reliedEnd, "BF-CONV-16"),
		one("good-out-of-reach", "The first row wants every rating to be positive, and one isn't.", never, input(bazar, 99, 100),
			outcome{gives: 2, row: 2, compares: 2, next: object{"row": 1, "gives": 3, "at_least": "1", "out_of_reach": true}}, reliedEnd, "BF-EXPL-4"),
		one("good-above-top-level", "A row gives more levels than the mechanism has: its top level is given.", high, input(bazar, 500, 500),
			outcome{gives: 3, row: 1, compares: 1}, reliedEnd, "BF-CONV-20"),
		one("good-level", "The level between two rows counts as the lower row.", levels, silver,
			outcome{gives: 1, row: 2, next: object{"row": 1, "gives": 2, "level": "gold"}}, reliedEnd, "BF-CONV-19", "BF-EXPL-4"),
		one("good-earned-not-shown", "The level shown is vouched: the one earned, below it, is converted.", levels, vouched,
			outcome{gives: 1, row: 2, next: object{"row": 1, "gives": 2, "level": "gold"}}, reliedEnd, "BF-CONV-11"),
		one("good-yes-no", "A yes counts as a level.", yesRule, yesInput, outcome{gives: 1, row: 1}, reliedEnd, "BF-CONV-19"),
		one("good-membership", "A membership counts as a level.", memberRule, memberInput, outcome{gives: 1, row: 1}, reliedEnd, "BF-CONV-19"),
	}
}

// passedOver is a case of one input that isn't used.
func passedOver(name, description string, r, in object, o outcome, expires string, requirements ...string) Case {
	o.input, o.rule = in, r
	return conversionCase(name, description, question([]any{r}, in), answer{0, false, false, expires, []outcome{o}}, append(requirements, "BF-EXPL-2")...)
}

func conversionPassedOver() []Case {
	const wilson95 = "3.8416"
	r, levels := rule(shareTable(bazar, "bazar"), fromMechanism(bazar)), rule(levelsTable(bazar, "bazar"), fromMechanism(bazar))
	good := input(bazar, 405, 410)
	over := func(name, description, path string, value any, reason string, next object, requirements ...string) Case {
		return passedOver(name, description, r, edit(good, path, value), outcome{reason: reason, next: next}, "", requirements...)
	}
	none := question([]any{r}, input(depot, 405, 410))
	other := question([]any{r}, edit(good, "status.context", "lending"))
	toOther := question([]any{rule(edit(shareTable(bazar, "bazar"), "to.mechanism", outils+"/mechanisms/lender"), fromMechanism(bazar))}, good)
	unknown := func(q object) answer {
		return answer{outcomes: []outcome{{input: q["inputs"].([]any)[0].(object), reason: "not-recognised"}}}
	}
	twice := edit(edit(good, "condition", "revoked"), "status.as_of", "2026-01-01")
	bronze := rule(edit(levelsTable(bazar, "bazar"), "rates", []any{object{"level": "gold", "gives": 2}}), fromMechanism(bazar))
	unread := edit(levels, "from", absent{})
	return []Case{
		conversionCase("not-recognised-mechanism", "No table names the mechanism.", none, unknown(none), "BF-CONV-1", "BF-EXPL-2"),
		conversionCase("not-recognised-context", "The table is for another context.", other, unknown(other), "BF-CONV-1", "BF-EXPL-2"),
		conversionCase("not-recognised-target", "The table gives levels of another mechanism.", toOther, unknown(toOther), "BF-CONV-1", "BF-EXPL-2"),
		over("revoked", "The bit in the status list is set.", "condition", "revoked", "revoked", nil, "BF-CONV-3"),
		over("paused", "The status list is past its end.", "condition", "paused", "paused", nil, "BF-CONV-4"),
		over("suspended", "The status is suspended.", "status.state", "suspended", "not-current", nil, "BF-CONV-5"),
		over("withdrawn", "The status is withdrawn.", "status.state", "withdrawn", "not-current", nil, "BF-CONV-5"),
		over("own-source", "The site itself is among the sources.", "status.sources", []any{bazar, outils}, "own-source", nil, "BF-CONV-6"),
		over("mechanism-changed", "The table doesn't name the mechanism's version.", "status.version", 4, "mechanism-changed", nil, "BF-CONV-7"),
		over("no-earned-level", "No level was earned, though one is shown, and the measure would do.", "status.earned_level", absent{}, "no-earned-level", nil, "BF-CONV-11"),
		passedOver("no-earned-level-mechanism-missing", "No level was earned, and the mechanism isn't at hand.", edit(r, "from", absent{}), edit(good, "status.earned_level", absent{}),
			outcome{reason: "no-earned-level"}, "", "BF-CONV-11"),
		over("no-earned-level-unknown", "The level earned is none of the mechanism's.", "status.earned_level", "platinum", "no-earned-level", nil, "BF-CONV-11"),
		over("account-age-untold", "The status doesn't tell since when the account exists.", "status.account_since", absent{}, "account-too-young", nil, "BF-CONV-12"),
		over("no-measure", "The status doesn't state the measure.", "status.measures.0.id", "deliveries", "no-measure", nil, "BF-CONV-13"),
		over("sample-too-small", "19 ratings where 20 are wanted.", "status.measures.0", object{"id": "ratings", "positive": int64(19), "total": int64(19)},
			"sample-too-small", object{"missing_sample": 1}, "BF-CONV-14", "BF-EXPL-4"),
		passedOver("no-rate", "The lower bound is below the last row.", r, input(bazar, 16, 20),
			outcome{reason: "no-rate", compares: 3, next: ratings(3, 1, "0.80", missing(16, 20, "0.80", wilson95))}, "", "BF-CONV-15", "BF-EXPL-3", "BF-EXPL-4"),
		passedOver("no-rate-level", "The level earned is below the last row.", bronze, edit(good, "status.earned_level", "silver"),
			outcome{reason: "no-rate", next: object{"row": 1, "gives": 2, "level": "gold"}}, "", "BF-CONV-19"),
		passedOver("level-of-other-version", "A table of levels accepts the version, but the levels at hand are another version's.",
			rule(edit(levelsTable(bazar, "bazar"), "from.versions", []any{3, 4}), fromMechanism(bazar)), edit(good, "status.version", 4),
			outcome{reason: "mechanism-changed"}, "", "BF-CONV-7"),
		passedOver("level-mechanism-missing", "A table of levels, and the mechanism isn't at hand.", unread, good, outcome{reason: "mechanism-changed"}, "", "BF-CONV-7"),
		passedOver("first-reason-only", "Revoked and stale: the guard that goes first gives the reason.", r, twice, outcome{reason: "revoked"}, "", "BF-CONV-2"),
		passedOver("no-earned-level-in-levels", "A table of levels, and a vouched level without an earned one.", levels,
			edit(edit(good, "status.earned_level", absent{}), "status.kind", "vouched"), outcome{reason: "no-earned-level"}, "", "BF-CONV-11"),
	}
}

func conversionTimes() []Case {
	r := rule(shareTable(bazar, "bazar"), fromMechanism(bazar))
	good := edit(input(bazar, 500, 500), "relied_until", absent{})
	at := func(name, description, now string, in object, reason string, next object, expires string, requirements ...string) Case {
		q := edit(question([]any{r}, in), "now", now)
		o := outcome{input: in, rule: r, reason: reason, next: next}
		a := answer{expires: expires}
		if reason == "" {
			o.decisive, o.gives, o.row, o.compares = true, 3, 1, 1
			a.level, a.atTheCap = 3, true
		}
		a.outcomes = []outcome{o}
		return conversionCase(name, description, q, a, requirements...)
	}
	refresh := object{"refresh": true}
	relied := edit(good, "relied_until", "2026-11-22T12:00:00Z")
	young := edit(good, "status.account_since", "2026-05") // 31 May and 180 days: 27 November
	old := edit(good, "status.as_of", "2026-08-24")        // 90 days before 22 November
	fresh := edit(good, "status.as_of", "2027-10-30")
	return []Case{
		at("age-at-limit", "as_of is 90 days ago.", "2026-11-22T23:59:59Z", old, "", nil, "2026-11-23T00:00:00Z", "BF-CONV-9", "BF-EXPL-5"),
		at("age-past-limit", "as_of is 91 days ago.", "2026-11-23T00:00:00Z", old, "stale", refresh, "", "BF-CONV-9"),
		at("relied-until-before", "One second before relied_until.", "2026-11-22T11:59:59Z", relied, "", nil, "2026-11-22T12:00:00Z", "BF-CONV-10", "BF-EXPL-5"),
		at("relied-until-passed", "At relied_until.", "2026-11-22T12:00:00Z", relied, "stale", refresh, "", "BF-CONV-10"),
		at("account-day-before", "One day before the account is old enough, counted from the last day of its month.", "2026-11-26T23:59:59Z", young,
			"account-too-young", object{"from_date": "2026-11-27"}, "2026-11-27T00:00:00Z", "BF-CONV-12", "BF-EXPL-4", "BF-EXPL-5"),
		at("account-old-enough", "The first instant at which the account is old enough.", "2026-11-27T00:00:00Z", young, "", nil, "2027-02-19T00:00:00Z", "BF-CONV-12"),
		at("table-before-first-day", "The day before the table's first.", "2026-10-31T23:59:59Z", good, "table-expired", nil, "2026-11-01T00:00:00Z", "BF-CONV-8", "BF-EXPL-5"),
		at("table-on-last-day", "The table's last day.", "2027-11-01T23:59:59Z", fresh, "", nil, tableEnd, "BF-CONV-8", "BF-EXPL-5"),
		at("table-after-last-day", "The day after the table's last.", tableEnd, fresh, "table-expired", nil, "", "BF-CONV-8"),
	}
}

func conversionTogether() []Case {
	const wilson95 = "3.8416"
	table := func(issuer, name string, agreement bool) object {
		t := shareTable(issuer, name)
		if agreement {
			t["agreement"] = true
		}
		return rule(t, fromMechanism(issuer))
	}
	// Of 410 and of 30 ratings: levels 2 and 1.
	second := ratings(1, 3, "0.99", missing(405, 410, "0.99", wilson95))
	third := ratings(2, 2, "0.95", missing(30, 30, "0.95", wilson95))
	two := outcome{gives: 2, row: 2, compares: 2, next: second}
	one := outcome{gives: 1, row: 3, compares: 3, next: third}
	both := func(name, description string, b, d object, inB, inD object, oB, oD outcome, a answer, requirements ...string) Case {
		oB.input, oB.rule, oD.input, oD.rule = inB, b, inD, d
		a.outcomes, a.expires = []outcome{oB, oD}, reliedEnd
		// Rules and inputs stand in the opposite order: it doesn't matter.
		return conversionCase(name, description, question([]any{d, b}, inD, inB), a, append(requirements, "BF-CONV-24")...)
	}
	inB, inD := input(bazar, 405, 410), input(depot, 30, 30)
	decides := func(o outcome) outcome { o.decisive = true; return o }
	same := func(o outcome) outcome { o.reason, o.next = "same-source", nil; return o }
	relayed := edit(inD, "status.sources", []any{depot, bazar})
	capped := edit(edit(table(bazar, "bazar", true), "table.rates", []any{object{"at_least": "0.95", "gives": 2}}), "table.cap", 2)
	capped = rule(capped["table"].(object), fromMechanism(bazar))
	twoCapped := outcome{gives: 2, row: 1, compares: 1}
	again := edit(input(bazar, 30, 30), "status.mechanism", bazar+"/mechanisms/trader")
	trader := edit(edit(shareTable(bazar, "trader"), "from.mechanism", bazar+"/mechanisms/trader"), "agreement", true)
	traderRule := rule(trader, edit(fromMechanism(bazar), "id", bazar+"/mechanisms/trader"))
	return []Case{
		both("best-of", "Two independent inputs: the better one counts.", table(bazar, "bazar", false), table(depot, "depot", false), inB, inD,
			decides(two), one, answer{level: 2}, "BF-CONV-21"),
		both("agreement", "Two independent inputs whose tables allow agreement give one level more.", table(bazar, "bazar", true), table(depot, "depot", true), inB, inD,
			decides(two), decides(one), answer{level: 3, agreement: true, atTheCap: true}, "BF-CONV-22", "BF-EXPL-8"),
		both("agreement-of-one-table", "Only one of the tables allows agreement.", table(bazar, "bazar", true), table(depot, "depot", false), inB, inD,
			decides(two), one, answer{level: 2}, "BF-CONV-22"),
		both("agreement-within-cap", "The cap of the better one's table leaves no room for a level more.", capped, table(depot, "depot", true), inB, inD,
			decides(twoCapped), one, answer{level: 2, atTheCap: true}, "BF-CONV-22", "BF-CONV-20"),
		both("same-source", "The lower input rests on the issuer of the better one: it counts once, and nobody agrees.", table(bazar, "bazar", true), table(depot, "depot", true), inB, relayed,
			decides(two), same(one), answer{level: 2}, "BF-CONV-23", "BF-EXPL-2"),
		both("same-issuer", "Two mechanisms of one issuer count once.", table(bazar, "bazar", true), traderRule, inB, again,
			decides(two), same(one), answer{level: 2}, "BF-CONV-23"),
		both("same-source-tie", "Two inputs that give the same and have a common source: the issuer that sorts first counts.", table(bazar, "bazar", false), table(depot, "depot", false),
			input(bazar, 30, 30), relayed, decides(one), same(one), answer{level: 1}, "BF-CONV-23"),
		conversionCase("no-input", "Nothing is given.", question([]any{table(bazar, "bazar", false)}), answer{}, "BF-EXPL-1"),
		goodChoice(table),
	}
}

// goodChoice is the case in which the input that sorts first has a source in common with each of two
// others that agree: the two count, since they give more.
func goodChoice(table func(issuer, name string, agreement bool) object) Case {
	const ferme = "https://ferme.example"
	a, b, c := table(bazar, "bazar", true), table(depot, "depot", true), table(ferme, "ferme", true)
	relay := edit(input(bazar, 30, 30), "status.sources", []any{bazar, depot, ferme})
	x, y := input(depot, 30, 30), input(ferme, 30, 30)
	next := ratings(2, 2, "0.95", missing(30, 30, "0.95", "3.8416"))
	q := question([]any{a, b, c}, relay, x, y)
	return conversionCase("agreement-over-relay", "Of inputs that give the same, the two independent ones count that agree, and not the one that rests on both.", q, answer{
		level: 2, agreement: true, expires: reliedEnd, outcomes: []outcome{
			{input: relay, rule: a, reason: "same-source", gives: 1, row: 3, compares: 3},
			{input: x, rule: b, decisive: true, gives: 1, row: 3, compares: 3, next: next},
			{input: y, rule: c, decisive: true, gives: 1, row: 3, compares: 3, next: next},
		}}, "BF-CONV-22", "BF-CONV-23")
}

// TableInput is the input of the topic table.
type TableInput struct {
	Table object `json:"table"`
	From  object `json:"from,omitzero"`
	To    object `json:"to,omitzero"`
}

// Table returns the cases of tables that are compared with their mechanisms; the result names the field
// at fault.
func Table() []Case {
	shares, levels := shareTable(bazar, "bazar"), levelsTable(bazar, "bazar")
	from, to := fromMechanism(bazar), toMechanism()
	bad := func(name, requirement, description string, table object, subject string) Case {
		return Case{name, []string{requirement}, description, TableInput{table, from, to}, "bad-table", object{"subject": subject}}
	}
	return []Case{
		{"good-shares", []string{"BF-CONV-26"}, "A table of shares that fits.", TableInput{shares, from, to}, "ok", nil},
		{"good-levels", []string{"BF-CONV-27"}, "A table of levels that fits.", TableInput{levels, from, to}, "ok", nil},
		{"good-alone", []string{"BF-CONV-27"}, "A table whose mechanisms aren't at hand.", TableInput{levels, nil, nil}, "ok", nil},
		bad("measure-unknown", "BF-CONV-26", "The mechanism has no such measure.", edit(shares, "measure.share", "deliveries"), "measure.share"),
		bad("level-unknown", "BF-CONV-27", "The mechanism has no such level.", edit(levels, "rates.1.level", "tin"), "rates[1].level"),
		bad("levels-not-decreasing", "BF-CONV-27", "The second row wants a higher level than the first.", edit(levels, "rates.0.level", "bronze"), "rates[1].level"),
		bad("gives-above-levels", "BF-CONV-28", "A row gives a level that the target doesn't have.", edit(edit(shares, "rates.0.gives", 4), "cap", 4), "rates[0].gives"),
		bad("wilson-one", "BF-CONV-29", "No lower bound reaches 1.", edit(shares, "rates.0.at_least", "1"), "rates[0].at_least"),
		bad("other-mechanism", "BF-CONV-30", "The table is for another mechanism.", edit(shares, "from.mechanism", bazar+"/mechanisms/buyer"), "from.mechanism"),
		bad("other-context", "BF-CONV-30", "The mechanism is about another context.", edit(shares, "from.context", "lending"), "from.context"),
		bad("version-not-accepted", "BF-CONV-30", "The version in force isn't among those looked at.", edit(shares, "from.versions", []any{1, 2}), "from.versions"),
		bad("other-target", "BF-CONV-30", "The table gives levels of another mechanism.", edit(shares, "to.mechanism", outils+"/mechanisms/lender"), "to.mechanism"),
	}
}
