package console

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"syscall"

	"bonafide.example/internal/web"
)

// freePorts is how many free ports are tried, of which another program may hold one half.
const freePorts = 8

// listen listens on this machine's loopback addresses, on both at the same port; 0 takes a free one. A browser tries
// either for a name under .localhost, so whoever listened on the other would be sent the secret.
func listen(port int) (listeners []net.Listener, err error) {
	for range freePorts {
		if listeners, err = listenAt(port); err == nil || port != 0 {
			return listeners, err
		}
	}
	return nil, err
}

func listenAt(port int) ([]net.Listener, error) {
	four, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	six, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(four.Addr().(*net.TCPAddr).Port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, errors.Join(err, four.Close())
	case err != nil: // this machine has no such address
		return []net.Listener{four}, nil
	default:
		return []net.Listener{four, six}, nil
	}
}

// Serve serves the pages behind the gate until ctx is done.
func (g *Gate) Serve(ctx context.Context, log *slog.Logger) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error)
	for _, listener := range g.listeners {
		go func() { ended <- web.Serve(ctx, listener, g, log) }()
	}
	for range g.listeners {
		err = errors.Join(err, <-ended)
		stop() // half a gate is none
	}
	return err
}
