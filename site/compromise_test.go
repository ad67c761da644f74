package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// The drill: the credential key was stolen. What the thief signs is refused, however it is dated; badges are signed again and
// hold, without their holders' doing anything; a verifier that knew the site follows.
// BF-KEY-17, BF-KEY-18, BF-PIN-3
func TestCompromiseDrill(t *testing.T) {
	t.Run("the only key", func(t *testing.T) { compromiseDrill(t, false) })
	t.Run("while another is published already", func(t *testing.T) { compromiseDrill(t, true) })
}

// compromiseDrill has the key stolen that signs; rotated, once its successor is known to readers.
func compromiseDrill(t *testing.T, rotated bool) {
	clock, bazar, outils, alice, _ := two(t)
	joined := alice.do(http.MethodPost, string(bazar.Origin)+"/badges/audience", url.Values{"mechanism": {"seller"}, "audience": {"link"}})
	require.Equal(t, http.StatusSeeOther, joined.StatusCode, joined.body)
	bazar.due()
	alice.imports(bazar, outils)
	require.Equal(t, bonafide.Converted, outils.shown("alice").Kind)

	holding, err := bazar.Issuer.Holding(t.Context(), "alice")
	require.NoError(t, err)
	badge := holding.Badges[0].Address
	before := alice.get(bazar, strings.TrimPrefix(badge, string(bazar.Origin))+".jwt").body
	thief, err := seal.ForOrigin(bazar.Origin, bazar.Keys.Credential.(seal.KeyRing).Next())
	require.NoError(t, err)
	reader, err := fetch.New(fetch.Config{Local: true, Now: clock.Now})
	require.NoError(t, err)
	_, err = reader.OpenBadge(t.Context(), before)
	require.NoError(t, err)
	clock.Move(10 * time.Minute)

	beside := bazar.folderOf(0)
	stolen := beside.Keys()[0].Thumbprint()
	if rotated {
		_, err = beside.Rotate(t.Context(), bonafide.UseCredential)
		require.NoError(t, err)
		bazar.due()
		clock.Move(keyfolder.Overlap - 10*time.Minute)
		outils.due()
	}
	_, err = beside.Compromise(t.Context(), stolen)
	require.NoError(t, err)
	bazar.due()

	// The badge is signed again with another key, and everything else too.
	after := alice.get(bazar, strings.TrimPrefix(badge, string(bazar.Origin))+".jwt").body
	require.NotEqual(t, before, after)
	credential, _, err := reader.Badge(t.Context(), badge)
	require.NoError(t, err)
	list, err := reader.StatusList(t.Context(), bazar.Origin, credential.Status.Credential)
	require.NoError(t, err)
	set, err := credential.Status.IsSet(list.Bits)
	require.NoError(t, err)
	require.False(t, set)
	_, err = reader.Mechanism(t.Context(), bazar.config.Mechanisms[0].ID, 1)
	require.NoError(t, err)
	_, err = reader.Entity(t.Context(), bazar.Origin)
	require.NoError(t, err)
	require.Contains(t, alice.page(bazar, strings.TrimPrefix(badge, string(bazar.Origin))).body, "holds")

	// What the thief signs, dated before the theft, is refused by everybody; so is what the site signed with that key.
	forged := *credential
	forged.ID, forged.JTI = badge+"X", badge+"X"
	forgery, err := thief.Seal(t.Context(), bonafide.TypeCredential, &forged)
	require.NoError(t, err)
	for _, token := range []string{forgery, before} {
		_, err = reader.OpenBadge(t.Context(), token)
		require.Equal(t, bonafide.UnknownKey, bonafide.CodeOf(err))
	}

	// The verifier follows by the federation key's word, asks again for what it had, and knows why the old key isn't taken.
	outils.due()
	clock.Move(2 * time.Minute)
	if rotated { // the new key is known already: keys are asked for after the hour that they are kept
		clock.Move(time.Hour)
	}
	outils.due()
	requireKnown(t, outils, stolen, beside)
	require.Equal(t, bonafide.Converted, outils.shown("alice").Kind)
	clock.Move(2 * time.Minute)
	preview := alice.do(http.MethodPost, string(outils.Origin)+"/import/preview", url.Values{"badge": {badge}})
	require.Equal(t, http.StatusOK, preview.StatusCode, preview.body)
}

// requireKnown tells that the verifier has followed to the new key.
func requireKnown(t *testing.T, verifier *place, stolen string, folder *keyfolder.Folder) {
	t.Helper()
	all, err := verifier.Verifier.Identities(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Nil(t, all[0].Changed)
	require.Equal(t, []string{stolen}, all[0].Compromised)
	keys := folder.Keys()
	require.Contains(t, all[0].Keys, keys[len(keys)-1].Thumbprint())
	require.NotContains(t, all[0].Keys, stolen)
}
