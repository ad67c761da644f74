package issuer_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// TestClockWasAhead: once a clock that was ahead is right, what it dated is issued anew, and nothing else; also after a restart.
func TestClockWasAhead(t *testing.T) {
	for _, ahead := range []time.Duration{2 * time.Minute, time.Hour, 40 * 24 * time.Hour} {
		w := newWorld(t, func(c *issuer.Config) { c.Store = twice{c.Store} })
		w.rate("seller", "ann", true, true)
		w.rate("seller", "bob", true, true)
		w.publish("seller", "bob")
		ann := w.publish("seller", "ann")
		w.clock.add(ahead)
		w.rate("seller", "ann", true)
		early := w.credential(ann)
		require.True(t, early.ValidFrom.After(w.clock.now().Add(-bonafide.Leeway)))

		w.clock.add(-ahead)
		w.restart(func(c *issuer.Config) { c.Store = twice{c.Store} })
		require.NoError(t, w.RunDue(t.Context()))
		right := w.credential(ann)
		require.NoError(t, right.Check(w.Origin, w.clock.now()), ahead)
		require.True(t, w.revoked(early.Status), "it doesn't hold once its date has come")
		require.False(t, w.revoked(right.Status))
		done := w.Done()
		require.Equal(t, int64(1), done.Badges)

		w.clock.add(2 * time.Minute)
		require.NoError(t, w.RunDue(t.Context()))
		require.Equal(t, done.Badges, w.Done().Badges, "that is all")
	}
}

// TestOrderedByAClockAhead: what was ordered then isn't put off until its date.
func TestOrderedByAClockAhead(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "ann", true, true)
	ann := w.publish("seller", "ann")
	w.clock.add(time.Hour)
	_, err := w.RecordBatch(t.Context(), issuer.Batch{Import: "i", Row: 1, Events: []issuer.Event{w.event("seller", "ann", false)}})
	require.NoError(t, err)
	w.clock.add(-time.Hour)
	require.Equal(t, "bronze", w.stated(ann))
	require.NoError(t, w.credential(ann).Check(w.Origin, w.clock.now()))
}
