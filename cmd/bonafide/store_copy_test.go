package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/site"
	"bonafide.example/store"
)

// TestCopyWaitsForNoServer: what a server goes on writing would be missing from the copy.
func TestCopyWaitsForNoServer(t *testing.T) {
	address := pgtest.Start(t)
	server, err := openStore(address)
	require.NoError(t, err)
	defer server.Close()
	other, err := openStore(address)
	require.NoError(t, err)
	defer other.Close()
	called := false
	call := func(context.Context) error { called = true; return nil }
	require.NoError(t, server.(store.Leader).Lead(t.Context(), site.LeadName, func(ctx context.Context) error {
		require.ErrorContains(t, alone(t.Context(), other, call), "a server runs on the store")
		return nil
	}))
	require.False(t, called)
	require.NoError(t, alone(t.Context(), other, call))
	require.True(t, called)
}

func TestNamesOfStoresHoldNoSecret(t *testing.T) {
	require.Equal(t, "the database db.example:5432/shop", nameOfStore("postgres://ann:hush@db.example:5432/shop?password=hush"))
	require.Equal(t, `the store "shop.db"`, nameOfStore("shop.db"))
}
