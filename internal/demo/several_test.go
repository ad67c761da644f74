package demo

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/store"
	"bonafide.example/store/postgres"
)

// unmarked is a store on which nothing is kept in memory, so that what one server does the next knows at once.
type unmarked struct {
	store.Store
	store.Leader
}

// threeServers opens the stores of three servers over one new database.
func threeServers(t *testing.T) func(string) ([]store.Store, error) {
	return func(string) (stores []store.Store, err error) {
		address := pgtest.Start(t)
		for range 3 {
			s, err := postgres.Open(context.Background(), address)
			if err != nil {
				return stores, err
			}
			stores = append(stores, unmarked{s, s})
		}
		return stores, nil
	}
}

// TestSmokeOnSeveralServers has each site run on three servers over one database, which are asked in turn.
func TestSmokeOnSeveralServers(t *testing.T) {
	var said bytes.Buffer
	require.NoError(t, Smoke(t.Context(), &said, Config{Stores: threeServers(t)}), said.String())
}
