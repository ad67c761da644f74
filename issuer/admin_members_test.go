package issuer_test

import (
	"fmt"
	"testing"

	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

func TestMembersByPages(t *testing.T) {
	w := newWorld(t)
	var events []issuer.Event
	for n := range 120 {
		events = append(events, issuer.Event{ID: fmt.Sprint(n), Member: fmt.Sprintf("member %03d/é", n), Mechanism: "visitor", Kind: "rating", Positive: new(true), At: w.clock.now()})
	}
	events[7].Member = "\x22<b>"
	_, err := w.Record(t.Context(), events...)
	require.NoError(t, err)
	var seen []string
	pages := 0
	for after := ""; ; pages++ {
		page, err := w.Members(t.Context(), after)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Members), 50)
		for _, m := range page.Members {
			seen = append(seen, m.Member)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, 2, pages)
	require.Len(t, seen, 120)
	require.IsIncreasing(t, seen)
}

func TestCounts(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	w.rate("seller", "bob", true)
	for _, member := range []string{"alice", "bob"} {
		_, err := w.PublishBadge(t.Context(), "seller", member, "")
		require.NoError(t, err)
	}
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "bob"))
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	require.NoError(t, w.RunDue(t.Context()))
	counts, err := w.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, issuer.Counts{Members: 2, Suspended: 1, Badges: 2, Withdrawn: 1}, counts)
}
