package issuer

import (
	"testing"

	"bonafide.example/conformance/wire"
	"github.com/stretchr/testify/require"
)

func testRule(t *testing.T) *rule {
	mechanism, err := wire.DecodeObject([]byte(`{"id": "https://a.example/mechanisms/m", "levels": [{"id": "one"}, {"id": "two"}],
		"measures": [{"id": "ratings", "window_days": 90}],
		"rule": {"share": {"measure": "ratings", "kinds": ["rating"], "min_total": 20, "levels": ["0.8", "0.95"]}}}`))
	require.NoError(t, err)
	r, err := readRule(mechanism)
	require.NoError(t, err)
	return r
}

func TestLevel(t *testing.T) {
	r := testRule(t)
	require.Equal(t, "m", r.name)
	require.EqualValues(t, 90, r.windowDays)
	for _, c := range []struct {
		positive, total int64
		level           string
	}{
		{19, 19, ""}, {20, 20, "two"}, {19, 20, "two"}, {18, 20, "one"}, {16, 20, "one"}, {15, 20, ""}, {0, 0, ""},
		{951, 1001, "two"}, {950, 1001, "one"}, {9007199254740993 * 95 / 100, 9007199254740993, "one"},
	} {
		require.Equal(t, c.level, r.level(c.positive, c.total), "%d of %d", c.positive, c.total)
	}
}

func TestLeastIsTheFirstThatReaches(t *testing.T) {
	for _, text := range []string{"0.5", "0.29", "0.97", "1", "0.333333333333333333"} {
		s, err := readShare(text)
		require.NoError(t, err)
		for total := range int64(300) {
			least := s.least(total)
			require.True(t, s.reached(least, total))
			require.False(t, s.reached(least-1, total))
		}
	}
}

// A planted error: floats miss a threshold at the totals that are tried.
func TestTrapCatchesFloats(t *testing.T) {
	for _, c := range []struct {
		text    string
		decimal float64
	}{{"0.29", 0.29}, {"0.57", 0.57}, {"0.58", 0.58}, {"0.07", 0.07}, {"0.14", 0.14}} {
		s, err := readShare(c.text)
		require.NoError(t, err)
		total := s.trap(20)
		least := s.least(total)
		wrongly := c.decimal*float64(total) > float64(least) || int64(c.decimal*float64(total)) < least
		require.True(t, wrongly, "%s of %d", c.text, total)
	}
}

func TestCoarse(t *testing.T) {
	for _, c := range [][4]int64{
		{412, 417, 405, 410}, {98, 99, 98, 99}, {99, 100, 99, 100}, {100, 101, 99, 100}, {1239, 1240, 1199, 1200}, {7, 1300, 7, 1300}, {0, 0, 0, 0},
		{417, 417, 410, 410}, {0, 417, 0, 410},
	} {
		positive, total := coarse(c[0], c[1])
		require.Equal(t, c[2:], []int64{positive, total}, "%d of %d", c[0], c[1])
	}
}
