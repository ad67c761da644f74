package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// askVariable makes the test program the one that asks.
const askVariable = "BONAFIDE_BENCH_ASK"

func TestMain(m *testing.M) {
	if os.Getenv(askVariable) == "" {
		os.Exit(m.Run())
	}
	if err := Ask(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// moment measures everything for a moment.
func moment(t *testing.T) Config {
	t.Setenv(askVariable, "1")
	program, err := os.Executable()
	require.NoError(t, err)
	return Config{
		Folder: t.TempDir(), Round: time.Millisecond, Rounds: 1, Badges: 10, Sizes: []int{20, 40}, Asker: []string{program},
		Open: func(folder, name string) (store.Store, error) { return bolt.Open(filepath.Join(folder, name+".db")) },
	}
}

func TestEveryTopicIsMeasured(t *testing.T) {
	config := moment(t)
	told := map[string]int{}
	config.Measured = func(r Row) {
		told[r.Topic]++
		require.Positive(t, r.Took.Value, r.What)
		require.Equal(t, r.Against != "", r.Ratio > 0, r.What)
		require.Equal(t, r.Against != "", r.Base.Value > 0, r.What)
	}
	rows, err := Run(t.Context(), config)
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	for _, topic := range Topics() {
		require.Positive(t, told[topic], topic)
	}
	left, err := os.ReadDir(config.Folder)
	require.NoError(t, err)
	require.Empty(t, left, "what was put into the folder is removed")
}

func TestUnknownTopic(t *testing.T) {
	_, err := Run(t.Context(), Config{Topics: []string{"verify", "speed"}})
	require.EqualError(t, err, `"speed" is no topic; there are verify, issue, bulk, list, serve, import, ingest, growth`)
}

// counted is a side that spends so much each time.
func counted(each time.Duration) side {
	var spent time.Duration
	return side{
		meter: func() (time.Duration, error) { return spent, nil },
		do:    func(times int) error { spent += time.Duration(times) * each; return nil },
	}
}

func TestRatios(t *testing.T) {
	b := &bench{Config: Config{Round: time.Nanosecond, Rounds: 3}}
	c, err := b.compare(counted(300), counted(200))
	require.NoError(t, err)
	require.Equal(t, Row{What: "ours", Took: nanoseconds(300), Against: "theirs", Base: nanoseconds(200), Ratio: 1.5, Aim: atMost(1.2)}, c.row("ours", "theirs", atMost(1.2)))
	c, err = b.compare(counted(100), counted(500))
	require.NoError(t, err)
	require.Equal(t, 5.0, c.row("ours", "theirs", atLeast(5)).Ratio, "how many times as little")
	_, err = b.compare(counted(0), counted(200))
	require.ErrorContains(t, err, "too short")
}

func TestAims(t *testing.T) {
	for _, test := range []struct {
		row     Row
		aim     string
		met, ok bool
	}{
		{Row{Ratio: 1.8, Aim: atMost(1.8)}, "≤ 1.8", true, true},
		{Row{Ratio: 1.81, Aim: atMost(1.8)}, "≤ 1.8", false, true},
		{Row{Ratio: 50, Aim: atLeast(50)}, "≥ 50", true, true},
		{Row{Ratio: 49, Aim: atLeast(50)}, "≥ 50", false, true},
		{Row{Took: nanoseconds(3e6), Aim: Aim{Value: 4e6, Unit: Nanoseconds}}, "≤ 4.00 ms", true, true},
		{Row{Took: nanoseconds(5e6), Aim: Aim{Value: 4e6, Unit: Nanoseconds}}, "≤ 4.00 ms", false, true},
		{Row{Ratio: 3}, "", false, false},
	} {
		met, ok := test.row.Met()
		require.Equal(t, test.aim, test.row.Aim.String())
		require.Equal(t, test.ok, ok, test.aim)
		require.Equal(t, test.met, met && ok, test.aim)
	}
}

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	m := Machine{Date: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Processor: "Abacus", Cores: 2, System: "linux", Go: "go1", Program: "abc", Load: "0.1 0.2 0.3"}
	require.NoError(t, Markdown(&out, m, []Row{
		{Topic: "verify", What: "a badge", Took: nanoseconds(61_340), Against: "nothing", Base: nanoseconds(34_000), Ratio: 1.804, Aim: atMost(1.8)},
		{Topic: "growth", What: "the store", Took: bytesOf(5 << 20)},
	}))
	require.Equal(t, `# Measured on 2026-11-22

By `+"`bonafide bench`"+`, on 2 cores of Abacus, linux, go1, program abc. Load average at the start: 0.1 0.2 0.3.

## verify

| what | takes | against | which takes | ratio | aim | met |
| --- | --: | --- | --: | --: | --: | --- |
| a badge | 61.3 µs | nothing | 34.0 µs | 1.80 × | ≤ 1.8 | no |

## growth

| what | takes | against | which takes | ratio | aim | met |
| --- | --: | --- | --: | --: | --: | --- |
| the store | 5.00 MB |  |  |  |  |  |
`, out.String())
}

func TestTheAskerTellsWhatWentWrong(t *testing.T) {
	config := moment(t)
	a, err := (&bench{Config: config}).startAsker()
	require.NoError(t, err)
	require.ErrorContains(t, a.asks(question{Address: "127.0.0.1:1", Path: "/"})(1), "refused")
	require.NoError(t, a.stop())
}
