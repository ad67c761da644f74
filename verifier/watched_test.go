package verifier_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// keepsLog gives the issuer a public log with so many entries, of which the first are told from another log's by what.
func (f *fakeIssuer) keepsLog(key bonafide.Signer, entries int, what string) {
	kept, err := bolt.Open(filepath.Join(f.t.TempDir(), "store"))
	require.NoError(f.t, err)
	f.t.Cleanup(func() { require.NoError(f.t, kept.Close()) })
	log, err := publiclog.New(f.t.Context(), publiclog.Config{Origin: f.origin, Store: kept, Key: key, Now: func() time.Time { return time.Unix(1_795_000_000, 0) }, Log: slog.New(slog.DiscardHandler)})
	require.NoError(f.t, err)
	require.NoError(f.t, kept.Update(f.t.Context(), func(tx store.Tx) error {
		for n := range entries {
			if err := log.Note(tx, publiclog.Table, fmt.Sprintf("%s/%d", f.origin, n), publiclog.HashOfBytes(what)); err != nil {
				return err
			}
		}
		return nil
	}))
	mux := http.NewServeMux()
	answer := func(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if serve(w, r) != nil {
				http.NotFound(w, r)
			}
		}
	}
	mux.HandleFunc("GET /log/checkpoint", answer(log.ServeCheckpoint))
	mux.HandleFunc("GET /log/tile/{tile...}", answer(log.ServeTile))
	f.tell(func() { f.log, f.logFiles = log.Metadata(), mux })
}

// watches returns what is remembered of the issuer's log.
func (w *world) watches() verifier.Watched {
	all, err := w.WatchedLogs(w.t.Context())
	require.NoError(w.t, err)
	require.Len(w.t, all, 1)
	return all[0]
}

// BF-LOG-11, BF-LOG-12, BF-LOG-13: a log that isn't what it was stops what is new, not what is held, until it is approved.
func TestWatchedLog(t *testing.T) {
	for name, c := range map[string]struct {
		then    func(f *fakeIssuer, key bonafide.Signer)
		fault   bonafide.Code
		against bool
		mended  bool // by going back to what it was
	}{
		"grown":         {then: func(f *fakeIssuer, key bonafide.Signer) { f.keepsLog(key, 300, "a") }},
		"rolled back":   {func(f *fakeIssuer, key bonafide.Signer) { f.keepsLog(key, 3, "a") }, bonafide.LogRolledBack, true, false},
		"forked":        {func(f *fakeIssuer, key bonafide.Signer) { f.keepsLog(key, 5, "b") }, bonafide.LogForked, true, false},
		"another, long": {func(f *fakeIssuer, key bonafide.Signer) { f.keepsLog(key, 300, "b") }, bonafide.LogForked, true, false},
		"gone":          {func(f *fakeIssuer, key bonafide.Signer) { f.tell(func() { f.log = nil }) }, bonafide.LogRolledBack, false, true},
		"no checkpoint": {func(f *fakeIssuer, key bonafide.Signer) { f.tell(func() { f.logFiles = http.NotFoundHandler() }) }, bonafide.BadLog, false, true},
		"another key": {func(f *fakeIssuer, key bonafide.Signer) {
			before := f.log
			other, err := seal.GenerateEdwardsKey()
			require.NoError(f.t, err)
			f.keepsLog(other, 5, "a")
			f.tell(func() { f.log = before })
		}, bonafide.UnknownKey, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			key, err := seal.GenerateEdwardsKey()
			require.NoError(t, err)
			w.issuer.keepsLog(key, 5, "a")
			log, files := w.issuer.log, w.issuer.logFiles
			w.browser("alice").imports()
			w.runDue()
			first := w.watches()
			require.Empty(t, first.Fault)
			asked := w.issuer.count("/log/checkpoint")
			w.clock.Move(time.Hour)
			w.runDue()
			require.Equal(t, asked, w.issuer.count("/log/checkpoint"), "once a day is enough")

			c.then(w.issuer, key)
			w.clock.Move(24 * time.Hour)
			w.runDue()
			now := w.watches()
			require.Equal(t, c.fault, now.Fault)
			require.Equal(t, c.against, now.Against != "")
			if c.fault == "" {
				require.NotEqual(t, first.Checkpoint, now.Checkpoint)
				w.browser("bob").begin()
				return
			}
			require.Equal(t, first.Checkpoint, now.Checkpoint, "what was remembered stays")
			require.Equal(t, 2, w.converted("alice").Level, "what is held counts on")
			refused := w.browser("bob").post("/import/start", "issuer", string(w.issuer.origin))
			require.Contains(t, refused.body, string(c.fault))

			w.issuer.tell(func() { w.issuer.log, w.issuer.logFiles = log, files })
			w.clock.Move(24 * time.Hour)
			w.runDue()
			require.Equal(t, c.mended, w.watches().Fault == "", "two stories stay two")
			if c.mended {
				return
			}
			before, err := w.ApproveLog(t.Context(), w.issuer.origin)
			require.NoError(t, err)
			require.Equal(t, now.Against, before.Against)
			w.runDue()
			require.Empty(t, w.watches().Fault)
			w.browser("bob").begin()
			_, err = w.ApproveLog(t.Context(), w.issuer.origin)
			require.Equal(t, bonafide.NotFound, bonafide.CodeOf(err))
		})
	}
}

// An issuer without a log is like any other, and one that can't be had is asked again in an hour.
func TestNoLogToWatch(t *testing.T) {
	w := newWorld(t)
	w.runDue()
	all, err := w.WatchedLogs(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	w.browser("alice").imports()

	key, err := seal.GenerateEdwardsKey()
	require.NoError(t, err)
	w.issuer.keepsLog(key, 5, "a")
	w.clock.Move(25 * time.Hour)
	w.issuer.tell(func() { w.issuer.silent = true })
	w.runDue()
	w.issuer.tell(func() { w.issuer.silent = false })
	w.runDue()
	all, err = w.WatchedLogs(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	w.clock.Move(time.Hour)
	w.runDue()
	require.Empty(t, w.watches().Fault)
}
