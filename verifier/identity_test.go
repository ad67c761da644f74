package verifier_test

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// identity returns what the verifier knows the issuer by.
func (w *world) identity() verifier.Identity {
	all, err := w.Verifier.Identities(w.t.Context())
	require.NoError(w.t, err)
	require.Len(w.t, all, 1)
	return all[0]
}

// An issuer whose keys change without the word of one that was known is another, until somebody says otherwise.
// BF-PIN-1, BF-PIN-2, BF-PIN-4
func TestIdentityChanged(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.browser("alice"), w.browser("bob")
	alice.imports()
	known := w.identity()
	require.Len(t, known.Keys, 1)
	require.Nil(t, known.Changed)

	w.issuer.tell(func() {
		w.issuer.key, w.issuer.sealer = newSealer(t, w.issuer.origin)
		w.issuer.signer = w.issuer.sealer
	})
	w.clock.Move(2 * time.Hour)
	a := bob.callback(bob.begin())
	require.Equal(t, bonafide.IdentityChanged, a.code, a.body)
	require.Zero(t, w.converted("bob").Level)
	changed := w.identity()
	require.Equal(t, known.Keys, changed.Keys)
	require.Equal(t, w.clock.Now(), changed.Changed.Since)
	w.runDue()
	require.Equal(t, 2, w.converted("alice").Level, "what was relied on runs to its end")

	// The way back needs no approval.
	published := changed.Changed.Keys
	_, err := w.Verifier.Approve(t.Context(), w.issuer.origin, known.Keys)
	require.Equal(t, bonafide.IdentityChanged, bonafide.CodeOf(err), "another key than what is published")
	_, err = w.Verifier.Approve(t.Context(), "https://nobody.example", known.Keys)
	require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err))
	approved, err := w.Verifier.Approve(t.Context(), w.issuer.origin, published)
	require.NoError(t, err)
	require.Equal(t, published, approved.Keys)
	_, err = w.Verifier.Approve(t.Context(), w.issuer.origin, published)
	require.Equal(t, bonafide.BadRequest, bonafide.CodeOf(err), "there is nothing to approve")

	w.clock.Move(2 * time.Minute)
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-bob" })
	bob.imports()
	require.Equal(t, 2, w.converted("bob").Level)
	require.Nil(t, w.identity().Changed)
}

// keepsHistory gives the issuer a key history of its key and of these others, all by the word of a federation key.
func (f *fakeIssuer) keepsHistory(keeper *seal.PrivateKey, others ...*seal.PrivateKey) {
	of := func(use bonafide.KeyUse, key *seal.PrivateKey, by *seal.PrivateKey) (h bonafide.HistoricalKey) {
		var err error
		h.Use = use
		h.Key, err = seal.PublicJWK(key.Public())
		require.NoError(f.t, err)
		h.Key.Kid, err = seal.Thumbprint(key.Public())
		require.NoError(f.t, err)
		if by != nil {
			h.Succession, err = seal.SealSuccession(f.t.Context(), by, use, key.Public(), f.clock.Now())
			require.NoError(f.t, err)
		}
		return h
	}
	history := []bonafide.HistoricalKey{of(bonafide.UseCredential, f.key, nil), of(bonafide.UseFederation, keeper, nil)}
	for _, other := range others {
		history = append(history, of(bonafide.UseCredential, other, keeper))
	}
	f.tell(func() { f.keeper, f.history = keeper, history })
}

func generate(t *testing.T, n int) (keys []*seal.PrivateKey) {
	for range n {
		key, err := seal.GenerateKey()
		require.NoError(t, err)
		keys = append(keys, key)
	}
	return keys
}

// looksAgain has the verifier ask for the issuer's keys.
func (w *world) looksAgain() {
	w.clock.Move(2 * time.Hour)
	carol := w.browser("carol")
	require.Equal(w.t, bonafide.AlreadyImported, carol.callback(carol.begin()).code)
}

// Who has the origin alone comes no further by a key history of their own, in however many steps. BF-PIN-2, BF-PIN-3
func TestForeignHistoryLeadsNowhere(t *testing.T) {
	for name, own := range map[string]bool{"the issuer has one": true, "the issuer has none": false} {
		t.Run(name, func(t *testing.T) {
			w, keys := newWorld(t), generate(t, 2)
			if own {
				w.issuer.keepsHistory(keys[0])
			}
			w.browser("alice").imports()
			known := w.identity()
			require.Equal(t, own, known.Federation)

			thief, thiefs := newSealer(t, w.issuer.origin)
			w.issuer.keepsHistory(keys[1], thief)
			w.looksAgain()
			w.looksAgain()
			require.Equal(t, known.Keys, w.identity().Keys)
			w.issuer.tell(func() { w.issuer.key, w.issuer.sealer, w.issuer.signer = thief, thiefs, thiefs })
			w.clock.Move(2 * time.Hour)
			bob := w.browser("bob")
			a := bob.callback(bob.begin())
			require.Equal(t, bonafide.IdentityChanged, a.code, a.body)
			require.NotNil(t, w.identity().Changed)
		})
	}
}

// The history of an issuer that was out of reach at first is taken when it is had.
func TestHistoryIsHadLater(t *testing.T) {
	w, keys := newWorld(t), generate(t, 1)
	w.issuer.tell(func() { w.issuer.noHistory = true })
	w.issuer.keepsHistory(keys[0])
	w.browser("alice").imports()
	require.True(t, w.identity().Fresh)
	w.issuer.tell(func() { w.issuer.noHistory = false })
	w.looksAgain()
	require.False(t, w.identity().Fresh)
	require.True(t, w.identity().Federation)
}

// An issuer can't have a verifier remember more keys than a history may hold.
func TestKeysRememberedAreBounded(t *testing.T) {
	w, keys := newWorld(t), generate(t, 1)
	w.issuer.keepsHistory(keys[0], generate(t, bonafide.MaxHistory/2)...)
	w.browser("alice").imports()
	known := w.identity()
	require.Len(t, known.Keys, 2+bonafide.MaxHistory/2)
	w.issuer.keepsHistory(keys[0], generate(t, bonafide.MaxHistory/2)...)
	w.looksAgain()
	require.Equal(t, known.Keys, w.identity().Keys)
}
