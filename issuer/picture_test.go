package issuer_test

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// suffixes are all that pictures have.
func suffixes() (all []string) {
	for _, size := range []string{"", ".card", ".preview", ".baked"} {
		for _, theme := range []string{"", ".dark"} {
			for _, lang := range []string{"", ".fr"} {
				all = append(all, size+theme+lang+".svg", size+theme+lang+".png")
			}
		}
	}
	return all
}

// BF-ISSUER-17, BF-ISSUER-28, BF-PRIVACY-3
func TestEveryPictureIsServed(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	seen := map[string]string{}
	for _, suffix := range suffixes() {
		answer := w.get(path+suffix, "Accept", "text/html")
		require.Equal(t, http.StatusOK, answer.Code, suffix)
		media, policy, cache := "image/svg+xml", "default-src 'none'", "public, max-age=300"
		if strings.HasSuffix(suffix, ".png") {
			media, policy = "image/png", policy+"; style-src 'unsafe-inline'"
		}
		if strings.Contains(suffix, "baked") {
			cache = "no-cache"
		}
		for name, want := range map[string]string{
			"Content-Type": media, "Cache-Control": cache, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
			"Set-Cookie": "", "Vary": "", "Access-Control-Allow-Origin": "*", "Content-Length": fmt.Sprint(answer.Body.Len()),
			"Last-Modified": start().Add(time.Second).Format(http.TimeFormat),
		} {
			require.Equal(t, want, answer.Header().Get(name), "%s %s", suffix, name)
		}
		require.Empty(t, seen[answer.Body.String()], suffix)
		seen[answer.Body.String()] = suffix

		head := w.do(w.handler, http.MethodHead, path+suffix, "")
		require.Equal(t, answer.Header(), head.Header(), suffix)
		require.Zero(t, head.Body.Len(), suffix)
		for name, value := range map[string]string{"If-None-Match": answer.Header().Get("ETag"), "If-Modified-Since": answer.Header().Get("Last-Modified")} {
			again := w.get(path+suffix, name, value)
			require.Equal(t, http.StatusNotModified, again.Code, suffix)
			require.Zero(t, again.Body.Len())
			require.Equal(t, cache, again.Header().Get("Cache-Control"))
		}
		part := w.get(path+suffix, "Range", "bytes=0-3")
		require.Equal(t, http.StatusPartialContent, part.Code)
		require.Equal(t, answer.Body.String()[:4], part.Body.String())
	}
	require.Equal(t, http.StatusNotFound, w.get(path+".preview.card.svg").Code)
}

func TestWhatCardsSay(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	card := func() string { return w.get(path + ".card.fr.svg").Body.String() }
	require.Contains(t, card(), "bazar.example\u00a0: 3 sur 3 · nov. 2026 · \u2068Mechanism seller (fr)\u2069 · pour \u2068alice\u2069")
	require.NotContains(t, w.get(path+".svg").Body.String(), "alice")
	_, err := w.PublishBadge(t.Context(), "seller", "alice", "Элис")
	require.NoError(t, err)
	require.Contains(t, card(), "Элис", "a new name is shown at once")
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	require.Contains(t, card(), "suspendu · \u2068Mechanism seller (fr)\u2069 · pour \u2068Элис\u2069")
	require.NoError(t, w.Restore(t.Context(), "alice"))
	require.Contains(t, card(), "3 sur 3")
	w.clock.add(61 * 24 * time.Hour)
	require.Contains(t, card(), "était 3 sur 3", "no event tells that it is old")
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	require.Contains(t, card(), "retiré")
	require.NotContains(t, card(), "Элис")
	require.NoError(t, w.Erase(t.Context(), "alice"))
	require.NotContains(t, card(), "Элис")
	require.Contains(t, w.get("/b/0000000000000000.card.svg").Body.String(), "<title>bazar.example: unknown</title>")
}

// flaky is a store that counts what is read, and fails when told.
type flaky struct {
	store.Store
	views atomic.Int64
	fails atomic.Bool
}

func (f *flaky) View(ctx context.Context, fn func(store.Reader) error) error {
	f.views.Add(1)
	if f.fails.Load() {
		return errors.New("the disk is on fire")
	}
	return f.Store.View(ctx, fn)
}

// markedFlaky is one that knows whether anything was written.
type markedFlaky struct {
	*flaky
	store.Marker
}

// A picture is read from the store once, and again once anything was written.
// BF-ISSUER-20
func TestPicturesFromMemory(t *testing.T) {
	for name, marked := range map[string]bool{"a store with marks": true, "one without": false} {
		t.Run(name, func(t *testing.T) {
			var f *flaky
			w := newWorld(t, func(c *issuer.Config) {
				f = &flaky{Store: c.Store}
				c.Store = f
				if marked {
					c.Store = markedFlaky{f, f.Store.(store.Marker)}
				}
			})
			w.rate("seller", "alice", true, true)
			path := w.publish("seller", "alice")
			first := w.get(path + ".svg").Body.String()
			before := f.views.Load()
			for range 10 {
				require.Equal(t, first, w.get(path+".svg").Body.String())
			}
			reads := map[bool]int64{true: 0, false: 10}[marked]
			require.Equal(t, reads, f.views.Load()-before)

			w.rate("seller", "alice", false)
			after := w.get(path + ".svg").Body.String()
			require.NotEqual(t, first, after)
			require.NoError(t, w.Suspend(t.Context(), "alice"))
			require.Contains(t, w.get(path+".svg").Body.String(), "suspended")
			require.NoError(t, w.Restore(t.Context(), "alice"))
			require.Equal(t, after, w.get(path+".svg").Body.String())
		})
	}
}

// What can't be read just now is drawn as unknown, and not kept.
// BF-ISSUER-18, BF-ISSUER-28
func TestPictureOfAFaultyStore(t *testing.T) {
	var f *flaky
	w := newWorld(t, func(c *issuer.Config) {
		f = &flaky{Store: c.Store}
		c.Store = f
	})
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	f.fails.Store(true)
	for _, suffix := range []string{".svg", ".card.png"} {
		answer := w.get(path+suffix, "Accept", "text/html")
		require.Equal(t, http.StatusOK, answer.Code)
		require.Regexp(t, "^image/", answer.Header().Get("Content-Type"))
		require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
		require.Empty(t, answer.Header().Get("Last-Modified"))
	}
	require.Contains(t, w.get(path+".svg").Body.String(), "unknown")
	require.Equal(t, http.StatusInternalServerError, w.get(path+".baked.png").Code, "nothing is baked from nothing")
	f.fails.Store(false)
	require.Contains(t, w.get(path+".svg").Body.String(), "3 of 3")
	require.Equal(t, "public, max-age=300", w.get(path+".svg").Header().Get("Cache-Control"))
}

// A new version of a mechanism may call it something else while no badge changes.
func TestPictureAfterRestart(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	modified := w.get(path + ".svg").Header().Get("Last-Modified")
	w.clock.add(time.Hour)
	require.Equal(t, http.StatusNotModified, w.get(path+".svg", "If-Modified-Since", modified).Code)
	w.restart()
	require.Equal(t, http.StatusOK, w.get(path+".svg", "If-Modified-Since", modified).Code)
}

// BF-ISSUER-49, BF-ISSUER-50
func TestBaked(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	baked := func(suffix string) string {
		token, err := badge.Unbake(w.get(path + suffix).Body.Bytes())
		require.NoError(t, err)
		return token
	}
	for _, suffix := range suffixes() {
		if strings.HasPrefix(suffix, ".baked") {
			require.Equal(t, w.get(path+".jwt").Body.String(), baked(suffix), suffix)
		} else {
			_, err := badge.Unbake(w.get(path + suffix).Body.Bytes())
			requireCode(t, bonafide.NotFound, err)
		}
	}
	size, err := png.DecodeConfig(w.get(path + ".baked.png").Body)
	require.NoError(t, err)
	require.Equal(t, [2]int{640, 336}, [2]int{size.Width, size.Height})

	before := baked(".baked.png")
	w.rate("seller", "alice", false)
	require.NotEqual(t, before, baked(".baked.png"))
	require.Equal(t, w.get(path+".jwt").Body.String(), baked(".baked.svg"), "what is signed now")
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	suspended := w.get(path + ".baked.svg")
	require.Contains(t, suspended.Body.String(), "suspended", "its picture doesn't look current, and its bit is set")
	for _, suffix := range []string{".baked.svg", ".baked.png"} {
		answer := w.get("/b/0000000000000000" + suffix)
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Contains(t, answer.Body.String(), `"code":"not-found"`)
	}
	require.NoError(t, w.Erase(t.Context(), "alice"))
	require.Equal(t, w.get(path+".jwt").Code, w.get(path+".baked.png").Code)
	require.Equal(t, http.StatusNotFound, w.get(path+".baked.png").Code)
}
