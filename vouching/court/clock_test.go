package court_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// In a case time doesn't go back, though the clock may.
// BF-CASE-8
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	r := w.report("f1")
	reported := w.reported(r).Reported
	late := w.report("f2")
	late.Class = "late"
	w.contested(late)
	w.wait(-time.Hour)
	k, err := w.Accept(t.Context(), "bob", "f1")
	require.NoError(t, err)
	require.Equal(t, reported, k.Closed)
	require.Equal(t, int64(300), w.member("bob").Lost)
	k, err = w.Decide(t.Context(), "f2", bonafide.Uphold, "", "Both were heard.")
	require.NoError(t, err)
	require.Equal(t, court.StateFinal, k.State)
	k, err = w.Decide(t.Context(), "f1", bonafide.Reverse, "", "It was found.")
	require.NoError(t, err)
	require.Equal(t, reported, k.Reversed)
	require.Equal(t, int64(50), w.member("bob").Lost)
}
