package evil

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// isolated is set in the environment of a program that runs in namespaces of its own.
const isolated = "BONAFIDE_ISOLATED"

// Isolated tells whether this program was started by [Isolate].
func Isolated() bool { return os.Getenv(isolated) != "" }

// Isolate starts this program anew with these arguments, in a network and a mount namespace of its own, where it may take
// any address and name. It takes root, and the program ip. It returns the exit code.
func Isolate(ctx context.Context, args []string, out, errs io.Writer) (exit int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, errs, append(os.Environ(), isolated+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode(), nil
	}
	if err != nil {
		err = fmt.Errorf("namespaces of its own can't be had: %w", err)
	}
	return 0, err
}

// takeAddresses makes these addresses this machine's, in its namespace.
func takeAddresses(addresses ...string) error {
	if !Isolated() {
		return errors.New("addresses are taken in a namespace alone")
	}
	if err := ip("link", "set", "lo", "up"); err != nil {
		return err
	}
	for _, text := range addresses {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return err
		}
		if address = address.Unmap(); address.IsLoopback() {
			continue // it is there already
		}
		args := []string{"addr", "replace", fmt.Sprintf("%s/%d", address, address.BitLen()), "dev", "lo"}
		if address.Is6() {
			args = append(args, "nodad") // else it can't be listened at for a while
		}
		if err := ip(args...); err != nil {
			return err
		}
	}
	return nil
}

func ip(args ...string) error {
	said, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return nil
}

// takeNames has names resolve to these addresses, in the namespace.
func takeNames(folder string, hosts map[string][]string) error {
	text := "127.0.0.1 localhost\n"
	for host, addresses := range hosts {
		for _, address := range addresses {
			text += address + " " + host + "\n"
		}
	}
	file := filepath.Join(folder, "hosts")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts can't be made private: %w", err)
	}
	if err := syscall.Mount(file, "/etc/hosts", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("/etc/hosts can't be replaced: %w", err)
	}
	return nil
}
