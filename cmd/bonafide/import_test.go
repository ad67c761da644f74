package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// newFolder returns a folder with the example's files and keys.
func newFolder(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, copyExample(dir))
	_, err := site.OpenKeys(filepath.Join(dir, "keys"))
	require.NoError(t, err)
	return dir
}

// ratings writes so many ratings of ten members, every seventh negative, one a line.
func ratings(rows int) []string {
	var lines []string
	for k := range rows {
		lines = append(lines, fmt.Sprintf("r%d,m%d,%d,%d\n", k, k%10, 1-2*(k%7/6), 1289241911+k))
	}
	return lines
}

// importOf returns the command that imports such a file.
func importOf(program, dir, file string, more ...string) *exec.Cmd {
	args := []string{"events", "import", file, "--config", "site.json", "--columns", "rater,member,rating,at",
		"--id", "rater,member", "--mechanism", "trader", "--kind", "rating"}
	cmd := exec.Command(program, append(args, more...)...)
	cmd.Dir = dir
	return cmd
}

// output runs a command that must succeed.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	require.NoError(t, cmd.Run(), "%s", &log)
	return out.String()
}

// counted returns what the store in the folder counts of each member.
func counted(t *testing.T, dir string) map[string]bonafide.Measure {
	t.Helper()
	within := func(name string) string { return filepath.Join(dir, name) }
	s := settings{
		Origin: string(otc), Roles: []string{"issuer"}, Keys: within("keys"), Store: within("otc.db"),
		Mechanisms: []string{within("trader.json")},
	}
	opened, closeStore, err := s.open(&env{now: time.Now}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	counts := map[string]bonafide.Measure{}
	for k := range 10 {
		member := fmt.Sprintf("m%d", k)
		status, err := opened.Issuer.Status(t.Context(), "trader", member)
		require.NoError(t, err)
		counts[member] = status.Measures[0]
	}
	require.NoError(t, closeStore())
	return counts
}

// added returns what the lines add up to.
func added(lines []string) map[string]bonafide.Measure {
	counts := map[string]bonafide.Measure{}
	for _, line := range lines {
		fields := strings.Split(line, ",")
		m := counts[fields[1]]
		m.ID = "ratings"
		m.Total++
		if !strings.HasPrefix(fields[2], "-") {
			m.Positive++
		}
		counts[fields[1]] = m
	}
	return counts
}

var told = regexp.MustCompile(`^(\d+) rows, (\d+) of them done before; (\d+) new events\n$`)

// TestKilledImport kills the program at one look at its clock after another, each time a little later in
// its life, until one run comes to the end.
func TestKilledImport(t *testing.T) {
	rows := 12_000
	if testing.Short() {
		rows = 3_000
	}
	lines := ratings(rows)
	dir := newFolder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "events.csv"), []byte(strings.Join(lines, "")), 0o600))
	var out string
	for strike := 1; out == ""; strike++ {
		require.Less(t, strike, 200, "it never ends")
		var printed, log bytes.Buffer
		cmd := importOf("struck", dir, "events.csv")
		cmd.Env = append(os.Environ(), strikeVariable+"="+strconv.Itoa(strike))
		cmd.Stdout, cmd.Stderr = &printed, &log
		err := cmd.Run()
		if err == nil {
			out = printed.String()
			break
		}
		var ended *exec.ExitError
		require.ErrorAs(t, err, &ended)
		require.Equal(t, syscall.SIGKILL, ended.Sys().(syscall.WaitStatus).Signal(), "%s", &log)
		require.Empty(t, printed.String())
	}
	said := told.FindStringSubmatch(out)
	require.NotNil(t, said, out)
	before, err := strconv.Atoi(said[2])
	require.NoError(t, err)
	require.Positive(t, before, "no run was killed in the middle")
	require.Less(t, before, rows)
	require.Equal(t, said[3], strconv.Itoa(rows-before))
	require.Equal(t, added(lines), counted(t, dir))

	require.Equal(t, fmt.Sprintf("%d rows, %[1]d of them done before; 0 new events\n", rows), output(t, importOf("bonafide", dir, "events.csv")))
	require.Equal(t, added(lines), counted(t, dir))
}

// TestCountsTell makes sure that a lost or doubled event would be noticed.
func TestCountsTell(t *testing.T) {
	lines := ratings(100)
	for name, kept := range map[string][]string{
		"lost":    lines[:99],
		"doubled": append(lines[:100:100], strings.Replace(lines[50], "r50", "again", 1)),
	} {
		dir := newFolder(t)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "events.csv"), []byte(strings.Join(kept, "")), 0o600))
		output(t, importOf("bonafide", dir, "events.csv"))
		require.NotEqual(t, added(lines), counted(t, dir), name)
		require.Equal(t, added(kept), counted(t, dir), name)
	}
}
