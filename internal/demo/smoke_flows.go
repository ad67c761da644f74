package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/fetch"
	"bonafide.example/site"
)

// badgeHolds is flow 1.
func (s *smoke) badgeHolds(ctx context.Context) error {
	if err := s.alice.open(ctx, s.Alice); err != nil {
		return err
	}
	if err := expect(s.alice.says("Alice") && s.alice.says("Four stars"), "the page of %s doesn't say that Alice has four stars", s.Alice); err != nil {
		return err
	}
	if err := s.alice.open(ctx, s.Alice+".svg"); err != nil {
		return err
	}
	if err := expect(strings.HasPrefix(s.alice.header.Get("Content-Type"), "image/svg+xml") && bytes.Contains(s.alice.body, []byte("4 of 5")), "the picture doesn't say 4 of 5"); err != nil {
		return err
	}
	if err := s.alice.open(ctx, s.Alice+".png"); err != nil {
		return err
	}
	if _, err := png.Decode(bytes.NewReader(s.alice.body)); err != nil {
		return err
	}
	credential, token, err := s.client.Badge(ctx, s.Alice)
	if err != nil {
		return err
	}
	s.first = token
	status, err := credential.Stated()
	if err != nil {
		return err
	}
	if err := expect(status.Level == "four" && status.EarnedLevel == "four", "the credential says level %q", status.Level); err != nil {
		return err
	}
	return s.revoked(ctx, credential, false)
}

// revoked returns an error unless the badge's bit is as it must be.
func (s *smoke) revoked(ctx context.Context, badge *bonafide.Credential, want bool) error {
	list, err := s.client.StatusList(ctx, s.Bazar.Origin, badge.Status.Credential)
	if err != nil {
		return err
	}
	position, err := badge.Status.Position()
	if err != nil {
		return err
	}
	set, err := list.Bits.Get(position)
	if err != nil {
		return err
	}
	return expect(set == want, "the badge's bit is %t", set)
}

func (s *smoke) alteredBadge(ctx context.Context) error {
	if _, err := s.client.OpenBadge(ctx, s.first); err != nil {
		return err
	}
	_, err := s.client.OpenBadge(ctx, otherSignature(s.first))
	return expectCode(err, bonafide.BadSignature)
}

// otherSignature returns the token with another signature of the right form.
func otherSignature(token string) string {
	i := strings.LastIndexByte(token, '.') + 1
	other := byte('A')
	if token[i] == other {
		other = 'B'
	}
	return token[:i] + string(other) + token[i+1:]
}

// signIn signs a person in at a site.
func (s *smoke) signIn(ctx context.Context, b *browser, at *Place, as bonafide.Account) error {
	if err := b.open(ctx, string(at.Origin)+"/demo/sign-in?return=/me"); err != nil {
		return err
	}
	if err := b.submit(ctx, "/demo/sign-in", url.Values{"account": {as.ID}}); err != nil {
		return err
	}
	return expect(b.address.Path == "/me" && b.status == 200, "signing in at %s led to %s with %d", at.Origin, b.address, b.status)
}

// counts returns what a site shows of whoever is signed in, under its first mechanism.
func (s *smoke) counts(ctx context.Context, b *browser, at *Place) (site.Shown, error) {
	if err := b.open(ctx, string(at.Origin)+"/me.json"); err != nil {
		return site.Shown{}, err
	}
	// The explanation is read leniently: it is this program's own.
	var shown []site.Shown
	if err := json.Unmarshal(b.body, &shown); err != nil || len(shown) == 0 {
		return site.Shown{}, fmt.Errorf("%s/me.json answers %d: %s", at.Origin, b.status, b.body)
	}
	return shown[0], nil
}

// countsFor returns an error unless a site shows the level, for the reason if one is given.
func (s *smoke) countsFor(ctx context.Context, b *browser, at *Place, level int, reason bonafide.Code) error {
	shown, err := s.counts(ctx, b, at)
	if err != nil {
		return err
	}
	if err := expect(shown.Level == level, "%s shows level %d, not %d: %s", at.Origin.Host(), shown.Level, level, explained(shown)); err != nil {
		return err
	}
	if reason == "" {
		return nil
	}
	because := shown.Explanation != nil && slices.ContainsFunc(shown.Explanation.Inputs, func(in conversion.InputExplanation) bool { return in.Reason == reason })
	return expect(because, "%s doesn't say %s: %s", at.Origin.Host(), reason, explained(shown))
}

func explained(shown site.Shown) string {
	if shown.Explanation == nil {
		return "no explanation"
	}
	return strings.Join(shown.Explanation.Lines(bonafide.English), " ")
}

// preview shows a badge's address to outils, signed in but without consent.
func (s *smoke) preview(ctx context.Context) error {
	if err := s.signIn(ctx, s.alice, s.Outils, alice); err != nil {
		return err
	}
	if err := s.alice.open(ctx, string(s.Outils.Origin)+"/import"); err != nil {
		return err
	}
	if err := s.alice.submit(ctx, "/import/preview", url.Values{"badge": {s.Alice}}); err != nil {
		return err
	}
	if err := expect(s.alice.status == 200 && s.alice.says("One star"), "the preview doesn't speak of one star: %s", s.alice.body); err != nil {
		return err
	}
	if err := s.alice.send(ctx, "POST", string(s.Outils.Origin)+"/import", url.Values{"badge": {s.Alice}}); err != nil {
		return err
	}
	if err := s.refused(s.alice, bonafide.ConsentRequired); err != nil {
		return err
	}
	return s.countsFor(ctx, s.alice, s.Outils, 0, "")
}

// refused returns an error unless the page that the browser is on refuses with the code.
func (s *smoke) refused(b *browser, code bonafide.Code) error {
	return expect(b.status >= 400 && b.says(string(code)), "%s was due, but %s answered %d: %s", code, b.address, b.status, b.body)
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
		if _, err := canary.Accept(); err == nil {
			visited.Store(true)
		}
	}()
	badge := fmt.Sprintf("http://canary.localhost:%d/b/K7QXM2VTP4WN9RFA", canary.Addr().(*net.TCPAddr).Port)
	if err := s.alice.open(ctx, string(s.Outils.Origin)+"/import"); err != nil {
		return err
	}
	if err := s.alice.submit(ctx, "/import/preview", url.Values{"badge": {badge}}); err != nil {
		return err
	}
	if err := s.refused(s.alice, bonafide.NotRecognised); err != nil {
		return err
	}
	return expect(!visited.Load(), "outils visited a site that no table names")
}

// beginImport goes from outils to bazar's consent page, from a badge's address.
func (s *smoke) beginImport(ctx context.Context, b *browser, at *Place, badge string, as bonafide.Account) error {
	if err := b.open(ctx, string(at.Origin)+"/import"); err != nil {
		return err
	}
	if err := b.submit(ctx, "/import/preview", url.Values{"badge": {badge}}); err != nil {
		return err
	}
	if err := b.submit(ctx, "/import/start", nil); err != nil {
		return err
	}
	return s.signInIfAsked(ctx, b, as)
}

func (s *smoke) signInIfAsked(ctx context.Context, b *browser, as bonafide.Account) error {
	if b.address.Path != "/demo/sign-in" {
		return nil
	}
	return b.submit(ctx, "/demo/sign-in", url.Values{"account": {as.ID}})
}

func (s *smoke) allow(ctx context.Context, b *browser) error {
	return b.submit(ctx, "/oauth/authorize", url.Values{"decision": {"allow"}})
}

// othersBadge lets Bob try to import Alice's badge.
func (s *smoke) othersBadge(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.signIn(ctx, s.bob, s.Outils, bob) },
		func(ctx context.Context) error { return s.beginImport(ctx, s.bob, s.Outils, s.Alice, bob) },
		func(context.Context) error {
			return expect(s.bob.says(string(bonafide.WrongAccount)) || s.bob.says("isn't the one that the badge speaks of"), "bazar doesn't tell Bob that the badge isn't his: %s", s.bob.body)
		},
		func(ctx context.Context) error { return s.countsFor(ctx, s.bob, s.Outils, 0, "") },
	)
}

// lies lets bazar's answers be wrong in one way each.
func (s *smoke) lies(ctx context.Context) error {
	try := func(ctx context.Context) error {
		if err := s.beginImport(ctx, s.alice, s.Outils, s.Alice, alice); err != nil {
			return err
		}
		return s.allow(ctx, s.alice)
	}
	for _, lie := range []struct {
		code bonafide.Code
		tell func(context.Context) error
	}{
		{bonafide.BadSignature, func(ctx context.Context) error {
			return s.liar.withToken(ctx, func(token string) (string, error) { return otherSignature(token), nil }, try)
		}},
		{bonafide.WrongAudience, func(ctx context.Context) error {
			return s.liar.with(ctx, func(c *bonafide.ConsentedStatus) { c.Audience = s.troc.Origin }, try)
		}},
		{bonafide.WrongNonce, func(ctx context.Context) error {
			return s.liar.with(ctx, func(c *bonafide.ConsentedStatus) { c.Nonce = strings.Repeat("n", 22) }, try)
		}},
		{bonafide.Expired, func(ctx context.Context) error {
			return s.liar.with(ctx, func(c *bonafide.ConsentedStatus) { c.IssuedAt, c.Expires = c.IssuedAt-3600, c.Expires-3600 }, try)
		}},
	} {
		if err := lie.tell(ctx); err != nil {
			return err
		}
		if err := s.refused(s.alice, lie.code); err != nil {
			return err
		}
		if err := s.countsFor(ctx, s.alice, s.Outils, 0, ""); err != nil {
			return err
		}
	}
	return nil
}

// importBadge is flow 2, from a badge's address.
func (s *smoke) importBadge(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.beginImport(ctx, s.alice, s.Outils, s.Alice, alice) },
		func(context.Context) error {
			return expect(s.alice.says(s.Outils.Origin.Host()) && s.alice.says("405"), "the consent page doesn't say who asks and what is told: %s", s.alice.body)
		},
		func(ctx context.Context) error { return s.allow(ctx, s.alice) },
		func(context.Context) error {
			return expect(s.alice.address.Path == "/standing" && s.alice.says("One star"), "%s doesn't tell what counts: %s", s.alice.address, s.alice.body)
		},
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 1, "") },
	)
}

// replay sends an answer twice: the browser stops before outils, and goes there two times.
func (s *smoke) replay(ctx context.Context) error {
	if err := s.beginImport(ctx, s.alice, s.troc, s.Alice, alice); err != nil {
		return err
	}
	if s.alice.address.Host != s.Bazar.Origin.Host() { // not signed in at troc yet
		if err := s.alice.submit(ctx, "/import/start", nil); err != nil {
			return err
		}
	}
	callback, err := s.stopBefore(ctx, s.troc)
	if err != nil {
		return err
	}
	if err := s.alice.open(ctx, callback); err != nil {
		return err
	}
	if err := s.countsFor(ctx, s.alice, s.troc, 1, ""); err != nil {
		return err
	}
	if err := s.alice.open(ctx, callback); err != nil {
		return err
	}
	return expect(s.alice.status >= 400, "the same answer again was taken: %d", s.alice.status)
}

// stopBefore allows on the consent page, but returns the redirect to the verifier instead of following it.
func (s *smoke) stopBefore(ctx context.Context, at *Place) (callback string, err error) {
	s.alice.stopAt = string(at.Origin)
	defer func() { s.alice.stopAt = "" }()
	if err := s.allow(ctx, s.alice); err != nil {
		return "", err
	}
	callback = s.alice.header.Get("Location")
	return callback, expect(strings.HasPrefix(callback, string(at.Origin)), "bazar sends to %q, not back to %s", callback, at.Origin)
}

// referral is flow 2, started from bazar.
func (s *smoke) referral(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.signIn(ctx, s.bob, s.Bazar, bob) },
		func(ctx context.Context) error { return s.bob.open(ctx, string(s.Bazar.Origin)+"/badges") },
		func(ctx context.Context) error {
			return s.bob.submit(ctx, "/refer", url.Values{"to": {string(s.Outils.Origin)}})
		},
		func(ctx context.Context) error { return s.bob.follow(ctx, string(s.Outils.Origin)) },
		func(context.Context) error {
			return expect(s.bob.address.Host == s.Outils.Origin.Host() && s.bob.address.Path == "/import/begin", "bazar referred to %s: %s", s.bob.address, s.bob.body)
		},
		func(ctx context.Context) error { return s.bob.submit(ctx, "/import/start", nil) },
		func(ctx context.Context) error { return s.allow(ctx, s.bob) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.bob, s.Outils, 0, bonafide.NoRate) },
	)
}

// secondAccount lets Bob's account at outils try what Alice imported, Alice herself consenting at bazar.
func (s *smoke) secondAccount(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.signIn(ctx, s.alice, s.Outils, bob) },
		func(ctx context.Context) error { return s.beginImport(ctx, s.alice, s.Outils, s.Alice, alice) },
		func(ctx context.Context) error { return s.allow(ctx, s.alice) },
		func(context.Context) error { return s.refused(s.alice, bonafide.AlreadyImported) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, "") },
		func(ctx context.Context) error { return s.signIn(ctx, s.alice, s.Outils, alice) },
	)
}

// pairwise compares what each verifier holds on Alice.
func (s *smoke) pairwise(ctx context.Context) error {
	var subjects []string
	for _, at := range []*Place{s.Outils, s.troc} {
		held, err := at.Verifier.Export(ctx, alice.ID)
		if err != nil {
			return err
		}
		if err := expect(len(held.Imports) == 1, "%s holds %d imports of Alice", at.Origin, len(held.Imports)); err != nil {
			return err
		}
		subjects = append(subjects, held.Imports[0].Subject)
	}
	return expect(subjects[0] != subjects[1], "both know Alice as %q", subjects[0])
}

// convertedTwice brings to troc what outils shows of Alice: a star that it converted.
func (s *smoke) convertedTwice(ctx context.Context) error {
	badge, err := s.Outils.Issuer.PublishBadge(ctx, "member", alice.ID, alice.Name)
	if err != nil {
		return err
	}
	credential, _, err := s.client.Badge(ctx, badge)
	if err != nil {
		return err
	}
	status, err := credential.Stated()
	if err != nil {
		return err
	}
	if err := expect(status.Level == "one" && status.Kind == bonafide.Converted && status.EarnedLevel == "", "outils' badge says %q, %s, earned %q", status.Level, status.Kind, status.EarnedLevel); err != nil {
		return err
	}
	return inTurn(ctx,
		func(ctx context.Context) error { return s.troc.Verifier.Erase(ctx, alice.ID) }, // what she imported from bazar
		func(ctx context.Context) error { return s.beginImport(ctx, s.alice, s.troc, badge, alice) },
		func(ctx context.Context) error { return s.allow(ctx, s.alice) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.troc, 0, bonafide.NoEarnedLevel) },
	)
}

// fall is flow 3.
func (s *smoke) fall(ctx context.Context) error {
	before, _, err := s.client.Badge(ctx, s.Alice)
	if err != nil {
		return err
	}
	if err := s.Rate(ctx, alice.ID, 0, 12); err != nil {
		return err
	}
	after, _, err := s.client.Badge(ctx, s.Alice)
	if err != nil {
		return err
	}
	status, err := after.Stated()
	if err != nil {
		return err
	}
	if err := expect(status.Level == "three", "the badge says %q", status.Level); err != nil {
		return err
	}
	if err := s.alice.open(ctx, s.Alice+".svg"); err != nil {
		return err
	}
	if err := expect(bytes.Contains(s.alice.body, []byte("3 of 5")), "the picture doesn't say 3 of 5"); err != nil {
		return err
	}
	return inTurn(ctx,
		func(ctx context.Context) error { return s.Advance(ctx, listsExpire) },
		func(ctx context.Context) error { return s.revoked(ctx, before, true) },
		func(ctx context.Context) error { return s.revoked(ctx, after, false) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, bonafide.NoRate) },
	)
}

// rise is the other half of flow 3.
func (s *smoke) rise(ctx context.Context) error {
	before, _, err := s.client.Badge(ctx, s.Alice)
	if err != nil {
		return err
	}
	return inTurn(ctx,
		func(ctx context.Context) error { return s.Rate(ctx, alice.ID, 2000, 0) },
		func(ctx context.Context) error { return s.Advance(ctx, listsExpire) },
		func(ctx context.Context) error { return s.revoked(ctx, before, false) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, bonafide.NoRate) },
		func(ctx context.Context) error { return s.alice.open(ctx, string(s.Outils.Origin)+"/standing") },
		func(ctx context.Context) error { return s.alice.submit(ctx, "/imports/", nil) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 2, "") },
	)
}

// away cuts bazar off, for a day and for a week.
func (s *smoke) away(ctx context.Context) error {
	s.Bazar.Away.Store(true)
	defer s.Bazar.Away.Store(false)
	return inTurn(ctx,
		func(ctx context.Context) error { return s.Advance(ctx, 24*time.Hour) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 2, "") },
		func(ctx context.Context) error { return s.Advance(ctx, 6*24*time.Hour) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, bonafide.Paused) },
		func(ctx context.Context) error {
			s.Bazar.Away.Store(false)
			return s.Advance(ctx, time.Minute)
		},
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 2, "") },
	)
}

// suspension is bazar's member losing and regaining its standing.
func (s *smoke) suspension(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.Bazar.Issuer.Suspend(ctx, alice.ID) },
		func(ctx context.Context) error { return s.alice.open(ctx, s.Alice+".svg") },
		func(context.Context) error {
			return expect(bytes.Contains(s.alice.body, []byte("suspended")), "the picture doesn't say suspended")
		},
		func(ctx context.Context) error { return s.Advance(ctx, listsExpire) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, "") },
		func(ctx context.Context) error { return s.Bazar.Issuer.Restore(ctx, alice.ID) },
		func(ctx context.Context) error { return s.alice.open(ctx, string(s.Outils.Origin)+"/standing") },
		func(ctx context.Context) error { return s.alice.submit(ctx, "/imports/", nil) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 2, "") },
	)
}

// withdrawal is the first half of flow 4.
func (s *smoke) withdrawal(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.alice.open(ctx, string(s.Bazar.Origin)+"/consents") },
		func(ctx context.Context) error {
			return s.alice.submitUnder(ctx, s.Outils.Origin.Host(), "/consents/", nil)
		},
		func(ctx context.Context) error { return s.Advance(ctx, listsExpire) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, "") },
		func(ctx context.Context) error {
			held, err := s.Outils.Verifier.Export(ctx, alice.ID)
			if err != nil {
				return err
			}
			return expect(len(held.Imports) == 0, "outils still holds %d imports", len(held.Imports))
		},
	)
}

// erasure is the second half of flow 4.
func (s *smoke) erasure(ctx context.Context) error {
	return inTurn(ctx,
		func(ctx context.Context) error { return s.beginImport(ctx, s.alice, s.Outils, s.Alice, alice) },
		func(ctx context.Context) error { return s.allow(ctx, s.alice) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 2, "") },
		func(ctx context.Context) error { return s.alice.open(ctx, string(s.Outils.Origin)+"/standing/export") },
		func(context.Context) error {
			return expect(bytes.Contains(s.alice.body, []byte(s.Bazar.Origin)), "the export doesn't name bazar: %s", s.alice.body)
		},
		func(ctx context.Context) error { return s.alice.open(ctx, string(s.Outils.Origin)+"/standing") },
		func(ctx context.Context) error { return s.alice.submit(ctx, "/standing/erase", nil) },
		func(ctx context.Context) error { return s.countsFor(ctx, s.alice, s.Outils, 0, "") },
		func(ctx context.Context) error { return s.Bazar.Issuer.Erase(ctx, alice.ID) },
		func(context.Context) error {
			s.client.Forget(s.Bazar.Origin)
			_, _, err := s.client.Badge(ctx, fetch.BadgeAddress(s.Alice))
			return expect(err != nil, "the badge is still served after erasure")
		},
	)
}
