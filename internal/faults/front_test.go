package faults

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// front is the address of a site, whatever server answers there: connections are passed on to the one there is.
type front struct {
	listener net.Listener
	to       atomic.Pointer[string]
	pause    atomic.Int64 // after each byte of an answer, in nanoseconds
}

func newFront(t *testing.T) *front {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() }) // its error says that it is closed
	f := &front{listener: listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f.pass(conn)
		}
	}()
	return f
}

func (f *front) port() int { return f.listener.Addr().(*net.TCPAddr).Port }

// pass passes a connection on. An end of it, however it comes, ends both halves: what is broken here is of interest to nobody.
func (f *front) pass(client net.Conn) {
	defer client.Close()
	to := f.to.Load()
	if to == nil {
		return
	}
	server, err := net.Dial("tcp", *to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer server.Close()
		io.Copy(server, client)
	}()
	io.Copy(dribble{client, &f.pause}, server)
}

// dribble writes byte by byte while there is a pause to make.
type dribble struct {
	io.Writer
	pause *atomic.Int64
}

func (d dribble) Write(data []byte) (n int, err error) {
	for n < len(data) && err == nil {
		pause := time.Duration(d.pause.Load())
		if pause == 0 {
			rest, err := d.Writer.Write(data[n:])
			return n + rest, err
		}
		_, err = d.Writer.Write(data[n : n+1])
		n++
		time.Sleep(pause)
	}
	return n, err
}
