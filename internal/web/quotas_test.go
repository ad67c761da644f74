package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Who shares an allowance with somebody who asks too often still has another.
func TestQuotasAreSharedWithNobody(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for row := range 2 {
		q := NewQuotas(1, 3)
		one, other := neighbours(q, row)
		for range 3 {
			require.True(t, q.Allow(one, now))
		}
		require.False(t, q.Allow(one, now))
		for range 3 {
			require.True(t, q.Allow(other, now))
		}
		require.False(t, q.Allow(other, now))
	}
}

// neighbours returns two who share their allowance in that row, and not in the other.
func neighbours(q *Quotas, row int) (one, other string) {
	places := func(who string) [2]uint64 {
		first, second := q.places(who)
		return [2]uint64{first, second}
	}
	seen := map[uint64]string{}
	for n := 0; ; n++ {
		other = fmt.Sprint("member ", n)
		there := places(other)
		one, shared := seen[there[row]]
		if shared && places(one)[1-row] != there[1-row] {
			return one, other
		}
		seen[there[row]] = other
	}
}
