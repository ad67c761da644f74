package console

import (
	"fmt"
	"strconv"

	"bonafide.example"
)

// termsFields returns the form of the terms on which members vouch for one another at a level: empty where they don't.
func termsFields(m *bonafide.Mechanism, i int) []field {
	supporters, stake := "", ""
	if v := m.Vouching; v != nil && i < len(v.Supporters) && i < len(v.MinStake) {
		supporters, stake = strconv.Itoa(v.Supporters[i]), strconv.FormatInt(v.MinStake[i], 10)
	}
	return []field{
		{Path: fmt.Sprintf("vouching.supporters[%d]", i), Kind: "supporters", Number: i + 1, Value: supporters},
		{Path: fmt.Sprintf("vouching.min_stake[%d]", i), Kind: "min-stake", Number: i + 1, Value: stake},
	}
}

// terms gathers the terms of levels, from the lowest.
type terms struct {
	bonafide.Vouching
	ended bool // a level had none: those above have none either
}

// read reads the terms of the next level, which stand at row i of the form.
func (t *terms) read(r reading, i int) {
	supporters, stake := fmt.Sprintf("vouching.supporters[%d]", i), fmt.Sprintf("vouching.min_stake[%d]", i)
	switch {
	case r.text(supporters) == "" && r.text(stake) == "":
		t.ended = true
	case t.ended:
		r.faults[supporters] = "the level below has no terms, and is easier to reach"
	default:
		t.Supporters = append(t.Supporters, int(r.number(supporters)))
		t.MinStake = append(t.MinStake, r.number(stake))
	}
}

// of returns the terms of so many levels, nil if none has any. The highest, which was the last but one in the form if that was emptied,
// has none.
func (t *terms) of(levels int) *bonafide.Vouching {
	n := min(len(t.Supporters), levels-1)
	if n < 1 {
		return nil
	}
	return &bonafide.Vouching{Supporters: t.Supporters[:n], MinStake: t.MinStake[:n]}
}
