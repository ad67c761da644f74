package evil

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/peer"
)

// World serves behaviours.
type World struct {
	network    *peer.Network
	secure     *secureWorld // nil if nothing is over https
	folder     string       // for what programs are given in files; "" if they are given none
	behaviours []Behaviour
	sites      map[string]*site // by name
}

// Open gives each behaviour its site, at NAME.localhost and the port on which it listens, or over https at a public address.
// [World.Close] ends it.
func Open(listen string, behaviours []Behaviour) (*World, error) {
	w := &World{behaviours: behaviours, sites: map[string]*site{}}
	err := w.open(listen)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) open(listen string) error {
	var err error
	if w.network, err = peer.Listen(listen, peer.Base, time.Now); err != nil {
		return err
	}
	if slices.ContainsFunc(w.behaviours, func(b Behaviour) bool { return b.secure }) {
		if w.secure, err = openSecure(); err != nil {
			return err
		}
	}
	for _, b := range w.behaviours {
		s, err := w.found(&b)
		if err != nil {
			return err
		}
		if b.play(s); s.err != nil {
			return fmt.Errorf("%s: %w", b.Name, s.err)
		}
	}
	if w.secure == nil {
		return nil
	}
	if w.folder, err = os.MkdirTemp("", "evil"); err != nil {
		return err
	}
	if err := w.secure.authority.trusted(w.folder); err != nil {
		return err
	}
	return takeNames(w.folder, w.secure.hosts)
}

// found makes the site of a behaviour, as yet honest.
func (w *World) found(b *Behaviour) (*site, error) {
	s := &site{network: w.network, name: b.name()}
	if b.secure {
		s.network, s.secure = w.secure.network, w.secure
	}
	var err error
	if s.Issuer, err = issuerOf(s.network, s.name); err != nil {
		return nil, err
	}
	if b.secure {
		w.secure.hosts[s.host()] = []string{publicAddress}
	}
	if s.canary, err = newCanary("127.0.0.1:0"); err != nil {
		return nil, err
	}
	w.sites[s.name] = s
	return s, nil
}

// Close lets go of what the world holds beside its listeners, which end as [World.Serve] does.
func (w *World) Close() error {
	for _, s := range w.sites {
		s.canary.close()
	}
	return os.RemoveAll(w.folder)
}

// Serve answers until ctx is done.
func (w *World) Serve(ctx context.Context) error {
	if w.secure == nil {
		return w.network.Serve(ctx)
	}
	secured := make(chan error, 1)
	go func() { secured <- w.secure.network.Serve(ctx) }()
	return errors.Join(w.network.Serve(ctx), <-secured)
}

// site is an issuer in the course of becoming evil.
type site struct {
	*peer.Issuer
	network *peer.Network
	secure  *secureWorld // nil unless it is over https
	name    string
	canary  *canary
	hops    int   // how many chains of redirects there are
	err     error // why the site can't be what it is to be
}

func issuerOf(network *peer.Network, name string) (*peer.Issuer, error) {
	s, err := network.Found(name)
	if err != nil {
		return nil, err
	}
	return peer.NewIssuer(s), nil
}

// another makes a second issuer, honest, whose word is not this one's.
func (s *site) another() *peer.Issuer {
	other, err := issuerOf(s.network, "other-than-"+s.name)
	if err != nil {
		panic(err) // it was possible a moment ago
	}
	return other
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
