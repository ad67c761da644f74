package verifier

import (
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/wire"
	"github.com/stretchr/testify/require"
)

const vectors = "../../testdata/v1/conversion"

// vector is a question with its answer.
func vector(t *testing.T, path string) (asked, due wire.Object) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	v, err := wire.DecodeObject(text)
	require.NoError(t, err)
	return object(v, "input"), object(v, "result")
}

// The suite's reckoning is held to the test vectors, which are made with yet other arithmetic.
func TestReckonVectors(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(vectors, "*.json"))
	require.NoError(t, err)
	require.Greater(t, len(paths), 40)
	for _, path := range paths {
		asked, due := vector(t, path)
		require.Empty(t, conformance.Difference("result", bare(due), bare(reckon(asked))), path)
	}
}

// A question that is answered otherwise than the vector says is found.
func TestReckonFindsPlantedFaults(t *testing.T) {
	for name, plant := range map[string]func(due wire.Object){
		"good-wilson.json":        set("18703789", "inputs", 0, "inequality", "right"),
		"no-rate.json":            set(true, "inputs", 0, "used"),
		"agreement.json":          set(false, "agreement"),
		"account-day-before.json": set("2026-11-24", "inputs", 0, "next", "from_date"),
		"same-source.json":        set("no-rate", "inputs", 1, "reason"),
	} {
		asked, due := vector(t, filepath.Join(vectors, name))
		plant(due)
		require.NotEmpty(t, conformance.Difference("result", bare(due), bare(reckon(asked))), name)
	}
}

// Wilson's lower bounds that chapter 06 states: cut, so that the bound is reached and the next one isn't.
func TestCompare(t *testing.T) {
	const z2 = "3.8416"
	for _, c := range []struct {
		k, n             int64
		reached, missing string
	}{
		{20, 20, "0.838869", "0.838870"}, {99, 100, "0.945512", "0.945513"}, {200, 200, "0.981153", "0.981154"},
	} {
		require.True(t, compare(c.k, c.n, c.reached, z2).holds)
		require.False(t, compare(c.k, c.n, c.missing, z2).holds)
	}
	require.False(t, compare(0, 0, "0.5", "").holds)
	require.False(t, compare(0, 0, "0.5", z2).holds)
	require.True(t, compare(19, 20, "0.95", "").holds)
	require.False(t, compare(18, 20, "0.95", "").holds)
	require.False(t, compare(20, 20, "1", z2).holds)    // the spurious root
	require.False(t, compare(0, 1000, "0.5", z2).holds) // the sign that squaring loses
}

func TestMissing(t *testing.T) {
	require.EqualValues(t, 756, missing(405, 410, "0.99", "3.8416")) // the example of chapter 06
	require.EqualValues(t, 1, missing(18, 19, "0.95", ""))
	require.Zero(t, missing(1, 2, "0.999999999999", "3.8416"))
}
