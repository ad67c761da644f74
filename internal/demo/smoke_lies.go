package demo

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bonafide.example"
)

// lies lets bazar's answers be wrong in one way each.
func (s *smoke) lies(ctx context.Context) error {
	changed := func(change func(*bonafide.ConsentedStatus)) lie { return s.atBazar.changed(s.atBazar.sealer, change) }
	for _, told := range []struct {
		code bonafide.Code
		lie  lie
	}{
		{bonafide.BadSignature, func(_ context.Context, truth string) (string, error) { return otherSignature(truth), nil }},
		{bonafide.WrongIssuer, s.atBazar.changed(s.atOutils.sealer, func(*bonafide.ConsentedStatus) {})},
		{bonafide.WrongType, another(s.first)},
		{bonafide.WrongAudience, changed(func(c *bonafide.ConsentedStatus) { c.Audience = s.troc.Origin })},
		{bonafide.WrongNonce, changed(func(c *bonafide.ConsentedStatus) { c.Nonce = strings.Repeat("n", 22) })},
		{bonafide.Expired, changed(func(c *bonafide.ConsentedStatus) { c.IssuedAt, c.Expires = c.IssuedAt-3600, c.Expires-3600 })},
	} {
		err := inTurn(ctx,
			s.atBazar.while(told.lie, imports(s.alice, s.Outils, s.Alice, alice)),
			refused(s.alice, told.code),
			counts(s.alice, s.Outils, 0, ""),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// foreignAnswers stops an import before bazar's answer reaches troc, and brings the answer in ways in
// which it mustn't be taken.
func (s *smoke) foreignAnswers(ctx context.Context) error {
	if err := signsIn(s.alice, s.troc, alice)(ctx); err != nil {
		return err
	}
	answer, err := s.heldAnswer(ctx)
	if err != nil {
		return err
	}
	return inTurn(ctx,
		signsIn(s.bob, s.troc, alice), // her account, but not the browser that began
		opens(s.bob, answer), refused(s.bob, bonafide.WrongState),
		signsIn(s.alice, s.troc, bob),
		opens(s.alice, answer), refused(s.alice, bonafide.WrongState),
		signsIn(s.alice, s.troc, alice),
		func(context.Context) error { s.Clock.Advance(11 * time.Minute); return nil }, // before troc tidies up
		opens(s.alice, answer), refused(s.alice, bonafide.WrongState),
		counts(s.alice, s.troc, 0, ""),
	)
}

// heldAnswer has Alice consent at bazar, and returns the address at troc to which bazar's answer sends
// her browser.
func (s *smoke) heldAnswer(ctx context.Context) (string, error) {
	if err := begins(s.alice, s.troc, s.Alice, alice)(ctx); err != nil {
		return "", err
	}
	return allowsUpTo(ctx, s.alice, s.troc)
}

// replay brings an answer as if outils had given it, then the right one many times at once, and once more.
func (s *smoke) replay(ctx context.Context) error {
	answer, err := s.heldAnswer(ctx)
	if err != nil {
		return err
	}
	elsewhere := strings.Replace(answer, url.QueryEscape(string(s.Bazar.Origin)), url.QueryEscape(string(s.Outils.Origin)), 1)
	if err := inTurn(ctx, opens(s.alice, elsewhere), refused(s.alice, bonafide.WrongIssuer)); err != nil {
		return err
	}
	taken, err := s.alice.answers(ctx, answer, 50)
	if err != nil {
		return err
	}
	granted := 0
	for _, a := range taken {
		if a.status == http.StatusOK {
			granted++
		} else if err := expect(strings.Contains(a.body, string(bonafide.Replayed)), "%s was due, not %d: %s", bonafide.Replayed, a.status, a.body); err != nil {
			return err
		}
	}
	return inTurn(ctx,
		func(context.Context) error {
			return expect(granted == 1, "%d of %d were granted", granted, len(taken))
		},
		opens(s.alice, answer), refused(s.alice, bonafide.Replayed),
		counts(s.alice, s.troc, 1, ""),
	)
}

// revokedStatement lets bazar answer with a statement whose bit, that of Alice's first badge, is set.
func (s *smoke) revokedStatement(ctx context.Context) error {
	first, err := s.client.OpenBadge(ctx, s.first)
	if err != nil {
		return err
	}
	told := s.atBazar.changed(s.atBazar.sealer, func(c *bonafide.ConsentedStatus) { c.CredentialStatus = first.Status })
	return inTurn(ctx,
		s.atBazar.while(told, imports(s.alice, s.Outils, s.Alice, alice)),
		refused(s.alice, bonafide.Revoked),
	)
}

// convertedBadge publishes Alice's badge at outils, which must say level, converted, beside earned.
func (s *smoke) convertedBadge(ctx context.Context, level, earned string) (badge string, err error) {
	if badge, err = s.Outils.Issuer.PublishBadge(ctx, "member", alice.ID, alice.Name); err != nil {
		return "", err
	}
	_, status, err := s.published(ctx, badge)
	if err != nil {
		return "", err
	}
	return badge, expect(status.Level == level && status.Kind == bonafide.Converted && status.EarnedLevel == earned,
		"outils' badge says %q, %s, earned %q", status.Level, status.Kind, status.EarnedLevel)
}

// convertedTwice brings to troc what outils shows of Alice: a star that it converted.
func (s *smoke) convertedTwice(ctx context.Context) error {
	badge, err := s.convertedBadge(ctx, "one", "")
	if err != nil {
		return err
	}
	return inTurn(ctx,
		forgets(s.troc), // what she imported from bazar
		imports(s.alice, s.troc, badge, alice),
		counts(s.alice, s.troc, 0, bonafide.NoEarnedLevel),
	)
}

// earnedAlone brings to troc what outils says of Alice after she earned a star there beside the two that
// outils converted, and then what it would say had somebody vouched for her.
func (s *smoke) earnedAlone(ctx context.Context) error {
	if err := s.Lend(ctx, alice.ID, 10); err != nil {
		return err
	}
	badge, err := s.convertedBadge(ctx, "two", "one")
	if err != nil {
		return err
	}
	vouched := func(earned string) lie {
		return s.atOutils.changed(s.atOutils.sealer, func(c *bonafide.ConsentedStatus) {
			c.Status.Level, c.Status.Kind, c.Status.EarnedLevel = "three", bonafide.Vouched, earned
		})
	}
	bring := imports(s.alice, s.troc, badge, alice)
	return inTurn(ctx,
		forgets(s.troc), bring, counts(s.alice, s.troc, 1, ""),
		forgets(s.troc), s.atOutils.while(vouched("one"), bring), counts(s.alice, s.troc, 1, ""),
		forgets(s.troc), s.atOutils.while(vouched(""), bring), counts(s.alice, s.troc, 0, bonafide.NoEarnedLevel),
		func(ctx context.Context) error { return s.Outils.Issuer.Erase(ctx, alice.ID) }, // the rest needs what was converted alone
	)
}
