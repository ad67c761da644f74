package vouching

import (
	"container/heap"

	"bonafide.example"
)

// due is something that time will change: a vouch ends, or what a fault costs heals by a step.
type due struct {
	at    bonafide.Seconds
	vouch *vouch
	fault *fault // one of the two
}

// dues is a heap of what is due, the soonest first.
type dues []due

func (d dues) Len() int           { return len(d) }
func (d dues) Less(i, j int) bool { return d[i].at < d[j].at }
func (d dues) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *dues) Push(x any)        { *d = append(*d, x.(due)) }
func (d *dues) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

// Advance moves the instant forward and returns the ids, in order, of those whose own account time has
// changed since: a vouch ended, a charge or a loss healed a step. An instant before the present one
// changes nothing.
func (l *Ledger) Advance(at bonafide.Seconds) (touched []string) {
	l.at = max(l.at, at)
	for len(l.due) > 0 && l.due[0].at <= l.at {
		d := heap.Pop(&l.due).(due)
		switch {
		case d.fault != nil:
			touched = append(touched, l.healing(d)...)
			l.expectHealing(d.fault, d.at)
		case d.at == d.vouch.ends() && d.vouch.void == "":
			touched = append(touched, d.vouch.voucher.id, d.vouch.vouchee.id)
		}
	}
	return sorted(touched)
}

// Next returns the first instant at which [Ledger.Advance] may have somebody to touch; 0 if none.
func (l *Ledger) Next() bonafide.Seconds {
	if len(l.due) == 0 {
		return 0
	}
	return l.due[0].at
}

// expectHealing puts down the first step after an instant in which what a fault costs heals.
func (l *Ledger) expectHealing(f *fault, after bonafide.Seconds) {
	if k := (after-f.final)/Period + 1; k <= Periods && !f.reversed {
		heap.Push(&l.due, due{at: f.final + k*Period, fault: f})
	}
}

// healing returns whom the step that is due relieves.
func (l *Ledger) healing(d due) (touched []string) {
	step := (d.at - d.fault.final) / Period
	heals := func(amount int64) bool { return healedAfter(amount, step) > healedAfter(amount, step-1) }
	if d.fault.reversed {
		return nil
	}
	if heals(l.parameters.Classes[d.fault.class].Points) {
		touched = append(touched, d.fault.person.id)
	}
	for _, c := range d.fault.charges {
		if heals(c.amount) {
			touched = append(touched, c.vouch.voucher.id)
		}
	}
	return touched
}
