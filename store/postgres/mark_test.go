package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BF-ISSUER-20: what was read under a mark that there still is was current at most a second ago.
func TestMarksOfASecond(t *testing.T) {
	m, looked := &marks{}, time.Now()
	require.NotEqual(t, m.at(looked), m.at(looked), "nobody has looked yet")
	m.saw("1:1:", looked)
	seen := m.at(looked)
	require.Equal(t, seen, m.at(looked.Add(time.Second)))
	require.NotEqual(t, seen, m.at(looked.Add(time.Second+1)), "nobody looked for more than a second")

	seen = m.at(looked)
	m.saw("1:1:", looked.Add(time.Second))
	require.Equal(t, seen, m.at(looked.Add(2*time.Second)), "nothing was written")
	m.saw("2:2:", looked.Add(time.Second))
	require.NotEqual(t, seen, m.at(looked.Add(time.Second)), "another process wrote")
	m.saw("", looked.Add(2*time.Second))
	require.NotEqual(t, m.at(looked.Add(2*time.Second)), m.at(looked.Add(2*time.Second)), "the database doesn't answer")
}
