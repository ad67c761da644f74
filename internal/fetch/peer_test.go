package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

func TestKeysAreReadOnceByManyAtOnce(t *testing.T) {
	p := newPeer(t, "peer")
	c := newClient(t, newClock())
	var all sync.WaitGroup
	errs := make(chan error, 100)
	for range 100 {
		all.Go(func() {
			_, err := c.Keys(t.Context(), p.origin, p.kid(p.key))
			errs <- err
		})
	}
	all.Wait()
	for range 100 {
		require.NoError(t, <-errs)
	}
	require.Equal(t, 1, p.count(keysPath))
}

// BF-FETCH-8
func TestUnknownKidLooksAgainOnceAMinute(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c := newClient(t, clock)
	invented := func() {
		for range 10 {
			_, err := c.Keys(t.Context(), p.origin, p.origin.DID()+"#invented")
			require.Equal(t, bonafide.UnknownKey, bonafide.CodeOf(err), "%v", err)
		}
	}
	_, err := c.Keys(t.Context(), p.origin, p.kid(p.key))
	require.NoError(t, err)
	invented()
	require.Equal(t, 1, p.count(keysPath), "the keys were had a moment ago")
	clock.move(keysRefresh)
	invented()
	require.Equal(t, 2, p.count(keysPath))

	added, err := seal.GenerateKey()
	require.NoError(t, err)
	p.publishKeys(p.key, added)
	_, err = c.Keys(t.Context(), p.origin, p.kid(added))
	require.Equal(t, bonafide.UnknownKey, bonafide.CodeOf(err), "not before a minute: %v", err)
	clock.move(keysRefresh)
	_, err = c.Keys(t.Context(), p.origin, p.kid(added))
	require.NoError(t, err)
	require.Equal(t, 3, p.count(keysPath))

	p.setDown(true)
	clock.move(keysRefresh)
	_, err = c.Keys(t.Context(), p.origin, p.origin.DID()+"#invented")
	require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "%v", err)
	clock.move(failureLife)
	invented()
	require.Equal(t, 4, p.count(keysPath), "a failed look counts")
	_, err = c.Keys(t.Context(), p.origin, p.kid(added))
	require.NoError(t, err, "known keys serve for an hour")
	clock.move(keysLife)
	_, err = c.Keys(t.Context(), p.origin, p.kid(added))
	require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err), "%v", err)
}

func TestKeysOfAnother(t *testing.T) {
	p, other := newPeer(t, "peer"), newPeer(t, "other")
	document, err := seal.DIDDocument(other.origin, other.key.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	p.serve(keysPath, mediaJSON, string(data))
	_, err = newClient(t, newClock()).Keys(t.Context(), p.origin, "")
	require.Equal(t, bonafide.BadKeySet, bonafide.CodeOf(err), "%v", err)
}

// BF-FETCH-10
func TestBadge(t *testing.T) {
	clock := newClock()
	now := clock.Now()
	for name, c := range map[string]struct {
		code  bonafide.Code
		serve func(p, other *peer)
	}{
		"good": {"", func(p, _ *peer) { p.publish(badgePath+".jwt", bonafide.TypeCredential, badgeOf(p, now)) }},
		"another site's": {bonafide.WrongIssuer, func(p, other *peer) {
			p.serve(badgePath+".jwt", "application/vc+jwt", other.sealed(bonafide.TypeCredential, badgeOf(other, now)))
		}},
		"in another site's name": {bonafide.WrongIssuer, func(p, other *peer) {
			p.publish(badgePath+".jwt", bonafide.TypeCredential, badgeOf(other, now))
		}},
		"another badge": {bonafide.BadCredential, func(p, _ *peer) {
			badge := badgeOf(p, now)
			badge.ID += "X"
			badge.JTI = badge.ID
			p.publish(badgePath+".jwt", bonafide.TypeCredential, badge)
		}},
		"expired": {bonafide.Expired, func(p, _ *peer) {
			p.publish(badgePath+".jwt", bonafide.TypeCredential, badgeOf(p, now.Add(-bonafide.MaxBadgeLife-time.Hour)))
		}},
		"other type": {bonafide.WrongType, func(p, _ *peer) {
			p.serve(badgePath+".jwt", "application/vc+jwt", p.sealed(bonafide.TypeMechanism, badgeOf(p, now)))
		}},
		"other media type": {bonafide.BadAnswer, func(p, _ *peer) {
			p.serve(badgePath+".jwt", "application/jwt", p.sealed(bonafide.TypeCredential, badgeOf(p, now)))
		}},
		"altered": {bonafide.BadSignature, func(p, _ *peer) {
			one, two := p.sealed(bonafide.TypeCredential, badgeOf(p, now)), p.sealed(bonafide.TypeCredential, badgeOf(p, now.Add(-time.Hour)))
			p.serve(badgePath+".jwt", "application/vc+jwt", one[:strings.LastIndexByte(one, '.')]+two[strings.LastIndexByte(two, '.'):])
		}},
		"key not published": {bonafide.UnknownKey, func(p, other *peer) {
			p.publishKeys(other.key)
			p.publish(badgePath+".jwt", bonafide.TypeCredential, badgeOf(p, now))
		}},
		"no token":    {bonafide.BadToken, func(p, _ *peer) { p.serve(badgePath+".jwt", "application/vc+jwt", "hello") }},
		"no such":     {bonafide.NotFound, func(*peer, *peer) {}},
		"unreachable": {bonafide.Unreachable, func(p, _ *peer) { p.setDown(true) }},
		"keys missing": {bonafide.NotFound, func(p, _ *peer) {
			p.handle(keysPath, http.NotFound)
			p.publish(badgePath+".jwt", bonafide.TypeCredential, badgeOf(p, now))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, other := newPeer(t, "peer"), newPeer(t, "other")
			c.serve(p, other)
			credential, token, err := newClient(t, clock).Badge(t.Context(), p.address(badgePath))
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.Zero(t, other.count(keysPath), "nothing was asked of the other site")
			if err != nil {
				require.ErrorContains(t, err, string(p.origin))
				return
			}
			require.Equal(t, p.address(badgePath), credential.ID)
			again, err := newClient(t, clock).OpenBadge(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, credential, again)
		})
	}
}

func TestBadgeAddress(t *testing.T) {
	const bare = "https://bazar.example/b/K7QXM2VTP4WN9RFA"
	for _, form := range []string{"", ".svg", ".png", ".jwt", ".json", ".fr.svg", ".en.png", ".dark.svg", ".fr.dark.svg", ".dark.fr.svg", ".card.dark.svg", "?lang=fr", "#top", ".svg?x=1#y"} {
		require.Equal(t, bare, BadgeAddress(" "+bare+form+"\n"), form)
	}
}

func TestOpenBadgeIsOfOneKind(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	_, err := newClient(t, clock).OpenBadge(t.Context(), p.sealed(bonafide.TypeStatus, badgeOf(p, clock.Now())))
	require.Equal(t, bonafide.WrongType, bonafide.CodeOf(err), "%v", err)
	require.Zero(t, p.count(keysPath))
}

// BF-FETCH-9
func TestMechanism(t *testing.T) {
	p, other, clock := newPeer(t, "peer"), newPeer(t, "other"), newClock()
	c, address := newClient(t, clock), p.address("/mechanisms/seller")
	p.publish("/mechanisms/seller/v/1.jwt", bonafide.TypeMechanism, signedMechanism(p, 1, clock.Now()))
	p.publish("/mechanisms/seller.jwt", bonafide.TypeMechanism, signedMechanism(p, 1, clock.Now()))
	for range 2 {
		m, err := c.Mechanism(t.Context(), address, 1)
		require.NoError(t, err)
		require.Equal(t, mechanismOf(p, 1), *m)
		m, err = c.Mechanism(t.Context(), address, 0)
		require.NoError(t, err)
		require.Equal(t, 1, m.Version)
	}
	require.Equal(t, 1, p.count("/mechanisms/seller/v/1.jwt"))
	require.Equal(t, 1, p.count("/mechanisms/seller.jwt"))

	p.publish("/mechanisms/seller.jwt", bonafide.TypeMechanism, signedMechanism(p, 2, clock.Now()))
	clock.move(currentLife)
	m, err := c.Mechanism(t.Context(), address, 0)
	require.NoError(t, err)
	require.Equal(t, 2, m.Version)
	_, err = c.Mechanism(t.Context(), address, 1)
	require.NoError(t, err)
	require.Equal(t, 1, p.count("/mechanisms/seller/v/1.jwt"))

	p.publish("/mechanisms/seller/v/3.jwt", bonafide.TypeMechanism, signedMechanism(p, 2, clock.Now()))
	_, err = c.Mechanism(t.Context(), address, 3)
	require.Equal(t, bonafide.BadMechanism, bonafide.CodeOf(err), "it is another version: %v", err)
	p.publish("/mechanisms/buyer.jwt", bonafide.TypeMechanism, signedMechanism(p, 2, clock.Now()))
	_, err = c.Mechanism(t.Context(), p.address("/mechanisms/buyer"), 0)
	require.Equal(t, bonafide.BadMechanism, bonafide.CodeOf(err), "it is another mechanism: %v", err)
	p.publish("/mechanisms/foreign.jwt", bonafide.TypeMechanism, signedMechanism(other, 1, clock.Now()))
	_, err = c.Mechanism(t.Context(), p.address("/mechanisms/foreign"), 0)
	require.Equal(t, bonafide.BadMechanism, bonafide.CodeOf(err), "it is another site's: %v", err)
	clock.move(25 * time.Hour)
	_, err = c.Mechanism(t.Context(), address, 0)
	require.Equal(t, bonafide.Expired, bonafide.CodeOf(err), "%v", err)
}

// BF-FETCH-9, BF-TABLE-10
func TestTable(t *testing.T) {
	p, other, clock := newPeer(t, "peer"), newPeer(t, "other"), newClock()
	c, address := newClient(t, clock), p.address("/conversions/rates")
	signed := signedTable(p, clock.Now())
	p.publish("/conversions/rates.jwt", bonafide.TypeTable, signed)
	for range 2 {
		table, err := c.Table(t.Context(), address)
		require.NoError(t, err)
		require.Equal(t, signed.Conversion, *table)
	}
	require.Equal(t, 1, p.count("/conversions/rates.jwt"))
	p.publish("/conversions/others.jwt", bonafide.TypeTable, signed)
	_, err := c.Table(t.Context(), p.address("/conversions/others"))
	require.Equal(t, bonafide.BadTable, bonafide.CodeOf(err), "it is another table: %v", err)
	p.publish("/conversions/foreign.jwt", bonafide.TypeTable, signedTable(other, clock.Now()))
	_, err = c.Table(t.Context(), p.address("/conversions/foreign"))
	require.Equal(t, bonafide.BadTable, bonafide.CodeOf(err), "it is another site's: %v", err)
	clock.move(25 * time.Hour)
	_, err = c.Table(t.Context(), address)
	require.Equal(t, bonafide.Expired, bonafide.CodeOf(err), "%v", err)
}

// BF-FETCH-9
func TestEntity(t *testing.T) {
	const path = "/.well-known/openid-federation"
	p, other, clock := newPeer(t, "peer"), newPeer(t, "other"), newClock()
	c := newClient(t, clock)
	signed := entityOf(p, clock.Now())
	signed.Expires = bonafide.SecondsOf(clock.Now().Add(2 * time.Minute))
	p.publish(path, bonafide.TypeEntity, signed)
	for range 2 {
		entity, err := c.Entity(t.Context(), p.origin)
		require.NoError(t, err)
		require.Equal(t, signed, *entity)
	}
	require.Equal(t, 1, p.count(path))
	clock.move(2 * time.Minute)
	_, err := c.Entity(t.Context(), p.origin)
	require.NoError(t, err, "within the leeway")
	require.Equal(t, 2, p.count(path), "not kept past its expiry")

	p.serve(path, bonafide.TypeEntity.MediaType(), other.sealed(bonafide.TypeEntity, entityOf(other, clock.Now())))
	_, err = c.Entity(t.Context(), p.origin)
	require.Equal(t, bonafide.WrongIssuer, bonafide.CodeOf(err), "%v", err)
}

// What a slow peer signs as it answers isn't of the future.
func TestEntityIsCheckedWhenItCame(t *testing.T) {
	p, clock := newPeer(t, "peer"), newClock()
	c := newClient(t, clock)
	p.handle("/.well-known/openid-federation", func(w http.ResponseWriter, _ *http.Request) {
		clock.move(bonafide.Leeway + time.Second)
		w.Header().Set("Content-Type", bonafide.TypeEntity.MediaType())
		fmt.Fprint(w, p.sealed(bonafide.TypeEntity, entityOf(p, clock.Now())))
	})
	_, err := c.Entity(t.Context(), p.origin)
	require.NoError(t, err)
}
