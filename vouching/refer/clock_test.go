package refer_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// A clock that was set back stops nobody, and nothing that is done then comes before what was done already.
// BF-DESK-16
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	first := w.refers("alice", 60)
	w.told(first, w.there.redeemed(first, "Bob"))
	w.confirmed()
	reached := w.instant() - 1 // when the ledger was last told anything
	w.wait(-time.Hour)
	require.NoError(t, w.Confirm(t.Context(), "alice", first))
	kept, _ := w.kept(first)
	require.Equal(t, reached, kept.Confirmed)
	require.Equal(t, reached+vouching.Life, kept.Until)
	w.refers("alice", 60)
	require.NoError(t, w.Withdraw(t.Context(), "alice", first))
	kept, _ = w.kept(first)
	require.Equal(t, reached+vouching.Notice, kept.Until)
	require.Equal(t, bonafide.ReferralEnded, kept.State)
}

// The other site's clock may be ahead by as much as is lenient: what it tells is refused for the moment alone.
// BF-REFER-17
func TestClockThereIsAhead(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.wait(time.Hour)
	o := w.there.fault(id, "f", "half")
	o.Occurred -= 60
	o.Reported, o.IssuedAt, o.Expires = o.Reported+30, o.IssuedAt+30, o.Expires+30
	w.refused(bonafide.NotYetValid, o)
	w.wait(30 * time.Second)
	w.told(id, o)
	w.wait(14 * day)
	_, charged := w.lent("alice")
	require.Equal(t, int64(30), charged)
}
