package site_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
)

// led is a store of which one site at a time is let lead.
type led struct {
	*bolt.Store
	lead chan string // holds the name of what is led
}

func (l led) Lead(ctx context.Context, name string, fn func(context.Context) error) error {
	select {
	case l.lead <- name:
		defer func() { <-l.lead }()
		return fn(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// one makes a site on the store, one of several, and runs it until the function returned is called.
func one(t *testing.T, shared led, keys site.Keys) (made *site.Site, end func()) {
	made, err := site.New(site.Config{
		Origin: "https://bazar.example", Keys: keys, Store: shared, Issues: true, Verifies: true, Log: slog.New(slog.DiscardHandler),
		SignIn: bonafide.SignIn{
			Account: func(*http.Request) (bonafide.Account, bool) { return bonafide.Account{}, false },
			Address: func(string) string { return "/" },
		},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- made.Run(ctx) }()
	return made, func() {
		cancel()
		require.NoError(t, <-ended)
	}
}

// TestTheLeaderHears: what one of two sites on a store leaves to be done at once the one that leads does, long before it would
// look by itself, and the other takes over once that one ends.
func TestTheLeaderHears(t *testing.T) { synctest.Test(t, leaderHears) }

// leaderHears goes by a clock that stands while anybody works, so that no machine is too slow for it.
func leaderHears(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	keys, err := site.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)
	shared := led{db, make(chan string, 1)}
	run := func() (made *site.Site, end func()) { return one(t, shared, keys) }
	done := func() bool {
		waiting := true
		err := db.View(t.Context(), func(r store.Reader) error {
			waiting = false
			return r.Scan(store.Prefix(store.Key("i", "touched")), func([]byte, []byte) (bool, error) {
				waiting = true
				return false, nil
			})
		})
		return err == nil && !waiting
	}
	leave := func(by *site.Site) {
		require.NoError(t, db.Update(t.Context(), func(tx store.Tx) error { return by.Issuer.Follow(tx, "seller", "ann") }))
		require.Eventually(t, done, 10*time.Second, 10*time.Millisecond, "without being told it looks four times a minute")
	}
	_, endOne := run()
	synctest.Wait()
	require.Len(t, shared.lead, 1)
	other, endOther := run()
	leave(other)
	leave(other)
	endOne()
	leave(other)
	endOther()
}

// TestEachServerTakesUpKeys: a server that doesn't lead, too, publishes what was done to the key folder.
func TestEachServerTakesUpKeys(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	folder := filepath.Join(t.TempDir(), "keys")
	keys, err := site.OpenKeys(folder)
	require.NoError(t, err)
	shared := led{db, make(chan string, 1)}
	shared.lead <- "another server"
	beside, err := keyfolder.Open(keyfolder.Config{Path: folder})
	require.NoError(t, err)
	stolen := beside.Keys()[0].Thumbprint()
	signs, err := beside.Compromise(t.Context(), stolen)
	require.NoError(t, err)

	follower, end := one(t, shared, keys)
	published := func() string {
		w := httptest.NewRecorder()
		follower.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://bazar.example/.well-known/did.json", nil))
		return w.Body.String()
	}
	require.Eventually(t, func() bool { return strings.Contains(published(), signs.Thumbprint()) }, time.Minute, 10*time.Millisecond)
	require.NotContains(t, published(), stolen)
	end()
}
