package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// ask returns the address of a page about one of the hostile member's events.
func ask(page, event string) string {
	return page + "?id=" + url.QueryEscape(hostile) + "&event=" + url.QueryEscape(event)
}

// An event is cancelled once it was confirmed, and is gone from then on.
func TestCancelAnEvent(t *testing.T) {
	w := run(t)
	var events []issuer.Event
	for n := range 60 {
		events = append(events, issuer.Event{ID: fmt.Sprintf("more-%02d", n), Member: hostile, Mechanism: "seller", Kind: "rating", Positive: new(n > 0), At: w.Clock.Now().Add(-time.Duration(n+1) * time.Hour)})
	}
	_, err := w.Bazar.Issuer.Record(t.Context(), events...)
	require.NoError(t, err)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	require.Contains(t, d.get(memberAddress(hostile)), "41 more</a>")
	list := "/member/events?id=" + url.QueryEscape(hostile)
	require.Equal(t, 50, strings.Count(d.get(list), "Cancel it…"))
	require.Contains(t, d.get(list), "from=50")
	require.Equal(t, 11, strings.Count(d.get(list+"&from=50"), "Cancel it…"))
	require.Contains(t, d.get(list+"&from=50"), "from=0")
	require.NotContains(t, d.get(list+"&from=900"), "Cancel it…")
	d.send(http.MethodGet, list+"&from=-1", nil, http.StatusBadRequest)
	require.Len(t, strings.Split(strings.TrimSpace(d.get("/member/history?id="+url.QueryEscape(hostile))), "\n"), 61)

	page := d.get(ask("/member/cancel", "more-00"))
	require.Contains(t, page, "60 of 61")
	require.Contains(t, page, "60 of 60")
	require.Contains(t, d.get(list), "more-00", "nothing was confirmed")
	gone := url.Values{"id": {hostile}, "event": {"more-00"}}
	require.NotContains(t, d.post("/member/cancel", gone), "more-00")
	require.Contains(t, d.get("/log"), "event cancelled")
	require.Contains(t, d.send(http.MethodPost, "/member/cancel", gone, http.StatusNotFound), "or it was cancelled before")
	require.Contains(t, d.send(http.MethodGet, ask("/member/cancel", "none"), nil, http.StatusNotFound), "or it was cancelled before")
	require.Contains(t, d.get("/member/cancel?lang=fr&id="+url.QueryEscape(hostile)+"&event="+url.QueryEscape(hostile+"1")), "59 sur 59")
}

// What is exported of one member is read again as it was.
func TestExportEvents(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	held, err := w.Bazar.Issuer.Export(t.Context(), "alice")
	require.NoError(t, err)
	var read []issuer.Event
	file := d.get("/member/history?id=alice")
	require.NoError(t, issuer.ReadEvents(strings.NewReader(file), issuer.ReadFormat{NDJSON: true}, func(_ int64, e issuer.Event) error {
		read = append(read, e)
		return nil
	}))
	require.Equal(t, held.Events, read)
	d.send(http.MethodGet, "/member/history?id=nobody", nil, http.StatusNotFound)
}
