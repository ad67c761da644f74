package issuer_test

import (
	"fmt"
	"testing"
	"time"

	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Of whom an event was cancelled is said what is said of somebody whom it never happened to. Only that events came late isn't known
// any more: since when a level is held is told by their dates.
func TestCancelledIsAsIfItNeverWas(t *testing.T) {
	w := newWorld(t)
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		pairs++
		with, without := fmt.Sprintf("with-%d", pairs), fmt.Sprintf("without-%d", pairs)
		mechanism := rapid.SampledFrom([]string{"seller", "visitor", "helper"}).Draw(t, "mechanism")
		late := rapid.Bool().Draw(t, "late")
		count := rapid.IntRange(1, 12).Draw(t, "events")
		cancelled := rapid.IntRange(0, count-1).Draw(t, "cancelled")
		w.clock.set(start())
		var bought issuer.Event
		for n := range count {
			w.pass(t, rapid.IntRange(0, 25).Draw(t, "days"))
			e := w.event(mechanism, with, rapid.Bool().Draw(t, "good"))
			if late {
				e.At = e.At.AddDate(0, 0, -rapid.IntRange(0, 60).Draw(t, "late by"))
			}
			other := e
			other.ID, other.Member = e.ID+"-other", without
			events := []issuer.Event{e, other}
			if n == cancelled {
				bought, events = e, events[:1]
			}
			_, err := w.Record(t.Context(), events...)
			require.NoError(t, err)
		}
		w.pass(t, rapid.IntRange(0, 40).Draw(t, "days"))
		_, err := w.Cancel(t.Context(), with, bought.ID)
		require.NoError(t, err)
		if count == 1 {
			return // of the other nobody ever heard
		}
		want, err := w.Status(t.Context(), mechanism, without)
		require.NoError(t, err)
		got, err := w.Status(t.Context(), mechanism, with)
		require.NoError(t, err)
		if late {
			got.Since = want.Since
		}
		require.Equal(t, want, got)
	})
}

// pass lets so many days pass, and has what falls due on each of them done.
func (w *world) pass(t require.TestingT, days int) {
	for range days {
		w.clock.add(24 * time.Hour)
		waits, err := w.Waiting(w.t.Context())
		require.NoError(t, err)
		if waits {
			require.NoError(t, w.RunDue(w.t.Context()))
		}
	}
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}
