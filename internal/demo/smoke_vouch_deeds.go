package demo

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/vouching/desk"
)

// asks asks whoever holds the badge of a neighbour at bazar to stand behind the asker.
func (s *smoke) asks(b *browser, of bonafide.Account, words string) deed {
	return func(ctx context.Context) error {
		badge := s.Neighbours[of.Name]
		return inTurn(ctx,
			opens(b, string(s.Bazar.Origin)+"/vouches/ask?badge="+url.QueryEscape(badge)), sees(b, badge),
			submits(b, "/vouches/asks", url.Values{"mechanism": {"neighbour"}, "words": {words}}),
		)
	}
}

// putsUp fills in the form of the page that leads to an address under action, where the voucher is told what
// that means.
func putsUp(b *browser, action string, level int, stake int64) deed {
	return submits(b, action, url.Values{"level": {strconv.Itoa(level)}, "stake": {strconv.FormatInt(stake, 10)}})
}

// offers makes a one-time link by which somebody can accept a vouch, and notes it.
func (s *smoke) offers(b *browser, at *Place, mechanism string, level int, stake int64) deed {
	return func(ctx context.Context) error {
		err := inTurn(ctx,
			opens(b, string(at.Origin)+"/vouches/offer"),
			submits(b, "/vouches/offer/confirm", url.Values{
				"mechanism": {mechanism}, "level": {strconv.Itoa(level)}, "stake": {strconv.FormatInt(stake, 10)},
			}),
			submits(b, "/vouches/offers", nil),
		)
		if err != nil {
			return err
		}
		s.link = strings.TrimSuffix(b.address.String(), "/link")
		return sees(b, s.link)(ctx)
	}
}

// opensLink opens the link that was noted last.
func (s *smoke) opensLink(b *browser) deed {
	return func(ctx context.Context) error { return b.open(ctx, s.link) }
}

// accepts accepts what that link offers.
func (s *smoke) accepts(b *browser) deed {
	return func(ctx context.Context) error {
		err := inTurn(ctx, s.opensLink(b), submits(b, s.link+"/accept", nil))
		if err != nil {
			return err
		}
		return expect(b.status < 400 && b.address.Path == "/vouches", "accepting led to %s with %d: %s", b.address, b.status, b.body)
	}
}

// standingOf returns what somebody's own page says of their vouching as a neighbour at bazar.
func standingOf(ctx context.Context, b *browser, at string) (desk.Standing, error) {
	if err := b.open(ctx, at); err != nil {
		return desk.Standing{}, err
	}
	view, err := bonafide.ParsePeer[desk.View](b.body)
	if err != nil || len(view.Mechanisms) == 0 {
		return desk.Standing{}, fmt.Errorf("%s answers %d: %s", b.address, b.status, b.body)
	}
	return view.Mechanisms[0], nil
}

// lent expects somebody's own page to say that so much stands behind others.
func (s *smoke) lent(b *browser, points int64) deed {
	return func(ctx context.Context) error {
		own, err := standingOf(ctx, b, string(s.Bazar.Origin)+"/vouches.json")
		if err != nil {
			return err
		}
		return expect(own.Lent == points, "%d is lent, not %d", own.Lent, points)
	}
}

// costs expects somebody's own page to say that their vouches cost them so much in all, so much of it healed.
func (s *smoke) costs(b *browser, amount, healed int64) deed {
	return func(ctx context.Context) error {
		own, err := standingOf(ctx, b, string(s.Bazar.Origin)+"/vouches.json")
		if err != nil {
			return err
		}
		var charged, gone int64
		for _, given := range append(own.Given, own.Past...) {
			for _, c := range given.Charges {
				charged, gone = charged+c.Amount, gone+c.Healed
			}
		}
		return expect(charged == amount && gone == healed, "it cost %d, %d of it healed, not %d and %d: %s", charged, gone, amount, healed, b.body)
	}
}

// shows expects somebody's badge as a neighbour to say the level, "" for none, and how they came to it.
func (s *smoke) shows(who bonafide.Account, level string, kind bonafide.Kind) deed {
	return func(ctx context.Context) error {
		if err := s.Bazar.RunDue(ctx); err != nil { // what follows from the last request, at once
			return err
		}
		_, status, err := s.published(ctx, s.Neighbours[who.Name])
		if err != nil {
			return err
		}
		return expect(status.Level == level && (level == "" || status.Kind == kind), "%s's badge says %q, %s", who.Name, status.Level, status.Kind)
	}
}
