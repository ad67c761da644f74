package site_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// pair starts bazar, which issues, and outils, which does both and takes bazar's silver for its first
// level and bazar's gold for its second of three.
func pair(t *testing.T, clock *clock, change ...func(outils *site.Config)) (bazar, outils *place) {
	bazar = open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "silver", "gold")}
	})
	outils = open(t, clock, "outils", func(c *site.Config) {
		c.Issues, c.Verifies = true, true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one", "two", "three")}
		c.Tables = []bonafide.Table{table(c.Origin, bazar)}
		for _, change := range change {
			change(c)
		}
	})
	return bazar, outils
}

// two starts a [pair]. Alice has gold at bazar, and a badge at outils.
func two(t *testing.T) (clock *clock, bazar, outils *place, alice *browser, badge string) {
	clock = newClock()
	bazar, outils = pair(t, clock)
	bazar.deeds("alice", 2)
	alice = newBrowser(t, "alice")
	joined := alice.do(http.MethodPost, string(outils.Origin)+"/badges/audience", url.Values{"mechanism": {"member"}, "audience": {"link"}})
	require.Equal(t, http.StatusSeeOther, joined.StatusCode, joined.body)
	holding, err := outils.Issuer.Holding(t.Context(), "alice")
	require.NoError(t, err)
	return clock, bazar, outils, alice, holding.Badges[0].Address
}

func table(here bonafide.Origin, from *place) bonafide.Table {
	m := from.config.Mechanisms[0]
	return bonafide.Table{
		ID: string(here) + "/conversions/bazar", Version: 1,
		From:  bonafide.TableFrom{Issuer: from.Origin, Mechanism: m.ID, Versions: []int{1}, Context: m.Context},
		To:    bonafide.TableTo{Mechanism: string(here) + "/mechanisms/member"},
		Rates: []bonafide.Rate{{Level: "gold", Gives: 2}, {Level: "silver", Gives: 1}}, Cap: 3,
		ValidFrom: "2026-01-01", ValidUntil: "2027-12-31",
	}
}

func requireShown(t *testing.T, outils *place, badge string, level int, id string, kind bonafide.Kind) {
	t.Helper()
	shown := outils.shown("alice")
	require.Equal(t, level, shown.Level)
	require.Equal(t, id, shown.LevelID)
	require.Equal(t, kind, shown.Kind)
	stated := outils.stated(badge)
	require.Equal(t, id, stated.Level)
	require.Equal(t, kind, stated.Kind)
	require.Equal(t, shown.Own.EarnedLevel, stated.EarnedLevel)
}

func TestImportRaisesTheBadge(t *testing.T) {
	_, bazar, outils, alice, badge := two(t)
	requireShown(t, outils, badge, 0, "", bonafide.Earned)
	require.NotContains(t, alice.page(outils, "/me").body, "From other sites", "there is nothing to say of them yet")
	alice.imports(bazar, outils)
	requireShown(t, outils, badge, 2, "two", bonafide.Converted)
	require.Empty(t, outils.stated(badge).EarnedLevel, "what is converted is never converted again")
	require.Equal(t, []bonafide.Origin{outils.Origin}, outils.stated(badge).Sources, "of what was earned")
	require.Contains(t, alice.get(outils, "/me.json").body, `"level":2,"level_id":"two"`)
	page := alice.page(outils, "/me").body
	for _, part := range []string{"Level two", "converted from elsewhere", "The member", "From other sites"} {
		require.Contains(t, page, part)
	}

	outils.deeds("alice", 2)
	requireShown(t, outils, badge, 2, "two", bonafide.Earned) // of equals, what was earned here
	outils.deeds("alice", 1)
	requireShown(t, outils, badge, 3, "three", bonafide.Earned)
}

func TestBadgeFallsBackWithTheImport(t *testing.T) {
	for name, end := range map[string]func(clock *clock, bazar, outils *place, alice *browser){
		"removed by its holder": func(_ *clock, _, outils *place, alice *browser) {
			held, err := outils.Verifier.Export(t.Context(), "alice")
			require.NoError(t, err)
			removed := alice.do(http.MethodPost, string(outils.Origin)+"/imports/"+held.Imports[0].ID+"/remove", url.Values{})
			require.Equal(t, http.StatusSeeOther, removed.StatusCode, removed.body)
		},
		"erased": func(_ *clock, _, outils *place, alice *browser) {
			erased := alice.do(http.MethodPost, string(outils.Origin)+"/standing/erase", url.Values{})
			require.Equal(t, http.StatusSeeOther, erased.StatusCode, erased.body)
		},
		"suspended where it was earned": func(clock *clock, bazar, outils *place, _ *browser) {
			require.NoError(t, bazar.Issuer.Suspend(t.Context(), "alice"))
			clock.Move(bonafide.StatusListTTL + time.Minute)
			outils.due()
		},
		"its table has run out": func(clock *clock, _, outils *place, _ *browser) {
			clock.Move(600 * 24 * time.Hour)
			outils.due()
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock, bazar, outils, alice, badge := two(t)
			alice.imports(bazar, outils)
			requireShown(t, outils, badge, 2, "two", bonafide.Converted)
			end(clock, bazar, outils, alice)
			requireShown(t, outils, badge, 0, "", bonafide.Earned)
		})
	}
}

// Where nothing has been heard of a list for too long, what it tells of pauses; heard again, it counts
// again, in the badge too.
func TestBadgeFollowsAPause(t *testing.T) {
	clock, bazar, outils, alice, badge := two(t)
	alice.imports(bazar, outils)
	bazar.away.Store(true)
	clock.Move(4 * 24 * time.Hour)
	outils.due()
	requireShown(t, outils, badge, 0, "", bonafide.Earned)
	bazar.away.Store(false)
	clock.Move(10 * time.Minute)
	outils.due()
	requireShown(t, outils, badge, 2, "two", bonafide.Converted)
}

// A table's new version changes badges without anybody's doing.
func TestBadgeFollowsATable(t *testing.T) {
	_, bazar, outils, alice, badge := two(t)
	alice.imports(bazar, outils)
	first := outils.config.Tables[0]
	next := table(outils.Origin, bazar)
	var err error
	next.Version = 2
	next.Previous, err = bonafide.Hash(&first)
	require.NoError(t, err)
	next.Rates[0].Gives = 3
	outils.config.Tables = []bonafide.Table{next}
	outils.start()
	outils.due()
	requireShown(t, outils, badge, 3, "three", bonafide.Converted)
}

func TestRestartKeepsEverything(t *testing.T) {
	_, bazar, outils, alice, badge := two(t)
	alice.imports(bazar, outils)
	before := []string{}
	documents := []string{"/.well-known/did.json", "/.well-known/oauth-authorization-server", "/mechanisms/member.json", "/conversions/bazar.json", "/me.json"}
	for _, path := range documents {
		before = append(before, alice.get(outils, path).body)
	}
	outils.start()
	for i, path := range documents {
		require.Equal(t, before[i], alice.get(outils, path).body, path)
	}
	requireShown(t, outils, badge, 2, "two", bonafide.Converted)
}
