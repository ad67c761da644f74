package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// diskSize is how many bytes the disk of a cluster of its own holds.
const diskSize = 512 << 20

// NewOnDisk starts a cluster as [New] does, whose data are on a small disk of their own in memory. Only root can mount one;
// for others, and for root of a container that may not, they are where New has them.
func NewOnDisk(t testing.TB) *Cluster {
	t.Helper()
	return begin(t, os.Getuid() == 0)
}

// mount puts the data on a disk of their own.
func (c *Cluster) mount() error {
	if !c.disk {
		return nil
	}
	if err := os.Mkdir(c.data(), 0o700); err != nil {
		return err
	}
	if err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d,mode=0700", diskSize), "pgtest", c.data()).Run(); err != nil {
		c.disk = false // root of a container may not
		return os.Remove(c.data())
	}
	return c.own(c.data())
}

// OwnDisk tells whether the data are on a disk of their own, which can be filled.
func (c *Cluster) OwnDisk() bool { return c.disk }

// Fill has something else take all that is left of the cluster's own disk. The function returned makes room again, and starts
// the server if it ended for want of it, as an operator would.
func (c *Cluster) Fill(t testing.TB) (empty func()) {
	t.Helper()
	if !c.disk {
		t.Fatal("the cluster has no disk of its own: this machine's would be filled")
	}
	path := filepath.Join(c.data(), "else")
	for _, size := range []int{1 << 20, 1 << 12} { // a last page would do for a small change
		if err := fill(path, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		t.Helper()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		pid, err := c.pid()
		if err != nil || syscall.Kill(pid, 0) != nil {
			c.Restart(t)
		}
	}
}

// fill appends the piece to a file until there is no room for it.
func fill(path string, piece []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		if _, err := file.Write(piece); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
