package evil

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// World serves behaviours.
type World struct {
	network    *peer.Network
	behaviours []Behaviour
	sites      map[string]*site // by name
}

// Open gives each behaviour its site, at NAME.localhost and the port on which it listens.
func Open(listen string, behaviours []Behaviour) (*World, error) {
	network, err := peer.Listen(listen, peer.Base, time.Now)
	if err != nil {
		return nil, err
	}
	w := &World{network: network, behaviours: behaviours, sites: map[string]*site{}}
	for _, b := range behaviours {
		s, err := found(network, b.name())
		if err != nil {
			return nil, err
		}
		b.play(s)
		w.sites[b.name()] = s
	}
	return w, nil
}

// Serve answers until ctx is done.
func (w *World) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		for _, s := range w.sites {
			s.canary.close()
		}
	})
	defer stop()
	return w.network.Serve(ctx)
}

// site is an issuer in the course of becoming evil.
type site struct {
	*peer.Issuer
	network *peer.Network
	name    string
	canary  *canary
	hops    int // how many chains of redirects there are
}

func found(network *peer.Network, name string) (*site, error) {
	honest, err := network.Found(name)
	if err != nil {
		return nil, err
	}
	issuer, err := peer.NewIssuer(honest)
	if err != nil {
		return nil, err
	}
	canary, err := newCanary()
	return &site{Issuer: issuer, network: network, name: name, canary: canary}, err
}

// another makes a second issuer, honest, whose word is not this one's.
func (s *site) another() *peer.Issuer {
	other, err := s.network.Found("other-than-" + s.name)
	if err == nil {
		var issuer *peer.Issuer
		if issuer, err = peer.NewIssuer(other); err == nil {
			return issuer
		}
	}
	panic(err) // it was possible a moment ago
}

// Where an issuer answers what reading a badge asks for.
const keysPath = "/.well-known/did.json"

func (s *site) badgePath() string { return strings.TrimPrefix(s.Badge, s.Origin) }

// badge, keys and list set what is answered in place of the badge, the DID document and the status list. A badge
// is asked for at its own address or at that of its signed form.
func (s *site) badge(answer http.HandlerFunc) {
	s.Handle(s.badgePath(), answer)
	s.Handle(s.badgePath()+".jwt", answer)
}

func (s *site) keys(answer http.HandlerFunc) { s.Handle(keysPath, answer) }
func (s *site) list(answer http.HandlerFunc) { s.Handle(s.Badges().Path(), answer) }

// honestBadge, honestKeys and honestList are what is answered as long as nothing else was set.
func (s *site) honestBadge() http.HandlerFunc { return s.Handler(s.badgePath() + ".jwt") }
func (s *site) honestKeys() http.HandlerFunc  { return s.Handler(keysPath) }
func (s *site) honestList() http.HandlerFunc  { return s.Handler(s.Badges().Path()) }

// canary listens where nobody has any reason to go, and takes down who does.
type canary struct {
	listener net.Listener
	mutex    sync.Mutex
	came     []string
}

func newCanary() (*canary, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
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
	_ = conn.SetDeadline(time.Now().Add(time.Second))
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
