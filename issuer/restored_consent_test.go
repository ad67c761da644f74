package issuer

import (
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// TestRestoredEndsConsents: a consent may have been withdrawn since the backup, a code exchanged, an assertion used.
func TestRestoredEndsConsents(t *testing.T) {
	c := consented(t, Admission{})
	v := c.verifier("https://shop.example")
	asked, waiting := v.push(nil), v.push(nil)
	response, _ := asked.told(asked.allow("alice"))
	code := waiting.allow("alice")
	_, err := v.refresh(response, "00112233445566778899aabbccddeeff")
	require.NoError(t, err)

	c.clock = c.clock.Add(time.Minute)
	require.NoError(t, Restored(t.Context(), c.Store, c.clock))
	_, err = v.refresh(response, "ffeeddccbbaa99887766554433221100")
	require.Error(t, err)
	_, err = waiting.exchange(code)
	require.Error(t, err)
	for _, told := range c.consentsOf("alice") {
		require.Empty(t, told.Statements)
		require.NotZero(t, told.Withdrawn)
	}
}

// TestRestoredRefusesOldAssertions: whether it was used is unknown.
func TestRestoredRefusesOldAssertions(t *testing.T) {
	c := consented(t, Admission{})
	require.NoError(t, Restored(t.Context(), c.Store, c.clock))
	for name, a := range map[bonafide.Code]oauth.Assertion{
		bonafide.Replayed: {ID: "old", IssuedAt: c.clock.Add(-time.Second), Expires: c.clock.Add(time.Minute)},
		"":                {ID: "new", IssuedAt: c.clock, Expires: c.clock.Add(time.Minute)},
	} {
		err := c.Store.Update(t.Context(), func(tx store.Tx) error { return remember(tx, "https://shop.example", a) })
		require.Equal(t, name, bonafide.CodeOf(err))
	}
}
