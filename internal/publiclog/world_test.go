package publiclog_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

const here bonafide.Origin = "https://bazar.example"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// keeper is a site that keeps a log, and what its readers get of it.
type keeper struct {
	testing.TB
	*publiclog.Log
	config publiclog.Config
	lies   map[string]func([]byte) []byte // what it answers in place of the truth, by path
	asked  []string                       // the paths that readers asked for
}

func newKey(t testing.TB) *seal.PrivateKey {
	key, err := seal.GenerateEdwardsKey()
	require.NoError(t, err)
	return key
}

func newKeeper(t testing.TB, key bonafide.Signer) *keeper {
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	k := &keeper{TB: t, lies: map[string]func([]byte) []byte{}, config: publiclog.Config{
		Origin: here, Store: kept, Key: key, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	}}
	k.start()
	return k
}

func (k *keeper) start() {
	var err error
	k.Log, err = publiclog.New(k.Context(), k.config)
	require.NoError(k, err)
}

// note enters so many statements, each its own, in one transaction.
func (k *keeper) note(from, to int) {
	require.NoError(k, k.Store.Update(k.Context(), func(tx store.Tx) error {
		for n := from; n < to; n++ {
			if err := k.Note(tx, publiclog.Mechanism, fmt.Sprintf("%s/mechanisms/m/v/%d", here, n), publiclog.HashOfBytes(fmt.Sprint(n))); err != nil {
				return err
			}
		}
		return nil
	}))
}

// get answers a path as the site does, or lies.
func (k *keeper) get(_ context.Context, address, media string) ([]byte, error) {
	path := strings.TrimPrefix(address, string(here))
	k.asked = append(k.asked, path)
	answer := k.answer(path)
	if answer.Code != http.StatusOK {
		return nil, bonafide.Errorf(bonafide.NotFound, address, "answers with status %d", answer.Code)
	}
	require.Equal(k, media, strings.Split(answer.Header().Get("Content-Type"), ";")[0])
	body := answer.Body.Bytes()
	if lie := k.lies[path]; lie != nil {
		body = lie(body)
	}
	return body, nil
}

func (k *keeper) answer(path string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	answer := func(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				http.Error(w, err.Error(), bonafide.CodeOf(err).Meaning().Status)
			}
		}
	}
	mux.HandleFunc("GET /log/checkpoint", answer(k.ServeCheckpoint))
	mux.HandleFunc("GET /log/tile/{tile...}", answer(k.ServeTile))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func (k *keeper) source() *publiclog.Source {
	return &publiclog.Source{Origin: here, LogMetadata: *k.Metadata(), Get: k.get}
}

// now is the checkpoint as a reader opens it.
func (k *keeper) now() *publiclog.Checkpoint {
	c, err := k.source().Checkpoint(k.Context())
	require.NoError(k, err)
	return c
}

// read returns the numbers and addresses of the entries from the one on.
func (k *keeper) read(from int64) (lines []string, err error) {
	s := k.source()
	at, err := s.Checkpoint(k.Context())
	if err != nil {
		return nil, err
	}
	err = s.Entries(k.Context(), at, from, func(n int64, e publiclog.Entry) error {
		lines = append(lines, fmt.Sprint(n, " ", strings.TrimPrefix(e.Address, string(here))))
		return nil
	})
	return lines, err
}
