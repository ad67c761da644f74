package main

import (
	"fmt"
	"io"
	"text/tabwriter"
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

// print prints the counts by level, those without one by the reason.
func (t *tally) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for level := len(t.levels) - 1; level > 0; level-- {
		fmt.Fprintf(w, "level %d\t%d\n", level, t.levels[level])
	}
	for _, code := range bonafide.Codes() {
		if n := t.reasons[code]; n > 0 {
			fmt.Fprintf(w, "none: %s\t%d\t%s\n", code, n, code.Meaning().Sentence.EN)
		}
	}
	return w.Flush()
}
