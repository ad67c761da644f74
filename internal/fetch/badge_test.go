package fetch

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// A badge that was verified isn't verified again, but whatever else may have changed is looked at each time.
func TestABadgeIsVerifiedOnce(t *testing.T) {
	p, other, clock := newPeer(t, "peer"), newPeer(t, "other"), newClock()
	c := newClient(t, clock)
	token := p.sealed(bonafide.TypeCredential, badgeOf(p, clock.Now()))
	first, err := c.OpenBadge(t.Context(), token)
	require.NoError(t, err)
	again, err := c.OpenBadge(t.Context(), token)
	require.NoError(t, err)
	require.Same(t, first, again)

	t.Run("served by another site", func(t *testing.T) {
		other.serve(badgePath+".jwt", "application/vc+jwt", token)
		_, _, err := c.Badge(t.Context(), other.address(badgePath))
		require.Equal(t, bonafide.WrongIssuer, bonafide.CodeOf(err), "%v", err)
	})
	t.Run("one byte differs", func(t *testing.T) {
		altered := []byte(token)
		altered[len(altered)-10] ^= 1
		_, err := c.OpenBadge(t.Context(), string(altered))
		require.Error(t, err)
	})
	t.Run("expired", func(t *testing.T) {
		late := newClock()
		d := newClient(t, late)
		_, err := d.OpenBadge(t.Context(), token)
		require.NoError(t, err)
		late.move(bonafide.MaxBadgeLife + bonafide.Leeway)
		_, err = d.OpenBadge(t.Context(), token)
		require.Equal(t, bonafide.Expired, bonafide.CodeOf(err), "%v", err)
	})
	t.Run("the keys can't be had", func(t *testing.T) {
		clock.move(keysLife)
		p.setDown(true)
		_, err := c.OpenBadge(t.Context(), token)
		require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "%v", err)
		p.setDown(false)
		clock.move(failureLife)
		_, err = c.OpenBadge(t.Context(), token)
		require.NoError(t, err)
	})
	t.Run("the key is published no more", func(t *testing.T) {
		added, err := seal.GenerateKey()
		require.NoError(t, err)
		p.publishKeys(added)
		clock.move(keysLife + time.Second)
		_, err = c.OpenBadge(t.Context(), token)
		require.Equal(t, bonafide.UnknownKey, bonafide.CodeOf(err), "%v", err)
	})
}
