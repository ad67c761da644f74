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

// calendar holds what is due, day by day. One list of all would have to be moved whole whenever it
// outgrows its place, so that an event would now and then cost by how many members there are.
type calendar struct {
	days queue[*dayDue]
	on   map[bonafide.Seconds]*dayDue // by the first instant of each day on which something is due
}

type dayDue struct {
	start bonafide.Seconds
	dues  queue[due] // never empty
}

func (d due) when() bonafide.Seconds     { return d.at }
func (d *dayDue) when() bonafide.Seconds { return d.start }

// put notes something that is due.
func (c *calendar) put(d due) {
	start := d.at - d.at%Day
	day := c.on[start]
	if day == nil {
		day = &dayDue{start: start, dues: queue[due]{d}}
		c.on[start] = day
		heap.Push(&c.days, day)
		return
	}
	heap.Push(&day.dues, d)
}

// next returns the first instant at which something is due; 0 if nothing is.
func (c *calendar) next() bonafide.Seconds {
	if len(c.days) == 0 {
		return 0
	}
	return c.days[0].dues[0].at
}

// take removes what is due first and returns it.
func (c *calendar) take() due {
	day := c.days[0]
	d := heap.Pop(&day.dues).(due)
	if len(day.dues) == 0 {
		heap.Pop(&c.days)
		delete(c.on, day.start)
	}
	return d
}

// queue is a heap (container/heap) of what comes one before the other.
type queue[T interface{ when() bonafide.Seconds }] []T

func (q queue[T]) Len() int           { return len(q) }
func (q queue[T]) Less(i, j int) bool { return q[i].when() < q[j].when() }
func (q queue[T]) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue[T]) Push(x any)        { *q = append(*q, x.(T)) }
func (q *queue[T]) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// Advance moves the instant forward and returns the ids, in order, of those whose own account time has
// changed since: a vouch ended, a charge or a loss healed a step. An instant before the present one
// changes nothing.
func (l *Ledger) Advance(at bonafide.Seconds) (touched []string) {
	l.at = max(l.at, at)
	for next := l.due.next(); next > 0 && next <= l.at; next = l.due.next() {
		d := l.due.take()
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
func (l *Ledger) Next() bonafide.Seconds { return l.due.next() }

// expectHealing puts down the first step after an instant in which what a fault costs heals.
func (l *Ledger) expectHealing(f *fault, after bonafide.Seconds) {
	if k := (after-f.final)/Period + 1; k <= Periods && !f.reversed {
		l.due.put(due{at: f.final + k*Period, fault: f})
	}
}

// healing returns whom the step that is due relieves.
func (l *Ledger) healing(d due) (touched []string) {
	step := (d.at - d.fault.final) / Period
	heals := func(amount int64) bool { return healedAfter(amount, step) > healedAfter(amount, step-1) }
	if d.fault.reversed {
		return nil
	}
	if d.fault.referral == "" && heals(l.parameters.Classes[d.fault.class].Points) {
		touched = append(touched, d.fault.person.id)
	}
	for _, c := range d.fault.charges {
		if heals(c.amount) {
			touched = append(touched, c.vouch.voucher.id)
		}
	}
	return touched
}
