package demo

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"

	"bonafide.example"
)

// badgeHolds reads Alice's badge in its forms, as anybody may.
func (s *smoke) badgeHolds(ctx context.Context) error {
	err := inTurn(ctx,
		opens(s.alice, s.Alice), sees(s.alice, "Alice"), sees(s.alice, "Four stars"),
		opens(s.alice, s.Alice+".svg"), sees(s.alice, "4 of 5"),
		opens(s.alice, s.Alice+".png"),
	)
	if err != nil {
		return err
	}
	if _, err := png.Decode(bytes.NewReader(s.alice.body)); err != nil {
		return err
	}
	badge, token, err := s.client.Badge(ctx, s.Alice)
	if err != nil {
		return err
	}
	s.first = token
	status, err := badge.Stated()
	if err != nil {
		return err
	}
	if err := expect(status.Level == "four" && status.EarnedLevel == "four", "the credential says level %q", status.Level); err != nil {
		return err
	}
	return s.revoked(badge.Status, false)(ctx)
}

func (s *smoke) alteredBadge(ctx context.Context) error {
	if _, err := s.client.OpenBadge(ctx, s.first); err != nil {
		return err
	}
	altered, err := otherPayload(s.first, "four", "five")
	if err != nil {
		return err
	}
	for _, token := range []string{otherSignature(s.first), altered} {
		_, err := s.client.OpenBadge(ctx, token)
		if err := expectCode(err, bonafide.BadSignature); err != nil {
			return err
		}
	}
	return nil
}

// preview shows a badge's address to outils, signed in but without consent.
func (s *smoke) preview(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.alice, s.Outils, alice),
		opens(s.alice, string(s.Outils.Origin)+"/import"),
		submits(s.alice, "/import/preview", url.Values{"badge": {s.Alice}}),
		sees(s.alice, "One star"),
		func(ctx context.Context) error {
			return s.alice.send(ctx, http.MethodPost, string(s.Outils.Origin)+"/import", url.Values{"badge": {s.Alice}})
		},
		refused(s.alice, bonafide.ConsentRequired),
		counts(s.alice, s.Outils, 0, ""),
	)
}

// unknownIssuer pastes the address of a badge at a site that listens, and that nobody recognises.
func (s *smoke) unknownIssuer(ctx context.Context) error {
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer canary.Close()
	var visited atomic.Bool
	go func() {
		if visitor, err := canary.Accept(); err == nil {
			visited.Store(true)
			visitor.Close()
		}
	}()
	badge := fmt.Sprintf("http://canary.localhost:%d/b/K7QXM2VTP4WN9RFA", canary.Addr().(*net.TCPAddr).Port)
	err = inTurn(ctx,
		opens(s.alice, string(s.Outils.Origin)+"/import"),
		submits(s.alice, "/import/preview", url.Values{"badge": {badge}}),
		refused(s.alice, bonafide.NotRecognised),
	)
	if err != nil {
		return err
	}
	return expect(!visited.Load(), "outils visited a site that no table names")
}

// othersBadge lets Bob try to import Alice's badge.
func (s *smoke) othersBadge(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.bob, s.Outils, bob),
		begins(s.bob, s.Outils, s.Alice, bob),
		func(context.Context) error {
			return expect(s.bob.says(string(bonafide.WrongAccount)) || s.bob.says("isn't the one that the badge speaks of"), "bazar doesn't tell Bob that the badge isn't his: %s", s.bob.body)
		},
		counts(s.bob, s.Outils, 0, ""),
	)
}

// importBadge brings Alice's badge to outils, from its address.
func (s *smoke) importBadge(ctx context.Context) error {
	return inTurn(ctx,
		begins(s.alice, s.Outils, s.Alice, alice),
		sees(s.alice, s.Outils.Origin.Host()), sees(s.alice, "405"), // who asks and what is told
		allows(s.alice),
		func(context.Context) error {
			return expect(s.alice.address.Path == "/standing", "the import ends at %s", s.alice.address)
		},
		sees(s.alice, "One star"),
		counts(s.alice, s.Outils, 1, ""),
	)
}

// referMe brings Bob's badge to outils, by "refer me" at bazar.
func (s *smoke) referMe(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.bob, s.Bazar, bob),
		opens(s.bob, string(s.Bazar.Origin)+"/badges"),
		submits(s.bob, "/refer", url.Values{"to": {string(s.Outils.Origin)}, "mechanism": {"seller"}}),
		func(ctx context.Context) error { return s.bob.follow(ctx, string(s.Outils.Origin)) },
		func(context.Context) error {
			return expect(s.bob.address.Host == s.Outils.Origin.Host() && s.bob.address.Path == "/import/begin", "bazar referred to %s: %s", s.bob.address, s.bob.body)
		},
		submits(s.bob, "/import/start", nil),
		allows(s.bob),
		counts(s.bob, s.Outils, 0, bonafide.NoRate),
	)
}

// secondAccount lets Bob's account at outils try what Alice imported, Alice herself consenting at bazar.
func (s *smoke) secondAccount(ctx context.Context) error {
	return inTurn(ctx,
		signsIn(s.alice, s.Outils, bob),
		imports(s.alice, s.Outils, s.Alice, alice),
		refused(s.alice, bonafide.AlreadyImported),
		counts(s.alice, s.Outils, 0, ""),
		signsIn(s.alice, s.Outils, alice),
	)
}

// pairwise compares what each verifier holds on Alice.
func (s *smoke) pairwise(ctx context.Context) error {
	atOutils, err := s.held(ctx, s.Outils)
	if err != nil {
		return err
	}
	atTroc, err := s.held(ctx, s.troc)
	if err != nil {
		return err
	}
	return expect(atOutils.Subject != atTroc.Subject, "both know Alice as %q", atTroc.Subject)
}
