package refer_test

import (
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

// BF-REFER-1
func TestReferralStatesTheEarnedLevelAlone(t *testing.T) {
	w := newWorld(t)
	made, err := w.Make(t.Context(), bonafide.Account{ID: "alice", Name: "Alice A."}, slug, w.there.origin, 60)
	require.NoError(t, err)
	r := w.there.open(made.Link)
	require.Equal(t, here, r.Issuer)
	require.Equal(t, int64(60), r.Stake)
	require.Equal(t, "three", r.Status.EarnedLevel)
	require.Equal(t, bonafide.MaxRedemption, r.Expires.Time().Sub(r.IssuedAt.Time()))
	require.NotContains(t, r.Subject, "alice")
	require.False(t, w.revoked(r.CredentialStatus))

	again := w.refers("alice", 60)
	w.earn("dave", 400)
	daves := w.refers("dave", 60)
	kept, _ := w.kept(again)
	require.Empty(t, kept.Link, "the administrator sees no link")
	link := func(member, id string) string {
		page := w.ask("GET", "/vouches/elsewhere/"+id, member)
		_, link, found := strings.Cut(page.body, " readonly>")
		require.True(t, found, page.body)
		link, _, _ = strings.Cut(link, "</textarea>")
		return link
	}
	require.Equal(t, made.Link, link("alice", made.ID))
	require.Equal(t, r.Subject, w.there.open(link("alice", again)).Subject, "as in consented statuses")
	require.NotEqual(t, r.Subject, w.there.open(link("dave", daves)).Subject)
	require.NotEqual(t, r.ID, w.there.open(link("alice", again)).ID)
}

// BF-REFER-4
func TestNothingIsLockedByALink(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	lent, _ := w.lent("alice")
	require.Zero(t, lent)
	w.told(id, w.there.redeemed(id, "Bob"))
	lent, _ = w.lent("alice")
	require.Zero(t, lent)
	require.NoError(t, w.Confirm(t.Context(), "alice", id))
	lent, _ = w.lent("alice")
	require.Equal(t, int64(60), lent)
}

// BF-REFER-2, BF-REFER-3
func TestReferralsRefused(t *testing.T) {
	const stake = 60
	for name, c := range map[string]struct {
		member string
		stake  int64
		config func(*refer.Config)
		change func(w *world)
		code   bonafide.Code
		asked  bool // whether the other site was asked for anything
	}{
		"nothing earned":        {member: "bob", change: func(w *world) { w.earn("bob", 90) }, code: bonafide.NoEarnedLevel},
		"nobody known":          {member: "nobody", code: bonafide.NoEarnedLevel},
		"suspended":             {change: func(w *world) { require.NoError(w, w.Issuer.Suspend(w.Context(), "alice")) }, code: bonafide.MemberSuspended},
		"not listed":            {config: func(c *refer.Config) { c.Admission.Policy = issuer.AdmitListed }, code: bonafide.NotAdmitted},
		"below their least":     {stake: 39, code: bonafide.StakeTooSmall, asked: true},
		"below our least":       {stake: 9, change: func(w *world) { w.there.tables[0].Referral.MinStake = 1 }, code: bonafide.StakeTooSmall, asked: true},
		"beyond the capacity":   {stake: 521, code: bonafide.BeyondCapacity, asked: true},
		"takes none":            {change: func(w *world) { w.there.redeem = "" }, code: bonafide.ReferralRefused, asked: true},
		"no table":              {change: func(w *world) { w.there.tables = nil }, code: bonafide.ReferralRefused, asked: true},
		"no terms":              {change: func(w *world) { w.there.tables[0].Referral = nil }, code: bonafide.ReferralRefused, asked: true},
		"another mechanism":     {change: func(w *world) { w.there.tables[0].From.Mechanism += "s" }, code: bonafide.ReferralRefused, asked: true},
		"another version":       {change: func(w *world) { w.there.tables[0].From.Versions = []int{2} }, code: bonafide.ReferralRefused, asked: true},
		"a table of the past":   {change: func(w *world) { w.there.tables[0].ValidUntil = "2026-11-21" }, code: bonafide.ReferralRefused, asked: true},
		"a table of the future": {change: func(w *world) { w.there.tables[0].ValidFrom = "2026-11-23" }, code: bonafide.ReferralRefused, asked: true},
		"too low a level":       {member: "bob", change: func(w *world) { w.earn("bob", 290) }, code: bonafide.ReferralRefused, asked: true},
		"a broken table":        {change: func(w *world) { w.there.tables[0].Cap = 0 }, code: bonafide.BadTable, asked: true},
	} {
		t.Run(name, func(t *testing.T) {
			if c.config == nil {
				c.config = func(*refer.Config) {}
			}
			w := newWorld(t, c.config)
			if c.change != nil {
				c.change(w)
			}
			before := w.records()
			if c.member == "" {
				c.member = "alice"
			}
			if c.stake == 0 {
				c.stake = stake
			}
			_, err := w.Make(t.Context(), bonafide.Account{ID: c.member}, slug, w.there.origin, c.stake)
			requireCode(t, c.code, err)
			require.Equal(t, c.asked, w.there.asked() > 0)
			require.Equal(t, before, w.records())
		})
	}
}

func TestReferralToOneselfIsRefused(t *testing.T) {
	w := newWorld(t)
	_, err := w.Make(t.Context(), bonafide.Account{ID: "alice"}, slug, here, 60)
	requireCode(t, bonafide.ReferralRefused, err)
	_, err = w.Make(t.Context(), bonafide.Account{ID: "alice"}, "nothing", w.there.origin, 60)
	requireCode(t, bonafide.NotFound, err)
}

// BF-REFER-4
func TestOpenLinksAreBounded(t *testing.T) {
	w := newWorld(t)
	var last string
	for range 16 {
		last = w.refers("alice", 40)
	}
	_, err := w.Make(t.Context(), bonafide.Account{ID: "alice"}, slug, w.there.origin, 40)
	requireCode(t, bonafide.RateLimited, err)
	require.NoError(t, w.Withdraw(t.Context(), "alice", last))
	w.refers("alice", 40)
}

// BF-REFER-5
func TestSitesThatAreNotListedAreLookedUpSlowly(t *testing.T) {
	w := newWorld(t)
	code := bonafide.Code("")
	for range 30 {
		a := w.ask("POST", "/vouches/elsewhere/terms", "alice", "mechanism", slug, "site", string(w.there.origin))
		if a.status == bonafide.RateLimited.Meaning().Status {
			code = bonafide.RateLimited
		}
	}
	require.Equal(t, bonafide.RateLimited, code)
	w.wait(time.Second)
	a := w.ask("POST", "/vouches/elsewhere/terms", "alice", "mechanism", slug, "site", string(w.there.origin))
	require.Equal(t, 200, a.status)
}
