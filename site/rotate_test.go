package site_test

import (
	"crypto"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// folderOf opens the key folder of a place as bonafide keys would beside the running server.
func (p *place) folderOf(ahead time.Duration) *keyfolder.Folder {
	f, err := keyfolder.Open(keyfolder.Config{
		Path: filepath.Join(p.folder, "keys"), Now: func() time.Time { return p.config.Now().Add(ahead) },
	})
	require.NoError(p, err)
	return f
}

// hasty is a ring that signs by a view of the folder whose clock is ahead.
type hasty struct {
	seal.KeyRing
	ahead *keyfolder.Folder
}

// Next signs with the new key as soon as there is one.
func (h hasty) Next() bonafide.Signer {
	_, _ = h.ahead.Refresh()
	return h.ahead.Signer(bonafide.UseCredential).(seal.KeyRing).Next()
}

// forgetful is a ring that publishes by such a view.
type forgetful struct {
	seal.KeyRing
	ahead *keyfolder.Folder
}

// Publics has the old key no more once the new one signs.
func (f forgetful) Publics() []crypto.PublicKey {
	_, _ = f.ahead.Refresh()
	if pubs := f.ahead.Signer(bonafide.UseCredential).(seal.KeyRing).Publics(); len(f.KeyRing.Publics()) > 1 {
		return pubs
	}
	return f.KeyRing.Publics()
}

// rotating reads badges while all the keys of their issuer are rotated, from minutes before to days after, by readers with the
// caches that all readers have: one that asks all the time and one that asks now and then. It returns how many
// readings there were, and how many were refused.
func rotating(t *testing.T, plant func(p *place, of seal.KeyRing) bonafide.Signer) (read, refused int) {
	clock, bazar, outils, alice, _ := two(t)
	if plant != nil {
		config := bazar.Config
		config.Keys.Credential = plant(bazar, config.Keys.Credential.(seal.KeyRing))
		made, err := site.New(config)
		require.NoError(t, err)
		bazar.Site, bazar.handler = made, made.Handler()
	}
	join := func(member string) (badge string) {
		bazar.deeds(member, 1)
		joined := newBrowser(t, member).do(http.MethodPost, string(bazar.Origin)+"/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"link"}})
		require.Equal(t, http.StatusSeeOther, joined.StatusCode, joined.body)
		holding, err := bazar.Issuer.Holding(t.Context(), member)
		require.NoError(t, err)
		return holding.Badges[0].Address
	}
	first := join("alice")
	var readers []*fetch.Client
	for range 2 {
		reader, err := fetch.New(fetch.Config{Local: true, Now: clock.Now})
		require.NoError(t, err)
		readers = append(readers, reader)
	}
	look := func(reader *fetch.Client, badge string) {
		ctx, cancel := fetch.Budget(t.Context())
		defer cancel()
		read++
		credential, _, err := reader.Badge(ctx, badge)
		if err == nil {
			_, err = reader.StatusList(ctx, bazar.Origin, credential.Status.Credential)
		}
		if err != nil {
			if plant == nil {
				t.Error(clock.Now(), err)
			}
			refused++
		}
	}
	steps := []time.Duration{}
	for range 20 {
		steps = append(steps, 10*time.Second)
	}
	for range 30 {
		steps = append(steps, 7*time.Minute)
	}
	for range 10 {
		steps = append(steps, 9*24*time.Hour)
	}
	for n, step := range steps {
		if n == 3 {
			beside := bazar.folderOf(0)
			for _, use := range keyfolder.Uses {
				_, err := beside.Rotate(t.Context(), use)
				require.NoError(t, err)
			}
		}
		bazar.due()
		newest := join(fmt.Sprintf("member-%d", n)) // signed in this very moment
		look(readers[0], newest)
		look(readers[0], first)
		if n%9 == 0 {
			look(readers[1], newest)
			if plant == nil {
				alice.imports(bazar, outils)
				outils.due()
				require.Equal(t, bonafide.Converted, outils.shown("alice").Kind)
				read++
			}
		}
		clock.Move(step)
	}
	return read, refused
}

// BF-KEY-14, BF-KEY-15
func TestRotateUnderLoad(t *testing.T) {
	read, refused := rotating(t, nil)
	require.Zero(t, refused)
	t.Logf("%d readings, none refused", read)
}

// What does it wrong is noticed by the same readers.
func TestRotateCarelessly(t *testing.T) {
	for name, plant := range map[string]func(*place, seal.KeyRing) bonafide.Signer{
		"signs at once": func(p *place, of seal.KeyRing) bonafide.Signer {
			return hasty{of, p.folderOf(keyfolder.Overlap)}
		},
		"drops the old key": func(p *place, of seal.KeyRing) bonafide.Signer {
			return forgetful{of, p.folderOf(100 * 24 * time.Hour)}
		},
	} {
		_, refused := rotating(t, plant)
		require.NotZero(t, refused, name)
	}
}
