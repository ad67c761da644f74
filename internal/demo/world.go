// Package demo runs a small world on this machine: two sites, bazar and outils, with Alice and Bob and a
// history, over real HTTP on loopback, under one clock that can be moved on.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bonafide.example"
	"bonafide.example/internal/awkward"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"golang.org/x/sync/errgroup"
)

// Place is one site of the world and the server it runs on.
type Place struct {
	*site.Site
	Away     atomic.Bool // while set, every connection is cut as if the site were gone
	listener net.Listener
	admin    net.Listener // where its administration listens; nil: nowhere
	handler  http.Handler
	stores   []store.Store
	others   []*site.Site // on the other stores
	front    *Front       // nil: it runs in this process
}

// Config says which world to make.
type Config struct {
	Port int // the sites listen on loopback from it on; 0: wherever it is free
	// Judged is for the conformance suite. The sites take, besides the demo's own sign-in, the word of this machine's
	// requests on who is signed in, in the header X-Judged; their administration listens on sockets in the world's
	// folder; and [Control] answers at /clock. All else is as ever.
	Judged  bool
	Awkward bool // the sites are as package awkward makes them
	// Stores opens the stores of the site of that name, one for each server that it runs on. They are open on the same data.
	// Requests go to one server after the other; nil: one server, on a file in the world's folder.
	Stores func(name string) ([]store.Store, error)
	// Servers starts the servers of a site outside of this process, on what Stores opened here, which only looks after it then. The
	// folder has its keys; nil, or a nil Front: it runs here.
	Servers func(config site.Config, keys string) (*Front, error)
	Moved   func(ahead time.Duration) // is told how far ahead the clock is, whenever it was moved; may be nil
	Log     *slog.Logger
}

// World is the sites, their clock and their people.
type World struct {
	Clock  Clock
	Bazar  *Place // issues seller badges
	Outils *Place // converts them into its own stars
	Alice  string // the address of Alice's badge as a seller at bazar
	Bob    string // of Bob's

	Neighbours map[string]string // the addresses of everyone's badges as neighbours at bazar, by name

	moving    sync.Mutex // the clock, with what is due by then
	judged    bool
	awkward   bool
	stores    func(name string) ([]store.Store, error)
	servers   func(config site.Config, keys string) (*Front, error)
	folder    string
	log       *slog.Logger
	listeners []net.Listener
	places    []*Place
}

// New makes the world in a folder of its own.
func New(ctx context.Context, config Config) (_ *World, err error) {
	w := &World{judged: config.Judged, awkward: config.Awkward, stores: config.Stores, servers: config.Servers, log: config.Log}
	w.Clock.moved = config.Moved
	if w.stores == nil {
		w.stores = w.file
	}
	if w.folder, err = os.MkdirTemp("", "bonafide-demo-"); err != nil {
		return nil, err
	}
	if err := w.found(ctx, config.Port); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) found(ctx context.Context, port int) error {
	bazar, err := w.listen("bazar", port)
	if err != nil {
		return err
	}
	if port > 0 {
		port++
	}
	outils, err := w.listen("outils", port)
	if err != nil {
		return err
	}
	rated, helping := seller(bazar.origin), neighbour(bazar.origin)
	if w.Bazar, err = w.open(bazar, site.Config{
		Name: "Bazar", Issues: true, Mechanisms: []bonafide.Mechanism{rated, helping}, Believes: []bonafide.Origin{outils.origin},
	}); err != nil {
		return err
	}
	stars := member(outils.origin)
	if w.Outils, err = w.open(outils, site.Config{
		Name: "Outils", Issues: true, Verifies: true,
		Mechanisms: []bonafide.Mechanism{stars},
		Tables: []bonafide.Table{
			rates("bazar", &rated, &stars, w.Clock.Now()), standing("neighbours", &helping, &stars, w.Clock.Now()),
		},
	}); err != nil {
		return err
	}
	return w.settle(ctx)
}

// address is where a site will be: it must listen before it knows its origin.
type address struct {
	name     string
	listener net.Listener
	origin   bonafide.Origin
}

func (w *World) listen(name string, port int) (address, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return address{}, err
	}
	w.listeners = append(w.listeners, listener)
	origin := fmt.Sprintf("http://%s.localhost:%d", name, listener.Addr().(*net.TCPAddr).Port)
	return address{name, listener, bonafide.Origin(origin)}, nil
}

// open makes the site at the address, with new keys and an empty store.
func (w *World) open(at address, config site.Config) (*Place, error) {
	folder := filepath.Join(w.folder, at.name+"-keys")
	keys, err := site.KeyFolder{Path: folder, Now: w.Clock.Now}.Open()
	if err != nil {
		return nil, err
	}
	signIn, signInPage, err := site.DemoSignIn(at.origin, w.log, people...)
	if err != nil {
		return nil, err
	}
	if w.judged {
		signIn = byName(signIn)
	}
	config.Origin, config.Keys, config.SignIn = at.origin, keys, signIn
	config.Local, config.Now, config.Log = true, w.Clock.Now, w.log
	handler := (*site.Site).Handler
	if w.awkward {
		handler = awkward.Handler
		if config, err = awkward.Config(config, folder); err != nil {
			return nil, err
		}
	}
	p := &Place{listener: at.listener}
	if p.stores, err = w.stores(at.name); err != nil {
		return nil, err
	}
	w.places = append(w.places, p)
	servers := &roundRobin{}
	p.handler = servers
	for _, config.Store = range p.stores {
		made, err := site.New(config)
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.Handle("/", handler(made))
		mux.Handle("/demo/sign-in", signInPage)
		servers.handlers = append(servers.handlers, mux)
		if p.Site == nil {
			p.Site = made
		} else {
			p.others = append(p.others, made)
		}
	}
	if err := w.move(p, config, folder, signIn, signInPage); err != nil {
		return nil, err
	}
	if w.judged {
		return p, w.administer(p, at.name)
	}
	return p, nil
}

// file opens the one store of a site in a file.
func (w *World) file(name string) ([]store.Store, error) {
	db, err := bolt.Open(filepath.Join(w.folder, name+".db"))
	if err != nil {
		return nil, err
	}
	return []store.Store{db}, nil
}

func (p *Place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.Away.Load() {
		panic(http.ErrAbortHandler)
	}
	p.handler.ServeHTTP(w, r)
}

// Run serves the world until ctx is done.
func (w *World) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range w.places {
		group.Go(func() error { return web.Serve(ctx, p.listener, p, w.log) })
		if p.front == nil {
			group.Go(func() error { return p.Run(ctx) })
		}
		for _, other := range p.others {
			group.Go(func() error { return other.Run(ctx) })
		}
		if p.admin != nil {
			group.Go(func() error { return web.Serve(ctx, p.admin, web.Unhurried(p.Admin()), w.log) })
		}
	}
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Close frees the ports, closes the stores and removes the world's folder. Its servers have ended by then.
func (w *World) Close() error {
	var err error
	for _, l := range w.listeners {
		if failed := l.Close(); !errors.Is(failed, net.ErrClosed) { // its server closed it already
			err = errors.Join(err, failed)
		}
	}
	for _, p := range w.places {
		for _, each := range p.stores {
			err = errors.Join(err, each.Close())
		}
	}
	return errors.Join(err, os.RemoveAll(w.folder))
}

// Advance moves the clock on and lets every site do what has come due.
func (w *World) Advance(ctx context.Context, by time.Duration) error {
	w.moving.Lock()
	defer w.moving.Unlock()
	w.Clock.Advance(by)
	return w.RunDue(ctx)
}

// RunDue lets every site do what has come due.
func (w *World) RunDue(ctx context.Context) error {
	for _, p := range w.places {
		if p.Away.Load() {
			continue
		}
		if err := p.RunDue(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Things prints what there is to try. program is how the person at the keyboard calls this program, consoles are the
// addresses at which the sites are administered.
func (w *World) Things(out io.Writer, control bonafide.Origin, program string, consoles ...string) {
	fmt.Fprintf(out, `Two sites are running: %[1]s and %[2]s.

 1. See Alice's badge, as anybody may:      %[3]s
 2. Check it from a terminal:               %[5]s verify --local %[3]s
 3. Bring it to outils, as Alice:           %[2]s/import?badge=%[3]s
    Sign in as Alice on both sites, consent, and read why it counts for one star.
 4. Alice disappoints: 12 bad ratings       %[4]s
    The same page moves the clock on and sends bazar away; see what follows at %[2]s/me
 5. Who was told what about Alice:          %[1]s/consents
 6. How bazar computes, what outils counts: %[1]s/mechanisms/seller · %[2]s/conversions/bazar
 7. Stand behind somebody: as Bob, ask      %[1]s/vouches/ask?badge=%[6]s
    As Alice, who earned level 3, answer at %[1]s/vouches with 60 points for level 2.
    One isn't enough: as Dave, make a link at %[1]s/vouches/offer and open it as Bob.
    His badge then says level 2, vouched:   %[7]s
 8. Carol's fault, and whom it costs what:  %[4]s
    Press the buttons about Bob and Carol there in their order. See as Carol what was reported at
    %[1]s/cases and as Bob or Alice what it cost at %[1]s/vouches
 9. As Alice, refer Bob to outils:          %[1]s/vouches/elsewhere
    Give %[2]s as the other site. As Bob, open the link and accept; within a minute
    the same page asks Alice whether she meant him. With somebody at outils behind him too (as Dave, make
    a link at %[2]s/vouches/offer and open it as Bob), Bob has a star there.
10. Run a site, as its operator:            %[8]s

To be somebody else: %[1]s/demo/sign-in and %[2]s/demo/sign-in
Ctrl-C ends it; nothing is kept.
`, w.Bazar.Origin, w.Outils.Origin, w.Alice, control, program, w.Neighbours[alice.Name], w.Neighbours[bob.Name],
		strings.Join(consoles, " and\n                                            "))
}
