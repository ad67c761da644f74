package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// hostile is a world of people whose names and words are hostile, with a site that says hostile things of itself.
type hostile struct {
	*World
	t          *testing.T
	evil, troc *Place // the first issues to the second, and converts what bazar issues
	words      []string
	people     []string // the id of who is called by the word of the same number, and what else somebody may sign in as
	secrets    []string // codes and receipts that no log may hold
	receipts   []string // addresses of complaints
	offers     []string // addresses of vouches offered
	log        records
	tried      int
	found      map[string]int
}

// records is what the world logs.
type records struct {
	lock sync.Mutex
	bytes.Buffer
}

func (r *records) Write(line []byte) (int, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.Buffer.Write(line)
}

// wordsOf returns the words by their names' order.
func wordsOf(all ...map[string]string) (words []string) {
	for _, some := range all {
		for _, name := range slices.Sorted(maps.Keys(some)) {
			words = append(words, some[name])
		}
	}
	return words
}

// beCookie holds the number of the person that the browser is.
const beCookie = "be"

// as lets a browser be the person with the number in its cookie, whose name HTTP itself couldn't carry. It is
// asked to at /be?n=.
func (h *hostile) as(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/be" {
			http.SetCookie(w, &http.Cookie{Name: beCookie, Value: r.URL.Query().Get("n"), Path: "/"})
			return
		}
		if cookie, err := r.Cookie(beCookie); err == nil {
			if n, err := strconv.Atoi(cookie.Value); err == nil {
				r.Header[judgedHeader] = []string{h.people[n]}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// poisoned returns the value with a hostile word in the place of each text.
func poisoned[T any](t *testing.T, value T, words []string) T {
	data, err := bonafide.MarshalJSON(value)
	require.NoError(t, err)
	var all any
	require.NoError(t, json.Unmarshal(data, &all))
	next := 0
	var poison func(any)
	poison = func(part any) {
		switch part := part.(type) {
		case []any:
			for _, one := range part {
				poison(one)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(part)) {
				if _, text := part[name].(string); text && (name == "en" || name == "fr") {
					part[name], next = words[next%len(words)], next+1
				}
				poison(part[name])
			}
		}
	}
	poison(all)
	data, err = json.Marshal(all)
	require.NoError(t, err)
	value, err = bonafide.Parse[T](data)
	require.NoError(t, err)
	return value
}

// newHostile makes the world and lets everybody do and say what they can.
func newHostile(t *testing.T) *hostile {
	h := &hostile{t: t, words: wordsOf(markup, other, unseen), found: map[string]int{}}
	for n, word := range h.words {
		if len(word) > 150 || !utf8.ValidString(word) || strings.ContainsFunc(word, unicode.IsControl) {
			h.people = append(h.people, canary+" "+strconv.Itoa(n)) // no id
		} else {
			h.people = append(h.people, word)
		}
	}
	log := slog.New(slog.NewJSONHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w, err := New(t.Context(), Config{Judged: true, Log: log})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	h.World = w
	h.people = append(h.people, wordsOf(unseen)...)
	h.open(wordsOf(markup, other))
	for _, p := range w.places {
		p.handler = h.as(p.handler)
	}
	serve(t, w.Run)
	h.live()
	return h
}

// open opens the hostile site, and one that counts what it says.
func (h *hostile) open(words []string) {
	evil, err := h.listen("evil", 0)
	require.NoError(h.t, err)
	troc, err := h.listen("troc", 0)
	require.NoError(h.t, err)
	rated, helping := poisoned(h.t, seller(evil.origin), words), poisoned(h.t, neighbour(evil.origin), words)
	own, atBazar := member(troc.origin), seller(h.Bazar.Origin)
	h.evil, err = h.World.open(evil, site.Config{
		Name: markup["attribute"], Issues: true, Verifies: true, Mechanisms: []bonafide.Mechanism{rated, helping}, Believes: []bonafide.Origin{troc.origin},
		Tables: []bonafide.Table{rates("bazar", &atBazar, &rated, h.Clock.Now())}, Purpose: bonafide.Text{EN: markup["script"], FR: markup["area"]},
	})
	require.NoError(h.t, err)
	h.troc, err = h.World.open(troc, site.Config{
		Name: "Troc", Issues: true, Verifies: true, Mechanisms: []bonafide.Mechanism{own},
		Tables: []bonafide.Table{rates("evil", &rated, &own, h.Clock.Now()), standing("helpers", &helping, &own, h.Clock.Now())},
	})
	require.NoError(h.t, err)
}

// bad requires that what was done went well, or was refused for what it said.
func (h *hostile) bad(err error, doing string) bool {
	h.t.Helper()
	if err != nil && bonafide.CodeOf(err) != bonafide.BadValue {
		require.NoError(h.t, err, doing)
	}
	h.tried++
	return err != nil
}

// live gives everybody a past, a badge, and words to say to others: the first is asked by all the others.
func (h *hostile) live() {
	ctx := h.t.Context()
	first := ""
	for n, word := range h.words {
		account := h.account(n)
		require.NoError(h.t, h.happen(ctx, h.Bazar, "neighbour", "help", account.ID, 30), "%q", word)
		require.NoError(h.t, h.Rate(ctx, account.ID, 25, 0), "%q", word)
		require.NoError(h.t, h.Bazar.Issuer.SetAudience(ctx, "seller", account.ID, word, issuer.Public))
		badge, err := h.Bazar.Issuer.PublishBadge(ctx, "neighbour", account.ID, word)
		require.NoError(h.t, err)
		h.secrets = append(h.secrets, path.Base(badge))
		if n == 0 {
			first = badge
		} else {
			h.bad(h.Bazar.Desk.Ask(ctx, account, "neighbour", first, word), "asking")
		}
		offered, err := h.Bazar.Desk.Offer(ctx, account, "neighbour", 2, 60)
		require.NoError(h.t, err)
		h.secrets, h.offers = append(h.secrets, path.Base(offered.Link)), append(h.offers, offered.Link)
		receipt, err := h.Bazar.Complaints.Report(ctx, path.Base(badge), complaint.Report{Kind: complaint.KindCopied, Words: word, Page: "https://evil.example/" + word})
		if !h.bad(err, "reporting") {
			h.secrets, h.receipts = append(h.secrets, receipt), append(h.receipts, string(h.Bazar.Origin)+"/complaints/"+receipt)
		}
		_, err = h.Bazar.Complaints.Contest(ctx, account.ID, "seller", word, "")
		h.bad(err, "contesting")
	}
	for _, word := range h.people[:2] {
		require.NoError(h.t, h.happen(ctx, h.evil, "neighbour", "help", word, 30))
		require.NoError(h.t, h.happenWell(ctx, h.evil, word, 25))
	}
	h.accused(ctx)
}

// happenWell lets somebody be rated well at a site, so many times.
func (h *hostile) happenWell(ctx context.Context, at *Place, member string, times int) error {
	var events []issuer.Event
	for n := range times {
		events = append(events, rating(member, n, h.Clock.Now(), true))
	}
	_, err := at.Issuer.Record(ctx, events...)
	return err
}

// accused has everybody reported for a fault, contest it, and be ruled on.
func (h *hostile) accused(ctx context.Context) {
	h.Clock.Advance(time.Minute)
	at := bonafide.SecondsOf(h.Clock.Now()) - 20
	for n, word := range h.words {
		id := h.people[n]
		k, err := h.Bazar.Court.Report(ctx, court.Report{Mechanism: "neighbour", Member: id, Class: "late", Occurred: at, Words: word})
		if h.bad(err, "accusing") {
			continue
		}
		_, err = h.Bazar.Court.Appeal(ctx, id, k.ID, word)
		h.bad(err, "appealing")
		_, err = h.Bazar.Court.Decide(ctx, k.ID, bonafide.Uphold, "", word)
		h.bad(err, "ruling")
	}
	require.NoError(h.t, h.RunDue(ctx))
}

// account returns who is called by the word of that number.
func (h *hostile) account(n int) bonafide.Account {
	return bonafide.Account{ID: h.people[n], Name: h.words[n]}
}

// tokenOf returns the token in a referral's link.
func tokenOf(link string) []string {
	u, err := url.Parse(link)
	if err != nil {
		return nil
	}
	return u.Query()["token"]
}

// quotedEvent returns an event whose every text is the word.
func quotedEvent(word string) string {
	data, _ := json.Marshal(map[string]string{"id": word, "member": word, "mechanism": word, "kind": word, "at": word})
	return string(data)
}
