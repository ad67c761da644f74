package vouching

import (
	"cmp"
	"slices"

	"bonafide.example"
)

// Ledger is a [State] that goes on: events are added, in any order, and the instant moves forward. One
// event costs what it touches, however many members there are. It isn't safe for concurrent use.
type Ledger struct {
	*State
	due calendar
}

// New returns a ledger without events, at an instant.
func New(p Parameters, at bonafide.Seconds) (*Ledger, error) {
	b, err := newBook(p)
	if err != nil {
		return nil, err
	}
	return &Ledger{State: &State{b, at}, due: calendar{on: map[bonafide.Seconds]*dayDue{}}}, nil
}

// Add adds an event and returns the ids, in order, of those whose own account it touched; the vouched
// levels of those whom they stand behind ([State.Behind]) may follow. It refuses with the codes of
// [Parameters.Check], future-event and event-conflict; whoever takes new events asks [State.Refuse]
// before. Adding an event again touches nobody.
func (l *Ledger) Add(e Event) (touched []string, err error) {
	known, err := l.examine(e)
	if known || err != nil {
		return nil, err
	}
	l.place(e)
	switch e.Kind {
	case KindVouch, KindRefer:
		touched = l.follow(l.vouches[e.ID])
	case KindWithdraw:
		if v := l.vouches[e.Vouch]; v != nil {
			touched = l.follow(v)
		}
	case KindFault, KindOutcome:
		f := l.faults[e.ID]
		l.expectHealing(f, l.at)
		touched = l.recharge(f)
	case KindReverse:
		if f := l.faults[e.Fault]; f != nil {
			touched = l.recharge(f)
		}
	case KindSuspend, KindRestore:
		touched = append(l.rejudge(l.person(e.Member).givenSince(e.At)), e.Member)
	case KindEarn:
		touched = []string{e.Member}
	}
	return sorted(touched), nil
}

// follow does what follows from a vouch being new, or ending sooner.
func (l *Ledger) follow(v *vouch) []string {
	v.void = v.judge()
	l.due.put(due{at: v.ends(), vouch: v})
	return append(l.rejudge(v.later()), l.moved(v)...)
}

// rejudge judges vouches again and does what follows from those whose judgement changed.
func (l *Ledger) rejudge(vouches []*vouch) (touched []string) {
	for _, v := range judgeAgain(vouches) {
		touched = append(touched, l.moved(v)...)
	}
	return touched
}

// moved charges again the faults that a vouch may answer for: those of its vouchee, and of whom the
// vouchee stood behind.
func (l *Ledger) moved(v *vouch) []string {
	touched := []string{v.voucher.id, v.vouchee.id}
	var faults []*fault
	since := func(p *person) {
		for _, f := range p.faults {
			if f.occurred >= v.accepted {
				faults = append(faults, f)
			}
		}
	}
	since(v.vouchee)
	for _, w := range v.vouchee.given {
		if w.site == "" { // an outcome goes no further back
			since(w.vouchee)
		}
	}
	slices.SortFunc(faults, (*fault).compare)
	for _, f := range slices.Compact(faults) {
		touched = append(touched, l.recharge(f)...)
	}
	return touched
}

func (l *Ledger) recharge(f *fault) []string {
	old, now := l.charge(f)
	touched := append(make([]string, 0, 1+len(old)+len(now)), f.person.id)
	for _, c := range old {
		touched = append(touched, c.vouch.voucher.id)
	}
	for _, c := range now {
		touched = append(touched, c.vouch.voucher.id)
	}
	return touched
}

// givenSince returns the vouches that the member gave at an instant or later.
func (p *person) givenSince(at bonafide.Seconds) []*vouch {
	i, _ := slices.BinarySearchFunc(p.given, at, func(v *vouch, at bonafide.Seconds) int { return cmp.Compare(v.accepted, at) })
	return slices.Clone(p.given[i:])
}

// sorted returns the ids in order, each once, without outsiders, who have none.
func sorted(ids []string) []string {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}
