package demo

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// ruled is a fault from its report to the ruling.
func (s *smoke) ruled(ctx context.Context) error {
	badge, _, err := s.published(ctx, s.Neighbours[carol.Name])
	if err != nil {
		return err
	}
	s.carols = badge.Status
	reported, err := s.Accuse(ctx, s.Bazar, "neighbour", carol.ID, "unpaid")
	if err != nil {
		return err
	}
	s.unpaid = reported.ID
	page := string(s.Bazar.Origin) + "/cases/" + s.unpaid
	ruling := s.ruling(s.Bazar, s.unpaid, bonafide.Uphold)
	return inTurn(ctx,
		opens(s.bob, page), refused(s.bob, bonafide.NotFound), // nobody else is told
		s.shows(carol, "one", bonafide.Vouched),
		opens(s.carol, string(s.Bazar.Origin)+"/cases"),
		func(ctx context.Context) error { return s.carol.follow(ctx, page) },
		submits(s.carol, page+"/contest", url.Values{"words": {"The bills never came."}}),
		sees(s.carol, "The bills never came."),
		s.delivers(s.Bazar, s.atOutils.sealer, ruling), refused(s.carol, bonafide.NotArbiter),
		s.delivers(s.Bazar, s.posing, ruling), refused(s.carol, bonafide.BadSignature),
		s.costs(s.bob, 0, 0),
		s.delivers(s.Bazar, s.atBazar.sealer, ruling), taken(s.carol),
		s.passes(time.Minute),
		s.delivers(s.Bazar, s.atBazar.sealer, ruling), taken(s.carol), // again, it changes nothing
	)
}

// ruling is what a site's own arbiter decides on a case.
func (s *smoke) ruling(at *Place, id string, decision bonafide.Decision) bonafide.Ruling {
	now := s.Clock.Now()
	return bonafide.Ruling{
		Issuer: at.Origin, Audience: at.Origin, ID: string(decision) + "-" + id, IssuedAt: bonafide.SecondsOf(now),
		Expires: bonafide.SecondsOf(now.Add(time.Hour)), Case: id, Decision: decision, Reason: reasons,
	}
}

// delivers lets Carol, as anybody could, bring a site a ruling that was signed so.
func (s *smoke) delivers(to *Place, signed *seal.Sealer, ruling bonafide.Ruling) deed {
	return func(ctx context.Context) error {
		token, err := signed.Seal(ctx, bonafide.TypeRuling, &ruling)
		if err != nil {
			return err
		}
		if err := s.carol.open(ctx, string(to.Origin)); err != nil {
			return err
		}
		return s.carol.send(ctx, http.MethodPost, "/rulings", url.Values{"ruling": {token}})
	}
}

// taken expects the ruling just delivered to have been taken.
func taken(b *browser) deed {
	return func(context.Context) error {
		return expect(b.status == http.StatusOK, "the ruling wasn't taken: %d: %s", b.status, b.body)
	}
}

// rules delivers a ruling of the site's own arbiter.
func (s *smoke) rules(at *Place, id string, decision bonafide.Decision) deed {
	return func(ctx context.Context) error {
		by := s.atBazar
		if at == s.Outils {
			by = s.atOutils
		}
		return inTurn(ctx, s.delivers(at, by.sealer, s.ruling(at, id, decision)), taken(s.carol))
	}
}
