package faults

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// server is one site as its operator runs it: a folder with its settings, and a process that may die and be started
// again.
type server struct {
	t               *testing.T
	program, folder string
	origin          string
	*front
	process *exec.Cmd
}

var listening = regexp.MustCompile(`is served on http://(127\.0\.0\.1:\d+), `)

// start starts the server and waits until it listens.
func (s *server) start() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(s.t, err)
	defer log.Close()
	s.process = s.command("serve", "--config", "site.json")
	s.process.Stderr = log
	out, err := s.process.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.process.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	found := listening.FindStringSubmatch(said)
	if found == nil {
		s.t.Fatalf("%s doesn't start (%v): %s\n%s", s.origin, err, said, s.log())
	}
	s.to.Store(&found[1])
}

// command prepares the program, to be run in the site's folder.
func (s *server) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, args...)
	cmd.Dir = s.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// run runs a command of the program, which must succeed.
func (s *server) run(args ...string) {
	s.t.Helper()
	said, err := s.command(args...).CombinedOutput()
	require.NoError(s.t, err, string(said))
}

// kill kills the server.
func (s *server) kill() {
	s.t.Helper()
	require.NoError(s.t, s.process.Process.Kill())
	s.process.Wait() // its error says that it was killed
}

// admin returns a client of the running server's administration.
func (s *server) admin() (*web.AdminClient, bool) {
	return web.DialAdmin(filepath.Join(s.folder, "admin.sock"))
}

// log returns the last of what the server logged.
func (s *server) log() string {
	said, err := os.ReadFile(filepath.Join(s.folder, "log"))
	require.NoError(s.t, err)
	return string(said[max(0, len(said)-4000):])
}
