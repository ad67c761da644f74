package main

import (
	"io"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
)

// tally counts what one table gives to many statuses.
type tally struct {
	table   *bonafide.Table
	rule    conversion.Rule
	levels  []int // by level given
	reasons map[bonafide.Code]int
}

func newTally(table *bonafide.Table, from *bonafide.Mechanism) *tally {
	return &tally{
		table: table, rule: conversion.Rule{Table: *table, From: from},
		levels: make([]int, table.Cap+1), reasons: map[bonafide.Code]int{},
	}
}

// count adds a status as it is published: its exact measures, today.
func (t *tally) count(status bonafide.Status, now time.Time) {
	e := conversion.Convert(conversion.Question{
		Site: t.table.Origin(), Rules: []conversion.Rule{t.rule},
		Inputs: []conversion.Input{{Status: status, Condition: conversion.Good, CheckedAt: now, ReliedUntil: now.Add(time.Hour)}}, Now: now,
	})
	t.levels[e.Level]++
	if e.Level == 0 {
		t.reasons[e.Inputs[0].Reason]++
	}
}

// print prints the counts by level, then those without one, by the reason.
func (t *tally) print(out io.Writer) {
	for level := len(t.levels) - 1; level > 0; level-- {
		say(out, "%7d  level %d", t.levels[level], level)
	}
	for _, code := range bonafide.Codes() {
		if n := t.reasons[code]; n > 0 {
			say(out, "%7d  none (%s): %s", n, code, code.Meaning().Sentence.EN)
		}
	}
}
