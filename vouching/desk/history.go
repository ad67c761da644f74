package desk

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// adminEvents answers with the history of a mechanism's ledger as an event file.
func (d *Desk) adminEvents(w http.ResponseWriter, r *http.Request) {
	data, err := d.eventFile(r)
	if err != nil {
		d.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(data)
}

func (d *Desk) eventFile(r *http.Request) (data []byte, err error) {
	l, err := d.Issuer.Ledger(r.PathValue("mechanism"))
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = d.Store.View(r.Context(), func(r store.Reader) error {
		file.Reset()
		events, err := history(r, l, d.now())
		if err != nil {
			return err
		}
		for _, e := range events {
			line, err := bonafide.MarshalJSON(e)
			if err != nil {
				return err
			}
			file.Write(append(line, '\n'))
		}
		return nil
	})
	return file.Bytes(), err
}

// history returns the events of a ledger, after what whoever they name has earned by now: as that stands in
// other books, it is told in one sum, dated before all else. Evaluated now or later it comes to the same state.
func history(r store.Reader, l *ledger.Ledger, now bonafide.Seconds) ([]vouching.Event, error) {
	var kept []vouching.Event
	first, members := now, map[string]bool{}
	err := l.Events(r, func(e vouching.Event) error {
		kept = append(kept, e)
		first = min(first, e.At)
		for _, id := range []string{e.Member, e.Voucher, e.Vouchee} {
			members[id] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	delete(members, "")
	var facts []vouching.Event
	for _, id := range slices.Sorted(maps.Keys(members)) {
		state, err := l.Around(r, now, id)
		if err != nil {
			return nil, err
		}
		facts = append(facts, factsOf(state.Member(id), max(1, first-1), now)...)
	}
	return append(facts, kept...), nil
}

// factsOf returns events that tell what a member has earned, and that they are suspended if they are.
func factsOf(m vouching.Member, first, now bonafide.Seconds) (events []vouching.Event) {
	for part, left := 1, m.Earned; left > 0; part++ {
		e := vouching.Event{Kind: vouching.KindEarn, ID: factID("earned", m.ID, part), At: first, Member: m.ID, Points: min(left, bonafide.MaxPoints)}
		events = append(events, e)
		left -= e.Points
	}
	if m.Suspended {
		events = append(events, vouching.Event{Kind: vouching.KindSuspend, ID: factID("suspended", m.ID, 1), At: now, Member: m.ID})
	}
	return events
}

// factID returns an id such as earned-alice. A member's id too long for that is hashed.
func factID(what, member string, part int) string {
	if len(member) > 150 {
		member = hashed(member)
	}
	if part > 1 {
		return fmt.Sprintf("%s-%d-%s", what, part, member)
	}
	return what + "-" + member
}
