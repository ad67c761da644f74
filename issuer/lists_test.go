package issuer

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// listing is an issuer without mechanisms, over a store of its own, at a time that tests set.
func listing(t *testing.T, now *time.Time) *Issuer {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	*now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	i, err := New(Config{
		Origin: "https://bazar.example", Name: "Bazar", Store: s, Signer: key, Now: func() time.Time { return *now },
		SignIn: bonafide.SignIn{Account: func(*http.Request) (bonafide.Account, bool) { return bonafide.Account{}, false }},
	})
	require.NoError(t, err)
	return i
}

func (i *Issuer) take(t *testing.T, purpose listPurpose) (e bonafide.StatusEntry) {
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) (err error) {
		e, err = i.allocate(tx, purpose, "owner")
		return err
	}))
	return e
}

// BF-ISSUER-31, BF-ISSUER-33
func TestAListFillsUp(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	first := i.take(t, badgeList)
	require.Equal(t, "https://bazar.example/status/1", first.Credential)
	require.Equal(t, "https://bazar.example/status/2", i.take(t, statementList).Credential, "statements have lists of their own")
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error {
		return store.PutJSON(tx, listKey(1), listRecord{Purpose: badgeList, Taken: listCapacity - 1})
	}))
	require.Equal(t, "https://bazar.example/status/1", i.take(t, badgeList).Credential)
	require.Equal(t, "https://bazar.example/status/3", i.take(t, badgeList).Credential)
	require.Equal(t, "https://bazar.example/status/2", i.take(t, statementList).Credential)
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error { return i.revoke(tx, first) }), "of the full list too")
	_, err := i.signedList(t.Context(), 4)
	require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err))
}

// BF-ISSUER-31
func TestEntriesAreSpread(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	before := i.take(t, badgeList).Credential
	i.OpenLists = 3
	taken := map[listPurpose]map[string]bool{badgeList: {}, statementList: {}}
	for range 100 { // that a list is never taken from has a chance of (2/3)^100
		for purpose, lists := range taken {
			lists[i.take(t, purpose).Credential] = true
		}
	}
	require.Len(t, taken[badgeList], 3)
	require.Len(t, taken[statementList], 3)
	require.True(t, taken[badgeList][before], "what was open stays so")
	for list := range taken[badgeList] {
		require.NotContains(t, taken[statementList], list)
	}
}

// BF-ISSUER-30, BF-ISSUER-32
func TestIndexesAreRandom(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	indexes := map[string]bool{}
	halves := 0
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error {
		clear(indexes)
		halves = 0
		for range 1000 {
			e, err := i.allocate(tx, badgeList, "owner")
			if err != nil {
				return err
			}
			index, err := e.Position()
			if err != nil {
				return err
			}
			indexes[e.Index] = true
			if index >= bonafide.MinListSize/2 {
				halves++
			}
		}
		return nil
	}))
	require.Len(t, indexes, 1000)
	require.InDelta(t, 500, halves, 150) // nine standard deviations
}

// BF-ISSUER-34, BF-ISSUER-35
func TestListIsSignedAnew(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	e := i.take(t, badgeList)
	index, err := e.Position()
	require.NoError(t, err)
	get := func() (signed signedList, bit bool) {
		signed, err := i.signedList(t.Context(), 1)
		require.NoError(t, err)
		require.NoError(t, signed.list.Check(i.Origin, e.Credential, signed.list.ValidFrom))
		require.Equal(t, 72*time.Hour, signed.list.ValidUntil.Sub(signed.list.ValidFrom))
		bits, err := signed.list.Bits()
		require.NoError(t, err)
		bit, err = bits.Get(index)
		require.NoError(t, err)
		return signed, bit
	}
	first, bit := get()
	require.False(t, bit)
	now = now.Add(time.Minute)
	again, _ := get()
	require.Equal(t, first.token, again.token, "kept while nothing changes")

	failed := errors.New("rolled back")
	require.ErrorIs(t, i.Store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(i.revoke(tx, e), failed)
	}), failed)
	_, bit = get()
	require.False(t, bit)

	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error { return errors.Join(i.revoke(tx, e), i.revoke(tx, e)) }))
	revoked, bit := get()
	require.True(t, bit)
	now = now.Add(3 * time.Minute)
	later, bit := get()
	require.True(t, bit)
	require.NotEqual(t, revoked.token, later.token, "signed anew before its ttl is over")

	now = now.Add(-time.Hour)
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error { return i.revoke(tx, mustTake(tx, i)) }))
	back, _ := get()
	require.False(t, back.list.ValidFrom.Before(later.list.ValidFrom), "validFrom never goes back")
	i.lists = newLists()
	back, _ = get()
	require.False(t, back.list.ValidFrom.Before(later.list.ValidFrom), "nor does a restart let it")

	now = now.Add(2 * time.Hour)
	i.lists = newLists()
	i.Store = readOnly{i.Store}
	unkept, _ := get()
	require.Equal(t, now, unkept.list.ValidFrom, "a store that can't be written doesn't end the lists")
	now = now.Add(-30 * time.Minute)
	i.lists.signed[1] = signedList{generation: -1, at: unkept.at, list: unkept.list}
	back, _ = get()
	require.False(t, back.list.ValidFrom.Before(unkept.list.ValidFrom), "while the server runs it knows")

	now = now.Add(-10 * 24 * time.Hour)
	i.lists = newLists()
	mended, _ := get()
	require.Equal(t, now, mended.list.ValidFrom, "a clock that was days ahead isn't followed")
}

// readOnly is a store on a full disk.
type readOnly struct{ store.Store }

func (readOnly) Update(context.Context, func(store.Tx) error) error {
	return errors.New("no space left")
}

func mustTake(tx store.Tx, i *Issuer) bonafide.StatusEntry {
	e, err := i.allocate(tx, badgeList, "other")
	if err != nil {
		panic(err)
	}
	return e
}

func TestRevokeRefusesForeignEntries(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	for _, address := range []string{"https://other.example/status/1", "https://bazar.example/status/7", "https://bazar.example/status/x"} {
		err := i.Store.Update(context.Background(), func(tx store.Tx) error {
			return i.revoke(tx, bonafide.NewStatusEntry("urn:uuid:x", address, 1))
		})
		require.ErrorContains(t, err, "no list of this issuer")
	}
}
