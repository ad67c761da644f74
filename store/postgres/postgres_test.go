package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/store"
	"bonafide.example/store/postgres"
	"bonafide.example/store/storetest"
)

// open opens a store at the address; the test closes it.
func open(t testing.TB, address string) *postgres.Store {
	s, err := postgres.Open(context.Background(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, pgtest.Start(t)) })
}

// TestContractOfSeveral: two stores that are open on one database honour the contract together.
func TestContractOfSeveral(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		address := pgtest.Start(t)
		return storetest.Shared(open(t, address), open(t, address))
	})
}

func put(s store.Store, key string) error {
	return s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte(key), []byte("value")) })
}

// TestCounts: of two updates that can't both have come first, one runs again.
func TestCounts(t *testing.T) {
	s := open(t, pgtest.Start(t))
	before := s.Counts()
	require.NoError(t, s.Update(t.Context(), func(tx store.Tx) error {
		if s.Counts().Reruns == before.Reruns { // another writes what this one has read
			if _, err := tx.Get([]byte("a")); err != nil {
				return err
			}
			require.NoError(t, put(s, "a"))
		}
		return tx.Put([]byte("a"), []byte("mine"))
	}))
	require.Equal(t, []string{"a"}, keys(t, s))
	after := s.Counts()
	require.Equal(t, store.Counts{Views: 1, Updates: 2, Commits: 2, Reruns: 1}, store.Counts{
		Views: after.Views - before.Views, Updates: after.Updates - before.Updates, Commits: after.Commits - before.Commits,
		Reruns: after.Reruns - before.Reruns, Failed: after.Failed - before.Failed,
	})
}

// keys returns all keys of the store.
func keys(t testing.TB, s store.Store) (keys []string) {
	require.NoError(t, s.View(context.Background(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
			keys = append(keys, string(key))
			return true, nil
		})
	}))
	return keys
}
