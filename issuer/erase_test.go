package issuer_test

import (
	"net/http"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// erased erases a member, and returns what nobody is called who takes their place.
func (l *lending) erased(member string) (pseudonym string) {
	l.t.Helper()
	l.Erasing = func(_ store.Tx, of, now string) error {
		require.Equal(l.t, member, of)
		pseudonym = now
		return nil
	}
	require.NoError(l.t, l.Erase(l.t.Context(), member))
	require.True(l.t, strings.HasPrefix(pseudonym, "erased-"), pseudonym)
	require.False(l.t, l.kept(member), "nothing names them any longer")
	return pseudonym
}

// Dave has a record of everything: events, a badge, vouches both ways, a charge, a watched entry, a queue.
// BF-DESK-18, BF-ISSUER-40
func TestVouchesRunOnWithoutTheErased(t *testing.T) {
	l := newLending(t)
	for _, member := range []string{"dave", "erin", "frank"} {
		l.earn(member, 1200)
	}
	l.join("bob", "carol", "dave")
	daves := l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.vouch("dave", "carol", 1, 20)
	l.vouch("erin", "dave", 1, 10)
	l.wait(day)
	fault := l.fault("carol")
	require.EqualValues(t, 10, l.charged("dave"))
	require.NoError(t, l.Store.Update(t.Context(), func(tx store.Tx) error {
		_, _, err := l.Watch(tx, "helper", "dave")
		return err
	}))

	pseudonym := l.erased("dave")
	l.wait(0)
	l.says("bob", "two", bonafide.Vouched, "")
	require.EqualValues(t, 10, l.charged(pseudonym))
	_, err := l.Status(t.Context(), "helper", pseudonym)
	requireCode(t, bonafide.NoSuchMember, err)
	requireCode(t, bonafide.NoSuchMember, l.Restore(t.Context(), pseudonym))
	all, err := l.PublishAll(t.Context(), "helper")
	require.NoError(t, err)
	require.Equal(t, issuer.PublishedAll{Badges: 4, New: 2}, all, "nobody gets no badge")

	l.act(vouching.Event{Kind: vouching.KindReverse, Fault: fault})
	l.wait(0)
	require.Zero(t, l.charged(pseudonym))
	l.act(vouching.Event{Kind: vouching.KindWithdraw, Vouch: daves})
	l.wait(7 * day)
	l.says("bob", "", bonafide.Earned, "")
	require.True(t, l.kept("nobody"), "Carol still rests on it")
	l.wait(358 * day)
	require.False(t, l.kept("nobody"))
}

// BF-DESK-18
func TestErasedStaySuspended(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	require.NoError(t, l.Suspend(t.Context(), "dave"))
	l.erased("dave") // before anything has followed
	l.wait(0)
	l.says("bob", "", bonafide.Earned, "")
}

// A fault was final, and Dave is erased before Bob's level has followed.
// BF-DESK-18, BF-ISSUER-43
func TestErasingLosesNothingThatFollows(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	l.faultAlone("dave")
	l.erased("dave")
	l.wait(0)
	l.says("bob", "one", bonafide.Vouched, "")
}

func TestErasedWhoStandBehindNobodyLeaveNothing(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("dave")
	l.vouch("erin", "dave", 2, 60)
	l.erased("dave")
	require.False(t, l.kept("nobody"))
}

func TestErasingFailsWhole(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.Erasing = func(store.Tx, string, string) error { return http.ErrBodyNotAllowed }
	require.ErrorIs(t, l.Erase(t.Context(), "dave"), http.ErrBodyNotAllowed)
	l.says("dave", "three", bonafide.Earned, "three")
}

// BF-ISSUER-39
func TestExportHasWhatOthersHold(t *testing.T) {
	l := newLending(t, func(c *issuer.Config) {
		c.Exporting = func(_ store.Reader, member string) (any, error) { return map[string]string{"of": member}, nil }
	})
	l.earn("dave", 1000)
	require.Contains(t, l.get("/badges/export", "Test-Account", "dave").Body.String(), `"others":{"of":"dave"}`)
	held, err := l.Holding(t.Context(), "dave")
	require.NoError(t, err)
	require.Nil(t, held.Others)
}

// BF-ISSUER-40
func TestErasureReachesTheLedgerOfAnEarlierVersion(t *testing.T) {
	l := newLending(t)
	l.earn("dave", 1000)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.restart(nextVersion(t, func(m *bonafide.Mechanism) { m.Vouching, m.Faults = nil, nil }))
	_, err := l.Ledger("helper")
	requireCode(t, bonafide.NoVouching, err)
	l.erased("dave")
}
