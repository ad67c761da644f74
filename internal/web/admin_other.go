//go:build !unix

package web

// ownerOnly does nothing: there the folder says who may use a socket in it.
func ownerOnly() func() { return func() {} }
