package complaint_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// Open complaints come first, the nearest deadline before the others. What is due today isn't overdue yet.
func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	contest := w.contest("Why?")
	w.now = w.now.Add(10 * day)
	w.report("x")
	w.report("y")
	closed := w.all()[0].ID
	w.now = w.now.Add(day)
	_, err := w.Decide(t.Context(), closed, true, "Yes.")
	require.NoError(t, err)
	all := w.all()
	require.Equal(t, []string{closed, contest.ID}, []string{all[2].ID, all[1].ID})
	overdue := func() (is []bool) {
		for _, c := range w.all() {
			is = append(is, c.Overdue)
		}
		return is
	}
	w.now = time.Date(2026, 12, 16, 23, 59, 59, 0, time.UTC)
	require.Equal(t, []bool{false, false, false}, overdue(), "on the last day")
	w.now = w.now.Add(time.Second)
	require.Equal(t, []bool{true, false, false}, overdue())
	w.open()
	require.Equal(t, []bool{true, false, false}, overdue(), "a restart forgets nothing")
	founded, err := w.Complaints(t.Context(), complaint.StateFounded, "")
	require.NoError(t, err)
	require.Len(t, founded, 1)
}

// Complaints come in pages: none is left out, and none comes twice.
func TestPagesOfComplaints(t *testing.T) {
	w := newWorld(t)
	for n := range complaint.PageSize + 2 {
		c, err := w.Contest(t.Context(), fmt.Sprint("member-", n), "seller", "Why?", "")
		require.NoError(t, err)
		if n%2 == 0 {
			_, err = w.Decide(t.Context(), c.ID, false, "No.")
			require.NoError(t, err)
		}
	}
	first := w.all()
	require.Len(t, first, complaint.PageSize)
	require.True(t, first[0].State.Open())
	rest, err := w.Complaints(t.Context(), "", first[len(first)-1].ID)
	require.NoError(t, err)
	require.Len(t, rest, 2)
	seen := map[string]bool{}
	for _, c := range append(first, rest...) {
		require.False(t, seen[c.ID])
		seen[c.ID] = true
	}
	rest, err = w.Complaints(t.Context(), "", rest[1].ID)
	require.NoError(t, err)
	require.Empty(t, rest)
	_, err = w.Complaints(t.Context(), "", "none")
	requireCode(t, bonafide.NotFound, err)
}

// A complaint is decided once; the same decision again changes nothing.
func TestDecide(t *testing.T) {
	w := newWorld(t)
	w.report("x")
	id := w.all()[0].ID
	looked, err := w.Look(t.Context(), id)
	require.NoError(t, err)
	w.now = w.now.Add(day)
	again, err := w.Look(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, looked, again)
	_, err = w.Decide(t.Context(), id, true, " ")
	requireCode(t, bonafide.BadValue, err)
	decided, err := w.Decide(t.Context(), id, true, "Yes.")
	require.NoError(t, err)
	require.Equal(t, complaint.StateFounded, decided.State)
	require.Equal(t, looked.Looked, decided.Looked)
	w.now = w.now.Add(day)
	same, err := w.Decide(t.Context(), id, true, "Yes.")
	require.NoError(t, err)
	require.Equal(t, decided, same)
	_, err = w.Decide(t.Context(), id, false, "No.")
	requireCode(t, bonafide.CaseOver, err)
	_, err = w.Look(t.Context(), id)
	requireCode(t, bonafide.CaseOver, err)
	_, err = w.Decide(t.Context(), "none", false, "No.")
	requireCode(t, bonafide.NotFound, err)
}

// What was closed is forgotten 180 days later; what is open never is.
func TestForgets(t *testing.T) {
	w := newWorld(t)
	receipt := w.report("x")
	_, err := w.Decide(t.Context(), w.all()[0].ID, true, "Yes.")
	require.NoError(t, err)
	w.contest("Why?")
	w.now = w.now.Add(180*day - 1)
	require.NoError(t, w.RunDue(t.Context()))
	w.page(receipt, "")
	w.now = w.now.Add(1)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, http.StatusNotFound, w.do(w.Handler(), receipt, "", nil).Code)
	require.Len(t, w.all(), 1)
	require.NoError(t, w.TakeBack(t.Context(), "alice", w.all()[0].ID))
	require.Empty(t, w.kept())
}

// Erasing leaves of reports when they came and how they ended, and nothing of the person or of what was written.
func TestErase(t *testing.T) {
	w := newWorld(t)
	w.contest("My street is Elm.")
	decided := w.report("Alice of Elm Street.")
	open := w.report("Alice again.")
	for _, c := range w.all() {
		if c.Words == "Alice of Elm Street." {
			_, err := w.Decide(t.Context(), c.ID, false, "Alice is right.")
			require.NoError(t, err)
		}
	}
	exported := func() (all []complaint.Complaint) {
		require.NoError(t, w.config.Store.View(t.Context(), func(r store.Reader) (err error) {
			all, err = w.Export(r, "alice")
			return err
		}))
		return all
	}
	all := exported()
	require.Len(t, all, 3)
	for _, c := range all {
		require.Equal(t, c.Contest, c.Words != "", "what others wrote isn't the member's")
		require.Equal(t, c.Contest, c.ID != "")
		require.Empty(t, c.Answer, "the answer is for whoever reported")
	}
	told, err := json.Marshal(all)
	require.NoError(t, err)
	require.NotContains(t, string(told), `"id":""`)
	require.NoError(t, w.config.Store.Update(t.Context(), func(tx store.Tx) error { return w.Erase(tx, "alice") }))
	require.Empty(t, exported())
	for _, trace := range []string{"alice", "Alice", "Elm", alice, "untrue"} {
		require.NotContains(t, w.kept(), trace)
	}
	require.Contains(t, w.page(decided, ""), "Decided: it stays as it is.")
	page := w.page(open, "")
	require.Contains(t, page, "Closed: the person left this site")
	require.Contains(t, page, "Closed on 22 November 2026. What was written was deleted.")
	require.Contains(t, w.page(open, "", "Accept-Language", "fr"), "Clos le 22 novembre 2026.")
	for _, c := range w.all() {
		require.False(t, c.State.Open())
	}
	w.now = w.now.Add(180 * day)
	require.NoError(t, w.RunDue(t.Context()))
	require.Empty(t, w.kept())
}

func TestAdmin(t *testing.T) {
	w := newWorld(t)
	w.report("x")
	id := w.all()[0].ID
	ask := func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, "/admin/complaints"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		w.Admin().ServeHTTP(answer, r)
		return answer.Code, answer.Body.String()
	}
	read := func(body string) (c complaint.Complaint) {
		require.NoError(t, json.Unmarshal([]byte(body), &c))
		return c
	}
	w.now = w.now.Add(15 * day)
	status, body := ask(http.MethodGet, "", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"overdue":true`)
	status, body = ask(http.MethodGet, "?state=founded", "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "[]\n", body)
	status, body = ask(http.MethodPost, "/"+id+"/look", "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, complaint.StateLooked, read(body).State)
	status, body = ask(http.MethodPost, "/"+id+"/decide", `{"founded": false, "words": "No."}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, complaint.StateUnfounded, read(body).State)
	require.False(t, read(body).Overdue)
	status, body = ask(http.MethodGet, "/"+id, "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "No.", read(body).Answer)
	for _, bad := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "?state=x", "", 400}, {http.MethodGet, "?after=none", "", 404}, {http.MethodGet, "/none", "", 404}, {http.MethodPost, "/none/look", "", 404},
		{http.MethodPost, "/" + id + "/decide", `{"words": "No."}`, 400}, {http.MethodPost, "/" + id + "/decide", `{"founded": true, "words": "Yes."}`, 409},
		{http.MethodPost, "/" + id + "/decide", `x`, 400}, {http.MethodGet, "?a=1&a=2", "", 400},
	} {
		status, body = ask(bad.method, bad.path, bad.body)
		require.Equal(t, bad.status, status, "%v: %s", bad, body)
	}
}
