package evil

import (
	"net"
	"strings"
	"sync"
	"time"

	"bonafide.example/conformance/wire"
)

// canary listens where nobody has any reason to go, and takes down who does.
type canary struct {
	listener net.Listener
	mutex    sync.Mutex
	came     []string
}

func newCanary(address string) (*canary, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &canary{listener: listener}
	go c.watch()
	return c, nil
}

// watch notes every connection, with the first line that comes of it.
func (c *canary) watch() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return // it was closed
		}
		go c.note(conn)
	}
}

func (c *canary) note(conn net.Conn) {
	defer conn.Close()
	c.mutex.Lock()
	at := len(c.came)
	c.came = append(c.came, "a connection")
	c.mutex.Unlock()
	first := make([]byte, 200)
	// Whoever connects and says nothing was there all the same.
	_ = conn.SetDeadline(time.Now().Add(maxHeld))
	n, _ := conn.Read(first)
	if line, _, _ := strings.Cut(string(first[:n]), "\r\n"); line != "" {
		c.mutex.Lock()
		c.came[at] = line
		c.mutex.Unlock()
	}
}

// visits returns what came so far.
func (c *canary) visits() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return append([]string{}, c.came...)
}

func (c *canary) close() { c.listener.Close() }

// port returns ":PORT" of the canary, host its address under a name that is nobody's.
func (c *canary) port() string {
	_, port, err := net.SplitHostPort(c.listener.Addr().String())
	if err != nil {
		panic(err) // a listener's address has a port
	}
	return ":" + port
}

func (c *canary) host() string   { return "canary.localhost" + c.port() }
func (c *canary) origin() string { return "http://" + c.host() }

// did is the canary's, so that whoever believes it asks there for keys.
func (c *canary) did() string { return wire.DID(c.origin()) }
