package site_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/erasures"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// snapshot returns what the site's store holds now, as a backup has it.
func (p *place) snapshot() []byte {
	require.NoError(p, p.shut())
	data, err := os.ReadFile(filepath.Join(p.folder, "store"))
	require.NoError(p, err)
	p.shut = nil
	p.start()
	return data
}

// putBack puts an earlier store in the place of the one there is, restored as from a backup or as it was, and goes on from it.
func (p *place) putBack(data []byte, restored bool) {
	require.NoError(p, p.shut())
	path := filepath.Join(p.folder, "store")
	require.NoError(p, os.WriteFile(path, data, 0o600))
	if restored {
		kept, err := bolt.Open(path)
		require.NoError(p, err)
		require.NoError(p, site.Restored(p.Context(), kept, p.config.Now()))
		require.NoError(p, kept.Close())
	}
	p.shut = nil
	p.start()
	p.due()
	report, err := site.CheckStore(p.Context(), p.config.Store)
	require.NoError(p, err)
	require.Empty(p, report.Faults)
}

// TestErasuresSurviveARestore: who was erased after a backup, whose imports were, and whose badge was withdrawn stays so when the site goes on from
// it, also where the store's file was merely put back; of the others nothing is lost. Without the journal all of it comes back.
func TestErasuresSurviveARestore(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one", "two")}
		c.Erasures = filepath.Join(t.TempDir(), "erasures.json")
	})
	for _, member := range []string{"ann", "bob", "cid"} {
		p.deeds(member, 1)
		_, err := p.Issuer.PublishBadge(t.Context(), "seller", member, "")
		require.NoError(t, err)
	}
	holds := func() (held []string) {
		for _, member := range []string{"ann", "bob", "cid"} {
			of, err := p.Issuer.Holding(t.Context(), member)
			if bonafide.CodeOf(err) == bonafide.NoSuchMember {
				continue
			}
			require.NoError(t, err)
			for _, badge := range of.Badges {
				if !badge.Withdrawn {
					held = append(held, member)
				}
			}
		}
		return held
	}
	backup := p.snapshot()
	require.Equal(t, []string{"ann", "bob", "cid"}, holds())
	clock.Move(time.Hour)
	require.NoError(t, p.Issuer.Erase(t.Context(), "ann"))
	require.NoError(t, p.Issuer.WithdrawBadge(t.Context(), "seller", "bob"))
	journal := p.config.Erasures

	for _, restored := range []bool{true, false} {
		p.config.Erasures = ""
		p.putBack(backup, restored)
		require.Equal(t, []string{"ann", "bob", "cid"}, holds(), "without the journal all comes back")
		p.config.Erasures = journal
		p.putBack(backup, restored)
		require.Equal(t, []string{"cid"}, holds())
	}

	// Who comes back later isn't erased by what was carried out already.
	clock.Move(time.Hour)
	p.deeds("ann", 1)
	_, err := p.Issuer.PublishBadge(t.Context(), "seller", "ann", "")
	require.NoError(t, err)
	_, err = p.Issuer.PublishBadge(t.Context(), "seller", "bob", "")
	require.NoError(t, err)
	p.start()
	require.Equal(t, []string{"ann", "bob", "cid"}, holds())
}

// What was public and is so no more comes back as little: a badge that was taken off its member's public CV, and a CV that was ended. What
// nobody changed stays public.
func TestHiddenBadgesSurviveARestore(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one", "two")}
		c.Erasures = filepath.Join(t.TempDir(), "erasures.json")
	})
	held := func(member string) issuer.Holding {
		of, err := p.Issuer.Holding(t.Context(), member)
		require.NoError(t, err)
		return of
	}
	for _, member := range []string{"ann", "bob", "cid"} {
		p.deeds(member, 1)
		require.NoError(t, p.Issuer.SetAudience(t.Context(), "seller", member, "", issuer.Public))
	}
	ended := held("bob").CV
	require.NotEmpty(t, ended)
	backup := p.snapshot()
	p.deeds("dan", 1)
	require.NoError(t, p.Issuer.SetAudience(t.Context(), "seller", "dan", "", issuer.LinkOnly))
	require.NoError(t, p.Issuer.SetAudience(t.Context(), "seller", "ann", "", issuer.LinkOnly))
	require.NoError(t, p.Issuer.EndCV(t.Context(), "bob"))
	for range 2 { // again, should that be the last backup
		p.putBack(backup, true)
		require.False(t, held("ann").Badges[0].Public)
		require.False(t, held("ann").Badges[0].Withdrawn)
		require.False(t, held("bob").Badges[0].Public)
		require.True(t, held("cid").Badges[0].Public)
		require.NoError(t, p.Issuer.SetAudience(t.Context(), "seller", "bob", "", issuer.Public))
		require.NotEqual(t, ended, held("bob").CV, "an ended CV's address is nobody's")
	}
}

// What an account imported and erased stays erased as well.
func TestErasedImportsSurviveARestore(t *testing.T) {
	from, to := pair(t, newClock(), func(c *site.Config) { c.Erasures = filepath.Join(t.TempDir(), "erasures.json") })
	from.deeds("ann", 1)
	newBrowser(t, "ann").imports(from, to)
	imports := func() int {
		held, err := to.Verifier.Export(t.Context(), "ann")
		require.NoError(t, err)
		return len(held.Imports)
	}
	require.Equal(t, 1, imports())
	backup := to.snapshot()
	require.NoError(t, to.Verifier.Erase(t.Context(), "ann"))
	journal := to.config.Erasures
	to.config.Erasures = ""
	to.putBack(backup, false)
	require.Equal(t, 1, imports(), "without the journal")
	to.config.Erasures = journal
	to.putBack(backup, false)
	require.Zero(t, imports())
}

// So does a single import that was removed, and no other.
func TestRemovedImportsSurviveARestore(t *testing.T) {
	from, to := pair(t, newClock(), func(c *site.Config) {
		c.Issues, c.Erasures = false, filepath.Join(t.TempDir(), "erasures.json")
	})
	imports := func(account string) []verifier.HeldImport {
		held, err := to.Verifier.Export(t.Context(), account)
		require.NoError(t, err)
		return held.Imports
	}
	for _, account := range []string{"ann", "bob"} {
		from.deeds(account, 1)
		newBrowser(t, account).imports(from, to)
	}
	backup := to.snapshot()
	removed := newBrowser(t, "ann").do(http.MethodPost, string(to.Origin)+"/imports/"+imports("ann")[0].ID+"/remove", url.Values{})
	require.Equal(t, http.StatusSeeOther, removed.StatusCode, removed.body)
	for range 2 { // again, should that be the last backup
		to.putBack(backup, true)
		require.Empty(t, imports("ann"))
		require.Len(t, imports("bob"), 1)
	}
}

// A journal that can't be written holds up no erasure; once it can be, it has what it lacked. One that can't be read is nothing to go on from.
func TestJournalThatCantBeWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	p := open(t, newClock(), "bazar", func(c *site.Config) {
		c.Issues, c.Erasures = true, filepath.Join(folder, "erasures.json")
	})
	require.NoError(t, p.Issuer.Erase(t.Context(), "ann"))
	require.Error(t, p.RunDue(t.Context()))
	require.NoError(t, os.Mkdir(folder, 0o700))
	p.due()
	ahead, err := erasures.Compare(t.Context(), p.config.Store, p.config.Erasures)
	require.NoError(t, err)
	require.True(t, ahead.Found)
	require.Empty(t, ahead.Entries)
	data, err := os.ReadFile(p.config.Erasures)
	require.NoError(t, err)
	require.Contains(t, string(data), `"hash"`)

	require.NoError(t, os.WriteFile(p.config.Erasures, []byte("{"), 0o600))
	_, err = site.New(p.config)
	require.ErrorContains(t, err, "can't be read")
}

// Who was erased needn't have been a member, nor have imported anything: anybody who signs in may contest a status, and what was converted may be
// told of somebody who did nothing here. They stay erased as well.
func TestErasedStrangersSurviveARestore(t *testing.T) {
	clock := newClock()
	roles := func(issues, verifies bool, from ...*place) func(*site.Config) {
		return func(c *site.Config) {
			c.Issues, c.Verifies = issues, verifies
			c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "silver", "gold", "more")}
			for _, p := range from {
				c.Tables = append(c.Tables, table(c.Origin, p))
			}
			c.Erasures = filepath.Join(t.TempDir(), "erasures.json")
		}
	}
	bazar := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "silver", "gold")}
	})
	outils := open(t, clock, "outils", roles(true, true, bazar))
	last := open(t, clock, "last", roles(false, true, outils))
	bazar.deeds("ann", 1)
	ann := newBrowser(t, "ann")
	ann.imports(bazar, outils)
	ann.imports(outils, last)
	require.NoError(t, outils.Verifier.Erase(t.Context(), "ann"), "her consent stays")
	for _, p := range []*place{outils, last} {
		_, err := p.Complaints.Contest(t.Context(), "dora", "member", "That isn't so.", "")
		require.NoError(t, err)
	}
	mentions := func(p *place, id string) (found bool) {
		require.NoError(t, p.config.Store.View(t.Context(), func(r store.Reader) error {
			return r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
				kind := store.Parts(key)[1]
				found = found || (kind == "consent" || kind == "of") && slices.Contains(store.Parts(key), id)
				return true, nil
			})
		}))
		return found
	}
	for _, c := range []struct {
		at    *place
		of    string
		erase func() error
	}{
		{outils, "dora", func() error { return outils.Issuer.Erase(t.Context(), "dora") }},
		{outils, "ann", func() error { return outils.Issuer.Erase(t.Context(), "ann") }},
		{last, "dora", func() error { return last.Verifier.Erase(t.Context(), "dora") }},
	} {
		backup := c.at.snapshot()
		require.True(t, mentions(c.at, c.of))
		require.NoError(t, c.erase())
		journal := c.at.config.Erasures
		c.at.config.Erasures = ""
		c.at.putBack(backup, false)
		require.True(t, mentions(c.at, c.of), "without the journal")
		c.at.config.Erasures = journal
		c.at.putBack(backup, false)
		require.False(t, mentions(c.at, c.of), "%s at %s", c.of, c.at.config.Name)
	}
}
