// Package desk is where the members of a site stand behind one another: one asks another to vouch, or
// offers to vouch by a one-time link; the other answers, accepts, or declines without a word. Members see
// what they lent, to whom, what it could cost and what it cost, and withdraw.
//
// What holds of vouches is the business of the mechanism's ledger (package ledger), which refuses what must
// be refused; who follows from it, the issuer's. The desk keeps what leads to a vouch, and what the two
// people in one are called.
//
// Asking is accepting in advance, so that an answered ask is a vouch at once. Declining tells nobody: an ask
// that was declined looks to its asker like one not answered yet, until it expires, and a declined offer stays
// open like one that nobody has opened. A voucher alone sees the amount of a stake: what a vouch does for
// the other is told by the level, and the amount speaks of what the voucher has.
package desk

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching/ledger"
)

//go:embed *.html messages.*.json
var files embed.FS

// Config says whose desk it is and what it needs. Now and Log may be nil; everything else is needed.
type Config struct {
	Origin bonafide.Origin
	Name   string         // what pages call the site
	Issuer *issuer.Issuer // whose mechanisms have the terms, and whose ledgers keep the vouches
	Store  store.Store    // the issuer's; keys used: those that begin with "desk"
	SignIn bonafide.SignIn
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default
}

// Desk is the desk. It is safe for concurrent use.
type Desk struct {
	Config
	pages *web.Pages
}

// New returns the desk.
func New(config Config) (*Desk, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	pages, err := web.NewPages(config.Name, config.Log, files)
	if err != nil {
		return nil, err
	}
	return &Desk{config, pages}, nil
}

// Paths returns the patterns under which [Desk.Handler] is to be mounted beside other handlers.
func Paths() []string { return []string{vouchesPath, vouchesPath + "/", vouchesPath + ".json"} }

// AdminPaths returns the same for [Desk.Admin].
func AdminPaths() []string {
	return []string{"/admin/vouches", "/admin/vouches/", "/admin/offers", "/admin/members/{id}/vouching", "/admin/ledgers/"}
}

// now returns the instant.
func (d *Desk) now() bonafide.Seconds { return bonafide.SecondsOf(d.Now()) }

// terms returns a mechanism under which members vouch, and its ledger; no-vouching of one under which they don't.
func (d *Desk) terms(slug string) (*bonafide.Mechanism, *ledger.Ledger, error) {
	m, err := d.Issuer.Mechanism(slug)
	if err != nil {
		return nil, nil, err
	}
	if m.Vouching == nil {
		return nil, nil, bonafide.Errorf(bonafide.NoVouching, m.ID, "has no terms for vouching")
	}
	l, err := d.Issuer.Ledger(slug)
	return m, l, err
}

// change runs a transaction, and has the issuer do what follows from it.
func (d *Desk) change(ctx context.Context, fn func(store.Tx) error) error {
	if err := d.Store.Update(ctx, fn); err != nil {
		return err
	}
	d.Issuer.WakeUp()
	return nil
}

// Handler answers members: /vouches and what is under it. It refuses changes that pages of other sites send.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	d.memberRoutes(mux)
	d.askRoutes(mux)
	d.offerRoutes(mux)
	return d.pages.Harden(mux)
}
