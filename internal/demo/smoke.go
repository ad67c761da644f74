package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"golang.org/x/sync/errgroup"
)

// Smoke makes a world, does everything there is to try in it over HTTP, as people and as liars would, and
// ends at the first thing that isn't as it must be. The error begins with the name of the step that failed. The world is
// of the given kind; what its sites log is shown if something fails.
func Smoke(ctx context.Context, out io.Writer, config Config) (err error) {
	var complaints bytes.Buffer
	config.Log = slog.New(slog.NewTextHandler(&complaints, &slog.HandlerOptions{Level: slog.LevelWarn}))
	world, err := New(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	s, err := newSmoke(world)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return world.Run(running) })
	failed := s.run(ctx, out)
	stop()
	err = errors.Join(failed, group.Wait())
	if failed != nil {
		io.Copy(out, &complaints)
	}
	return err
}

// smoke is one run: a world with a third site, where statuses from both others are brought.
type smoke struct {
	*World
	troc   *Place
	client *fetch.Client // of somebody who checks badges

	alice, bob, carol, dave, erin *browser
	atBazar, atOutils             *liar

	first    string               // Alice's badge as it was signed first
	posing   *seal.Sealer         // has a key of its own, and names bazar's
	link     string               // the last one-time link that somebody was shown
	carols   bonafide.StatusEntry // of Carol's badge before her fault
	unpaid   string               // the case of Carol's fault at bazar
	kept     string               // that of Bob's at outils
	referred string               // Alice's page of the referral that she makes
}

func newSmoke(w *World) (*smoke, error) {
	s := &smoke{World: w, alice: newBrowser(), bob: newBrowser(), carol: newBrowser(), dave: newBrowser(), erin: newBrowser()}
	at, err := w.listen("troc", 0)
	if err != nil {
		return nil, err
	}
	own, seller, lender := member(at.origin), seller(w.Bazar.Origin), member(w.Outils.Origin)
	stars := rates("outils", &lender, &own, w.Clock.Now())
	stars.Measure, stars.Accept = nil, bonafide.Accept{MaxAgeDays: 90}
	stars.Rates = []bonafide.Rate{{Level: "three", Gives: 3}, {Level: "two", Gives: 2}, {Level: "one", Gives: 1}}
	if s.troc, err = w.open(at, site.Config{
		Name: "Troc", Verifies: true, Mechanisms: []bonafide.Mechanism{own},
		Tables: []bonafide.Table{rates("bazar", &seller, &own, w.Clock.Now()), stars},
	}); err != nil {
		return nil, err
	}
	if s.atBazar, err = newLiar(w.Bazar); err != nil {
		return nil, err
	}
	if s.atOutils, err = newLiar(w.Outils); err != nil {
		return nil, err
	}
	another, err := seal.GenerateKey()
	if err != nil {
		return nil, err
	}
	if s.posing, err = seal.NewSealer(another, s.atBazar.sealer.KeyID()); err != nil {
		return nil, err
	}
	s.client, err = fetch.New(fetch.Config{Local: true, Now: w.Clock.Now})
	return s, err
}

type step struct {
	name string
	do   deed
}

// steps are the flows of the protocol, in an order in which each finds the world that it needs.
func (s *smoke) steps() []step {
	return []step{
		{"Alice's badge is a picture, a page and a signed credential that holds", s.badgeHolds},
		{"a badge with another signature, or altered, is refused", s.alteredBadge},
		{"outils says what the badge would count for, and grants nothing for its address", s.preview},
		{"a badge of a site that no table names isn't even fetched", s.unknownIssuer},
		{"Bob can't import Alice's badge", s.othersBadge},
		{"answers signed by another key, for another site or to another question grant nothing", s.lies},
		{"Alice imports her badge: four stars there count for one here, and outils says why", s.importBadge},
		{"an answer brought by another account, another browser or too late grants nothing", s.foreignAnswers},
		{"an answer grants once, though it comes 50 times at once, and only from the site that was asked", s.replay},
		{"Bob starts from bazar: refer me to outils", s.referMe},
		{"another account at outils can't import what Alice imported", s.secondAccount},
		{"outils and troc know Alice under names that nobody can join", s.pairwise},
		{"what outils converted isn't converted again at troc", s.convertedTwice},
		{"12 bad ratings: bazar's badge falls at once, the old one is revoked, outils follows", s.fall},
		{"a statement that is revoked already is refused", s.revokedStatement},
		{"good ratings: nothing is revoked, and the rise arrives when Alice refreshes", s.rise},
		{"of a level converted or vouched for, only what was earned converts", s.earnedAlone},
		{"bazar away for a day changes nothing, for a week pauses; back, it counts again", s.away},
		{"suspended at bazar, nothing counts; restored, it is asked anew", s.suspension},
		{"Alice withdraws her consent, and outils forgets", s.withdrawal},
		{"Alice exports and erases what both sites hold", s.erasure},
		{"Alice has helped anew; nobody stands behind themselves", s.selfVouch},
		{"Bob asks Alice, who reads the most that it can cost, and stands behind him", s.asked},
		{"Dave's and Erin's links work once each: Bob shows level 2, vouched", s.offered},
		{"Bob helps, and earns level 2 himself; he and Dave stand behind Carol, who shows level 1", s.lends},
		{"Carol contests a fault; no ruling but her site's arbiter's makes it final", s.ruled},
		{"it costs Bob 20, Dave 8, Alice 5 and Erin 5, and Carol her level", s.charged},
		{"six periods on, half has healed", s.healed},
		{"a reversal restores everything", s.restored},
		{"Alice refers Bob to outils, and can't redeem it herself", s.refers},
		{"Bob redeems it once; once Alice confirms, it counts beside one who stands behind him at outils", s.redeemed},
		{"Bob's fault at outils, final there and then at bazar, costs Alice a tenth at most, and nobody else", s.outcome},
		{"its reversal at outils restores what it cost at bazar", s.outcomeReversed},
		{"a week after Alice withdrew, Bob's faults at outils cost her nothing", s.liabilityEnds},
	}
}

func (s *smoke) run(ctx context.Context, out io.Writer) error {
	for i, step := range s.steps() {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(out, "%2d. %s\n", i+1, step.name)
	}
	return nil
}

// deed is something done, or looked at, in the world. It fails if what is found isn't as it must be.
type deed func(context.Context) error

// inTurn does one thing after the other until one fails.
func inTurn(ctx context.Context, deeds ...deed) error {
	for _, do := range deeds {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// expect returns an error unless the condition holds.
func expect(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// expectCode returns an error unless err has the code.
func expectCode(err error, code bonafide.Code) error {
	return expect(bonafide.CodeOf(err) == code, "%s was due, not %v", code, err)
}

// listsExpire is how long it takes until every site reads the others' status lists again.
const listsExpire = bonafide.StatusListTTL + time.Minute
