package issuer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bonafide.example/internal/seal"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// twice is a store that runs each Update once more, as one does that lost against another.
type twice struct{ store.Store }

func (s twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	lost := errors.New("lost")
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return lost
	})
	if errors.Is(err, lost) {
		return s.Store.Update(ctx, fn)
	}
	return err
}

// TestSignedAgain: whatever a compromised key signed is signed again, also what another server signed that learnt of it later.
func TestSignedAgain(t *testing.T) {
	w := newWorld(t)
	stolen := w.key
	w.rate("seller", "ann", true, true)
	w.rate("seller", "bob", true, true)
	ann := w.publish("seller", "ann")
	require.NoError(t, w.RunDue(t.Context()))

	var err error
	w.key, err = seal.GenerateKey()
	require.NoError(t, err)
	w.restart(func(c *issuer.Config) { c.Store = twice{c.Store} })
	config := w.Config
	config.Signer = stolen
	late, err := issuer.New(config)
	require.NoError(t, err)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, "gold", w.stated(ann))

	address, err := late.PublishBadge(t.Context(), "seller", "bob", "")
	require.NoError(t, err)
	bob := address[len(bazar):]
	require.NoError(t, w.RunDue(t.Context()))
	token, err := seal.Parse(w.get(bob+".jwt").Body.String(), "vc+jwt")
	require.NoError(t, err)
	require.False(t, w.keys().Has(token.KeyID()))
	w.clock.add(time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, "gold", w.stated(bob))

	done := w.Done()
	w.clock.add(time.Minute)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, done, w.Done(), "that is all")
}
