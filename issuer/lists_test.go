package issuer

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
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

	now = now.Add(-bonafide.Leeway)
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
	now = now.Add(-bonafide.Leeway)
	i.lists.of(1).signed = signedList{generation: -1, at: unkept.at, list: unkept.list}
	back, _ = get()
	require.False(t, back.list.ValidFrom.Before(unkept.list.ValidFrom), "while the server runs it knows")

	now = now.Add(-time.Second)
	mended, _ := get()
	require.Equal(t, now, mended.list.ValidFrom, "what nobody takes yet isn't followed: the clock was ahead")
}

// Bits that were read aren't read again, and are the same as if they were; also those of a store from before each
// generation told its bit.
func TestBitsAreFollowed(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	var revoked []int
	revoke := func(entries int) {
		for range entries {
			e := i.take(t, badgeList)
			index, err := e.Position()
			require.NoError(t, err)
			revoked = append(revoked, index)
			require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error { return i.revoke(tx, e) }))
		}
	}
	follow := func(k knownBits) (later knownBits, read int) {
		require.NoError(t, i.Store.View(t.Context(), func(r store.Reader) (err error) {
			counting := &scanned{Reader: r}
			later, err = k.follow(counting, 1, int64(len(revoked)))
			read = counting.keys
			return err
		}))
		for _, index := range revoked {
			set, err := later.bits.Get(index)
			require.NoError(t, err)
			require.True(t, set)
		}
		return later, read
	}
	revoke(10)
	first, read := follow(knownBits{})
	require.Equal(t, 10, read)
	revoke(3)
	later, read := follow(first)
	require.Equal(t, 3, read)
	require.Equal(t, int64(10), first.generation, "what was known before stays as it was")
	revoke(2)
	require.NoError(t, i.Store.Update(t.Context(), func(tx store.Tx) error { return tx.Delete(setKey(1, 14)) }))
	_, read = follow(later)
	require.Equal(t, 1+15, read, "one isn't told of, so all are read")
}

// scanned counts the keys that are scanned.
type scanned struct {
	store.Reader
	keys int
}

func (s *scanned) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	return s.Reader.Scan(r, func(key, value []byte) (bool, error) {
		s.keys++
		return fn(key, value)
	})
}

// A list is served from memory while nothing is written, and says when it is the same as before.
func TestListIsServedFromMemory(t *testing.T) {
	var now time.Time
	i := listing(t, &now)
	i.take(t, badgeList)
	views := &viewed{Store: i.Store}
	i.Store = views
	get := func(etag string) *httptest.ResponseRecorder {
		answer, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/status/1.jwt", nil)
		if etag != "" {
			request.Header.Set("If-None-Match", etag)
		}
		i.Handler().ServeHTTP(answer, request)
		return answer
	}
	first := get("")
	require.Equal(t, http.StatusOK, first.Code)
	get("")
	before := views.count
	again := get("")
	require.Equal(t, before, views.count)
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Equal(t, http.StatusNotModified, get(first.Header().Get("ETag")).Code)
	i.take(t, badgeList)
	get("")
	require.Greater(t, views.count, before)
	for _, number := range []string{"2", "0", "-1", "01", "x"} {
		answer := httptest.NewRecorder()
		i.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/status/"+number, nil))
		require.Equal(t, http.StatusNotFound, answer.Code, number)
	}
	require.Len(t, i.lists.all, 1, "numbers that are no lists are forgotten")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := i.signedList(gone, 3)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, i.lists.all, 1, "those that can't be looked up, too")
}

// viewed counts how often a store is read.
type viewed struct {
	store.Store
	count int
}

func (v *viewed) View(ctx context.Context, fn func(store.Reader) error) error {
	v.count++
	return v.Store.View(ctx, fn)
}

func (v *viewed) Mark() uint64 { return v.Store.(store.Marker).Mark() }

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

// TestListsOfSeveralServers: two servers on one store serve the same list, whichever signed it.
func TestListsOfSeveralServers(t *testing.T) {
	var now time.Time
	one := listing(t, &now)
	other, err := New(one.Config)
	require.NoError(t, err)
	serve := func(i *Issuer) signedList {
		signed, err := i.signedList(t.Context(), 1)
		require.NoError(t, err)
		return signed
	}
	e := one.take(t, badgeList)
	for _, change := range []func(){
		func() {},
		func() { now = now.Add(time.Minute) },
		func() {
			require.NoError(t, one.Store.Update(t.Context(), func(tx store.Tx) error { return one.revoke(tx, e) }))
		},
		func() { now = now.Add(bonafide.StatusListTTL) },
	} {
		change()
		first := serve(other)
		second := serve(one)
		require.Equal(t, first.token, second.token)
		require.Equal(t, first.list, second.list)
		require.Equal(t, first.token, serve(other).token)
		one, other = other, one
	}

	before := serve(one)
	now = now.Add(10 * time.Second)
	restarted, err := New(one.Config)
	require.NoError(t, err)
	anew := serve(restarted)
	require.NotEqual(t, before.token, anew.token, "a server that was restarted may have another key")
	require.Equal(t, anew.token, serve(one).token, "which the others follow")
}

// TestListsNeverGoBack: a server that hasn't heard yet of what another signed serves that all the same.
func TestListsNeverGoBack(t *testing.T) {
	var now time.Time
	one := listing(t, &now)
	e := one.take(t, badgeList)
	one.Store = unaware{Store: one.Store}
	other, err := New(one.Config)
	require.NoError(t, err)
	before, err := other.signedList(t.Context(), 1)
	require.NoError(t, err)
	now = now.Add(time.Second)
	require.NoError(t, one.Store.Update(t.Context(), func(tx store.Tx) error { return one.revoke(tx, e) }))
	first, err := one.signedList(t.Context(), 1)
	require.NoError(t, err)
	require.NotEqual(t, before.token, first.token)
	second, err := other.signedList(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, first.token, second.token)
}

// unaware is a store of several servers, which hear nothing of each other for now.
type unaware struct {
	store.Store
	store.Leader
}

func (unaware) Mark() uint64 { return 1 }
