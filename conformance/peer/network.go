// Package peer is the suites' own sites: what a site that is judged meets on the other side. They are honest unless a case
// replaces what they answer at some address.
package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Network serves many sites on one listener, told apart by the Host field.
type Network struct {
	Now      func() time.Time
	base     string // of an origin: {name} and {port} are replaced
	listener net.Listener
	mutex    sync.Mutex
	sites    map[string]*Site // by host, with its port
}

// Base is how the origins of a network on this machine are written.
const Base = "http://{name}.localhost:{port}"

// Listen listens at an address such as 127.0.0.1:0; see [New].
func Listen(address, base string, now func() time.Time) (*Network, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return New(listener, base, now)
}

// New makes a network of what comes to the listener. base says how a site's origin is written, such as
// https://{name}.judge.example behind a proxy, or [Base].
func New(listener net.Listener, base string, now func() time.Time) (*Network, error) {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	return &Network{Now: now, base: strings.ReplaceAll(base, "{port}", port), listener: listener, sites: map[string]*Site{}}, nil
}

// Serve answers until ctx is done.
func (n *Network) Serve(ctx context.Context) error {
	// What visitors do wrong is for cases to see.
	server := &http.Server{Handler: n, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mutex.Lock()
	s := n.sites[r.Host]
	n.mutex.Unlock()
	if s == nil {
		http.NotFound(w, r)
		return
	}
	s.serve(w, r)
}

// Found makes a site of this name, with fresh keys, that answers nothing yet. A site of that name that was there is gone.
func (n *Network) Found(name string) (*Site, error) {
	origin := strings.ReplaceAll(n.base, "{name}", name)
	_, host, ok := strings.Cut(origin, "://")
	if !ok {
		return nil, fmt.Errorf("%q is no origin", origin)
	}
	s, err := newSite(origin, n.Now)
	if err != nil {
		return nil, err
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.sites[host] = s
	return s, nil
}

// errUnknown is for a code, a token or a request that was never given out.
var errUnknown = errors.New("it was never given out, or is over")
