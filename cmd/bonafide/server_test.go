package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// server is a bonafide serve that a script started.
type server struct {
	process *exec.Cmd
	address string
	out     *bufio.Reader
	log     bytes.Buffer
}

type serverKey struct{}

// servers holds the server of one script, so that its commands find it.
type servers struct{ *server }

var listening = regexp.MustCompile(`is served on (http://127\.0\.0\.1:\d+), `)

func start(ts *testscript.TestScript, _ bool, args []string) {
	s := &server{process: exec.Command("bonafide", append([]string{"serve"}, args...)...)}
	s.process.Dir = ts.MkAbs(".")
	s.process.Stderr = &s.log
	for _, name := range []string{"BONAFIDE_CONFIG", "BONAFIDE_NAME", "BONAFIDE_LISTEN", "BONAFIDE_DRAIN"} {
		if value := ts.Getenv(name); value != "" {
			s.process.Env = append(s.process.Environ(), name+"="+value)
		}
	}
	out, err := s.process.StdoutPipe()
	ts.Check(err)
	ts.Check(s.process.Start())
	ts.Defer(func() {
		s.process.Process.Kill() // it may have ended
		s.process.Wait()
	})
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	if err != nil {
		ts.Fatalf("the server didn't start: %v\n%s", err, &s.log)
	}
	io.WriteString(ts.Stdout(), line)
	found := listening.FindStringSubmatch(line)
	if found == nil {
		ts.Fatalf("%q doesn't tell where it listens", line)
	}
	s.address = found[1]
	ts.Value(serverKey{}).(*servers).server = s
}

// said expects the server's next line.
func said(ts *testscript.TestScript, _ bool, args []string) {
	line, err := ts.Value(serverKey{}).(*servers).out.ReadString('\n')
	ts.Check(err)
	if !strings.Contains(line, args[0]) {
		ts.Fatalf("the server said %q", line)
	}
}

func get(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := http.Get(ts.Value(serverKey{}).(*servers).address + args[0])
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	io.WriteString(ts.Stdout(), answer.Status+"\n"+string(body)+"\n")
}

// until asks the server for a path until it answers with the status.
func until(ts *testscript.TestScript, _ bool, args []string) {
	last := ""
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); {
		answer, err := http.Get(ts.Value(serverKey{}).(*servers).address + args[1])
		ts.Check(err)
		ts.Check(answer.Body.Close())
		if last = strconv.Itoa(answer.StatusCode); last == args[0] {
			return
		}
	}
	ts.Fatalf("%s answers %s, not %s", args[1], last, args[0])
}

// terminate sends the server SIGTERM, and lets it go on.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Value(serverKey{}).(*servers).process.Process.Signal(syscall.SIGTERM))
}

// cutoff sends the server SIGTERM, of which it must die.
func cutoff(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(serverKey{}).(*servers)
	terminate(ts, false, nil)
	var ended *exec.ExitError
	if err := s.process.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		ts.Fatalf("the server ended with %v\n%s", err, &s.log)
	}
}

func shutdown(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(serverKey{}).(*servers)
	ts.Check(s.process.Process.Signal(syscall.SIGTERM))
	_, err := io.Copy(io.Discard, s.out)
	ts.Check(err)
	if err := s.process.Wait(); err != nil {
		ts.Fatalf("the server ended with %v\n%s", err, &s.log)
	}
	io.WriteString(ts.Stderr(), s.log.String())
}

func crash(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(serverKey{}).(*servers)
	ts.Check(s.process.Process.Kill())
	if err := s.process.Wait(); err == nil {
		ts.Fatalf("the server ended by itself")
	}
}
