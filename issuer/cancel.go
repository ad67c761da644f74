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
		younger := c.Without.AccountSince != c.With.AccountSince
		if younger {
			if err := knownSince(tx, member, c.Without.AccountSince); err != nil {
				return nil, err
			}
		}
		if codes, err = i.settle(tx, i.mechanisms[c.Event.Mechanism], member, t); err != nil || !younger {
			return codes, err
		}
		return i.restateAll(tx, member) // every mechanism states it
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
	events = slices.Delete(events, at, at+1)
	without, o, err := i.tallyOf(r, m, member, &before, events)
	if err != nil {
		return c, nil, err
	}
	if c.Without, err = i.statusOf(r, m, member, without, o); err != nil {
		return c, nil, err
	}
	c.Without.AccountSince, err = sinceWithout(r, &c.Event, events)
	return c, without, err
}

// tallyOf returns what events that stay add up to now, and what holds. Where more than events changes a level, what changed it
// meanwhile isn't known any more: one that stays is held since then, or later, and another since now.
func (i *Issuer) tallyOf(r store.Reader, m *bonafide.Mechanism, member string, before *tally, events []Event) (*tally, outcome, error) {
	t := recount(m, before, events, i.now())
	alone := *t
	o, err := i.settleTally(r, m, member, t)
	if err != nil || m.Rule.Host == nil && (i.ledgers[m.Slug()] == nil || !o.aged) {
		return t, o, err
	}
	t.Level, t.Since = before.Level, before.Since
	if alone.Level == before.Level {
		t.Since = max(alone.Since, before.Since)
	}
	t.hold(o, i.now())
	return t, o, nil
}

// sinceWithout returns since when something is known of the event's member, without the event.
func sinceWithout(r store.Reader, e *Event, others []Event) (bonafide.Month, error) {
	known, _, err := store.GetJSON[member](r, memberKey(e.Member))
	if err != nil || known.Since != bonafide.MonthOf(e.At) {
		return known.Since, err
	}
	since := known.Opened
	for _, other := range others {
		since = earliest(since, bonafide.MonthOf(other.At))
	}
	return since, nil
}

func knownSince(tx store.Tx, id string, since bonafide.Month) error {
	known, _, err := store.GetJSON[member](tx, memberKey(id))
	if err != nil {
		return err
	}
	known.Since = since
	return store.PutJSON(tx, memberKey(id), known)
}

// recount counts events that stay as they happened, one after the other, so that a level is held since when it would be had there
// been no others, and nothing else that changes a level.
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
	return t
}

func (i *Issuer) adminCancelling(r *http.Request) (any, error) {
	return i.Cancelling(r.Context(), r.PathValue("id"), r.PathValue("event"))
}

func (i *Issuer) adminCancel(r *http.Request) (any, error) {
	return i.Cancel(r.Context(), r.PathValue("id"), r.PathValue("event"))
}
