package site_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// vouchFor has members stand behind Alice at outils, up to a level.
func (p *place) vouchFor(level int, vouchers ...string) {
	slug := p.config.Mechanisms[0].Slug()
	kept, err := p.Issuer.Ledger(slug)
	require.NoError(p, err)
	now := bonafide.SecondsOf(p.config.Now())
	require.NoError(p, p.Store.Update(p.Context(), func(tx store.Tx) error {
		for _, voucher := range vouchers {
			touched, err := kept.Add(tx, now, vouching.Event{
				Kind: vouching.KindVouch, ID: voucher, At: now, Voucher: voucher, Vouchee: "alice", AcceptedBy: "alice", Level: level, Stake: 1,
			})
			if err != nil {
				return err
			}
			if err := p.Issuer.Follow(tx, slug, touched...); err != nil {
				return err
			}
		}
		return nil
	}))
	p.due()
}

// The best of the three is shown, on the page as on the badge; of equals, what rests on fewer others.
// BF-ISSUER-42
func TestSiteShowsTheBestOfThree(t *testing.T) {
	for _, c := range []struct {
		name                      string
		earned, vouched, imported int
		level                     int
		kind                      bonafide.Kind
	}{
		{"vouched alone", 0, 1, 0, 1, bonafide.Vouched},
		{"vouched over earned", 1, 2, 0, 2, bonafide.Vouched},
		{"earned as high as vouched", 2, 2, 0, 2, bonafide.Earned},
		{"vouched as high as converted", 0, 2, 2, 2, bonafide.Vouched},
		{"converted over vouched", 0, 1, 2, 2, bonafide.Converted},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			bazar := open(t, clock, "bazar", func(config *site.Config) {
				config.Issues = true
				config.Mechanisms = []bonafide.Mechanism{mechanism(config.Origin, "seller", "silver", "gold")}
			})
			outils := open(t, clock, "outils", func(config *site.Config) {
				config.Issues, config.Verifies = true, true
				m := mechanism(config.Origin, "member", "one", "two", "three")
				m.Vouching = &bonafide.Vouching{Supporters: []int{1, 2}, MinStake: []int64{1, 1}}
				config.Mechanisms = []bonafide.Mechanism{m}
				config.Tables = []bonafide.Table{table(config.Origin, bazar)}
			})
			alice := newBrowser(t, "alice")
			outils.deeds("bob", 3)
			outils.deeds("carol", 3)
			require.NoError(t, outils.Store.Update(t.Context(), func(tx store.Tx) error {
				return outils.Issuer.Know(tx, bonafide.Account{ID: "alice"})
			}))
			badge, err := outils.Issuer.PublishBadge(t.Context(), "member", "alice", "Alice")
			require.NoError(t, err)
			if c.imported > 0 {
				bazar.deeds("alice", c.imported)
				alice.imports(bazar, outils)
			}
			outils.vouchFor(c.vouched, "bob", "carol")
			if c.earned > 0 {
				outils.deeds("alice", c.earned)
			}
			shown := outils.shown("alice")
			require.Equal(t, []any{c.level, c.kind}, []any{shown.Level, shown.Kind})
			stated := outils.stated(badge)
			require.Equal(t, []any{shown.LevelID, c.kind}, []any{stated.Level, stated.Kind})
			page := alice.page(outils, "/me").body
			says := map[bonafide.Kind]string{bonafide.Vouched: "vouched for", bonafide.Earned: "earned here", bonafide.Converted: "converted from elsewhere"}[c.kind]
			require.Contains(t, page, "("+says+")")
			require.Equal(t, c.kind == bonafide.Vouched, strings.Contains(page, "people at a higher level stand behind you"))
		})
	}
}

// What was written while a mechanism had classes of fault is exported and erased also once it has none.
// BF-DESK-18
func TestErasureReachesWhatNoMechanismHasAnyMore(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(config *site.Config) {
		config.Issues = true
		m := mechanism(config.Origin, "seller", "silver", "gold")
		m.Faults = []bonafide.FaultClass{{ID: "theft", Name: text("theft"), Severity: "1", Points: 1}}
		config.Mechanisms = []bonafide.Mechanism{m}
	})
	p.deeds("alice", 1)
	_, err := p.Court.Report(t.Context(), court.Report{
		ID: "c1", Mechanism: "seller", Member: "alice", Class: "theft", Occurred: bonafide.SecondsOf(clock.Now()) - 60, Words: "A saw was taken.",
	})
	require.NoError(t, err)
	m := &p.config.Mechanisms[0]
	before, err := bonafide.Hash(*m)
	require.NoError(t, err)
	m.Version, m.Previous, m.Faults = 2, before, nil
	p.start()
	require.Contains(t, p.kept(), "A saw was taken.")
	require.NoError(t, p.Issuer.Erase(t.Context(), "alice"))
	require.NotContains(t, p.kept(), "A saw was taken.")
	require.NotContains(t, p.kept(), "alice")
}

// kept returns all that is in the site's store.
func (p *place) kept() string {
	var all strings.Builder
	require.NoError(p, p.Store.View(p.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			all.Write(key)
			all.Write(value)
			return true, nil
		})
	}))
	return all.String()
}
