package demo

import (
	"context"
	"time"

	"bonafide.example"
)

// fall is what 12 bad ratings change, at bazar and at outils.
func (s *smoke) fall(ctx context.Context) error {
	before, _, err := s.published(ctx, s.Alice)
	if err != nil {
		return err
	}
	told, err := s.held(ctx, s.Outils)
	if err != nil {
		return err
	}
	if err := s.rates(0, 12)(ctx); err != nil {
		return err
	}
	after, status, err := s.published(ctx, s.Alice)
	if err != nil {
		return err
	}
	if err := expect(status.Level == "three", "the badge says %q", status.Level); err != nil {
		return err
	}
	return inTurn(ctx,
		opens(s.alice, s.Alice+".svg"), sees(s.alice, "3 of 5"),
		opens(s.alice, s.Alice), sees(s.alice, "Three stars"),
		s.passes(listsExpire),
		s.revoked(before.Status, true),
		s.revoked(after.Status, false),
		s.revoked(told.CredentialStatus, true),
		counts(s.alice, s.Outils, 0, bonafide.NoRate),
	)
}

// rise is what good ratings change, and only once Alice refreshes.
func (s *smoke) rise(ctx context.Context) error {
	before, _, err := s.published(ctx, s.Alice)
	if err != nil {
		return err
	}
	told, err := s.held(ctx, s.Outils)
	if err != nil {
		return err
	}
	return inTurn(ctx,
		s.rates(2000, 0),
		counts(s.alice, s.Outils, 0, bonafide.NoRate), // looked at before a refresh may come due
		s.passes(listsExpire),
		s.revoked(before.Status, false),
		s.revoked(told.CredentialStatus, false),
		refreshes(s.alice, s.Outils),
		counts(s.alice, s.Outils, 2, ""),
	)
}

// away cuts bazar off, for a day and for a week.
func (s *smoke) away(ctx context.Context) error {
	s.Bazar.Away.Store(true)
	defer s.Bazar.Away.Store(false)
	return inTurn(ctx,
		s.passes(24*time.Hour),
		counts(s.alice, s.Outils, 2, ""),
		s.passes(6*24*time.Hour),
		counts(s.alice, s.Outils, 0, bonafide.Paused),
		s.comesBack,
		counts(s.alice, s.Outils, 2, ""),
	)
}

func (s *smoke) comesBack(ctx context.Context) error {
	s.Bazar.Away.Store(false)
	return s.Advance(ctx, time.Minute)
}

// suspension is bazar's member losing and regaining its standing.
func (s *smoke) suspension(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.Bazar.Issuer.Suspend(ctx, alice.ID) },
		opens(s.alice, s.Alice+".svg"), sees(s.alice, "suspended"),
		s.passes(listsExpire),
		counts(s.alice, s.Outils, 0, bonafide.Revoked),
		func(ctx context.Context) error { return s.Bazar.Issuer.Restore(ctx, alice.ID) },
		refreshes(s.alice, s.Outils),
		counts(s.alice, s.Outils, 2, ""),
	)
}

// withdrawal is the end of Alice's consent.
func (s *smoke) withdrawal(ctx context.Context) error {
	return inTurn(ctx,
		opens(s.alice, string(s.Bazar.Origin)+"/consents"),
		func(ctx context.Context) error {
			return s.alice.submitUnder(ctx, s.Outils.Origin.Host(), "/consents/", nil)
		},
		s.passes(listsExpire),
		counts(s.alice, s.Outils, 0, ""),
		func(ctx context.Context) error {
			held, err := s.Outils.Verifier.Export(ctx, alice.ID)
			if err != nil {
				return err
			}
			return expect(len(held.Imports) == 0, "outils still holds %d imports", len(held.Imports))
		},
	)
}

// erasure is what Alice takes with her, and then has both sites forget.
func (s *smoke) erasure(ctx context.Context) error {
	return inTurn(ctx,
		imports(s.alice, s.Outils, s.Alice, alice), imported(s.alice),
		counts(s.alice, s.Outils, 2, ""),
		opens(s.alice, string(s.Outils.Origin)+"/standing/export"), sees(s.alice, string(s.Bazar.Origin)),
		opens(s.alice, string(s.Outils.Origin)+"/standing"),
		submits(s.alice, "/standing/erase", nil),
		counts(s.alice, s.Outils, 0, ""),
		func(ctx context.Context) error { return s.Bazar.Issuer.Erase(ctx, alice.ID) },
		func(ctx context.Context) error {
			_, _, err := s.client.Badge(ctx, s.Alice)
			return expectCode(err, bonafide.NotFound)
		},
	)
}
