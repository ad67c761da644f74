package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// strikeVariable tells the program struck when to die.
const strikeVariable = "BONAFIDE_TEST_STRIKE"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bonafide": main, "struck": struck, "later": later, "steered": steered})
}

// struck is the program whose process is killed the nth time that it looks at the clock.
func struck() {
	left, err := strconv.Atoi(os.Getenv(strikeVariable))
	if err != nil {
		panic(err)
	}
	now := func() time.Time {
		if left--; left == 0 {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				panic(err)
			}
			select {}
		}
		return time.Now()
	}
	os.Exit(run(context.Background(), &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, now}, os.Args[1:]))
}

// later is the program an hour from now.
func later() {
	now := func() time.Time { return time.Now().Add(time.Hour) }
	os.Exit(run(context.Background(), &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, now}, os.Args[1:]))
}

// TestScripts runs the stories of testdata/script: what people type, and what they get. Beside the usual
// commands they know these, and later, which is bonafide an hour from now:
//
//	exits CODE PROGRAM ARG...  runs it, and it must end with that code
//	start ARG...               runs bonafide serve ARG... until it listens
//	get PATH                   prints what that server answers
//	instant NAME DURATION      sets the variable to the instant so long from now
//	said TEXT                  expects TEXT in the line that it says next
//	shutdown, crash            ends it by SIGTERM, whereupon it must exit with 0, or by SIGKILL
//	terminate, cutoff          sends it SIGTERM; and expects it to die of that
//	until STATUS PATH          asks it until it answers with the status
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               setup,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "instant": instantFromNow, "start": start, "get": get, "said": said, "shutdown": shutdown, "crash": crash,
			"terminate": terminate, "cutoff": cutoff, "until": until,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	var ended *exec.ExitError
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if args[0] != strconv.Itoa(code) {
		ts.Fatalf("exit code %d, not %s", code, args[0])
	}
}

func instantFromNow(ts *testscript.TestScript, _ bool, args []string) {
	from, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().UTC().Add(from).Format(time.RFC3339))
}
