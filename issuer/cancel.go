package issuer

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// Cancellation is what cancelling an event changes: what is said of its member with the event, and without.
type Cancellation struct {
	Event   Event           `json:"event"`
	With    bonafide.Status `json:"with"`
	Without bonafide.Status `json:"without"`
}

// Cancelling returns what [Issuer.Cancel] would change now. Nothing is changed.
func (i *Issuer) Cancelling(ctx context.Context, member, event string) (c Cancellation, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		c, _, err = i.cancelling(r, member, event)
		return err
	})
	return c, err
}

// Cancel takes back an event that should never have been recorded: a slip of whoever typed it, or a rating that was bought. The
// member's level and measures are then those of the other events, and badges and statements follow. Only the event's id stays, so
// that sending the event again doesn't bring it back. What isn't an event of the member is [bonafide.NotFound].
func (i *Issuer) Cancel(ctx context.Context, member, event string) (c Cancellation, err error) {
	err = i.change(ctx, func(tx store.Tx) (codes []string, err error) {
		var t *tally
		if c, t, err = i.cancelling(tx, member, event); err != nil {
			return nil, err
		}
		if err := forgetEvent(tx, member, event); err != nil {
			return nil, err
		}
		return i.settle(tx, i.mechanisms[c.Event.Mechanism], member, t)
	})
	if err == nil && len(i.ledgers) > 0 {
		i.WakeUp() // for whom the member stands behind
	}
	return c, err
}

// cancelling returns what would change, and the tally of the events that stay.
func (i *Issuer) cancelling(r store.Reader, member, event string) (c Cancellation, without *tally, err error) {
	events, err := eventsOf(r, member)
	if err != nil {
		return c, nil, err
	}
	at := slices.IndexFunc(events, func(e Event) bool { return e.ID == event })
	if at < 0 {
		return c, nil, bonafide.Errorf(bonafide.NotFound, event, "is no event of this member, or was cancelled before")
	}
	c.Event = events[at]
	m, err := i.Mechanism(c.Event.Mechanism)
	if err != nil {
		return c, nil, err
	}
	before, err := i.tallyIn(r, m, member)
	if err != nil {
		return c, nil, err
	}
	if c.With, err = i.statusIn(r, m, member); err != nil {
		return c, nil, err
	}
	without = recount(m, &before, slices.Delete(events, at, at+1), i.now())
	shown := *without
	shown.Days = slices.Clone(without.Days)
	o, err := i.settleTally(r, m, member, &shown)
	if err != nil {
		return c, nil, err
	}
	c.Without, err = i.statusOf(r, m, member, &shown, o)
	return c, without, err
}

// recount counts events that stay as they happened, one after the other, so that a level is held since when it would be had there
// been no others. A level that was held before is held since then at most: by faults, too, a level falls.
func recount(m *bonafide.Mechanism, before *tally, events []Event, now time.Time) *tally {
	t := &tally{Version: m.Version, Standing: before.Standing, AsOf: before.AsOf}
	last := time.Time{}
	until := func(at time.Time) { // days leave the window meanwhile
		for next := evaluate(m, t, last).next; !next.IsZero() && !next.After(at); next = evaluate(m, t, last).next {
			last = next
			t.forget(m, last)
			t.hold(evaluate(m, t, last), last)
		}
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	for n := range events {
		e := &events[n]
		if e.Mechanism != m.Slug() || e.check(m) != nil {
			continue
		}
		until(e.At)
		last = e.At
		t.add(m, e)
		t.hold(evaluate(m, t, last), last)
	}
	until(now)
	if t.Level == before.Level && before.Since > t.Since {
		t.Since = before.Since
	}
	return t
}

func (i *Issuer) adminCancelling(r *http.Request) (any, error) {
	return i.Cancelling(r.Context(), r.PathValue("id"), r.PathValue("event"))
}

func (i *Issuer) adminCancel(r *http.Request) (any, error) {
	return i.Cancel(r.Context(), r.PathValue("id"), r.PathValue("event"))
}
