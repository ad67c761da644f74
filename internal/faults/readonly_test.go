package faults

import (
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// How Linux marks a file that nobody can write, not even who has it open or is root (ioctl_iflags(2)).
const (
	getFlags  = 0x80086601
	setFlags  = 0x40086602
	immutable = 0x10
)

// readOnly has nobody write the server's store until the function returned is called.
func (s *server) readOnly() (again func()) {
	path := filepath.Join(s.folder, "store.db")
	require.NoError(s.t, protect(path, true))
	return func() { require.NoError(s.t, protect(path, false)) }
}

// protect marks a file as one that nobody can write, or no more.
func protect(path string, on bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var flags uint32
	if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), getFlags, uintptr(unsafe.Pointer(&flags))); failed != 0 {
		return failed
	}
	flags &^= immutable
	if on {
		flags |= immutable
	}
	if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), setFlags, uintptr(unsafe.Pointer(&flags))); failed != 0 {
		return failed
	}
	return nil
}

// noReadOnly says why no file here can be marked so; "": one can.
func noReadOnly(w *world) string {
	path := filepath.Join(w.t.TempDir(), "file")
	require.NoError(w.t, os.WriteFile(path, nil, 0o600))
	err := protect(path, true)
	if err == nil {
		err = protect(path, false)
	}
	if err != nil {
		return "no file can be made immutable: " + err.Error()
	}
	return ""
}

// noFullDisk says why the database's disk can't be filled; "": it can.
func noFullDisk(w *world) string {
	if !w.database.OwnDisk() {
		return "the database can't be given a disk of its own: that takes root, and leave to mount one"
	}
	return ""
}
