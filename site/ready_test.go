package site_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

func TestReadyz(t *testing.T) {
	p, b := alone(t, true, true), newBrowser(t, "")
	p.Store = broken{p.Store}
	a := b.get(p, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, a.StatusCode)
	require.Equal(t, bonafide.Unavailable, a.code)
	require.NotContains(t, a.body, "EOF")
	require.Equal(t, http.StatusOK, b.get(p, "/livez").StatusCode, "the process itself lives")
}

// full is a store on a full disk, while it is.
type full struct {
	store.Store
	is     bool
	writes int
}

var errFull = errors.New("no space left on device")

func (f *full) Update(ctx context.Context, fn func(store.Tx) error) error {
	f.writes++
	if f.is {
		return errFull
	}
	return f.Store.Update(ctx, fn)
}

// readiness asks the administration.
func (p *place) readiness(good bool) site.Readiness {
	w := httptest.NewRecorder()
	p.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/admin/readiness", nil))
	require.Equal(p, http.StatusOK, w.Code)
	ready, err := bonafide.Parse[site.Readiness](w.Body.Bytes())
	require.NoError(p, err)
	require.Equal(p, good, ready.Ready)
	return ready
}

func TestReadinessTriesToWrite(t *testing.T) {
	clock := newClock()
	p, b := open(t, clock, "alone", func(c *site.Config) { c.Verifies = true }), newBrowser(t, "")
	var log bytes.Buffer
	p.Site.Log = slog.New(slog.NewTextHandler(&log, nil))
	disk := &full{Store: p.Store}
	p.Store = disk
	for range 3 {
		require.Equal(t, http.StatusOK, b.get(p, "/readyz").StatusCode)
	}
	require.Equal(t, 1, disk.writes, "whoever asks doesn't wear out the disk")

	disk.is = true
	clock.Move(10 * time.Second)
	for range 3 {
		a := b.get(p, "/readyz")
		require.Equal(t, http.StatusServiceUnavailable, a.StatusCode)
		require.NotContains(t, a.body, "space")
	}
	require.Equal(t, 2, disk.writes)
	require.Equal(t, []site.Check{{Name: "ending", Good: true}, {Name: "clock", Good: true}, {Name: "store", Says: errFull.Error()}}, p.readiness(false).Checks)

	disk.is = false
	clock.Move(time.Second)
	p.readiness(true) // soon after it is mended
	require.Equal(t, http.StatusOK, b.get(p, "/readyz").StatusCode)
	require.Equal(t, 1, strings.Count(log.String(), "not ready"), "said once, not at each question")
	require.Equal(t, 1, strings.Count(log.String(), "ready again"))
	clock.Move(-time.Hour)
	require.Equal(t, http.StatusOK, b.get(p, "/readyz").StatusCode)
	require.Equal(t, 4, disk.writes, "a clock that is set back doesn't put it off")
}

func TestReadinessOfTheClock(t *testing.T) {
	clock := newClock()
	p := open(t, clock, "alone", func(c *site.Config) { c.Verifies, c.Built = true, clock.Now() })
	p.readiness(true)
	clock.Move(-time.Second)
	ready := p.readiness(false)
	require.Contains(t, ready.Checks[1].Says, "the clock: says 2026-11-22T08:59:59Z, and this program was built on 2026-11-22T09:00:00Z")
}

// Who is about to end says so, and goes on answering.
func TestDrain(t *testing.T) {
	p, b := alone(t, true, true), newBrowser(t, "")
	require.False(t, b.get(p, "/").Close)
	p.Drain()
	require.Equal(t, http.StatusServiceUnavailable, b.get(p, "/readyz").StatusCode)
	require.Equal(t, site.Check{Name: "ending", Says: "this server is about to end"}, p.readiness(false).Checks[0])
	home := b.get(p, "/")
	require.Equal(t, http.StatusOK, home.StatusCode)
	require.True(t, home.Close, "its connections go elsewhere")
	require.Equal(t, http.StatusOK, b.get(p, "/livez").StatusCode)
}
