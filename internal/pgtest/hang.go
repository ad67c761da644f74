package pgtest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Hang stops all processes of the server where they are, as those of a machine that swaps or waits for its disk: connections
// stay open, and nobody answers. The function returned lets them go on.
func (c *Cluster) Hang(t testing.TB) (goOn func()) {
	t.Helper()
	all, err := c.pids()
	if err != nil {
		t.Fatal(err)
	}
	signal := func(s syscall.Signal) {
		for _, pid := range all {
			_ = syscall.Kill(pid, s) // it may have ended by itself
		}
	}
	signal(syscall.SIGSTOP)
	return func() { signal(syscall.SIGCONT) }
}

// ReadOnly has the server refuse whatever writes, in transactions that begin from now on. The function returned has it write
// again.
func (c *Cluster) ReadOnly(t testing.TB) (again func()) {
	t.Helper()
	set := func(to string) {
		for _, sql := range []string{"alter system set default_transaction_read_only = " + to, "select pg_reload_conf()"} {
			if err := c.exec(sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("on")
	return func() { set("off") }
}

// pids returns the processes of the server, the one that the others are children of first.
func (c *Cluster) pids() ([]int, error) {
	pid, err := c.pid()
	if err != nil {
		return nil, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil, err
	}
	all := []int{pid}
	for _, child := range strings.Fields(string(children)) {
		n, err := strconv.Atoi(child)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
