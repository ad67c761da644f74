package bench

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"golang.org/x/sync/errgroup"
)

// The mechanisms of the sites, but for their origins.
var (
	//go:embed seller.json
	sellerJSON string
	//go:embed lender.json
	lenderJSON string
)

// mechanismOf returns one of them as it is at an origin.
func mechanismOf(text string, origin bonafide.Origin) (*bonafide.Mechanism, error) {
	m, err := bonafide.Parse[bonafide.Mechanism]([]byte(strings.ReplaceAll(text, "ORIGIN", string(origin))))
	return &m, err
}

// tableOf says what the ratings of a seller count for under the mechanism of another site.
func tableOf(from, to *bonafide.Mechanism) *bonafide.Table {
	now := time.Now()
	return &bonafide.Table{
		ID: string(to.Origin()) + "/conversions/sellers", Version: 1,
		From:      bonafide.TableFrom{Issuer: from.Origin(), Mechanism: from.ID, Versions: []int{from.Version}, Context: from.Context},
		To:        bonafide.TableTo{Mechanism: to.ID},
		Accept:    bonafide.Accept{MinSample: 20, MaxAgeDays: 90},
		Measure:   &bonafide.MeasureBy{Share: "ratings", Confidence: &bonafide.Confidence{Method: "wilson", Z2: "3.8416"}},
		Rates:     []bonafide.Rate{{AtLeast: "0.99", Gives: 3}, {AtLeast: "0.95", Gives: 2}, {AtLeast: "0.90", Gives: 1}},
		Cap:       3,
		ValidFrom: bonafide.DateOf(now.AddDate(0, -1, 0)), ValidUntil: bonafide.DateOf(now.AddDate(1, 0, 0)),
	}
}

// memberHeader names who is signed in at the sites of a world.
const memberHeader = "X-Bench-Member"

// place is one site, at an address of its own on loopback.
type place struct {
	*site.Site
	store    *opened
	listener net.Listener
}

// place makes a site that listens, with a store and keys of its own.
func (b *bench) place(name string, describe func(bonafide.Origin) (site.Config, error)) (*place, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &place{listener: listener}
	origin := bonafide.Origin(fmt.Sprintf("http://%s.localhost:%d", name, listener.Addr().(*net.TCPAddr).Port))
	config, err := describe(origin)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if p.store, err = b.open(name); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if p.Site, err = b.site(origin, p.store, config); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *place) close() error {
	err := p.listener.Close()
	if errors.Is(err, net.ErrClosed) { // by its server
		err = nil
	}
	return errors.Join(err, p.store.remove())
}

// site makes a site over a store, with new keys unless it has some.
func (b *bench) site(origin bonafide.Origin, kept *opened, config site.Config) (*site.Site, error) {
	if config.Keys.Credential == nil {
		var err error
		for _, key := range []*bonafide.Signer{&config.Keys.Credential, &config.Keys.Client, &config.Keys.Federation} {
			if *key, err = seal.GenerateKey(); err != nil {
				return nil, err
			}
		}
	}
	config.Origin, config.Store, config.Local, config.Log = origin, kept.Store, true, b.log
	config.SignIn = bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			id := r.Header.Get(memberHeader)
			return bonafide.Account{ID: id, Name: id}, id != ""
		},
		Address: func(string) string { return "/" },
	}
	return site.New(config)
}

// issuing describes a site whose members are sellers.
func issuing(origin bonafide.Origin) (site.Config, error) {
	seller, err := mechanismOf(sellerJSON, origin)
	return site.Config{Name: "Bench", Issues: true, Mechanisms: []bonafide.Mechanism{*seller}}, err
}

// world is a site where people sell, and another that counts what they earned there.
type world struct {
	shop, club *place
	badge      string // the address of a badge at the shop
	stop       func() error
}

// world makes both, served on loopback. holder has 405 ratings and a badge at the shop.
func (b *bench) world(ctx context.Context, holder string) (*world, error) {
	w := &world{}
	var err error
	if w.shop, err = b.place("shop", issuing); err != nil {
		return nil, err
	}
	w.club, err = b.place("club", func(origin bonafide.Origin) (site.Config, error) {
		lender, err := mechanismOf(lenderJSON, origin)
		if err != nil {
			return site.Config{}, err
		}
		table := tableOf(&w.shop.Mechanisms[0], lender)
		return site.Config{Name: "Club", Verifies: true, Mechanisms: []bonafide.Mechanism{*lender}, Tables: []bonafide.Table{*table}}, nil
	})
	if err != nil {
		return nil, errors.Join(err, w.shop.close())
	}
	serving, cancel := context.WithCancel(ctx)
	group, serving := errgroup.WithContext(serving)
	for _, p := range []*place{w.shop, w.club} {
		group.Go(func() error { return web.Serve(serving, p.listener, p.Handler(), b.log) })
	}
	w.stop = func() error {
		cancel()
		return errors.Join(group.Wait(), w.shop.close(), w.club.close())
	}
	if err := rate(ctx, w.shop.Issuer, holder, 405); err != nil {
		return nil, errors.Join(err, w.stop())
	}
	w.badge, err = w.shop.Issuer.PublishBadge(ctx, "seller", holder, "Camille Martin")
	if err != nil {
		return nil, errors.Join(err, w.stop())
	}
	return w, nil
}

// rate records so many ratings of one member, four of which are bad.
func rate(ctx context.Context, i *issuer.Issuer, member string, ratings int) error {
	events := make([]issuer.Event, ratings)
	for n := range events {
		events[n] = rating(member, n, n >= 4)
	}
	_, err := i.Record(ctx, events...)
	return err
}

// rating is the nth rating of a member.
func rating(member string, n int, positive bool) issuer.Event {
	return issuer.Event{
		ID: fmt.Sprintf("%s-%06d", member, n), Member: member, Mechanism: "seller", Kind: "rating",
		Positive: &positive, At: time.Date(2026, 1, 1, 12, 0, n, 0, time.UTC),
	}
}

// ended adds what goes wrong at the end to the error of what was done, unless that failed itself.
func ended(err *error, end func() error) { *err = cmp.Or(*err, end()) }
