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
	again := url.Values{"id": {hostile}, "event": {"more-00"}, "kind": {"seller rating"}, "positive": {"yes"}}
	require.Contains(t, d.send(http.MethodPost, "/member/event", again, http.StatusConflict), "This id was recorded before, or cancelled.")
	again.Set("event", "fresh")
	again.Del("positive")
	require.Contains(t, d.send(http.MethodPost, "/member/event", again, http.StatusBadRequest), "is missing, or one too many.")
	require.Contains(t, d.send(http.MethodGet, ask("/member/cancel", "none"), nil, http.StatusNotFound), "or it was cancelled before")
	require.Contains(t, d.get("/member/cancel?lang=fr&id="+url.QueryEscape(hostile)+"&event="+url.QueryEscape(hostile+"1")), "59 sur 59")
}

// What a vouched level hides changes too.
func TestCancelUnderAVouchedLevel(t *testing.T) {
	w := run(t)
	require.NoError(t, w.StandBehindBob(t.Context()))
	var events []issuer.Event
	for n := range 3 {
		events = append(events, issuer.Event{ID: fmt.Sprintf("helped-%d", n), Member: "bob", Mechanism: "neighbour", Kind: "help", At: w.Clock.Now()})
	}
	_, err := w.Bazar.Issuer.Record(t.Context(), events...)
	require.NoError(t, err)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	require.Contains(t, d.get("/member?id=bob"), ", vouched for, earned here: “Level one”")
	page := d.get("/member/cancel?id=bob&event=helped-1")
	require.Contains(t, page, "“Level two”, vouched for, earned here: “Level one”<br>account since")
	require.Contains(t, page, "“Level two”, vouched for, none earned here<br>account since")
}

// Ids may be what paths have a meaning for.
func TestCancelWhateverTheId(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Bazar.Site))
	for _, id := range []string{".", "..", "...", "a/b", "//", "%2F", "..%2f..", "?id=x&event=y#z", " ", `\`, "\u202eé"} {
		_, err := w.Bazar.Issuer.Record(t.Context(), issuer.Event{ID: id, Member: id, Mechanism: "seller", Kind: "rating", Positive: new(true), At: w.Clock.Now()})
		require.NoError(t, err, id)
		of := url.Values{"id": {id}, "event": {id}}
		require.Contains(t, d.get("/member/events?"+of.Encode()), "Cancel it…", id)
		require.Contains(t, d.get("/member/cancel?"+of.Encode()), "Cancel the event for good", id)
		d.post("/member/cancel", of)
		require.Contains(t, d.get("/member/events?"+of.Encode()), "There are none.", id)
	}
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
