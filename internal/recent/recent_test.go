package recent

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsUsedStays(t *testing.T) {
	m := New[int, string](10)
	for n := range 100 {
		m.Put(n, "value", 2)
		value, ok := m.Get(0) // used each time
		require.True(t, ok, n)
		require.Equal(t, "value", value)
	}
	_, ok := m.Get(50)
	require.False(t, ok)
	_, ok = m.Get(99)
	require.True(t, ok)
	require.LessOrEqual(t, len(m.now)+len(m.then), 10, "no more than twice the limit")
}

func TestPutAgain(t *testing.T) {
	m := New[string, int](10)
	for n := range 100 {
		m.Put("a", n, 6)
	}
	value, ok := m.Get("a")
	require.True(t, ok)
	require.Equal(t, 99, value)
	require.LessOrEqual(t, m.size, 10)
}
