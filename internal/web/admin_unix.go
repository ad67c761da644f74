//go:build unix

package web

import "syscall"

// ownerOnly has files made for their owner alone until the function returned is called.
func ownerOnly() func() {
	mask := syscall.Umask(0o177)
	return func() { syscall.Umask(mask) }
}
