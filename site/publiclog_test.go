package site_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/publiclog"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// logOf returns the lines of a site's log, read over HTTP: kind and path of each.
func logOf(t *testing.T, p *place) (lines []string) {
	client, err := fetch.New(fetch.Config{Local: true, Now: p.config.Now})
	require.NoError(t, err)
	entity, err := client.Entity(t.Context(), p.Origin)
	require.NoError(t, err)
	require.NotNil(t, entity.Metadata.Log)
	source := &publiclog.Source{Origin: p.Origin, LogMetadata: *entity.Metadata.Log, Get: func(ctx context.Context, address, media string) ([]byte, error) {
		answer, err := client.Get(ctx, address, media)
		if err != nil {
			return nil, err
		}
		return answer.Body, nil
	}}
	at, err := source.Checkpoint(t.Context())
	require.NoError(t, err)
	require.NoError(t, source.Entries(t.Context(), at, 0, func(_ int64, e publiclog.Entry) error {
		lines = append(lines, string(e.Kind)+" "+strings.TrimPrefix(e.Address, string(p.Origin)))
		return nil
	}))
	return lines
}

// BF-LOG-5, BF-LOG-8: what a site publishes is entered when it is, once, whatever restarts; of its members nothing is.
func TestPublicLog(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one", "two")}
	})
	first := []string{"mechanism /mechanisms/seller/v/1", "keys /.well-known/did.json", "metadata /.well-known/openid-federation", "key-history /.well-known/bonafide-key-history"}
	require.Equal(t, first, logOf(t, p))
	p.start()
	newBrowser(t, "").get(p, "/.well-known/did.json")
	require.Equal(t, first, logOf(t, p), "a restart says nothing new")

	p.deeds("alice", 1)
	_, err := p.Issuer.PublishBadge(t.Context(), "seller", "alice", "Alice")
	require.NoError(t, err)
	p.due()
	p.due()
	lists := append(first, "status-list /status/1")
	require.Equal(t, lists, logOf(t, p))
	clock.Move(26 * time.Hour)
	p.deeds("alice", 1)
	p.due()
	require.Equal(t, append(lists, "status-list /status/1"), logOf(t, p))

	next := mechanism(p.Origin, "seller", "one", "two", "three")
	hash, err := bonafide.Hash(p.config.Mechanisms[0])
	require.NoError(t, err)
	next.Version, next.Previous = 2, hash
	p.config.Mechanisms[0] = next
	p.config.Name = "Bazar of the town"
	p.start()
	require.Equal(t, []string{"mechanism /mechanisms/seller/v/2", "metadata /.well-known/openid-federation"}, logOf(t, p)[6:])
	p.config.Keys.Credential = newKeys(t).Credential
	made, err := site.New(p.config)
	require.NoError(t, err)
	p.handler = made.Handler()
	require.Equal(t, []string{"keys /.well-known/did.json"}, logOf(t, p)[8:])
}

func newKeys(t *testing.T) site.Keys {
	keys, err := site.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)
	return keys
}

// What was published before there was a log is entered when it begins; a site without a key of a log has none.
func TestPublicLogBeginsLate(t *testing.T) {
	p := open(t, newClock(), "outils", func(c *site.Config) {
		c.Issues, c.Verifies = true, true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one")}
	})
	with := p.config.Keys.Log
	p.config.Keys.Log = nil
	made, err := site.New(p.config)
	require.NoError(t, err)
	p.handler = made.Handler()
	b := newBrowser(t, "")
	require.Equal(t, 404, b.get(p, "/log/checkpoint").StatusCode)
	client, err := fetch.New(fetch.Config{Local: true, Now: p.config.Now})
	require.NoError(t, err)
	entity, err := client.Entity(t.Context(), p.Origin)
	require.NoError(t, err)
	require.Nil(t, entity.Metadata.Log)

	p.config.Keys.Log = with
	p.start()
	require.Contains(t, logOf(t, p), "mechanism /mechanisms/member/v/1")
	require.Equal(t, 404, b.get(p, "/log/tile/0/001").StatusCode)
}

// BF-LOG-7: a store that lacks what the site signed is refused.
func TestOlderStoreIsRefused(t *testing.T) {
	p := open(t, newClock(), "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one")}
		c.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	})
	require.Len(t, logOf(t, p), 4)
	p.start()
	fresh := open(t, newClock(), "other", func(c *site.Config) { c.Issues = true })
	config := p.config
	config.Store = fresh.config.Store
	_, err := site.New(config)
	require.ErrorIs(t, err, publiclog.ErrOlder)
	require.ErrorContains(t, err, "put the newer store back")
}
