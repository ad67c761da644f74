package issuer

import (
	"context"
	"fmt"

	"bonafide.example"
	"bonafide.example/store"
)

// Shares tells how a mechanism's members spread over its levels, so coarsely that nobody is given away.
//
// Counted is what members earned here; whoever is suspended isn't counted. Each share is a range of whole
// steps, and a step is so wide that it spans five members or more: who knows the levels of all but four
// still can't tell theirs. So a level with fewer than five holders has less than a step, like one with none,
// and one that all hold has the last step, like one that nearly all hold. Below 20 members, the smallest
// group that a mechanism's yearly figures count too, nothing is told. Nor is how many there are: it
// would make numbers of the shares.
type Shares struct {
	Day    bonafide.Date `json:"day,omitzero"` // when they were counted; absent: not yet
	Levels []Share       `json:"levels"`       // from none to the highest; empty: there are too few members
}

// Share is the share of the members who have earned one level: From per cent or more, and less than To.
type Share struct {
	Number int           `json:"number"` // of the level, 0 for none
	Name   bonafide.Text `json:"name,omitzero"`
	From   int           `json:"from"`
	To     int           `json:"to"`
}

const (
	minCounted = 20 // members of whom shares are told
	minInStep  = 5  // members whom a step spans
)

// steps are the steps of shares, in per cent.
var steps = []int{5, 10, 20, 25}

// shareStep returns the finest step that spans enough of so many members, 0 if there are too few.
func shareStep(members int) int {
	for _, step := range steps {
		if members >= minCounted && step*members >= minInStep*100 {
			return step
		}
	}
	return 0
}

// sharesRecord is what is kept of one count: the counts themselves aren't.
type sharesRecord struct {
	Day     bonafide.Date `json:"day"`
	Version int           `json:"version"`
	Step    int           `json:"step,omitzero"`
	From    []int         `json:"from,omitzero"` // by the level's number, beginning with none
}

func sharesKey(slug string) []byte { return store.Key("i", "shares", slug) }

// coarsely returns what is told of counts by the level's number.
func coarsely(counts []int) (step int, from []int) {
	members := 0
	for _, count := range counts {
		members += count
	}
	if step = shareStep(members); step == 0 {
		return 0, nil
	}
	for _, count := range counts {
		from = append(from, min(count*100/members/step*step, 100-step))
	}
	return step, from
}

// Shares returns the shares that [Issuer.Run] counted last, for the mechanism's newest version. It fails with
// [bonafide.NotFound] for an unknown mechanism.
func (i *Issuer) Shares(ctx context.Context, mechanism string) (shares Shares, err error) {
	m, err := i.Mechanism(mechanism)
	if err != nil {
		return shares, err
	}
	err = i.Store.View(ctx, func(r store.Reader) error {
		kept, found, err := store.GetJSON[sharesRecord](r, sharesKey(mechanism))
		if err != nil || !found || kept.Version != m.Version {
			return err
		}
		shares = Shares{Day: kept.Day}
		for number, from := range kept.From {
			level, _ := m.Level(number)
			shares.Levels = append(shares.Levels, Share{number, level.Name, from, from + kept.Step})
		}
		return nil
	})
	return shares, err
}

// countShares counts those shares anew that weren't counted today.
func (i *Issuer) countShares(ctx context.Context) error {
	today := bonafide.DateOf(i.now())
	for _, slug := range i.Slugs() {
		m := i.mechanisms[slug]
		var kept sharesRecord
		err := i.Store.View(ctx, func(r store.Reader) (err error) {
			kept, _, err = store.GetJSON[sharesRecord](r, sharesKey(slug))
			return err
		})
		if err != nil {
			return err
		}
		if kept.Day == today && kept.Version == m.Version {
			continue
		}
		counts, err := i.countHolders(ctx, m)
		if err != nil {
			return fmt.Errorf("counting the holders of %s: %w", m.ID, err)
		}
		counted := sharesRecord{Day: today, Version: m.Version}
		counted.Step, counted.From = coarsely(counts)
		err = i.Store.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, sharesKey(slug), counted) })
		if err != nil {
			return err
		}
	}
	return nil
}

// countHolders returns how many members have earned each level, by its number, beginning with none. It reads
// every tally once, in pieces: a snapshot that stays open long keeps the store from using its room again.
func (i *Issuer) countHolders(ctx context.Context, m *bonafide.Mechanism) ([]int, error) {
	counts := make([]int, len(m.Levels)+1)
	keys := store.Prefix(store.Key("i", "tally", m.Slug()))
	for more := true; more; {
		err := i.Store.View(ctx, func(r store.Reader) (err error) {
			more, err = countPiece(r, m, &keys, counts)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// countPiece adds some members to the counts and moves the start of keys past them; more tells whether some may be left.
func countPiece(r store.Reader, m *bonafide.Mechanism, keys *store.Range, counts []int) (more bool, err error) {
	const piece = 1024
	var levels []int
	var members [][]byte
	err = store.ScanJSON(r, *keys, func(key []byte, t tally) (bool, error) {
		keys.From = append(key, 0) // the next key at the earliest
		levels, members = append(levels, m.LevelNumber(t.Level)), append(members, memberKey(lastPart(key)))
		return len(members) < piece, nil
	})
	if err != nil || len(members) == 0 {
		return false, err
	}
	values, err := r.Get(members...)
	if err != nil {
		return false, err
	}
	for n, value := range values {
		if value == nil {
			continue // known by a tally alone, which counts nothing
		}
		of, err := store.DecodeJSON[member](members[n], value)
		if err != nil {
			return false, err
		}
		if !of.Suspended {
			counts[levels[n]]++
		}
	}
	return len(members) == piece, nil
}
