// Package site joins the two roles on one origin: an issuer that says what it knows of its members, and
// a verifier that counts what others say. It holds what both share: the keys, the documents under
// /.well-known, the sign-in hook, and the status shown, the best of a member's own, vouched and converted
// levels.
//
// A site that knows its members and counts badges from elsewhere is one value and one handler:
//
//	shop, err := site.New(site.Config{ … })
//	http.Handle("/", shop.Handler())
//	go shop.Run(ctx)
package site

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"sync/atomic"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/internal/erasures"
	"bonafide.example/internal/metrics"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/store/records"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/refer"
)

//go:embed *.html messages.*.json
var files embed.FS

// Site is one origin with one role or both.
type Site struct {
	Config
	Issuer   *issuer.Issuer     // nil if it doesn't issue
	Verifier *verifier.Verifier // nil if it doesn't verify
	Desk     *desk.Desk         // this and the next two: nil if no mechanism has, or had, terms for vouching or classes of fault
	Court    *court.Court
	Refer    *refer.Desk

	Complaints *complaint.Desk // of badges reported and statuses contested

	pages *web.Pages
	spec  *specification

	entity, history *selfSigned
	noted           atomic.Pointer[map[string]string] // the thumbprints that noteKeys kept last

	readiness readiness

	did     func() (bonafide.DIDDocument, error)
	public  *publicLog // nil: the site keeps no public log
	erased  *erasures.Journal
	metrics *metrics.Metrics
	fetches tallies // requests to peers, by how they went
}

// New makes the site and publishes its mechanisms and tables.
func New(config Config) (*Site, error) {
	if err := config.fill(); err != nil {
		return nil, err
	}
	s := &Site{Config: config}
	if err := records.Prepare(context.Background(), config.Store); err != nil {
		return nil, err
	}
	var err error
	if s.pages, err = web.NewPages(config.Name, config.Log, files); err != nil {
		return nil, err
	}
	s.limit()
	s.newMetrics()
	if s.spec, err = newSpecification(s.pages); err != nil {
		return nil, err
	}
	if err := errors.Join(s.newPublicLog(context.Background()), s.newErasures(context.Background())); err != nil {
		return nil, err
	}
	if config.Verifies {
		if err := s.newVerifier(); err != nil {
			return nil, err
		}
	}
	if config.Issues {
		if err := s.newIssuer(); err != nil {
			return nil, err
		}
	}
	if err := s.newComplaints(); err != nil {
		return nil, err
	}
	if err := s.newWellKnown(); err != nil {
		return nil, err
	}
	s.measure()
	s.did = seal.Published(s.Origin, s.Keys.Credential)
	return s, errors.Join(s.eraseAgain(context.Background()), s.noteKeys(context.Background()), s.enterFirst(context.Background()))
}

// enterFirst enters in the public log what the site is about to serve.
func (s *Site) enterFirst(ctx context.Context) error {
	if _, err := s.publishedKeys(ctx); err != nil {
		return err
	}
	if _, err := s.signedEntity(ctx); err != nil {
		return err
	}
	if _, err := s.signedHistory(ctx); bonafide.CodeOf(err) != bonafide.NotFound {
		return err
	}
	return nil
}

// Fail answers with what went wrong as the site's handlers do: with a page to who asks for one, otherwise with a
// problem document.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) { s.pages.Fail(w, r, err) }

func (s *Site) newIssuer() error {
	config := issuer.Config{
		Origin: s.Origin, Name: s.Name, Store: s.Store, Signer: s.Keys.Credential, Mechanisms: s.Mechanisms,
		Standing: s.Standing, SignIn: s.SignIn, Admission: s.Admission, OpenLists: s.OpenLists, Local: s.Local, Now: s.Now, Log: s.Log,
		Complaints: true, Logged: s.logged(publiclog.Mechanism), Contest: s.contestOf, Fetched: s.fetches.add,
	}
	config.Erasing, config.Withdrawing, config.Hiding, config.Removed, config.Exporting = s.erasing, s.withdrawing, s.hiding, s.copyErasures, s.exporting
	if s.Verifier != nil {
		config.Converted, config.Referred = s.Verifier.ConvertedIn, s.referred
	}
	var err error
	if s.Issuer, err = issuer.New(config); err != nil {
		return err
	}
	issuer.TellClients(s.pages)
	return s.newVouching()
}

func (s *Site) newVerifier() error {
	config := verifier.Config{
		Origin: s.Origin, Name: s.Name, Store: s.Store, Signer: s.Keys.Credential, ClientSigner: s.Keys.Client,
		Mechanisms: s.Mechanisms, Tables: s.Tables, Purpose: s.Purpose, SignIn: s.SignIn, Contest: s.contest(), Logged: s.logged(publiclog.Table),
		Changed: s.converted, Fetched: s.fetches.add, Local: s.Local, Now: s.Now, Log: s.Log,
	}
	config.Erasing, config.Removing, config.Removed = s.erasingAccount, s.removingImport, s.copyErasures
	if !s.Issues { // otherwise that goes with the member, whom the issuer exports
		config.Exporting = s.contested
	}
	var err error
	s.Verifier, err = verifier.New(config)
	return err
}

// converted follows a change of what an account's imported statuses count for: the badges that show it
// are issued again.
func (s *Site) converted(ctx context.Context, account string) error {
	if s.Issuer == nil {
		return nil
	}
	return s.Issuer.Reissue(ctx, account)
}
