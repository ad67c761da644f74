package main

// conversionChoice returns the cases of what is chosen where several would do: a table, a row, an input.
func conversionChoice() []Case {
	return append(tableChoice(), rowChoice(), inputChoice("good-equal-inputs", false), inputChoice("good-equal-inputs-turned", true))
}

// tableChoice returns the cases of several tables for one mechanism. The good input comes to 3 under the one due, and
// to 1 under the others.
func tableChoice() []Case {
	in := edit(input(bazar, 500, 500), "relied_until", absent{})
	named := func(name string, version int, from, until string) object {
		t := edit(edit(shareTable(bazar, name), "valid_from", from), "valid_until", until)
		if version > 1 {
			t["version"], t["previous"] = version, "sha-256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		}
		return t
	}
	one := func(t object) object { return edit(t, "rates", []any{object{"at_least": "0.80", "gives": 1}}) }
	chosen := func(name, description string, due object, others ...object) Case {
		r := rule(due, fromMechanism(bazar))
		var rules []any
		for _, other := range others {
			rules = append(rules, rule(other, fromMechanism(bazar)))
		}
		// as_of is 2026-11-20, and 90 days later it is stale.
		return conversionCase("choice-"+name, description, question(append(rules, r), in), answer{3, false, true, "2027-02-19T00:00:00Z", []outcome{
			{input: in, rule: r, decisive: true, gives: 3, row: 1, compares: 1},
		}}, "BF-CONV-31", "BF-CONV-24")
	}
	const first, last, past = "2026-11-01", "2027-11-01", "2026-11-21"
	return []Case{
		chosen("in-force", "A table that is over sorts first: the one in force goes before it.", named("z", 1, first, last), one(named("a", 1, first, past))),
		chosen("address", "Two tables in force: the one whose address sorts first.", named("a", 1, first, last), one(named("b", 2, first, last))),
		chosen("version", "Two versions of one table: the later one.", named("a", 2, first, last), one(named("a", 1, first, last))),
		chosen("version-in-force", "The later version isn't in force yet.", named("a", 1, first, last), one(named("a", 2, "2026-11-23", last))),
	}
}

// rowChoice is the case of two better rows that the mechanism's top level makes equal.
func rowChoice() Case {
	table := edit(edit(shareTable(bazar, "bazar"), "cap", 5), "rates", []any{
		object{"at_least": "0.999", "gives": 5}, object{"at_least": "0.99", "gives": 4}, object{"at_least": "0.80", "gives": 1},
	})
	r, in := rule(table, fromMechanism(bazar)), input(bazar, 30, 30)
	return conversionCase("next-row-of-equal", "Two rows come to the top level: what is missing is told of the one that is nearer.", question([]any{r}, in),
		answer{1, false, false, reliedEnd, []outcome{
			{input: in, rule: r, decisive: true, gives: 1, row: 3, compares: 3, next: ratings(2, 3, "0.99", missing(30, 30, "0.99", "3.8416"))},
		}}, "BF-EXPL-4")
}

// inputChoice is the case of two statuses of one mechanism that give the same: the one whose canonical JSON is smaller
// counts, here the one that was computed a day before, whatever the level shown and in whatever order they come.
func inputChoice(name string, turned bool) Case {
	r := rule(shareTable(bazar, "bazar"), fromMechanism(bazar))
	older, newer := edit(input(bazar, 30, 30), "status.as_of", "2026-11-19"), edit(input(bazar, 30, 30), "status.level", "bronze")
	inputs := []any{newer, older}
	if turned {
		inputs = []any{older, newer}
	}
	next := ratings(2, 2, "0.95", missing(30, 30, "0.95", "3.8416"))
	return conversionCase(name, "Two statuses of one mechanism that give the same: their canonical JSON decides which counts.", question([]any{r}, inputs...),
		answer{1, false, false, reliedEnd, []outcome{
			{input: older, rule: r, decisive: true, gives: 1, row: 3, compares: 3, next: next},
			{input: newer, rule: r, reason: "same-source", gives: 1, row: 3, compares: 3},
		}}, "BF-CONV-32", "BF-CONV-24")
}
