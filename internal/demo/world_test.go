package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

var silent = slog.New(slog.DiscardHandler)

// running returns a world that is served until the test ends.
func running(t *testing.T) *World {
	w, err := New(t.Context(), Config{Log: silent})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	serve(t, w.Run)
	return w
}

// serve runs something until the test ends; it must end well.
func serve(t *testing.T, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
}

func TestSmoke(t *testing.T) {
	var said bytes.Buffer
	require.NoError(t, Smoke(t.Context(), &said, Config{}), said.String())
	require.Equal(t, len(new(smoke).steps()), bytes.Count(said.Bytes(), []byte("\n")), said.String())
}

func TestThingsLeadSomewhere(t *testing.T) {
	w := running(t)
	control, err := NewControl(w, 0)
	require.NoError(t, err)
	serve(t, control.Run)
	var said bytes.Buffer
	w.Things(&said, control.Origin, "bonafide")
	addresses := regexp.MustCompile(`http://\S+\b`).FindAllString(said.String(), -1)
	for _, address := range []string{string(w.Bazar.Origin), string(w.Outils.Origin), string(control.Origin), w.Alice, string(w.Outils.Origin) + "/import?badge=" + w.Alice} {
		require.Contains(t, addresses, address)
	}
	b := newBrowser()
	for _, address := range addresses {
		require.NoError(t, b.open(t.Context(), address))
		require.Equal(t, http.StatusOK, b.status, address)
	}
}

func TestControl(t *testing.T) {
	w := running(t)
	control, err := NewControl(w, 0)
	require.NoError(t, err)
	serve(t, control.Run)
	b := newBrowser()
	page := func() {
		require.NoError(t, b.open(t.Context(), string(control.Origin)))
		require.Equal(t, http.StatusOK, b.status)
	}
	press := func(button string) {
		page()
		require.NoError(t, b.submit(t.Context(), "/"+button, nil))
		require.Equal(t, http.StatusOK, b.status, "%s: %s", button, b.body)
		require.True(t, b.says("Done: "), button)
	}
	shows := func(badge, words string) {
		require.NoError(t, inTurn(t.Context(), opens(b, badge+".svg"), sees(b, words)))
	}
	pictured := func(words string) { shows(w.Alice, words) }
	costs := func(amount, healed int64) {
		require.NoError(t, signsIn(b, w.Bazar, bob)(t.Context()))
		require.NoError(t, (&smoke{World: w}).costs(b, amount, healed)(t.Context()))
	}
	pressed := map[string]bool{}
	for _, c := range []struct {
		button string
		then   func()
	}{
		{"rate/bad", func() { pictured("3 of 5") }},
		{"rate/good", func() { pictured("4 of 5") }},
		{"suspend", func() { pictured("suspended") }},
		{"restore", func() { pictured("4 of 5") }},
		{"vouch/bob", func() { shows(w.Neighbours[bob.Name], "2 of 4 · vouched") }},
		{"vouch/carol", func() { shows(w.Neighbours[carol.Name], "1 of 4 · vouched") }},
		{"fault", func() { require.Equal(t, time.Minute, ahead(w)) }},
		{"contest", func() { costs(0, 0) }},
		{"uphold", func() { costs(20, 0) }},
		{"minutes", func() { require.Equal(t, 7*time.Minute, ahead(w)) }},
		{"day", func() { require.Equal(t, 24*time.Hour+7*time.Minute, ahead(w)) }},
		{"week", func() { require.Equal(t, 8*24*time.Hour+7*time.Minute, ahead(w)) }},
		{"months", func() { costs(20, 10) }},
		{"reverse", func() { costs(0, 0) }},
		{"away", func() {
			require.True(t, b.says("Bazar is away."))
			require.ErrorIs(t, b.open(t.Context(), w.Alice), io.EOF, "the connection isn't cut")
			require.NoError(t, b.open(t.Context(), string(w.Outils.Origin)))
		}},
		{"back", func() {
			require.False(t, b.says("Bazar is away."))
			pictured("4 of 5")
		}},
	} {
		press(c.button)
		c.then()
		pressed[c.button] = true
	}
	page()
	for form := range b.page.Descendants() {
		if form.Data == "form" {
			require.True(t, pressed[attr(form, "action")[1:]], "%s isn't tried here", attr(form, "action"))
		}
	}
	require.NoError(t, b.open(t.Context(), string(control.Origin)+"/?done=title"))
	require.False(t, b.says("Done: "), "title is no button")
	require.NoError(t, b.open(t.Context(), string(control.Origin)+"/?lang=fr"))
	require.True(t, b.says("Un jour passe"))
}

// ahead returns how far the clock was moved on.
func ahead(w *World) time.Duration { return time.Duration(w.Clock.ahead.Load()) }

func TestNothingRemains(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w, err := New(t.Context(), Config{Port: need.Ports(t, 2), Log: silent})
	require.NoError(t, err)
	require.DirExists(t, w.folder)
	require.NoError(t, w.Close())
	requireNothing(t, w.Bazar.Origin, w.Outils.Origin)
}

// requireNothing requires an empty temporary folder and free ports.
func requireNothing(t *testing.T, origins ...bonafide.Origin) {
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)
	for _, origin := range origins {
		listener, err := net.Listen("tcp", regexp.MustCompile(`^.*:`).ReplaceAllString(string(origin), "127.0.0.1:"))
		require.NoError(t, err)
		require.NoError(t, listener.Close())
	}
}

func TestPortTaken(t *testing.T) {
	port := need.Ports(t, 2)
	second, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
	require.NoError(t, err)
	defer second.Close()
	t.Setenv("TMPDIR", t.TempDir())
	_, err = New(t.Context(), Config{Port: port, Log: silent})
	require.ErrorContains(t, err, second.Addr().String()+": bind: address already in use")
	requireNothing(t, bonafide.Origin(fmt.Sprintf("http://bazar.localhost:%d", port)))
}
