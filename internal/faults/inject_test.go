package faults

import (
	"syscall"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// How long what comes back by itself is out: for a moment, or longer than a server keeps the lead that hangs.
const (
	outBrief = time.Second
	outLong  = 7 * time.Second
)

// faults are all that are injected, each with where sites may have their stores then.
func faults() []fault {
	files, database, both := []string{bolt}, []string{postgres}, []string{bolt, postgres}
	return []fault{
		{name: "the issuer is killed", stores: both, brief: both, inject: func(w *world) { w.bazar.kill(); w.bazar.start() }},
		{name: "the verifier is killed", stores: both, inject: func(w *world) { w.outils.kill(); w.outils.start() }},
		{name: "the database is killed", stores: database, brief: database, inject: func(w *world) { w.database.Kill(w.t); w.database.Restart(w.t) }},
		{name: "the database hangs", stores: database, inject: func(w *world) { w.during(w.database.Hang(w.t)) }},
		{name: "the database is read-only", stores: database, inject: func(w *world) { w.during(w.database.ReadOnly(w.t)) }},
		{name: "the database's disk is full", stores: database, inject: func(w *world) { w.during(w.database.Fill(w.t)) }, lacks: noFullDisk},
		{name: "the disk is full", stores: files, brief: files, inject: func(w *world) { w.during(w.bazar.full()) }},
		{name: "the store is read-only", stores: files, inject: func(w *world) { w.during(w.bazar.readOnly()) }, lacks: noReadOnly},
		{name: "keys change", stores: both, brief: database, inject: (*world).rekey},
		{name: "a clock is set wrong", stores: both, brief: files, inject: (*world).step},
		{name: "ten times too many clients", stores: both, brief: files, inject: (*world).overload},
		{name: "a peer is slow", stores: both, inject: (*world).slow},
	}
}

// during waits for as long as something is out, and has it come back.
func (w *world) during(comeBack func()) {
	time.Sleep(w.out)
	comeBack()
}

// full has whatever the server writes to files fail, as on a full disk, until the function returned is called: no file may
// be longer than a byte.
func (s *server) full() (again func()) {
	was := s.limitFiles(1)
	return func() { s.limitFiles(was) }
}

// limitFiles sets how long the files are to which the server may write, and returns how long they were (prlimit(2)).
func (s *server) limitFiles(to uint64) (was uint64) {
	var before, limit syscall.Rlimit
	pid := uintptr(s.process.Process.Pid)
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, pid, syscall.RLIMIT_FSIZE, 0, uintptr(unsafe.Pointer(&before)), 0, 0)
	require.Zero(s.t, failed)
	limit = syscall.Rlimit{Cur: to, Max: before.Max}
	_, _, failed = syscall.RawSyscall6(syscall.SYS_PRLIMIT64, pid, syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	require.Zero(s.t, failed)
	return before.Cur
}
