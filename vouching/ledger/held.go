package ledger

import (
	"cmp"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// Held is all that a ledger keeps of a member, also what ended, healed or was reversed long ago, the oldest first.
type Held struct {
	Faults   []vouching.Fault // the member's own
	Given    []vouching.Vouch // referrals among them
	Received []vouching.Vouch
}

// Held returns all that is kept of a member.
func (l *Ledger) Held(r store.Reader, now bonafide.Seconds, member string) (h Held, err error) {
	p, err := l.read(r, now)
	if err != nil {
		return h, err
	}
	if err := p.whole(member); err != nil {
		return h, err
	}
	s, err := p.state()
	if err != nil {
		return h, err
	}
	h.Given = s.Member(member).Given
	for _, id := range p.lists[member][received] {
		v, _ := s.Vouch(id)
		h.Received = append(h.Received, v)
	}
	for _, id := range p.lists[member][faults] {
		f, _ := s.Fault(id)
		h.Faults = append(h.Faults, f)
	}
	slices.SortStableFunc(h.Received, func(v, w vouching.Vouch) int { return cmp.Compare(v.Accepted, w.Accepted) })
	slices.SortStableFunc(h.Faults, func(f, g vouching.Fault) int { return cmp.Compare(f.Final, g.Final) })
	return h, nil
}
