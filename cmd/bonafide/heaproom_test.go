package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHeapRoomIsTheOperatorsToDecide(t *testing.T) {
	require.Len(t, heapRoom(func(string) string { return "" }), 16<<20)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		require.Nil(t, heapRoom(func(asked string) string {
			if asked == name {
				return "100"
			}
			return ""
		}), name)
	}
}
