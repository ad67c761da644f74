package pgtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bonafide.example/internal/need"
)

// owner is who owns the cluster: the database's superuser and, since PostgreSQL refuses to run as root, the system's user
// who runs it where the tests run as root.
const owner = "postgres"

// Cluster is one running PostgreSQL, reached by a unix socket.
type Cluster struct {
	folder  string // of the socket, the data and the log
	options []string
	disk    bool      // the data are on a disk of their own
	keeper  *exec.Cmd // see keep
	alive   io.Closer // what the keeper waits for the end of
}

// program returns the path of one of PostgreSQL's programs, of the newest version installed; "" if there is none.
// Debian keeps them out of PATH.
func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is well formed
	if len(found) == 0 {
		return ""
	}
	return slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
}

// version returns the 15 of /usr/lib/postgresql/15/bin/initdb.
func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // 0 is no version, and comes last
	return n
}

func installed(t testing.TB) {
	t.Helper()
	need.File(t, "postgres", program("initdb"))
}

// start makes a cluster in a new folder and starts it.
func start(disk bool, options ...string) (*Cluster, error) {
	// Not in the test's own folder, nor in another that it chose: the path may be too long for a socket, and closed to the
	// cluster's user.
	folder, err := os.MkdirTemp("/tmp", "pgtest-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, disk: disk, options: append([]string{"-c", "listen_addresses=", "-k", folder}, options...)}
	if err := c.keep(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := errors.Join(c.own(folder), c.mount(), c.initdb(), c.run()); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// own gives a folder to the user who runs the cluster.
func (c *Cluster) own(folder string) error {
	who, err := credential()
	if err != nil || who == nil {
		return err
	}
	return os.Chown(folder, int(who.Uid), int(who.Gid))
}

// credential returns whom the cluster's programs run as, nil for whoever runs the tests.
func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	found, err := user.Lookup(owner)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// command prepares one of PostgreSQL's programs.
func (c *Cluster) command(name string, args ...string) (*exec.Cmd, error) {
	who, err := credential()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program(name), args...)
	cmd.Dir = c.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	return cmd, nil
}

func (c *Cluster) initdb() error {
	cmd, err := c.command("initdb", "--pgdata", c.data(), "--username", owner, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if err != nil {
		return err
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, said)
	}
	return nil
}

// run starts the server and waits until it answers.
func (c *Cluster) run() error {
	log := filepath.Join(c.folder, "log")
	cmd, err := c.command("pg_ctl", "start", "--wait", "--timeout", fmt.Sprint(patience.Seconds()), "--silent", "--pgdata", c.data(), "--log", log, "--options", strings.Join(c.options, " "))
	if err != nil {
		return err
	}
	if err := cmd.Run(); err != nil { // its output would stay open while the server runs
		said, _ := os.ReadFile(log) // without it the error says less
		return fmt.Errorf("pg_ctl start: %w: %s", err, said)
	}
	return nil
}

// keep starts a shell that ends the cluster and removes its folder as soon as this process is gone, even if it was killed.
func (c *Cluster) keep() error {
	c.keeper = exec.Command("sh", "-c", `read -r _; head -n1 "$1/data/postmaster.pid" 2>/dev/null | xargs -r kill -QUIT 2>/dev/null
		while [ -e "$1/data/postmaster.pid" ] && kill -0 "$(head -n1 "$1/data/postmaster.pid")" 2>/dev/null; do sleep 0.05; done
		umount --lazy "$1/data" 2>/dev/null
		rm -rf "$1"`, "keeper", c.folder)
	c.keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what ends the tests by ^C doesn't end it
	var err error
	if c.alive, err = c.keeper.StdinPipe(); err != nil {
		return err
	}
	return c.keeper.Start()
}

// stop ends the cluster and removes it.
func (c *Cluster) stop() error { return errors.Join(c.alive.Close(), c.keeper.Wait()) }

// Kill kills all processes of the server: what they had not yet given to the system is lost, and so are all connections.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	all, err := c.pids()
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(all[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for _, pid := range all[1:] {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	}
}

// pid returns the process that the cluster's others are children of.
func (c *Cluster) pid() (int, error) {
	data, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(data), "\n")
	return strconv.Atoi(first)
}

// Restart starts the server again after a [Cluster.Kill]. What is left of the killed one must go first: the server
// refuses to start beside it, so that it is tried for a while.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(patience)
	err := c.run()
	for err != nil && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
		err = c.run()
	}
	if err != nil {
		t.Fatal(err)
	}
}
