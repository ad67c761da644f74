package issuer_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// month returns an event of alice in a month of 2026.
func (w *world) month(mechanism string, n time.Month, good bool) issuer.Event {
	e := w.event(mechanism, "alice", good)
	e.At = time.Date(2026, n, 3, 0, 0, 0, 0, time.UTC)
	return e
}

// The level, its month and the measures are those of the events that stay, whichever way it falls or rises.
func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		mechanism string
		events    []time.Month // of bad ones, less than 0
		cancel    int
		level     string
		since     bonafide.Month
		positive  int64
		total     int64
	}{
		"a slip against them":        {mechanism: "seller", events: []time.Month{1, 2, -5}, cancel: 2, level: "gold", since: "2026-02", positive: 2, total: 2},
		"one that was bought":        {mechanism: "seller", events: []time.Month{1, -2, 5}, cancel: 2, level: "bronze", since: "2026-02", positive: 1, total: 2},
		"the first of three":         {mechanism: "seller", events: []time.Month{1, 2, 5}, cancel: 0, level: "gold", since: "2026-05", positive: 2, total: 2},
		"too few stay":               {mechanism: "seller", events: []time.Month{1, 2}, cancel: 1, positive: 1, total: 1},
		"points":                     {mechanism: "helper", events: []time.Month{1, 2, 5}, cancel: 1, level: "one", since: "2026-05"},
		"all":                        {mechanism: "helper", events: []time.Month{1}, cancel: 0},
		"in a window":                {mechanism: "visitor", events: []time.Month{-10, 11, 11, -11}, cancel: 3, level: "gold", since: "2026-11", positive: 2, total: 2},
		"of what left the window":    {mechanism: "visitor", events: []time.Month{1, 11, 11}, cancel: 0, level: "gold", since: "2026-11", positive: 2, total: 2},
		"older than what is counted": {mechanism: "visitor", events: []time.Month{2, 2, 11}, cancel: 2},
		"recorded late":              {mechanism: "seller", events: []time.Month{5, 1, 2}, cancel: 0, level: "gold", since: "2026-02", positive: 2, total: 2},
		"one that was made up for":   {mechanism: "seller", events: []time.Month{1, 2, 3, -4, -5, 6, 7, 8}, cancel: 4, level: "silver", since: "2026-04", positive: 6, total: 7},
		"held once before":           {mechanism: "visitor", events: []time.Month{2, 2, 11, 11, -11}, cancel: 4, level: "gold", since: "2026-11", positive: 2, total: 2},
	} {
		w := newWorld(t)
		var events []issuer.Event
		for _, told := range c.events {
			events = append(events, w.month(c.mechanism, max(told, -told), told > 0))
			_, err := w.Record(t.Context(), events[len(events)-1])
			require.NoError(t, err, name)
		}
		before, err := w.Status(t.Context(), c.mechanism, "alice")
		require.NoError(t, err)
		told, err := w.Cancelling(t.Context(), "alice", events[c.cancel].ID)
		require.NoError(t, err, name)
		require.Equal(t, before, told.With, name)
		same, err := w.Status(t.Context(), c.mechanism, "alice")
		require.NoError(t, err)
		require.Equal(t, before, same, "%s: to ask changes nothing", name)

		done, err := w.Cancel(t.Context(), "alice", events[c.cancel].ID)
		require.NoError(t, err, name)
		require.Equal(t, told, done, name)
		after, err := w.Status(t.Context(), c.mechanism, "alice")
		require.NoError(t, err)
		require.Equal(t, told.Without, after, name)
		require.Equal(t, c.level, after.Level, name)
		require.Equal(t, c.since, after.Since, name)
		if c.mechanism != "helper" {
			require.Equal(t, []bonafide.Measure{{ID: "ratings", Positive: c.positive, Total: c.total}}, after.Measures, name)
		}
	}
}

// A level that days leaving the window took away is held since it was reached again, though no event says when it was lost.
func TestCancelWhereALevelWasLost(t *testing.T) {
	w := newWorld(t)
	var last issuer.Event
	for _, e := range []struct {
		month time.Month
		day   int
		good  bool
	}{{9, 25, true}, {10, 10, true}, {11, 3, true}, {11, 5, true}, {11, 6, false}} { // of the first two, one is left on 25 October
		last = w.event("visitor", "alice", e.good)
		last.At = time.Date(2026, e.month, e.day, 0, 0, 0, 0, time.UTC)
		_, err := w.Record(t.Context(), last)
		require.NoError(t, err)
	}
	done, err := w.Cancel(t.Context(), "alice", last.ID)
	require.NoError(t, err)
	require.Equal(t, "gold", done.Without.Level)
	require.Equal(t, bonafide.Month("2026-11"), done.Without.Since)
}

// What was issued is revoked if it says too much, and the event doesn't come back, nor is it cancelled twice.
func TestCancelledIsOver(t *testing.T) {
	w := newWorld(t)
	bought := w.event("seller", "alice", true)
	_, err := w.Record(t.Context(), w.event("seller", "alice", true), w.event("seller", "alice", false), bought)
	require.NoError(t, err)
	path := w.publish("seller", "alice")
	entry := w.credential(path).Status
	_, err = w.Cancel(t.Context(), "alice", bought.ID)
	require.NoError(t, err)
	require.True(t, w.revoked(entry), "two of three were positive")
	require.Contains(t, w.wordsAt(path, "en"), "Bronze, level 1 of 3.")

	w.restart()
	n, err := w.Record(t.Context(), bought)
	require.NoError(t, err)
	require.Zero(t, n)
	held, err := w.Export(t.Context(), "alice")
	require.NoError(t, err)
	require.Len(t, held.Events, 2)
	_, err = w.Cancel(t.Context(), "alice", bought.ID)
	requireCode(t, bonafide.NotFound, err)
	other := w.event("seller", "bob", true)
	_, err = w.Record(t.Context(), other)
	require.NoError(t, err)
	_, err = w.Cancel(t.Context(), "alice", other.ID)
	requireCode(t, bonafide.NotFound, err)
	require.Equal(t, http.StatusNotFound, w.do(w.Admin(), http.MethodGet, "/admin/members/bob/events/none", "").Code)
	require.Contains(t, w.do(w.Admin(), http.MethodDelete, "/admin/members/bob/events/"+other.ID, "").Body.String(), `"without"`)
}

// Who stands behind others with points that are cancelled holds them up no longer.
func TestCancelledPointsSupportNobody(t *testing.T) {
	l := newLending(t)
	for _, member := range []string{"dave", "erin"} {
		l.earn(member, 1200)
	}
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.wait(0)
	l.says("bob", "two", bonafide.Vouched, "")
	held, err := l.Export(t.Context(), "dave")
	require.NoError(t, err)
	for _, e := range held.Events[1:] {
		_, err := l.Cancel(t.Context(), "dave", e.ID)
		require.NoError(t, err)
	}
	l.wait(0)
	l.says("bob", "", bonafide.Earned, "")
}

// A date that was mistyped makes no account old for ever: what was said of it under any mechanism is revoked.
func TestCancelledSaysNoMoreSinceWhen(t *testing.T) {
	w := newWorld(t)
	typed := w.event("seller", "alice", true)
	typed.At = time.Date(1999, 1, 2, 0, 0, 0, 0, time.UTC)
	_, err := w.Record(t.Context(), typed, w.month("seller", 3, true), w.month("seller", 4, true), w.month("helper", 5, true))
	require.NoError(t, err)
	sold, helped := w.publish("seller", "alice"), w.publish("helper", "alice")
	entries := []bonafide.StatusEntry{w.credential(sold).Status, w.credential(helped).Status}
	done, err := w.Cancel(t.Context(), "alice", typed.ID)
	require.NoError(t, err)
	require.Equal(t, bonafide.Month("1999-01"), done.With.AccountSince)
	require.Equal(t, bonafide.Month("2026-03"), done.Without.AccountSince)
	for n, path := range []string{sold, helped} {
		require.True(t, w.revoked(entries[n]))
		credential := w.credential(path)
		stated, err := credential.Stated()
		require.NoError(t, err)
		require.Equal(t, bonafide.Month("2026-03"), stated.AccountSince)
	}

	// What the sign-in said of an account stays.
	require.NoError(t, w.Store.Update(t.Context(), func(tx store.Tx) error {
		return w.Know(tx, bonafide.Account{ID: "alice", Since: "2020-06"})
	}))
	typed.ID = "typed"
	_, err = w.Record(t.Context(), typed)
	require.NoError(t, err)
	done, err = w.Cancel(t.Context(), "alice", typed.ID)
	require.NoError(t, err)
	require.Equal(t, bonafide.Month("2020-06"), done.Without.AccountSince)
}

// A level that faults, or the host, had a hand in stays held since when it is where cancelling doesn't change it.
func TestCancelWhereNotEventsAlone(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1010)
	l.fault("dave")
	l.says("dave", "two", bonafide.Earned, "two")
	since := l.status("dave").Since
	l.wait(40 * day)
	held, err := l.Export(t.Context(), "dave")
	require.NoError(t, err)
	last := held.Events[len(held.Events)-1].ID
	done, err := l.Cancel(t.Context(), "dave", last)
	require.NoError(t, err)
	require.Equal(t, done.With, done.Without)
	require.Equal(t, since, done.Without.Since)

	w := newWorld(t)
	counted := w.event("seller", "alice", true)
	_, err = w.Record(t.Context(), counted)
	require.NoError(t, err)
	versions := mechanisms()
	hash, err := bonafide.Hash(&versions[0])
	require.NoError(t, err)
	versions[0].Version, versions[0].Previous, versions[0].Rule = 2, hash, versions[3].Rule
	w.restart(func(c *issuer.Config) {
		c.Mechanisms = versions
		c.Standing = func(context.Context, string, string) (issuer.Standing, error) {
			return issuer.Standing{Level: "gold"}, nil
		}
	})
	require.NoError(t, w.Refresh(t.Context(), "seller", "alice"))
	w.clock.add(40 * day)
	done, err = w.Cancel(t.Context(), "alice", counted.ID)
	require.NoError(t, err)
	require.Equal(t, "gold", done.Without.Level)
	require.Equal(t, bonafide.Month("2026-11"), done.Without.Since)
}
