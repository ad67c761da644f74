package site_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// issuing opens a site that issues, with somebody who did one deed.
func issuing(t *testing.T, clock *clock) *place {
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one", "two")}
	})
	p.deeds("alice", 1)
	return p
}

// done returns what the log says, the latest first.
func (p *place) done() (said []string) {
	page, err := p.Acts(p.Context(), 0)
	require.NoError(p, err)
	for _, act := range page.Acts {
		said = append(said, act.What+" "+act.On+" "+act.Under)
	}
	return said
}

func TestLog(t *testing.T) {
	clock := newClock()
	p := issuing(t, clock)
	admin := web.AdminOf(p.Admin())
	do := func(method, path string, body any) error {
		_, err := admin.Send(t.Context(), method, path, body)
		return err
	}
	require.NoError(t, do(http.MethodPost, "/admin/members/alice/suspend", nil))
	require.Error(t, do(http.MethodPost, "/admin/members/nobody/suspend", nil), "what was refused wasn't done")
	require.NoError(t, do(http.MethodGet, "/admin/members/alice", nil), "to look isn't an act")
	clock.Move(time.Hour)
	require.NoError(t, do(http.MethodPost, "/admin/members/alice/restore", nil))
	require.NoError(t, do(http.MethodPost, "/admin/members/alice/badges/seller", map[string]string{"name": "Alice"}))
	require.Equal(t, []string{"publish-badge alice seller", "restore alice ", "suspend alice "}, p.done())

	page, err := p.Acts(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, site.Act{Number: 1, At: clock.Now().Add(-time.Hour), What: "suspend", On: "alice"}, page.Acts[2])

	p.deeds("bob", 1)
	require.NoError(t, do(http.MethodPost, "/admin/members/bob/suspend", nil))
	require.NoError(t, do(http.MethodDelete, "/admin/members/alice", nil))
	require.Equal(t, []string{"erase  ", "suspend bob ", "publish-badge  seller", "restore  ", "suspend  "}, p.done(), "who is erased is named no more")
}

func TestLogHasPages(t *testing.T) {
	p := issuing(t, newClock())
	admin := web.AdminOf(p.Admin())
	for n := range 60 {
		what := []string{"suspend", "restore"}[n%2]
		_, err := admin.Send(t.Context(), http.MethodPost, "/admin/members/alice/"+what, nil)
		require.NoError(t, err)
	}
	first, err := web.CallAdmin[site.ActPage](t.Context(), admin, http.MethodGet, "/admin/log", nil)
	require.NoError(t, err)
	require.Len(t, first.Acts, 50)
	require.EqualValues(t, 60, first.Acts[0].Number)
	second, err := web.CallAdmin[site.ActPage](t.Context(), admin, http.MethodGet, fmt.Sprintf("/admin/log?before=%d", first.Next), nil)
	require.NoError(t, err)
	require.Len(t, second.Acts, 10)
	require.EqualValues(t, 10, second.Acts[0].Number)
	require.Zero(t, second.Next)
	_, err = admin.Send(t.Context(), http.MethodGet, "/admin/log?before=x", nil)
	require.Equal(t, bonafide.BadValue, bonafide.CodeOf(err))
}

func TestKeyAges(t *testing.T) {
	clock := newClock()
	p := issuing(t, clock)
	began := clock.Now()
	clock.Move(400 * 24 * time.Hour)
	p.start()
	ages, err := p.KeyAges(t.Context())
	require.NoError(t, err)
	require.Len(t, ages, 3)
	for n, use := range []string{"client", "credential", "federation"} {
		require.Equal(t, use, ages[n].Use)
		require.Equal(t, began, ages[n].Since, "a restart makes no key younger")
		require.False(t, ages[n].Replaced)
	}

	other, err := site.OpenKeys(t.TempDir())
	require.NoError(t, err)
	config := p.Config
	config.Keys.Client = other.Client
	made, err := site.New(config)
	require.NoError(t, err)
	ages, err = made.KeyAges(t.Context())
	require.NoError(t, err)
	require.Len(t, ages, 4)
	require.Equal(t, []bool{false, true, false, false}, []bool{ages[0].Replaced, ages[1].Replaced, ages[2].Replaced, ages[3].Replaced})
	require.Equal(t, clock.Now(), ages[0].Since)
	require.Equal(t, began, ages[1].Since)
}

func TestOverview(t *testing.T) {
	p := issuing(t, newClock())
	require.NoError(t, p.Issuer.Suspend(t.Context(), "alice"))
	o, err := web.CallAdmin[site.Overview](t.Context(), web.AdminOf(p.Admin()), http.MethodGet, "/admin/overview", nil)
	require.NoError(t, err)
	require.Equal(t, p.Origin, o.Origin)
	require.Equal(t, 1, o.Issuer.Members)
	require.Equal(t, 1, o.Issuer.Suspended)
	require.Nil(t, o.Verifier)
	require.Len(t, o.Mechanisms, 1)
	require.Regexp(t, `^bazar\.localhost:[0-9]+/log\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$`, o.LogKey)
}
