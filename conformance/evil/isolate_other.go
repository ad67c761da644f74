//go:build !linux

package evil

import (
	"context"
	"errors"
	"io"
)

var errNoNamespaces = errors.New("namespaces can be had under Linux alone")

// Isolated tells whether this program was started by [Isolate].
func Isolated() bool { return false }

// Isolate starts nothing here.
func Isolate(context.Context, []string, io.Writer, io.Writer) (exit int, err error) {
	return 0, errNoNamespaces
}

func takeAddresses(...string) error { return errNoNamespaces }

func takeNames(string, map[string][]string) error { return errNoNamespaces }
