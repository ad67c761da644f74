package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/internal/demo"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// hostile is a member's id, and words of a report, that would be more than text if they weren't shown as it.
const hostile = `<img src=x onerror=alert(1)>"'&{{.}} ` + "\u00e9"

// world is the demonstration's, with a hostile member, a contested fault and a reported badge at bazar.
type world struct {
	*demo.World
	casePath, complaintPath string // in the console
}

func run(t *testing.T) world {
	w, err := demo.New(t.Context(), demo.Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, w.Close())
	})
	now := w.Clock.Now()
	_, err = w.Bazar.Issuer.Record(t.Context(), issuer.Event{ID: hostile + "1", Member: hostile, Mechanism: "seller", Kind: "rating", Positive: new(true), At: now})
	require.NoError(t, err)
	k, err := w.Bazar.Court.Report(t.Context(), court.Report{
		Mechanism: "neighbour", Member: "carol", Class: "unpaid", Occurred: bonafide.SecondsOf(now) - 3600, Words: hostile,
	})
	require.NoError(t, err)
	_, err = w.Bazar.Court.Appeal(t.Context(), "carol", k.ID, "I wasn't there. "+hostile)
	require.NoError(t, err)
	_, err = w.Bazar.Complaints.Report(t.Context(), w.Alice[strings.LastIndexByte(w.Alice, '/')+1:], complaint.Report{Kind: complaint.KindCopied, Words: hostile, Page: "https://copier.example/"})
	require.NoError(t, err)
	complaints, err := w.Bazar.Complaints.Complaints(t.Context(), "", "")
	require.NoError(t, err)
	return world{w, "/case?id=" + k.ID, "/complaint?id=" + complaints[0].ID}
}

// consoleOf returns the pages of a site.
func consoleOf(t *testing.T, s *site.Site) *Console {
	c, err := New(t.Context(), Config{Admin: web.AdminOf(s.Admin()), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return c
}

// desk asks the console's pages without a browser.
type desk struct {
	*testing.T
	server *httptest.Server
}

func newDesk(t *testing.T, c *Console) desk {
	server := httptest.NewServer(c.Handler())
	t.Cleanup(server.Close)
	return desk{t, server}
}

// get returns a page.
func (d desk) get(path string) string { return d.send(http.MethodGet, path, nil, http.StatusOK) }

// post sends a form, follows where it leads, and returns the page there.
func (d desk) post(path string, form url.Values) string {
	return d.send(http.MethodPost, path, form, http.StatusOK)
}

func (d desk) send(method, path string, form url.Values, status int) string {
	r, err := http.NewRequest(method, d.server.URL+path, strings.NewReader(form.Encode()))
	require.NoError(d, err)
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := d.server.Client().Do(r)
	require.NoError(d, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(d, err)
	require.Equal(d, status, answer.StatusCode, "%s", body)
	require.NotRegexp(d, `\[[a-z]+(-[a-z]+)+\]`, string(body), "a message that isn't there")
	return string(body)
}
