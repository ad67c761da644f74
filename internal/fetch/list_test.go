package fetch

import (
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

const listPath = "/status/1"

func listOf(p *peer, from time.Time, life time.Duration) *bonafide.StatusList {
	bits := make(bonafide.Bits, bonafide.MinListSize/8)
	bits.Set(7)
	list, err := bonafide.NewStatusList(p.origin, p.address(listPath), bits, from, from.Add(life))
	require.NoError(p.t, err)
	return list
}

func TestStatusListIsKeptForItsTTL(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c, address := newClient(t, clock), p.address(listPath)
	start := clock.Now()
	p.publish(listPath, bonafide.TypeCredential, listOf(p, start, bonafide.MaxListLife))
	list, err := c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	require.Equal(t, []time.Time{start, start.Add(bonafide.MaxListLife), start}, []time.Time{list.ValidFrom, list.ValidUntil, list.FetchedAt})
	require.Equal(t, bonafide.StatusListTTL, list.TTL)
	set, err := list.Bits.Get(7)
	require.NoError(t, err)
	require.True(t, set)

	clock.move(bonafide.StatusListTTL - time.Second)
	_, err = c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	require.Equal(t, 1, p.count(listPath))
	clock.move(time.Second)
	list, err = c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	require.Equal(t, 2, p.count(listPath))
	require.Equal(t, clock.Now(), list.FetchedAt)
}

func TestStatusListOutlastsItsSite(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c, address := newClient(t, clock), p.address(listPath)
	p.publish(listPath, bonafide.TypeCredential, listOf(p, clock.Now(), bonafide.MaxListLife))
	first, err := c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	p.setDown(true)
	clock.move(bonafide.MaxListLife - time.Second)
	for range 3 {
		list, err := c.StatusList(t.Context(), p.origin, address)
		require.NoError(t, err)
		require.Same(t, first, list)
	}
	require.Equal(t, 2, p.count(listPath), "the failure is remembered")
	clock.move(failureLife)
	_, err = c.StatusList(t.Context(), p.origin, address)
	require.Equal(t, bonafide.StatusUnknown, bonafide.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, address)

	// A spent budget doesn't hide what is remembered, and isn't called unknown.
	spentBudget, cancel := Budget(t.Context())
	defer cancel()
	for range BudgetFetches {
		require.NoError(t, spend(spentBudget, ""))
	}
	clock.move(failureLife)
	_, err = c.StatusList(spentBudget, p.origin, address)
	require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err), "%v", err)
	p.setDown(false)
	p.publish(listPath, bonafide.TypeCredential, listOf(p, clock.Now(), time.Hour))
	_, err = c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	clock.move(bonafide.StatusListTTL)
	_, err = c.StatusList(spentBudget, p.origin, address)
	require.NoError(t, err)
}

func TestStatusListDoesNotGoBack(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c, address := newClient(t, clock), p.address(listPath)
	older := p.sealed(bonafide.TypeCredential, listOf(p, clock.Now().Add(-time.Hour), bonafide.MaxListLife))
	p.publish(listPath, bonafide.TypeCredential, listOf(p, clock.Now(), bonafide.MaxListLife))
	_, err := c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	p.serve(listPath, bonafide.TypeCredential.MediaType(), older)
	clock.move(bonafide.StatusListTTL)
	_, err = c.StatusList(t.Context(), p.origin, address)
	require.Equal(t, bonafide.BadStatusList, bonafide.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "goes back")
}

func TestStatusListRefused(t *testing.T) {
	clock := newClock()
	now := clock.Now()
	serve := func(p *peer, list *bonafide.StatusList) { p.publish(listPath, bonafide.TypeCredential, list) }
	for name, c := range map[string]struct {
		code  bonafide.Code
		serve func(p, other *peer)
	}{
		"missing":     {bonafide.StatusUnknown, func(*peer, *peer) {}},
		"unreachable": {bonafide.StatusUnknown, func(p, _ *peer) { p.setDown(true) }},
		"stale":       {bonafide.StatusUnknown, func(p, _ *peer) { serve(p, listOf(p, now.Add(-2*time.Hour), time.Hour)) }},
		"future":      {bonafide.StatusUnknown, func(p, _ *peer) { serve(p, listOf(p, now.Add(time.Hour), time.Hour)) }},
		"unsigned":    {bonafide.BadToken, func(p, _ *peer) { p.serve(listPath, "application/vc+jwt", "{}") }},
		"other type": {bonafide.WrongType, func(p, _ *peer) {
			p.serve(listPath, "application/vc+jwt", p.sealed(bonafide.TypeStatus, listOf(p, now, time.Hour)))
		}},
		"too long a life": {bonafide.BadStatusList, func(p, _ *peer) { serve(p, listOf(p, now, bonafide.MaxListLife+time.Second)) }},
		"a badge":         {bonafide.BadValue, func(p, _ *peer) { p.publish(listPath, bonafide.TypeCredential, badgeOf(p, now)) }},
		"another site's": {bonafide.StatusListOther, func(p, other *peer) {
			p.serve(listPath, "application/vc+jwt", other.sealed(bonafide.TypeCredential, listOf(other, now, time.Hour)))
		}},
		"another list": {bonafide.StatusListOther, func(p, _ *peer) {
			list := listOf(p, now, time.Hour)
			list.ID, list.JTI = p.address("/status/2"), p.address("/status/2")
			serve(p, list)
		}},
		"too short": {bonafide.StatusListShort, func(p, _ *peer) {
			list, err := bonafide.NewStatusList(p.origin, p.address(listPath), make(bonafide.Bits, 1024), now, now.Add(time.Hour))
			require.NoError(t, err)
			serve(p, list)
		}},
		"bomb": {bonafide.TooLarge, func(p, _ *peer) {
			list, err := bonafide.NewStatusList(p.origin, p.address(listPath), make(bonafide.Bits, 16<<20), now, now.Add(time.Hour))
			require.NoError(t, err)
			serve(p, list)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, other := newPeer(t, "peer"), newPeer(t, "other")
			c.serve(p, other)
			_, err := newClient(t, clock).StatusList(t.Context(), p.origin, p.address(listPath))
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, p.address(listPath))
		})
	}
	p, other := newPeer(t, "peer"), newPeer(t, "other")
	_, err := newClient(t, clock).StatusList(t.Context(), p.origin, other.address(listPath))
	require.Equal(t, bonafide.StatusListOther, bonafide.CodeOf(err), "%v", err)
	require.Zero(t, other.count(listPath))
}

// A list that wants to be kept for longer than it is in force is asked for again at its end.
func TestStatusListIsNotKeptPastItsEnd(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c, address := newClient(t, clock), p.address(listPath)
	short := listOf(p, clock.Now(), time.Hour)
	short.Subject.TTL = new(bonafide.MaxListLife.Milliseconds())
	p.publish(listPath, bonafide.TypeCredential, short)
	list, err := c.StatusList(t.Context(), p.origin, address)
	require.NoError(t, err)
	require.Equal(t, time.Hour, list.TTL)
}

func TestLifetime(t *testing.T) {
	require.Equal(t, bonafide.StatusListTTL, lifetime(nil))
	for ttl, want := range map[int64]time.Duration{
		0: 0, 1000: time.Second, 1 << 53: bonafide.MaxListLife,
	} {
		require.Equal(t, want, lifetime(&ttl))
	}
}
