package verifier

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bonafide.example"
)

// tableChanges says in words what differs between two versions of a table. Nothing that differs is passed over.
func tableChanges(before, after *bonafide.Table, say func(id string, fields ...any) bonafide.Text) (found []bonafide.Text) {
	add := func(id string, fields ...any) { found = append(found, say(id, fields...)) }
	pair := func(id string, before, after any) {
		if before != after {
			add(id, "Before", before, "After", after)
		}
	}
	pair("changed-from", before.From.Mechanism, after.From.Mechanism)
	pair("changed-table-context", before.From.Context, after.From.Context)
	pair("changed-versions", numbers(before.From.Versions), numbers(after.From.Versions))
	pair("changed-to", before.To.Mechanism, after.To.Mechanism)
	if !sameMeasure(before.Measure, after.Measure) {
		add("changed-measure")
	}
	rates(before, after, add)
	pair("changed-sample", before.Accept.MinSample, after.Accept.MinSample)
	pair("changed-age", before.Accept.MaxAgeDays, after.Accept.MaxAgeDays)
	pair("changed-account", before.Accept.MinAccountDays, after.Accept.MinAccountDays)
	pair("changed-cap", before.Cap, after.Cap)
	switch {
	case after.Agreement && !before.Agreement:
		add("changed-agreement-added")
	case before.Agreement && !after.Agreement:
		add("changed-agreement-removed")
	}
	pair("changed-valid-from", before.ValidFrom, after.ValidFrom)
	pair("changed-valid-until", before.ValidUntil, after.ValidUntil)
	terms(before.Referral, after.Referral, add)
	if len(found) == 0 {
		add("changed-else")
	}
	return found
}

func numbers(versions []int) string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(slices.Sorted(slices.Values(versions))), "[]")), ", ")
}

func sameMeasure(a, b *bonafide.MeasureBy) bool {
	if a == nil || b == nil {
		return a == b
	}
	sameBound := a.Confidence == nil && b.Confidence == nil || a.Confidence != nil && b.Confidence != nil && *a.Confidence == *b.Confidence
	return a.Share == b.Share && sameBound
}

// rates compares the rows by what they give.
func rates(before, after *bonafide.Table, add func(id string, fields ...any)) {
	was, is := needs(before), needs(after)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, level := range slices.Backward(slices.Sorted(maps.Keys(all))) {
		switch b, a := was[level], is[level]; {
		case b == a:
		case b == "":
			add("changed-row-added", "Level", level, "After", a)
		case a == "":
			add("changed-row-removed", "Level", level, "Before", b)
		default:
			add("changed-row", "Level", level, "Before", b, "After", a)
		}
	}
}

// needs returns what each level given needs: per cent of a share, or the id of a level.
func needs(t *bonafide.Table) map[int]string {
	needed := map[int]string{}
	for _, rate := range t.Rates {
		needed[rate.Gives] = rate.Level
		if rate.AtLeast != "" {
			needed[rate.Gives] = string(rate.AtLeast.Percent()) + "\u00a0%"
		}
	}
	return needed
}

// terms compares the terms on which members of the issuer may refer people.
func terms(before, after *bonafide.ReferralTerms, add func(id string, fields ...any)) {
	switch {
	case before == nil && after == nil:
	case before == nil:
		add("changed-referral-added")
	case after == nil:
		add("changed-referral-removed")
	default:
		if before.MinStake != after.MinStake {
			add("changed-referral-stake", "Before", before.MinStake, "After", after.MinStake)
		}
		if !maps.Equal(before.Classes, after.Classes) {
			add("changed-referral-classes")
		}
	}
}
