package site_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// said is what the site says of itself, without dates.
type said struct {
	document string
	metadata bonafide.EntityConfiguration
	history  bonafide.KeyHistory
}

func (p *place) says() (s said) {
	b := newBrowser(p.T, "")
	read := func(path string) string {
		a := b.get(p, path)
		require.Equal(p, http.StatusOK, a.StatusCode, a.body)
		return a.body
	}
	s.document = read("/.well-known/did.json")
	s.metadata = payloadOf[bonafide.EntityConfiguration](p.T, bonafide.TypeEntity, read("/.well-known/openid-federation"))
	s.history = payloadOf[bonafide.KeyHistory](p.T, bonafide.TypeKeyHistory, read(bonafide.KeyHistoryPath))
	for _, expires := range []bonafide.Seconds{s.metadata.Expires, s.history.Expires} {
		require.True(p, expires.Time().After(p.config.Now()), "it is signed again in time")
	}
	s.metadata.IssuedAt, s.metadata.Expires, s.history.IssuedAt, s.history.Expires = 0, 0, 0, 0
	return s
}

func payloadOf[T any](t *testing.T, typ bonafide.Type, token string) T {
	parsed, err := seal.Parse(token, typ)
	require.NoError(t, err)
	payload, err := seal.Peek[T](parsed)
	require.NoError(t, err)
	return payload
}

// BF-LOG-8: while nothing can be entered a site says what it said before, for as long as it takes, and says at once that a key is
// compromised or that another one signs.
func TestPublicLogOnAFullDisk(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one")}
	})
	disk, told := &full{Store: p.Store}, &bytes.Buffer{}
	p.Store, p.Site.Log = disk, slog.New(slog.NewTextHandler(told, nil))
	refresh := func() { // what else is due can't be done on a full disk
		if err := p.RunDue(t.Context()); !disk.is {
			require.NoError(t, err)
		}
	}
	before, beside := p.says(), p.folderOf(0)

	disk.is = true
	for _, use := range []bonafide.KeyUse{bonafide.UseCredential, bonafide.UseFederation} {
		_, err := beside.Rotate(t.Context(), use)
		require.NoError(t, err)
	}
	refresh()
	require.Equal(t, before, p.says(), "the next keys wait")
	tries, lines := disk.writes, bytes.Count(told.Bytes(), []byte("what is served stays as it was"))
	require.Equal(t, 3, lines)
	require.Equal(t, before, p.says())
	require.Equal(t, tries, disk.writes, "whoever asks doesn't wear out the disk")
	require.Len(t, logOf(t, p), 4)
	clock.Move(time.Hour)
	require.Equal(t, before, p.says())

	clock.Move(keyfolder.Overlap)
	refresh()
	signs := p.says()
	require.NotEqual(t, before, signs, "they sign from now on, and couldn't be verified")
	require.Contains(t, told.String(), "lacks what is served")
	require.Len(t, logOf(t, p), 4)

	disk.is = false
	clock.Move(time.Minute)
	refresh()
	require.Equal(t, signs, p.says())
	require.Len(t, logOf(t, p), 7, "it is entered once it can be")

	disk.is = true
	former := beside.Keys()[0]
	require.Equal(t, bonafide.UseCredential, former.Use)
	_, err := beside.Compromise(t.Context(), former.Thumbprint())
	require.NoError(t, err)
	refresh()
	now := p.says()
	require.NotContains(t, now.document, former.Thumbprint(), "nobody is to believe the thief")
	require.Equal(t, bonafide.Compromised, now.history.Keys[0].Reason)
}

// What waits is signed again when its time is over, as it was.
func TestWithheldForDays(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "bazar", func(c *site.Config) { c.Issues = true })
	disk := &full{Store: p.Store}
	p.Store = disk
	before, withAnother := p.says(), p.config.Keys.History()
	disk.is = true
	p.Site.Keys.History = func() []bonafide.HistoricalKey { return append(withAnother, withAnother[0]) }
	for range 5 {
		clock.Move(9 * time.Hour)
		require.Equal(t, before, p.says())
	}
	disk.is = false
	clock.Move(time.Minute)
	require.Len(t, p.says().history.Keys, 4)
}
