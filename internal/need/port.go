package need

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// The ports that a test hands to a program which can't be asked for the one it took: below those that systems give to
// connections and to who asks for any (from 32768 on Linux, from 49152 elsewhere), since one of these may be gone
// again by the time that the program listens.
const firstPort, lastPort = 10_000, 29_999

// lastGiven is counted up from anywhere, so that no process gives a port twice in a row, and two hardly the same.
var lastGiven atomic.Uint32

func init() { lastGiven.Store(rand.Uint32N(lastPort - firstPort)) }

// Port returns a TCP port of 127.0.0.1 on which nothing listens.
func Port(t testing.TB) int {
	t.Helper()
	for range lastPort - firstPort + 1 {
		port := firstPort + int(lastGiven.Add(1)%(lastPort-firstPort+1))
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// Ports returns the first of so many ports in a row, on all of which nothing listens.
func Ports(t testing.TB, many int) (first int) {
	t.Helper()
	first = Port(t)
	for last := first; last < first+many-1; {
		if last++; Port(t) != last {
			first = Port(t)
			last = first
		}
	}
	return first
}

// Address returns such a port with its host.
func Address(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", Port(t))
}
