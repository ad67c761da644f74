package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/vouching"
)

// appealWithin is how long a member has to contest.
const appealWithin = time.Duration(vouching.AppealWithin) * time.Second

// refers has Alice, who also brought her badge to outils, make a link for somebody there.
func (s *smoke) refers(ctx context.Context) error {
	elsewhere := string(s.Bazar.Origin) + "/vouches/elsewhere"
	err := inTurn(ctx,
		signsIn(s.alice, s.Outils, alice),
		imports(s.alice, s.Outils, s.Neighbours[alice.Name], alice),
		counts(s.alice, s.Outils, 2, ""),
		opens(s.alice, elsewhere),
		submits(s.alice, elsewhere+"/terms", url.Values{"mechanism": {"neighbour"}, "site": {string(s.Outils.Origin)}}),
		sees(s.alice, "at least 100"), // the least stake that outils' table names
		submits(s.alice, elsewhere+"/risk", url.Values{"stake": {"240"}}),
		sees(s.alice, "lose is 240 points"), sees(s.alice, "at most 104 points"), // a tenth of what she earned
		submits(s.alice, elsewhere, nil),
	)
	if err != nil {
		return err
	}
	s.referred = s.alice.address.String()
	s.link = shown(s.alice, string(s.Outils.Origin)+"/referrals?token=")
	return inTurn(ctx,
		s.opensLink(s.alice),
		submits(s.alice, "/referrals/redeem", url.Values{"name": {"Alice"}}), refused(s.alice, bonafide.ReferralOwn),
	)
}

// shown returns the word of a page that begins so.
func shown(b *browser, begins string) string {
	for _, word := range strings.Fields(textOf(b.page)) {
		if strings.HasPrefix(word, begins) {
			return word
		}
	}
	return ""
}

// redeemed is the referral from its redemption to what it counts for.
func (s *smoke) redeemed(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.bob, s.Outils, bob), signsIn(s.dave, s.Outils, dave), signsIn(s.erin, s.Outils, erin),
		s.opensLink(s.bob),
		submits(s.bob, "/referrals/redeem", url.Values{"name": {"Bob of the workshop"}}),
		s.opensLink(s.erin),
		submits(s.erin, "/referrals/redeem", url.Values{"name": {"Erin"}}), refused(s.erin, bonafide.ReferralUsed),
		s.offers(s.dave, s.Outils, "member", 1, 10), s.accepts(s.bob),
		s.passes(time.Minute),
		counts(s.bob, s.Outils, 0, ""), // Dave alone isn't enough
		s.lent(s.alice, 60),
		s.opensReferral, sees(s.alice, "Bob of the workshop"),
		s.decides("/confirm"),
		s.lent(s.alice, 300),
		opens(s.bob, string(s.Outils.Origin)+"/referrals"),
		submits(s.bob, "/referrals/", nil), // asks whether she has confirmed
		s.passes(time.Minute),
		counts(s.bob, s.Outils, 1, ""),
	)
}

// outcome is what a fault that Bob doesn't contest costs her who referred him, unless she contests.
func (s *smoke) outcome(ctx context.Context) error {
	// Erin stands behind Alice, and yet isn't charged: an outcome goes no further.
	if err := inTurn(ctx, s.offers(s.erin, s.Bazar, "neighbour", 2, 40), s.accepts(s.alice)); err != nil {
		return err
	}
	reported, err := s.Accuse(ctx, s.Outils, "member", bob.ID, "kept")
	if err != nil {
		return err
	}
	s.kept = reported.ID
	return inTurn(ctx,
		s.passes(appealWithin), // outils tells bazar, and bazar Alice
		s.toldElsewhere(0),
		opens(s.alice, string(s.Bazar.Origin)+"/cases"), sees(s.alice, s.Outils.Origin.Host()),
		s.passes(appealWithin),
		s.toldElsewhere(104),
		s.costs(s.bob, 0, 0), s.costs(s.dave, 0, 0), s.costs(s.erin, 0, 0),
	)
}

// opensReferral opens Alice's page of the referral at bazar.
func (s *smoke) opensReferral(ctx context.Context) error { return s.alice.open(ctx, s.referred) }

// decides presses a button on that page.
func (s *smoke) decides(what string) deed {
	return func(ctx context.Context) error {
		return inTurn(ctx, s.opensReferral, submits(s.alice, s.referred+what, nil))
	}
}

// toldElsewhere expects that page to tell that it cost her so much.
func (s *smoke) toldElsewhere(points int64) deed {
	return func(ctx context.Context) error {
		if err := s.opensReferral(ctx); err != nil || points > 0 {
			return errors.Join(err, sees(s.alice, fmt.Sprintf("It has cost you %d points.", points))(ctx))
		}
		return expect(s.alice.status == http.StatusOK && !s.alice.says("It has cost you"), "%s (status %d) tells of a cost: %s", s.alice.address, s.alice.status, s.alice.body)
	}
}

func (s *smoke) outcomeReversed(ctx context.Context) error {
	return inTurn(ctx,
		s.rules(s.Outils, s.kept, bonafide.Reverse),
		s.passes(time.Minute),
		s.toldElsewhere(0),
	)
}

// liabilityEnds is a fault committed when Alice's notice has run out.
func (s *smoke) liabilityEnds(ctx context.Context) error {
	return inTurn(ctx,
		s.decides("/withdraw"),
		s.passes(time.Duration(vouching.Notice)*time.Second),
		func(ctx context.Context) error {
			_, err := s.Accuse(ctx, s.Outils, "member", bob.ID, "kept")
			return err
		},
		s.tells(s.Outils, s.atOutils.sealer), refused(s.alice, bonafide.FaultLate), // outils insists
		s.tells(s.Bazar, s.atBazar.sealer), refused(s.alice, bonafide.UnknownReferral), // nobody else may tell
		s.passes(appealWithin), s.passes(appealWithin),
		s.toldElsewhere(0),
		s.lent(s.alice, 60),
	)
}

// tells brings bazar what a site, which signs it, says of Alice's referral: that there was a fault a minute ago.
func (s *smoke) tells(by *Place, signed *seal.Sealer) deed {
	return func(ctx context.Context) error {
		now := s.Clock.Now()
		token, err := signed.Seal(ctx, bonafide.TypeOutcome, &bonafide.Outcome{
			Issuer: by.Origin, Audience: s.Bazar.Origin, ID: "a-lie", IssuedAt: bonafide.SecondsOf(now),
			Expires: bonafide.SecondsOf(now.Add(bonafide.MinDelivery)), Referral: path.Base(s.referred), Event: bonafide.OutcomeFault,
			Fault: "another", Class: "unpaid", Occurred: bonafide.SecondsOf(now.Add(-time.Minute)), Reported: bonafide.SecondsOf(now),
		})
		if err != nil {
			return err
		}
		if err := s.alice.open(ctx, string(s.Bazar.Origin)); err != nil {
			return err
		}
		return s.alice.send(ctx, http.MethodPost, "/outcomes", url.Values{"outcome": {token}})
	}
}
