package demo

import (
	"bytes"
	"context"
	"image/png"
	"time"

	"bonafide.example"
)

// selfVouch has Alice, erased by now, come back to bazar and help as much as before; then people try to stand behind
// themselves.
func (s *smoke) selfVouch(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.alice, s.Bazar, alice), signsIn(s.bob, s.Bazar, bob), signsIn(s.carol, s.Bazar, carol),
		signsIn(s.dave, s.Bazar, dave), signsIn(s.erin, s.Bazar, erin),
		func(ctx context.Context) error { return s.Help(ctx, alice.ID, 1040/helpPoints) },
		s.publishNeighbours,
		s.asks(s.bob, bob, "Do stand behind me."), refused(s.bob, bonafide.SelfVouch),
		s.offers(s.dave, s.Bazar, "neighbour", 2, 60),
		s.opensLink(s.dave), refused(s.dave, bonafide.SelfVouch),
	)
}

// asked is a request by the address of Alice's badge, and her answer.
func (s *smoke) asked(ctx context.Context) error {
	const words = "You know my workshop: <b>would</b> you stand behind me?"
	return inTurn(ctx,
		s.asks(s.bob, alice, words),
		opens(s.alice, string(s.Bazar.Origin)+"/vouches"), sees(s.alice, s.Bazar.called(bob)),
		func(ctx context.Context) error { return s.alice.follow(ctx, "/vouches/asks/") },
		sees(s.alice, words),
		putsUp(s.alice, "/vouches/asks/", 2, 521), refused(s.alice, bonafide.BeyondCapacity),
		func(ctx context.Context) error { return s.alice.open(ctx, "/vouches") },
		func(ctx context.Context) error { return s.alice.follow(ctx, "/vouches/asks/") },
		putsUp(s.alice, "/vouches/asks/", 2, 60), sees(s.alice, "you lose at most 60 points"),
		submits(s.alice, "/vouches/asks/", nil),
		s.lent(s.alice, 60),
		s.shows(bob, "", ""), // it takes two
	)
}

// offered are two one-time links, and the badge of him who accepted them.
func (s *smoke) offered(ctx context.Context) error {
	before, _, err := s.published(ctx, s.Neighbours[bob.Name])
	if err != nil {
		return err
	}
	err = inTurn(ctx,
		s.offers(s.dave, s.Bazar, "neighbour", 2, 60), s.accepts(s.bob),
		s.opensLink(s.carol), refused(s.carol, bonafide.OfferOver),
		s.shows(bob, "two", bonafide.Vouched),
		s.offers(s.erin, s.Bazar, "neighbour", 2, 60), s.accepts(s.bob),
		s.revoked(before.Status, false), // a rise revokes nothing
		opens(s.bob, s.Neighbours[bob.Name]), sees(s.bob, "Level two"), sees(s.bob, "3 people at a higher level"),
		opens(s.bob, s.Neighbours[bob.Name]+".svg"), sees(s.bob, "2 of 4"), sees(s.bob, "vouched"),
		opens(s.bob, string(s.Bazar.Origin)+"/me"), sees(s.bob, "vouched for"),
		opens(s.bob, string(s.Bazar.Origin)+"/me.json"), sees(s.bob, `"vouched"`),
		opens(s.bob, s.Neighbours[bob.Name]+".png"),
	)
	if err != nil {
		return err
	}
	_, err = png.Decode(bytes.NewReader(s.bob.body))
	return err
}

// lends has Bob earn what he was vouched for; only then can he stand behind somebody.
func (s *smoke) lends(ctx context.Context) error {
	return inTurn(ctx,
		opens(s.bob, string(s.Bazar.Origin)+"/vouches/offer"),
		sees(s.bob, "You can't stand behind anybody under this one yet."),
		opens(s.bob, string(s.Bazar.Origin)+"/vouches/offer/confirm?mechanism=neighbour&level=1&stake=40"), refused(s.bob, bonafide.BeyondCapacity),
		func(ctx context.Context) error { return s.Help(ctx, bob.ID, 400/helpPoints) },
		s.shows(bob, "two", bonafide.Earned),
		s.offers(s.bob, s.Bazar, "neighbour", 1, 40), s.accepts(s.carol),
		s.shows(carol, "", ""),
		s.offers(s.dave, s.Bazar, "neighbour", 1, 15), s.accepts(s.carol),
		s.shows(carol, "one", bonafide.Vouched),
	)
}

// charged is what Carol's fault comes to, to the point: on everyone's own page and on her badge.
func (s *smoke) charged(ctx context.Context) error {
	return inTurn(ctx,
		s.costs(s.bob, 20, 0), s.costs(s.dave, 8, 0), s.costs(s.alice, 5, 0), s.costs(s.erin, 5, 0),
		s.shows(carol, "", ""), s.passes(listsExpire), s.revoked(s.carols, true),
		s.shows(bob, "two", bonafide.Earned), s.shows(dave, "three", bonafide.Earned),
		s.shows(alice, "three", bonafide.Earned), s.shows(erin, "three", bonafide.Earned),
	)
}

func (s *smoke) healed(ctx context.Context) error {
	return inTurn(ctx,
		s.passes(6*period),
		s.costs(s.bob, 20, 10), s.costs(s.dave, 8, 4), s.costs(s.alice, 5, 2), s.costs(s.erin, 5, 2),
	)
}

// restored is a reversal of what was final for half a year.
func (s *smoke) restored(ctx context.Context) error {
	return inTurn(ctx,
		s.rules(s.Bazar, s.unpaid, bonafide.Reverse), s.passes(time.Minute),
		s.costs(s.bob, 0, 0), s.costs(s.dave, 0, 0), s.costs(s.alice, 0, 0), s.costs(s.erin, 0, 0),
		s.shows(carol, "one", bonafide.Vouched),
		opens(s.carol, string(s.Bazar.Origin)+"/cases/"+s.unpaid), sees(s.carol, reasons),
	)
}
