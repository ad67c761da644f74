package issuer

import (
	"time"

	"bonafide.example"
)

// maxChanges is how many changes a badge's history keeps: the newest.
const maxChanges = 24

// Change is one entry of a badge's history: what it said from that day on. Level and Kind are those of a current
// status alone, since nothing else says a level.
type Change struct {
	Date  bonafide.Date  `json:"date"`
	Level string         `json:"level,omitzero"` // an id of the mechanism, "" for none
	Kind  bonafide.Kind  `json:"kind,omitzero"`
	State bonafide.State `json:"state"`
}

// changeTo returns the entry of a status that is shown from that instant on.
func changeTo(status bonafide.Status, at time.Time) Change {
	c := Change{Date: bonafide.DateOf(at), State: status.State}
	if status.State == bonafide.Current {
		c.Level, c.Kind = status.Level, status.Kind
	}
	return c
}

// note adds to the history what is shown from that instant on, unless nothing changed but measures and dates.
func (b *badgeRecord) note(status bonafide.Status, at time.Time) {
	b.History = b.history()
	next := changeTo(status, at)
	if n := len(b.History); n > 0 {
		last := b.History[n-1]
		if last.Date = next.Date; last == next {
			return
		}
	}
	b.History = append(b.History, next)
	b.History = b.History[max(len(b.History)-maxChanges, 0):]
}

// history returns the changes, the oldest first. Records from before there were histories begin with their last
// issue.
func (b *badgeRecord) history() []Change {
	if len(b.History) == 0 && b.Issued != nil {
		return []Change{changeTo(b.Issued.Status, b.Issued.ValidFrom)}
	}
	return b.History
}

// publicly returns the changes as visitors read them. A suspension that was lifted isn't among them: it may have been a
// mistake, and what it was for is over. The holder's export has it.
func publicly(all []Change) (told []Change) {
	for n, c := range all {
		if c.State == bonafide.Suspended && n < len(all)-1 {
			continue
		}
		if len(told) > 0 {
			last := told[len(told)-1]
			if last.Date = c.Date; last == c {
				continue // as before the suspension
			}
		}
		told = append(told, c)
	}
	return told
}
